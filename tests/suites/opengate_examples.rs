//! The OpenGate document's own examples, run in their own interpreters: unchanged but for address, id and secret.

use std::process::Command;

use creel_tests::creel::Endpoint;
use creel_tests::{Creel, sign, tools};
use serde_json::{Value, json};

/// A trigger configured by the document's own example (`trigger.json`), but for the list's id.
fn documented_trigger(creel: &Creel) -> Endpoint {
    let text = tools::fixture("opengate/trigger.json").replace("lst_xyz789", &creel.inbox_list());
    let mut body: Value = serde_json::from_str(&text).unwrap();
    body["name"] = json!("Deploys");
    let made = creel.manage(creel_tests::Request::post("/api/projects/local/triggers", body.to_string()));
    assert_eq!(made.status, 201, "{}", made.text());
    let text = |name: &str| made.json()[name].as_str().unwrap_or_default().to_owned();
    Endpoint { path: format!("/api/webhooks/trigger/{}", text("id")), id: text("id"), secret: text("secret") }
}

/// An example with this Creel's address, id and secret, as a file of its own.
fn example(creel: &Creel, endpoint: &Endpoint, name: &str) -> std::path::PathBuf {
    let text = tools::fixture(&format!("opengate/{name}"))
        .replace("https://app.opengate.example.com", &creel.receiver)
        .replace("trg_abc123", &endpoint.id)
        .replace("whsec_your_trigger_secret", &endpoint.secret);
    let path = creel.folder().join(name);
    std::fs::write(&path, text).unwrap();
    path
}

fn made_the_task(creel: &Creel, description: &str) {
    let tasks = creel.tasks();
    assert_eq!(tasks.len(), 1, "{tasks:?}");
    assert_eq!(tasks[0]["title"], "[production] Deploy failed");
    assert_eq!(tasks[0]["description"], description);
    assert_eq!((tasks[0]["priority"].as_str(), &tasks[0]["tags"]), (Some("high"), &json!(["automated", "deploy"])));
    let row = crate::deliver::newest(creel);
    assert_eq!((&tasks[0]["source_delivery"], row["signature"].as_str()), (&row["id"], Some("valid")));
}

#[test]
fn the_curl_example_creates_the_task() {
    let creel = Creel::start();
    let endpoint = documented_trigger(&creel);
    let body = br#"{"title": "Deploy failed", "environment": "production", "commit": "a1b2c3d"}"#;
    let script = example(&creel, &endpoint, "deploy-failed.sh");
    let output = tools::run(Command::new("bash").arg(script).env("SIGNATURE", sign::hex(&endpoint.secret, body)));
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(answer["task_title"], "[production] Deploy failed", "{answer}");
    assert_eq!(answer["task_id"], creel.tasks()[0]["id"], "the answer names the task");
    assert!(answer["status"].is_string());
    made_the_task(&creel, "Commit: a1b2c3d\nAuthor: ");
}

#[test]
fn the_python_example_creates_the_task() {
    let creel = Creel::start();
    let endpoint = documented_trigger(&creel);
    let script = example(&creel, &endpoint, "deploy-failed.py");
    tools::run(Command::new(tools::python(creel.folder())).arg(script).env("NO_PROXY", "*"));
    made_the_task(&creel, "Commit: \nAuthor: ");
}

#[test]
fn the_javascript_example_creates_the_task() {
    let creel = Creel::start();
    let endpoint = documented_trigger(&creel);
    let script = example(&creel, &endpoint, "deploy-failed.cjs");
    tools::run(Command::new("node").arg(script));
    made_the_task(&creel, "Commit: \nAuthor: ");
}
