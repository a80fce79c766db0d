//! What OpenGate's page says beside its examples: own endpoints and secrets, templates, every field of the actions, and
//! what holds without an allowlist.

use creel_tests::{Creel, Request, Response};
use serde_json::{Value, json};

const TRIGGERS: &str = "/api/projects/local/triggers";

/// A trigger as the page's configuration makes it; its path and secret.
fn trigger(creel: &Creel, action: &str, config: &Value) -> (String, String) {
    let draft = json!({ "name": "Deploys", "action": action, "config": config });
    let made = creel.manage(Request::post(TRIGGERS, draft.to_string()));
    assert_eq!(made.status, 201, "{}", made.text());
    let text = |name: &str| made.json()[name].as_str().unwrap().to_owned();
    (format!("/api/webhooks/trigger/{}", text("id")), text("secret"))
}

fn task(creel: &Creel, more: Value) -> Value {
    let mut config = json!({ "list_id": creel.inbox_list(), "title": "t" });
    crate::deliver::merge(&mut config, more);
    config
}

fn fire(creel: &Creel, (path, secret): &(String, String), body: &Value) -> Response {
    creel.deliver(&Request::post(path, body.to_string()).opengate(secret))
}

#[test]
fn each_trigger_has_an_endpoint_and_a_secret_of_its_own() {
    let creel = Creel::start();
    let (one, two) = (
        trigger(&creel, "create_task", &task(&creel, json!({}))),
        trigger(&creel, "create_task", &task(&creel, json!({}))),
    );
    assert!(one.0 != two.0 && one.1 != two.1, "{one:?} {two:?}");
    assert_eq!(fire(&creel, &one, &json!({})).status, 200);
    assert_eq!(fire(&creel, &(one.0.clone(), two.1), &json!({})).status, 401, "the other one's secret");
}

#[test]
fn the_pages_templates_become_the_pages_texts() {
    let creel = Creel::start();
    let description = "Commit {{payload.commit}} by {{payload.author}} triggered this task. \
        {{payload.repository.name}}/{{payload.alert.severity}}/{{payload.gone}}/{{payload.repository.gone}}.";
    let config =
        task(&creel, json!({ "title": "[{{payload.environment}}] {{payload.title}}", "description": description }));
    let endpoint = trigger(&creel, "create_task", &config);
    let payload = json!({ "title": "Deploy failed", "environment": "production", "commit": "a1b2c3d", "author": "jane",
        "repository": { "name": "api" }, "alert": { "severity": "high" } });
    assert_eq!(fire(&creel, &endpoint, &payload).status, 200);
    let made = &creel.tasks()[0];
    assert_eq!(made["title"], "[production] Deploy failed");
    assert_eq!(made["description"], "Commit a1b2c3d by jane triggered this task. api/high//.");
}

#[test]
fn every_field_of_a_task_is_set_and_each_priority_is_taken() {
    let creel = Creel::start();
    for priority in ["urgent", "high", "normal", "low"] {
        let more = json!({ "assignees": ["usr_1", "{{payload.who}}"], "priority": priority, "tags": ["a", "{{payload.tag}}"] });
        let endpoint = trigger(&creel, "create_task", &task(&creel, more));
        assert_eq!(fire(&creel, &endpoint, &json!({ "who": "usr_2", "tag": "b" })).status, 200);
        let made = creel.tasks().into_iter().find(|task| task["priority"] == priority).unwrap();
        assert_eq!((&made["assignees"], &made["tags"]), (&json!(["usr_1", "usr_2"]), &json!(["a", "b"])), "{priority}");
    }
    let draft =
        json!({ "name": "x", "action": "create_task", "config": task(&creel, json!({ "priority": "higher" })) });
    let refused = creel.manage(Request::post(TRIGGERS, draft.to_string()));
    assert!(refused.status == 400 && refused.text().contains("priority"), "{} {}", refused.status, refused.text());
}

#[test]
fn a_pipeline_needs_no_variables() {
    let creel = Creel::start();
    let draft = json!({ "name": "Release", "variables": { "environment": "staging" }, "steps": [{ "name": "w", "wait": { "seconds": 600 } }] });
    let pipeline = creel.manage(Request::post("/api/pipelines", draft.to_string())).json()["id"].clone();
    let endpoint = trigger(&creel, "instantiate_pipeline", &json!({ "pipeline_id": pipeline }));
    let answer = fire(&creel, &endpoint, &json!({}));
    assert_eq!((answer.status, &answer.json()["pipeline_id"]), (200, &pipeline), "{}", answer.text());
    let instance = answer.json()["pipeline_instance_id"].as_str().unwrap().to_owned();
    let instance = creel.manage(Request::get(&format!("/api/pipeline-instances/{instance}"))).json();
    assert_eq!(instance["variables"], json!({ "environment": "staging" }), "its own");
}

#[test]
fn without_an_allowlist_any_address_may_send_and_has_to_sign() {
    let creel = Creel::start();
    let endpoint = trigger(&creel, "create_task", &task(&creel, json!({})));
    assert_eq!(fire(&creel, &endpoint, &json!({})).status, 200);
    assert_eq!(creel.deliver(&Request::post(&endpoint.0, "{}")).status, 401);
}
