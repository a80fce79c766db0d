//! OpenGate's `instantiate_pipeline`: the page's own configuration, its answer, and the instance that it names.

use creel_tests::{Creel, Request};
use serde_json::{Value, json};

/// The page's configuration for a pipeline, as its management route takes it.
fn trigger(creel: &Creel, pipeline: &str) -> (String, String) {
    let config = json!({ "pipeline_id": pipeline, "variables": {
        "environment": "{{payload.environment}}", "commit_sha": "{{payload.commit}}", "triggered_by": "{{payload.author}}" } });
    let draft = json!({ "name": "Release", "action": "instantiate_pipeline", "config": config });
    let made = creel.manage(Request::post("/api/projects/local/triggers", draft.to_string()));
    assert_eq!(made.status, 201, "{}", made.text());
    let made = made.json();
    assert_eq!((&made["action"], &made["config"]), (&json!("instantiate_pipeline"), &config), "{made}");
    let text = |name: &str| made[name].as_str().unwrap().to_owned();
    (format!("/api/webhooks/trigger/{}", text("id")), text("secret"))
}

fn pipeline(creel: &Creel) -> String {
    let variables = json!({ "environment": "staging", "retries": "2" });
    let steps = json!([{ "name": "build", "wait": { "seconds": 600 } }]);
    let draft = json!({ "name": "Release", "variables": variables, "steps": steps });
    let made = creel.manage(Request::post("/api/pipelines", draft.to_string()));
    assert_eq!(made.status, 201, "{}", made.text());
    made.json()["id"].as_str().unwrap().to_owned()
}

const BODY: &str = r#"{"environment":"production","commit":"a1b2c3d"}"#;

#[test]
fn the_answer_names_the_instance_that_is_there() {
    let creel = Creel::start();
    let pipeline = pipeline(&creel);
    assert!(pipeline.starts_with("pip_"));
    let (path, secret) = trigger(&creel, &pipeline);
    let answer = creel.deliver(&Request::post(&path, BODY).opengate(&secret));
    assert_eq!(answer.status, 200, "{}", answer.text());
    let answer = answer.json();
    assert_eq!((&answer["pipeline_id"], &answer["status"]), (&json!(pipeline), &json!("pending")));
    let id = answer["pipeline_instance_id"].as_str().unwrap();
    let instance = creel.manage(Request::get(&format!("/api/pipeline-instances/{id}"))).json();
    let variables = json!({ "environment": "production", "commit_sha": "a1b2c3d", "triggered_by": "", "retries": "2" });
    assert_eq!(instance["variables"], variables, "the trigger's over the pipeline's own; a missing field is empty");
    assert_eq!(instance["steps"], json!([{ "name": "build", "wait": { "seconds": 600 } }]));
    assert!(["pending", "running"].contains(&instance["status"].as_str().unwrap()), "{instance}");
    assert_eq!(instance["source_delivery"], crate::deliver::newest(&creel)["id"]);
    let run = &creel.executions(json!({}))[0];
    assert_eq!((&run["action"], &run["id"]), (&json!("instantiate_pipeline"), &instance["execution_id"]));
    assert_eq!(run["summary"], "pipeline Release", "rows name the pipeline, not its id");
}

#[test]
fn instances_are_listed_by_pipeline_and_taken_back_once() {
    let creel = Creel::start();
    let (first, second) = (pipeline(&creel), pipeline(&creel));
    for pipeline in [&first, &second, &first] {
        let (path, secret) = trigger(&creel, pipeline);
        assert_eq!(creel.deliver(&Request::post(&path, BODY).opengate(&secret)).status, 200);
    }
    let list = |query: &str| -> Vec<Value> {
        let page = creel.manage(Request::get(&format!("/api/pipeline-instances{query}"))).json();
        page["items"].as_array().unwrap().clone()
    };
    assert_eq!((list("").len(), list(&format!("?pipeline_id={first}")).len()), (3, 2));
    let id = list("?limit=1")[0]["id"].as_str().unwrap().to_owned();
    let cancel = || creel.manage(Request::post(&format!("/api/pipeline-instances/{id}/cancel"), ""));
    assert_eq!(cancel().json()["status"], "cancelled");
    assert_eq!(cancel().status, 409);
}

#[test]
fn a_pipeline_that_is_not_there_is_refused_when_saved_and_fails_the_action_when_deleted_later() {
    let creel = Creel::start();
    let config = json!({ "pipeline_id": "pip_nowhere" });
    let draft = json!({ "name": "Release", "action": "instantiate_pipeline", "config": config });
    let refused = creel.manage(Request::post("/api/projects/local/triggers", draft.to_string()));
    assert!(refused.status == 422 && refused.text().contains("pip_nowhere"), "{}", refused.text());
    let pipeline = pipeline(&creel);
    let (path, secret) = trigger(&creel, &pipeline);
    assert_eq!(creel.manage(Request::new("DELETE", &format!("/api/pipelines/{pipeline}"))).status, 204);
    let answer = creel.deliver(&Request::post(&path, BODY).opengate(&secret));
    assert_eq!(answer.status, 500);
    assert!(answer.text().contains(&pipeline), "{}", answer.text());
}
