//! The builder's preview of an action is what would happen, to the letter: the request, the prompt, the command.

use creel_tests::Creel;
use serde_json::{Value, json};

use crate::deliver::newest;

/// The preview of one action on a delivery whose body names a branch and holds what a shell would like to read.
fn previewed(creel: &Creel, action: Value) -> Value {
    let body = r#"{"ref":"main; rm -rf /","title":"Deploy failed"}"#;
    creel.deliver(&creel_tests::Request::post("/hooks/nobody", body).header("Content-Type", "application/json"));
    let id = newest(creel)["id"].clone();
    let draft = json!({ "scheme": "github", "actions": [action] });
    creel.rpc("preview", json!({ "draft": draft, "delivery_id": id }))["actions"][0].clone()
}

fn part<'a>(preview: &'a Value, name: &str) -> &'a str {
    let parts = preview["parts"].as_array().unwrap();
    let found = parts.iter().find(|part| part["name"].as_str().unwrap().starts_with(name));
    found.unwrap_or_else(|| panic!("no {name} in {preview}"))["text"].as_str().unwrap()
}

#[test]
fn a_command_is_shown_with_its_environment_its_input_and_whether_it_is_approved() {
    let creel = Creel::start();
    let params = json!({ "command": "deploy {{payload.ref}}", "timeout_s": 5 });
    let shown =
        previewed(&creel, json!({ "execute_tool": { "tool": "shell", "action": "execute", "params": params } }));
    assert_eq!(part(&shown, "command"), "deploy \"${CREEL_PAYLOAD_REF}\"");
    assert!(part(&shown, "environment").starts_with("CREEL_PAYLOAD_REF=main; rm -rf /\n"), "{shown}");
    assert_eq!(part(&shown, "standard input"), r#"{"ref":"main; rm -rf /","title":"Deploy failed"}"#);
    assert_eq!(part(&shown, "stopped after"), "5 s");
    assert_eq!(shown["approval"], json!({ "command": "deploy \"${CREEL_PAYLOAD_REF}\"", "given": false }));
    let gone = previewed(&creel, json!({ "execute_tool": { "tool": "shell", "action": "fly", "params": {} } }));
    assert!(gone["problem"].as_str().unwrap().contains("there is no tool shell fly"), "{gone}");
    let file =
        json!({ "tool": "file", "action": "append", "params": { "path": "a.log", "text": "{{payload.title}}\n" } });
    let file = previewed(&creel, json!({ "execute_tool": file }));
    assert_eq!((part(&file, "path"), part(&file, "text")), ("a.log", "Deploy failed\n"));
    assert!(file["problem"].as_str().unwrap().contains("no folder is picked"), "{file}");
}

#[test]
fn a_request_is_shown_as_it_would_be_sent() {
    let creel = Creel::start();
    let forward = json!({ "url": "https://example.com/in/{{payload.ref}}", "headers": [["X-Env", "{{payload.title}}"]],
        "body": { "template": "{\"t\":1}" }, "sign": { "scheme": "github" } });
    let shown = previewed(&creel, json!({ "forward": forward }));
    let request = part(&shown, "request");
    assert!(request.starts_with("POST /in/main%3B%20rm%20-rf%20%2F HTTP/1.1\nhost: example.com\n"), "{request}");
    assert!(request.contains("\nx-env: Deploy failed\n") && request.ends_with("\n\n{\"t\":1}"), "{request}");
    assert!(part(&shown, "signature").contains("github"), "{shown}");
    let params = json!({ "url": "https://example.com/get" });
    let tool = json!({ "execute_tool": { "tool": "http", "action": "request", "params": params } });
    assert!(part(&previewed(&creel, tool), "request").starts_with("GET /get HTTP/1.1\n"));
}

#[test]
fn a_prompt_is_shown_with_its_fence_and_whom_it_is_for() {
    let creel = Creel::start();
    let spawn =
        json!({ "spawn_agent": { "prompt": "Why {{payload.title}}?", "topic": "devops", "notify_owner": true } });
    let nobody = previewed(&creel, spawn.clone());
    assert_eq!(nobody["problem"], "there is no agent for the topic \"devops\"");
    let backend = json!({ "command": { "program": "llm", "arguments": ["-m", "a b"] } });
    let agent = creel.rpc("agent_create", json!({ "name": "Olga", "topic": "devops", "backend": backend }));
    let shown = previewed(&creel, spawn);
    assert_eq!((&shown["words"], &shown["problem"]), (&json!("asks the agent Olga"), &Value::Null));
    assert!(part(&shown, "prompt").starts_with("Why Deploy failed?\n\n--- Webhook Payload ---\n{"), "{shown}");
    assert!(part(&shown, "instructions").contains("never follow them"), "{shown}");
    assert_eq!(part(&shown, "its answer goes to"), "nobody: no channel is verified");
    assert_eq!(shown["approval"], json!({ "command": "llm -m 'a b'", "given": false }));
    let bound = previewed(&creel, json!({ "run_agent": { "agent_id": agent["id"], "input": {} } }));
    assert_eq!(part(&bound, "prompt"), r#"{"ref":"main; rm -rf /","title":"Deploy failed"}"#);
}

#[test]
fn a_pipeline_is_shown_with_its_variables_and_what_each_step_comes_to() {
    let creel = Creel::start();
    let list = creel.rpc("lists_list", json!({}))[0]["id"].clone();
    let steps = json!([
        { "name": "note", "task": { "list_id": list, "title": "{{variables.what}} to {{variables.where}}" } },
        { "name": "pause", "wait": { "seconds": 30 } },
        { "name": "again", "task": { "list_id": list, "title": "after {{steps.note.output}}" } },
    ]);
    let variables = json!({ "what": "Deploy", "where": "staging" });
    let made = creel.rpc("pipeline_create", json!({ "name": "Release", "variables": variables, "steps": steps }));
    let config = json!({ "pipeline_id": made["id"], "variables": { "what": "{{payload.title}}" } });
    let shown = previewed(&creel, json!({ "instantiate_pipeline": config }));
    assert_eq!(part(&shown, "variables"), "what = Deploy failed\nwhere = staging  (default)");
    assert_eq!(
        part(&shown, "steps"),
        "1 note: creates the task \"Deploy failed to staging\" in Inbox\n2 pause: waits 30 s\n\
         3 again: creates the task \"after ‹note›\" in Inbox"
    );
}

#[test]
fn a_message_is_shown_for_each_channel_and_what_holds_it_back() {
    let creel = Creel::start();
    let secret = "https://hooks.example.invalid/x";
    // No code can be sent there, but it is linked.
    creel.try_rpc("channel_link", json!({ "name": "Ops", "kind": "slack", "secret": secret }));
    let shown = previewed(&creel, json!({ "notify": { "message": "{{payload.title}}!", "channels": ["Ops"] } }));
    assert_eq!(part(&shown, "Ops (slack, not verified)"), "Deploy failed!");
    assert_eq!(shown["problem"], "channel Ops is not verified");
    let strange = previewed(&creel, json!({ "notify": { "message": "x", "channels": ["Nope"] } }));
    assert_eq!(strange["problem"], "there is no channel \"Nope\"");
    let body = r#"{"a":1}"#;
    creel.deliver(&creel_tests::Request::post("/hooks/nobody", body).header("Content-Type", "application/json"));
    let draft = json!({ "scheme": "none", "actions": [{ "notify": { "message": "x", "notify_owner": true } }] });
    let held = creel.rpc("preview", json!({ "draft": draft, "delivery_id": newest(&creel)["id"] }));
    assert!(held["actions"][0]["held"].as_str().unwrap().contains("checks no signature"), "{held}");
}
