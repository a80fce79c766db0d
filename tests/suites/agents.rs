//! Agents that really run: echo, a program, a model's server. From a signed delivery to the answer that is kept.

use std::io::Write;
use std::sync::mpsc;

use creel_tests::fakellm::FakeLlm;
use creel_tests::recorder::plain;
use creel_tests::{Creel, Recorder, Request, until};
use serde_json::{Value, json};

use crate::octipus::{deploy, hook, runs};
use crate::promptrails::{fire, trigger};

/// Makes an agent; returns its id.
pub fn agent(creel: &Creel, draft: Value) -> String {
    creel.rpc("agent_create", draft)["id"].as_str().unwrap().to_owned()
}

fn chat(name: &str, topic: &str, base: &str) -> Value {
    let backend = json!({ "chat": { "base_url": format!("{base}/v1"), "model": "small" } });
    json!({ "name": name, "topic": topic, "instructions": "Be brief.", "backend": backend })
}

fn spawn(creel: &Creel, topic: &str, orchestrated: bool) -> Value {
    let config =
        json!({ "agentPrompt": "Look at {{webhook.body.event}}.", "agentTopic": topic, "orchestrated": orchestrated });
    hook(creel, json!({ "action": "spawn_agent", "actionConfig": config }))
}

/// The newest execution once it has this status.
pub fn ended(creel: &Creel, status: &str) -> Value {
    let row = until(&format!("an execution that {status}"), || {
        creel.executions(json!({})).into_iter().next().filter(|row| row["status"] == status)
    });
    creel.rpc("execution_get", json!({ "id": row["id"] }))
}

fn result(detail: &Value) -> Value {
    serde_json::from_str(detail["result"].as_str().unwrap()).unwrap()
}

/// An answer as servers stream it.
fn stream(pieces: &[&str]) -> Vec<u8> {
    let mut text = String::new();
    for piece in pieces {
        text.push_str(&format!(
            "data: {}\n\n",
            json!({ "model": "small", "choices": [{ "delta": { "content": piece } }] })
        ));
    }
    let usage = json!({ "choices": [{ "delta": {}, "finish_reason": "stop" }],
        "usage": { "prompt_tokens": 30, "completion_tokens": 12, "total_tokens": 42 } });
    format!("{text}data: {usage}\n\ndata: [DONE]\n\n").into_bytes()
}

fn streaming(pieces: &'static [&'static str]) -> Recorder {
    Recorder::start(|_, out| plain(out, 200, &[("Content-Type", "text/event-stream")], &stream(pieces)))
}

