//! Pipelines that run: from OpenGate's signed delivery through every kind of step, across failures, stops and crashes.

use creel_tests::creel::Endpoint;
use creel_tests::recorder::plain;
use creel_tests::{Creel, Recorder, Request, until};
use serde_json::{Value, json};

use crate::agents::agent;
use crate::agents_program::approve;
use crate::deliver::make_task;

/// A pipeline of these steps and an OpenGate trigger that starts it.
fn pipeline(creel: &Creel, variables: Value, steps: Value) -> Endpoint {
    let made = creel.rpc("pipeline_create", json!({ "name": "Release", "variables": variables, "steps": steps }));
    let action = json!({ "instantiate_pipeline": { "pipeline_id": made["id"], "variables": { "commit": "{{payload.commit}}" } } });
    creel.trigger(json!({ "name": "Release", "contract": "opengate", "scheme": "opengate", "actions": [action] }))
}

fn fire(creel: &Creel, at: &Endpoint, body: &str) -> String {
    let answer = creel.deliver(&Request::post(&at.path, body).opengate(&at.secret));
    assert_eq!((answer.status, &answer.json()["status"]), (200, &json!("pending")), "{}", answer.text());
    answer.json()["pipeline_instance_id"].as_str().unwrap().to_owned()
}

fn instance(creel: &Creel, id: &str) -> Value {
    creel.rpc("pipeline_instance_get", json!({ "id": id }))
}

fn until_it(creel: &Creel, id: &str, status: &str) -> Value {
    until(&format!("an instance that is {status}"), || Some(instance(creel, id)).filter(|row| row["status"] == status))
}

fn statuses(instance: &Value) -> Vec<&str> {
    instance["progress"].as_array().unwrap().iter().map(|step| step["status"].as_str().unwrap()).collect()
}

fn task(creel: &Creel, title: &str) -> Value {
    make_task(creel, title)["create_task"].clone()
}

