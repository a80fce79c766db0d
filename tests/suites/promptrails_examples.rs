//! The PromptRails page's own commands, and its published SDK as the client: unchanged but for address, token and secret.

use std::process::Command;

use creel_tests::{Creel, sign, tools};
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

/// The page's JavaScript lines with a client that sends what it is given: npm has no package of its JavaScript SDK.
#[test]
fn the_javascript_example_makes_a_trigger_whose_token_and_secret_fire() {
    let creel = Creel::start();
    let agent = agent(&creel, json!(null));
    let client = "const post = (body) => fetch(`${process.env.CREEL}/api/v1/webhook-triggers`, { method: 'POST',
      headers: { 'X-API-Key': process.env.TOKEN, 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
    const client = { webhookTriggers: { create: async (body) => (await post(body)).json() } };";
    let lines = tools::fixture("promptrails/create-trigger.mjs").replace("your-agent-id", &agent);
    let script = creel.folder().join("create-trigger.mjs");
    std::fs::write(&script, format!("{client}\n{lines}")).unwrap();
    let output =
        tools::run(Command::new("node").arg(script).env("CREEL", &creel.control).env("TOKEN", &creel.token)).stdout;
    let text = String::from_utf8(output).unwrap();
    let (token, secret) = text.trim().split_once('\n').unwrap();
    let (token, secret) = (token.strip_prefix("Token: ").unwrap(), secret.strip_prefix("Secret: ").unwrap());
    let body = r#"{"message":"m"}"#;
    let signature = format!("sha256={}", sign::hex(secret, body.as_bytes()));
    let sent = crate::promptrails::request(body).header("Authorization", format!("Bearer {token}"));
    assert_eq!(creel.deliver(&sent.clone()).status, 401, "it has a secret");
    assert_eq!(creel.deliver(&sent.header("X-Webhook-Signature", signature)).status, 201);
}

/// Runs a script of the SDK's in a virtual environment of its own.
fn sdk(release: &str) {
    let creel = Creel::start();
    let python = tools::python_of(&format!("promptrails-{release}"));
    let mut run = Command::new(python);
    run.arg(tools::here(&format!("fixtures/promptrails/sdk-{release}.py")));
    run.env("CREEL", &creel.control).env("TOKEN", &creel.token).env("NO_PROXY", "*");
    let output = tools::run(&mut run);
    assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), r#"{"ok": true}"#);
}

#[test]
fn the_published_sdk_0_3_manages_fires_and_reads() {
    sdk("0.3");
}

#[test]
fn the_published_sdk_0_9_manages_fires_and_reads() {
    sdk("0.9");
}
