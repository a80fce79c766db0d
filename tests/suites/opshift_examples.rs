//! The OpShift document's own example, run in its own interpreter: unchanged but for address, webhook and secret.

use std::process::Command;

use creel_tests::{Creel, tools};
use serde_json::{Value, json};

use crate::opshift_contract::webhook;

#[test]
fn the_shell_example_raises_the_documents_alert() {
    let creel = Creel::start();
    let hook = webhook(&creel, "deploy-failures", json!({}));
    let text = tools::fixture("opshift/trigger-alert.sh").replace("https://www.opshift.io", &creel.receiver);
    let script = creel.folder().join("trigger-alert.sh");
    std::fs::write(&script, text).unwrap();
    let run = || {
        let output = tools::run(Command::new("bash").arg(&script).env("OPSHIFT_SECRET", &hook.secret));
        serde_json::from_slice::<Value>(&output.stdout).unwrap()
    };
    let first = run();
    assert_eq!((&first["status"], &first["occurrenceCount"]), (&json!("created"), &json!(1)), "{first}");
    let second = run();
    assert_eq!((&second["status"], &second["occurrenceCount"]), (&json!("occurrence_added"), &json!(2)), "{second}");
    let alert = creel.manage(creel_tests::Request::get("/api/alerts")).json()["items"][0].clone();
    assert_eq!(alert["title"], "Deploy failed: api-gateway");
    assert_eq!(alert["description"], "Migration step exited with code 137");
    assert_eq!((&alert["severity"], &alert["group_key"]), (&json!("sev1"), &json!("deploy:api-gateway")));
}
