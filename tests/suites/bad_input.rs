//! What cannot work ends in an error of its step that says what to do, and the queue goes on.

use creel_tests::recorder::plain;
use creel_tests::{Creel, Recorder, Request, until};
use serde_json::{Value, json};

use crate::agents::agent;
use crate::deliver::forward_to;

/// A trigger with these actions whose commands are approved; one delivery, and its executions once none runs.
fn ended(creel: &Creel, actions: Value, approved: &[&str]) -> Vec<Value> {
    let at = creel.trigger(json!({ "name": "bad", "slug": "bad", "scheme": "github", "actions": actions }));
    for command in approved {
        creel.rpc("approval_give", json!({ "trigger_id": at.id, "command": command }));
    }
    let body = r#"{"text":" "}"#;
    assert_eq!(creel.deliver(&Request::post(&at.path, body).github(&at.secret, "push", "1")).status, 202);
    let mut rows = until("the end of all", || {
        let rows = creel.executions(json!({ "trigger": at.id }));
        let ended = |row: &Value| row["status"] != "running" && (row["status"] != "queued" || row["next_at"].is_i64());
        Some(rows).filter(|rows| rows.iter().all(ended))
    });
    rows.sort_by_key(|row| row["position"].as_u64());
    rows
}

fn shell(command: &str) -> Value {
    let params = json!({ "command": command, "timeout_s": 1 });
    json!({ "execute_tool": { "tool": "shell", "action": "execute", "params": params } })
}

#[test]
fn each_says_what_went_wrong_and_what_to_do() {
    let creel = Creel::start();
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("plain"), "").unwrap();
    let plain_file = folder.path().join("plain").display().to_string();
    agent(
        &creel,
        json!({ "name": "Gone", "topic": "gone", "backend": { "command": { "program": "/no/such/program" } } }),
    );
    let busy = Recorder::start(|_, out| plain(out, 429, &[("Retry-After", "3600")], b""));
    let commands = ["no-such-command-here", plain_file.as_str(), "trap '' TERM; while :; do sleep 0.1; done"];
    let actions = json!([
        shell(commands[0]),
        shell(commands[1]),
        shell(commands[2]),
        { "spawn_agent": { "prompt": "Go", "topic": "gone" } },
        { "notify": { "message": "{{payload.text}}{{payload.none}}", "channels": ["Me"] } },
        { "execute_tool": { "tool": "file", "action": "append", "params": { "path": "{{payload.none}}", "text": "x" } } },
        { "execute_tool": { "tool": "http", "action": "request", "params": { "url": format!("{}/in", busy.base), "allow_private": true } } },
        forward_to("http://no-such-host.invalid/", json!({})),
        { "create_task": { "list_id": creel.inbox_list(), "title": "still here" } },
    ]);
    let approved = [commands[0], commands[1], commands[2], "/no/such/program"];
    let rows = ended(&creel, actions, &approved);
    let table = [
        ("failed", "ended with 127", "no such command"),
        ("failed", "ended with 126", "may not be run"),
        ("failed", "did not end within 1 s and was stopped", "more seconds"),
        ("failed", "there is no program /no/such/program", "look at the agent's program"),
        ("failed", "the message is empty for this delivery", "name fields that this delivery has"),
        ("failed", "params", ""),
        ("queued", "429", ""),
        ("queued", "no address of no-such-host.invalid", ""),
    ];
    for (row, (status, words, hint)) in rows.iter().zip(table) {
        assert_eq!(row["status"], status, "{row}");
        let error = row["error"].to_string();
        assert!(error.contains(words) && error.contains(hint), "{words}: {error}");
    }
    assert_eq!((rows.len(), &rows[8]["status"]), (9, &json!("succeeded")), "the others go on: {}", rows[8]);
    let waits = rows[6]["next_at"].as_i64().unwrap() - rows[6]["started_at"].as_i64().unwrap();
    assert!(waits >= 3_600_000, "not before the target allows: {waits} ms");
    assert_eq!(creel.tasks()[0]["title"], "still here");
}
