//! The PromptRails page's own commands, and its published SDK as the client: unchanged but for address, token and secret.

use std::process::Command;

use creel_tests::{Creel, tools};
use serde_json::{Value, json};

use crate::promptrails::{Made, agent, trigger};

fn example(creel: &Creel, made: &Made, name: &str) -> String {
    tools::fixture(&format!("promptrails/{name}"))
        .replace("https://api.promptrails.ai", &creel.receiver)
        .replace("wht_abc123...", &made.token)
}

fn execution(output: &[u8]) -> Value {
    let answer: Value = serde_json::from_slice(output).unwrap();
    assert_eq!(answer["data"]["status"], "pending", "{answer}");
    answer["data"].clone()
}

#[test]
fn the_curl_examples_are_accepted() {
    let creel = Creel::start();
    let schema = json!({ "properties": { "message": { "type": "string" }, "priority": { "type": "string" } } });
    let made = trigger(&creel, &agent(&creel, schema), json!({}));
    for (name, field, value) in [("token.sh", "pr_number", json!(42)), ("mapping.sh", "priority", json!("high"))] {
        let output = tools::run(Command::new("bash").arg("-c").arg(example(&creel, &made, name)));
        assert_eq!(execution(&output.stdout)["input"][field], value, "{name}");
    }
}

#[test]
fn the_python_example_is_accepted_where_the_trigger_has_a_secret() {
    let creel = Creel::start();
    let made = trigger(&creel, &agent(&creel, json!(null)), json!({ "generate_secret": true }));
    let script = creel.folder().join("signed.py");
    std::fs::write(&script, example(&creel, &made, "signed.py")).unwrap();
    let mut python = Command::new(tools::python(creel.folder()));
    let output = tools::run(python.arg(script).env("SECRET", &made.secret).env("NO_PROXY", "*"));
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.starts_with("201 ") && text.contains("pending"), "{text}");
    assert_eq!(crate::deliver::newest(&creel)["signature"], "valid");
}

/// Runs a script of the SDK's in a virtual environment that has `package`.
fn sdk(package: &str, script: &str) {
    let creel = Creel::start();
    let python = tools::python_with(package);
    let mut run = Command::new(python);
    run.arg(tools::here(&format!("fixtures/promptrails/{script}")));
    run.env("CREEL", &creel.control).env("TOKEN", &creel.token).env("NO_PROXY", "*");
    let output = tools::run(&mut run);
    assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), r#"{"ok": true}"#);
}

#[test]
fn the_published_sdk_0_3_manages_fires_and_reads() {
    sdk("promptrails==0.3.*", "sdk-0.3.py");
}

#[test]
fn the_newest_published_sdk_manages_fires_and_reads() {
    sdk("promptrails", "sdk-newest.py");
}