#[test]
fn a_bound_agent_goes_from_pending_to_completed_and_its_api_says_so() {
    let creel = Creel::start();
    let id = agent(&creel, json!({ "name": "Echo", "backend": "echo" }));
    let made = trigger(&creel, &id, json!({}));
    let answer = fire(&creel, &made.token, r#"{"message":"hi","n":1.50}"#);
    assert_eq!(answer.json()["data"]["status"], "pending", "{}", answer.text());
    let path = format!("/api/v1/executions/{}", answer.json()["data"]["id"].as_str().unwrap());
    let read = || creel.manage(Request::get(&path)).json()["data"].clone();
    let done = until("the run", || Some(read()).filter(|run| run["status"] == "completed"));
    assert_eq!(
        done["output"].to_string(),
        r#"{"message":"hi","n":1.50}"#,
        "the input came back, its numbers as written"
    );
    assert!(
        done["duration_ms"].is_i64() && done["started_at"].is_string() && done["completed_at"].is_string(),
        "{done}"
    );
    assert_eq!(done["token_usage"]["total_tokens"], 0);
    assert!(done["trace_id"].as_str().unwrap().starts_with("exe_"), "{done}");
}

#[test]
fn capture_only_leaves_a_bound_agent_pending_until_it_is_told_to_run() {
    let creel = Creel::start();
    let id = agent(&creel, json!({ "name": "Echo" }));
    let made = trigger(&creel, &id, json!({}));
    let mut settings = creel.rpc("settings_get", json!({}));
    settings["capture_only"] = json!(true);
    creel.rpc("settings_set", settings);
    fire(&creel, &made.token, r#"{"message":"hi"}"#);
    let held = ended(&creel, "skipped");
    let run = || creel.rpc("agent_executions_list", json!({}))["items"][0].clone();
    assert_eq!(run()["status"], "pending");
    creel.rpc("execution_retry", json!({ "id": held["execution"]["id"] }));
    ended(&creel, "succeeded");
    assert_eq!((&run()["status"], &run()["output"]), (&json!("completed"), &json!({ "message": "hi" })));
}

#[test]
fn a_spawned_agent_asks_the_model_with_the_payload_fenced_and_keeps_answer_and_tokens() {
    let (creel, server) = (Creel::start(), streaming(&["All ", "is ", "well."]));
    let key = creel.rpc("secret_keep", json!({ "name": "model", "value": "sk-canary-123" }))["id"].clone();
    let mut draft = chat("Olga", "devops", &server.base);
    draft["backend"]["chat"]["key"] = key;
    agent(&creel, draft);
    let hook = spawn(&creel, "devops", false);
    deploy(&creel, r#"{"event":"deploy"}"#);
    let detail = ended(&creel, "succeeded");
    let result = result(&detail);
    assert_eq!((&result["output"]["text"], &result["agent"]), (&json!("All is well."), &json!("Olga")), "{result}");
    assert_eq!((&result["usage"]["total_tokens"], &result["usage"]["estimated"]), (&json!(42), &json!(false)));
    let asked = server.wait_for(1).remove(0);
    assert_eq!((asked.method.as_str(), asked.target.as_str()), ("POST", "/v1/chat/completions"));
    assert_eq!(asked.header("authorization"), Some("Bearer sk-canary-123"));
    let body: Value = serde_json::from_slice(&asked.body).unwrap();
    assert_eq!((&body["model"], &body["stream"]), (&json!("small"), &json!(true)));
    assert!(body["tools"].is_null(), "no tools, whatever the payload says");
    let (system, user) =
        (body["messages"][0]["content"].as_str().unwrap(), body["messages"][1]["content"].as_str().unwrap());
    assert!(system.starts_with("Be brief.") && system.contains("never follow them"), "{system}");
    assert_eq!(user, "Look at deploy.\n\n--- Webhook Payload ---\n{\"event\":\"deploy\"}");
    assert!(!detail.to_string().contains("sk-canary"), "the key is in no log: {detail}");
    let run = until("the hook's run", || runs(&creel, &hook).first().cloned());
    assert_eq!(
        (&run["status"], run["result"].to_string().contains("All is well.")),
        (&json!("success"), true),
        "{run}"
    );
}

#[test]
fn what_the_model_says_is_there_while_it_says_it_and_cancel_ends_the_connection() {
    let creel = Creel::start();
    let (told, closed) = mpsc::channel();
    let server = Recorder::start(move |_, out| {
        out.write_all(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n")?;
        out.write_all(b"data: {\"choices\":[{\"delta\":{\"content\":\"so far\"}}]}\n\n")?;
        let mut rest = Vec::new();
        let end = std::io::Read::read_to_end(out, &mut rest);
        told.send(()).ok();
        end.map(drop)
    });
    agent(&creel, chat("Olga", "devops", &server.base));
    spawn(&creel, "devops", false);
    deploy(&creel, "{}");
    let id = until("the execution", || creel.executions(json!({})).first().map(|row| row["id"].clone()));
    let live = || creel.rpc("execution_get", json!({ "id": id }))["live"].clone();
    until("partial output", || Some(()).filter(|()| live() == "so far"));
    creel.rpc("execution_cancel", json!({ "id": id }));
    closed.recv_timeout(creel_tests::wait::LIMIT).expect("the connection ends");
    assert_eq!(ended(&creel, "cancelled")["live"], Value::Null);
}

#[test]
fn the_orchestrator_picks_the_role_and_both_steps_are_in_the_log() {
    let (creel, server) = (Creel::start(), streaming(&["dev", "ops"]));
    agent(&creel, json!({ "name": "Olga", "topic": "devops", "description": "deploys" }));
    agent(&creel, json!({ "name": "Kim", "topic": "legal", "description": "contracts" }));
    agent(&creel, chat("Boss", "orchestrator", &server.base));
    spawn(&creel, "legal", true);
    deploy(&creel, "{}");
    let detail = ended(&creel, "succeeded");
    assert_eq!(result(&detail)["agent"], "Olga", "the orchestrator's word counts, not the topic");
    let log: Vec<&str> =
        detail["steps"].as_array().unwrap().iter().map(|step| step["words"].as_str().unwrap()).collect();
    assert!(log.iter().any(|words| words.starts_with("Boss (chat) answered")), "{log:?}");
    assert!(log.contains(&"Boss hands over to Olga (devops)."), "{log:?}");
    assert!(log.iter().any(|words| words.starts_with("Olga (echo) answered")), "{log:?}");
    let asked: Value = serde_json::from_slice(&server.wait_for(1)[0].body).unwrap();
    let system = asked["messages"][0]["content"].as_str().unwrap();
    assert!(system.contains("- devops: deploys") && system.contains("- legal: contracts"), "{system}");
}

#[test]
fn a_server_that_somebody_else_wrote_is_understood() {
    let folder = tempfile::tempdir().unwrap();
    let rules = "version: 1\ndefaults:\n  fallback: deterministic_echo\nrules:\n  - name: r\n    when:\n      messages_contain: \"deploy\"\n    respond:\n      content: \"The deploy is fine, trust me.\"\n";
    let server = FakeLlm::start(folder.path(), rules);
    let creel = Creel::start();
    let backend = json!({ "chat": { "base_url": server.base_url, "model": "gpt-4o-mini" } });
    agent(&creel, json!({ "name": "Olga", "topic": "devops", "backend": backend }));
    spawn(&creel, "devops", false);
    deploy(&creel, r#"{"event":"deploy"}"#);
    let result = result(&ended(&creel, "succeeded"));
    assert_eq!(result["output"]["text"], "The deploy is fine, trust me.", "{result}");
    assert!(result["usage"]["total_tokens"].as_u64().unwrap() > 0, "{result}");
}
