//! The builder's preview of what a contract has of its own: conditions and rules in words, its alert, its run task.

use creel_tests::Creel;
use serde_json::{Value, json};

use crate::deliver::newest;
use crate::promptrails::agent;

/// A draft previewed on a delivery with this body.
fn preview(creel: &Creel, body: &str, draft: Value) -> Value {
    creel.deliver(&creel_tests::Request::post("/hooks/nobody", body).header("Content-Type", "application/json"));
    let id = newest(creel)["id"].clone();
    creel.rpc("preview", json!({ "draft": draft, "delivery_id": id }))
}

#[test]
fn each_condition_of_a_hook_says_what_it_found() {
    let creel = Creel::start();
    let condition = |field: &str, value: &str| json!({ "field": field, "operator": "equals", "value": value });
    let conditions = [condition("webhook.body.a", "x"), condition("webhook.body.b", "y")];
    let settings = json!({ "octipus": { "path": "p", "conditions": conditions } });
    let said = preview(&creel, r#"{"a":"x"}"#, json!({ "contract": "octipus", "settings": settings }));
    let gates = said["gates"].as_array().unwrap();
    assert_eq!((&gates[0]["held"], &gates[1]["held"]), (&json!(true), &json!(false)), "{said}");
    assert_eq!(gates[0]["words"], r#"webhook.body.a equals "x"; it is "x""#);
    assert_eq!(said["filter"]["passed"], false);
    assert_eq!(said["filter"]["reason"], r#"condition not met: webhook.body.b equals "y"; it is missing"#);
}

#[test]
fn each_rule_of_a_webhook_says_whether_it_applies_and_the_alert_what_became_of_it() {
    let creel = Creel::start();
    let row = |value: &str| json!([{ "field": "metadata.branch", "operator": "ne", "value": value }]);
    let rules = json!([
        { "match": "all", "rules": row("main"), "effect": "severity", "severity": "sev0" },
        { "match": "all", "rules": row("dev"), "effect": "drop" },
        { "match": "all", "rules": row("main"), "effect": "drop" },
        { "match": "all", "rules": row("other"), "effect": "drop" },
    ]);
    let draft = |rules: Value| json!({ "contract": "opshift", "settings": { "opshift": { "filter_rules": rules } } });
    let body = r#"{"title":"down","metadata":{"branch":"dev"}}"#;
    let said = preview(&creel, body, draft(rules.clone()));
    let words: Vec<_> = said["gates"].as_array().unwrap().iter().map(|gate| gate["words"].clone()).collect();
    assert_eq!(
        words,
        [
            "metadata.branch != main",
            "does not apply",
            "metadata.branch != main",
            "not reached: a rule above drops the alert"
        ]
    );
    assert_eq!((&said["filter"]["passed"], &said["own"]), (&json!(false), &Value::Null), "{said}");
    let raised = preview(&creel, body, draft(json!([rules[0]])));
    assert_eq!(raised["own"]["words"], r#"raises the alert "down" as sev0"#);
    let not = preview(&creel, r#"{"description":"no title"}"#, draft(json!([])));
    assert!(not["own"]["problem"].as_str().unwrap().contains("title"), "{not}");
}

#[test]
fn a_run_task_shows_its_inputs_and_an_agent_what_does_not_fit() {
    let creel = Creel::start();
    let spec = json!({
        "task_ref": "weekly", "payload": { "mode": "raw", "input_key": "body" },
        "auth": { "profile": "github", "secret_ref": "s", "signature_header": "X-S", "signature_prefix": "" },
        "idempotency": { "event_id_header": "X-E", "dedupe_window_seconds": 60 },
    });
    let manifest = json!({ "orloj": { "metadata": { "name": "w", "namespace": "team" }, "spec": spec } });
    let said = preview(&creel, r#"{"a":1}"#, json!({ "contract": "orloj", "settings": manifest }));
    assert_eq!(said["own"]["words"], "makes a run task out of team/weekly");
    assert_eq!(
        (&said["own"]["fields"][0]["field"], &said["own"]["fields"][0]["text"]),
        (&json!("body"), &json!("{\"a\":1}"))
    );
    let agent = agent(&creel, json!({ "type": "object", "required": ["message"] }));
    let run = json!({ "run_agent": { "agent_id": agent, "input": {} } });
    let misfit = preview(&creel, r#"{"a":1}"#, json!({ "contract": "promptrails", "actions": [run] }));
    assert_eq!(misfit["actions"][0]["words"], "runs the agent Reviewer");
    assert!(misfit["actions"][0]["problem"].as_str().unwrap().contains("\"message\" is a required"), "{misfit}");
}

#[test]
fn what_is_wrong_with_a_manifest_names_its_field() {
    let creel = Creel::start();
    let hook = "kind: TaskWebhook\nmetadata: {name: w}\nspec:\n  task_ref: t\n  auth: {secret_ref: s, signature_header: 'a b'}";
    for (text, field) in [
        (hook.to_owned(), "TaskWebhook.spec.auth.signature_header"),
        (hook.replace("name: w", "name: ''"), "TaskWebhook.metadata.name"),
        ("kind: Task\nmetadata: {name: t}\nspec: {mode: template}".to_owned(), "Task.spec.system"),
        (
            "kind: Secret\nmetadata: {name: t}\nspec: {stringData: {value: ''}}".to_owned(),
            "Secret.spec.stringData.value",
        ),
        ("kind: Nothing\nmetadata: {name: t}\nspec: {}".to_owned(), "manifest"),
    ] {
        let refused = creel.try_rpc("resources_apply", json!({ "text": text })).json();
        assert_eq!(refused["field"], field, "{refused}");
    }
}
