//! Agents that are a program on this machine: approved first, never twice.

use std::path::Path;

use creel_tests::{Creel, until};
use serde_json::{Value, json};

use crate::agents::{agent, ended};
use crate::octipus::{deploy, hook};

/// A program in `folder` that a shell runs.
pub fn script(folder: &Path, name: &str, text: &str) -> String {
    let path = folder.join(name);
    creel_tests::program::put(&path, &format!("#!/bin/sh\n{text}\n"));
    path.to_str().unwrap().to_owned()
}

/// Approves what waits.
pub fn approve(creel: &Creel) -> Value {
    let waiting = creel.rpc("approvals_list", json!({}))[0].clone();
    assert!(waiting["approved_at"].is_null(), "{waiting}");
    creel.rpc("approval_give", json!({ "trigger_id": waiting["trigger_id"], "command": waiting["command"] }));
    waiting
}

fn program(creel: &Creel, program: &str, arguments: &[&str]) {
    let backend = json!({ "command": { "program": program, "arguments": arguments } });
    agent(
        creel,
        json!({ "name": "Local", "instructions": "Count.", "backend": backend, "limits": { "timeout_s": 1 } }),
    );
    hook(creel, json!({ "action": "spawn_agent", "actionConfig": { "agentPrompt": "Go {{webhook.body.event}}" } }));
}

#[test]
fn a_program_runs_once_it_is_approved_and_reads_the_prompt() {
    let (creel, folder) = (Creel::start(), tempfile::tempdir().unwrap());
    let path = script(folder.path(), "agent", "cat; echo \"$1|$2\"; env >&2");
    program(&creel, &path, &["--flag", "a b"]);
    let body = r#"{"event":"$(touch gone); `id`"}"#;
    deploy(&creel, body);
    let refused = ended(&creel, "failed");
    assert_eq!(refused["execution"]["error"]["field"], "approval", "{refused}");
    let waiting = approve(&creel);
    assert_eq!(waiting["command"], format!("{path} --flag 'a b'"));
    creel.rpc("execution_retry", json!({ "id": refused["execution"]["id"] }));
    let detail = ended(&creel, "succeeded");
    let result: Value = serde_json::from_str(detail["result"].as_str().unwrap()).unwrap();
    let text = result["output"]["text"].as_str().unwrap();
    assert!(text.starts_with("Count.") && text.ends_with("--flag|a b"), "{text}");
    assert!(text.contains(&format!("Go $(touch gone); `id`\n\n--- Webhook Payload ---\n{body}")), "{text}");
    assert_eq!(result["usage"]["estimated"], true);
}

#[test]
fn a_program_that_fails_or_hangs_says_so_and_is_not_tried_again() {
    let folder = tempfile::tempdir().unwrap();
    let table = [
        ("echo out; echo 'no such model' >&2; exit 3", "ended with 3: no such model"),
        ("trap '' TERM; while :; do sleep 0.1; done", "did not end within 1 s and was stopped"),
        ("kill -9 $$", "was ended by signal 9"),
        ("head -c 300000 /dev/zero", "answered 300000 bytes; at most 131072"),
    ];
    for (text, words) in table {
        let creel = Creel::start();
        program(&creel, &script(folder.path(), "agent", text), &[]);
        deploy(&creel, "{}");
        ended(&creel, "failed");
        approve(&creel);
        deploy(&creel, "{}");
        let row = until("the second run", || {
            creel
                .executions(json!({ "status": ["failed"] }))
                .into_iter()
                .next()
                .filter(|row| row["error"]["field"].is_null())
        });
        assert!(row["error"]["message"].as_str().unwrap().contains(words), "{words}: {row}");
    }
}

#[test]
fn a_crash_interrupts_a_program_and_does_not_start_it_again() {
    let (mut creel, folder) = (Creel::start(), tempfile::tempdir().unwrap());
    let ledger = folder.path().join("ledger");
    let path = script(folder.path(), "agent", &format!("echo started >> {}; exec sleep 30", ledger.display()));
    let backend = json!({ "command": { "program": path } });
    agent(&creel, json!({ "name": "Local", "backend": backend }));
    hook(&creel, json!({ "action": "spawn_agent", "actionConfig": { "agentPrompt": "Go" } }));
    deploy(&creel, "{}");
    let first = ended(&creel, "failed")["execution"]["id"].clone();
    approve(&creel);
    creel.rpc("execution_retry", json!({ "id": first }));
    let started = || std::fs::read_to_string(&ledger).unwrap_or_default();
    until("the program's start", || Some(()).filter(|()| started() == "started\n"));
    creel.kill();
    creel.start_again();
    let row = ended(&creel, "interrupted");
    assert!(row["execution"]["error"]["message"].as_str().unwrap().contains("it may have done its work"), "{row}");
    assert_eq!(started(), "started\n", "at most once");
}