#[test]
fn every_kind_of_step_runs_in_order_and_hands_its_output_on() {
    let creel = Creel::start();
    let server = Recorder::start(|_, out| plain(out, 200, &[], b"deployed a1b2c3d"));
    agent(&creel, json!({ "name": "Olga", "topic": "devops" }));
    let url = format!("{}/deploy", server.base);
    let steps = json!([
        { "name": "request", "tool": { "tool": "http", "action": "request",
            "params": { "url": format!("{url}?c={{{{variables.commit}}}}"), "allow_private": true } } },
        { "name": "good", "condition": { "rows": [{ "field": "steps.request.output", "operator": "contains", "value": "deployed" }] } },
        { "name": "ask", "agent": { "prompt": "Say it: {{steps.request.output}}", "topic": "devops" } },
        { "name": "pause", "wait": { "seconds": 1 } },
        { "name": "tell", "forward": { "url": url, "allow_private": true, "body": { "template": "{{steps.ask.output}}" } } },
        { "name": "note", "task": task(&creel, "[{{variables.environment}}] {{steps.request.output}}") },
        { "name": "end" },
    ]);
    let at = pipeline(&creel, json!({ "environment": "staging" }), steps);
    let id = fire(&creel, &at, r#"{"commit":"a1b2c3d"}"#);
    let done = until_it(&creel, &id, "completed");
    assert_eq!(statuses(&done), ["succeeded"; 7], "{done}");
    assert_eq!(creel.tasks()[0]["title"], "[staging] deployed a1b2c3d");
    let sent = server.wait_for(2);
    assert_eq!(sent[0].target, "/deploy?c=a1b2c3d");
    assert!(String::from_utf8_lossy(&sent[1].body).starts_with("Say it: deployed a1b2c3d\n\n--- Webhook Payload ---"));
    assert_ne!(sent[0].header("idempotency-key"), sent[1].header("idempotency-key"), "a key for every step");
    let (pause, tell) = (&done["progress"][3], &done["progress"][4]);
    assert!(pause["finished_at"].as_i64().unwrap() - pause["started_at"].as_i64().unwrap() >= 1_000, "{pause}");
    assert!(tell["started_at"].as_i64() >= pause["finished_at"].as_i64());
    let detail = creel.rpc("execution_get", json!({ "id": done["execution_id"] }));
    assert_eq!(detail["execution"]["status"], "succeeded");
    let log = detail["steps"].to_string();
    assert!(log.contains("request: ") && log.contains("good: It holds.") && log.contains("tell: "), "{log}");
}

#[test]
fn a_condition_that_does_not_hold_skips_the_rest() {
    let creel = Creel::start();
    let rows = json!([{ "field": "payload.env", "operator": "is", "value": "production" }]);
    let steps =
        json!([{ "name": "only", "condition": { "rows": rows } }, { "name": "note", "task": task(&creel, "x") }]);
    let at = pipeline(&creel, json!({}), steps);
    let id = fire(&creel, &at, r#"{"env":"staging"}"#);
    assert_eq!(statuses(&until_it(&creel, &id, "completed")), ["succeeded", "skipped"]);
    assert!(creel.tasks().is_empty());
}

#[test]
fn a_failed_step_stops_or_goes_on_as_set_and_the_instance_goes_on_from_there() {
    let creel = Creel::start();
    let server = Recorder::start({
        let count = std::sync::atomic::AtomicUsize::new(0);
        move |_, out| match count.fetch_add(1, std::sync::atomic::Ordering::SeqCst) {
            0 | 1 => plain(out, 404, &[], b""),
            _ => plain(out, 200, &[], b""),
        }
    });
    let call = |name: &str, more: Value| {
        let mut step =
            json!({ "name": name, "forward": { "url": format!("{}/in", server.base), "allow_private": true } });
        crate::deliver::merge(&mut step, more);
        step
    };
    let steps = json!([
        { "name": "first", "task": task(&creel, "once") },
        call("loose", json!({ "on_failure": "continue" })),
        call("strict", json!({})),
        { "name": "last", "task": task(&creel, "{{steps.loose.status}} {{steps.strict.status}}") },
    ]);
    let at = pipeline(&creel, json!({}), steps);
    let id = fire(&creel, &at, r#"{"commit":"a"}"#);
    let failed = until_it(&creel, &id, "failed");
    assert_eq!(statuses(&failed), ["succeeded", "failed", "failed", "pending"]);
    let execution = creel.rpc("execution_get", json!({ "id": failed["execution_id"] }));
    let words = execution["execution"]["error"]["message"].as_str().unwrap();
    assert!(words.starts_with("step strict failed: the target answered 404"), "{words}");
    creel.rpc("pipeline_instance_resume", json!({ "id": id }));
    let done = until_it(&creel, &id, "completed");
    assert_eq!(statuses(&done), ["succeeded", "failed", "succeeded", "succeeded"]);
    let titles: Vec<Value> = creel.tasks().into_iter().map(|task| task["title"].clone()).collect();
    assert_eq!(titles, ["failed succeeded", "once"], "what was done is not done again");
}

#[test]
fn a_step_out_of_time_fails_and_what_a_retry_mends_is_tried_again() {
    let creel = Creel::start();
    let slow = Recorder::start(|_, out| std::io::Read::read_to_end(out, &mut Vec::new()).map(drop));
    let steps = json!([{ "name": "slow", "timeout_s": 1, "forward": { "url": format!("{}/in", slow.base), "allow_private": true } }]);
    let id = fire(&creel, &pipeline(&creel, json!({}), steps), r#"{"commit":"a"}"#);
    let failed = until_it(&creel, &id, "failed");
    assert_eq!(failed["progress"][0]["error"]["message"], "it did not end within 1 s");
    let busy = Recorder::answering(503);
    let steps = json!([{ "name": "busy", "forward": { "url": format!("{}/in", busy.base), "allow_private": true } }]);
    let id = fire(&creel, &pipeline(&creel, json!({}), steps), r#"{"commit":"b"}"#);
    let waits = until("a second try that is due", || {
        let row = instance(&creel, &id);
        Some(row).filter(|row| row["progress"][0]["error"].is_object() && row["progress"][0]["status"] == "pending")
    });
    assert_eq!((&waits["status"], &waits["progress"][0]["attempts"]), (&json!("running"), &json!(1)));
    let row = until("its time", || {
        let row = creel.rpc("execution_get", json!({ "id": waits["execution_id"] }))["execution"].clone();
        Some(row).filter(|row| row["next_at"].is_i64())
    });
    assert!(row["next_at"].as_i64().unwrap() - row["created_at"].as_i64().unwrap() >= 5_000, "{row}");
}

#[test]
fn an_instance_is_stopped_while_it_waits_and_not_once_it_is_over() {
    let creel = Creel::start();
    let steps = json!([{ "name": "long", "wait": { "seconds": 600 } }, { "name": "note", "task": task(&creel, "x") }]);
    let id = fire(&creel, &pipeline(&creel, json!({}), steps), r#"{"commit":"a"}"#);
    until("its pause", || Some(()).filter(|()| instance(&creel, &id)["progress"][0]["status"] == "running"));
    let stopped = creel.rpc("pipeline_instance_cancel", json!({ "id": id }));
    assert_eq!((&stopped["status"], statuses(&stopped)), (&json!("cancelled"), vec!["interrupted", "pending"]));
    assert_eq!(creel.try_rpc("pipeline_instance_cancel", json!({ "id": id })).status, 409);
}

#[test]
fn a_crash_between_two_steps_goes_on_and_one_in_a_command_interrupts() {
    let (mut creel, folder) = (Creel::start(), tempfile::tempdir().unwrap());
    let ledger = folder.path().join("ledger");
    let command = format!("echo x >> {0}; [ $(wc -l < {0}) -gt 1 ] || exec sleep 20", ledger.display());
    let steps = json!([
        { "name": "note", "task": task(&creel, "once") },
        { "name": "pause", "wait": { "seconds": 2 } },
        { "name": "run", "tool": { "tool": "shell", "action": "execute", "params": { "command": command } } },
        { "name": "end", "task": task(&creel, "end") },
    ]);
    let at = pipeline(&creel, json!({}), steps);
    let id = fire(&creel, &at, r#"{"commit":"a"}"#);
    until("the pause", || Some(()).filter(|()| instance(&creel, &id)["progress"][1]["status"] == "running"));
    creel.kill();
    creel.start_again();
    let asks = until_it(&creel, &id, "failed");
    assert_eq!(
        statuses(&asks),
        ["succeeded", "succeeded", "failed", "pending"],
        "the command asks for approval: {asks}"
    );
    approve(&creel);
    creel.rpc("pipeline_instance_resume", json!({ "id": id }));
    let ran = || std::fs::read_to_string(&ledger).unwrap_or_default();
    until("the command", || Some(()).filter(|()| ran() == "x\n"));
    creel.kill();
    creel.start_again();
    let failed = until_it(&creel, &id, "failed");
    assert_eq!(statuses(&failed), ["succeeded", "succeeded", "interrupted", "pending"]);
    assert_eq!(ran(), "x\n", "at most once by itself");
    creel.rpc("pipeline_instance_resume", json!({ "id": id }));
    until_it(&creel, &id, "completed");
    assert_eq!((ran().as_str(), creel.tasks().len()), ("x\nx\n", 2));
}

#[test]
fn steps_that_cannot_run_are_refused_when_saved() {
    let creel = Creel::start();
    let refused = creel.try_rpc("pipeline_create", json!({ "name": "P", "steps": [{ "name": "a" }, { "name": "a" }] }));
    assert_eq!((refused.status, &refused.json()["field"]), (422, &json!("steps.1.name")), "{}", refused.text());
}
