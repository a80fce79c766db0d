//! Rules of running that hold for every kind of action: pause all, take out of the queue, run again, capture only.

use creel_tests::{Creel, until};
use serde_json::{Value, json};

use crate::crash_load::{Load, at};

/// Kinds of executions that wait in the queue: those of `mix` but its task, a pipeline, a bound agent, a message.
const QUEUED: usize = at::ALL - 1 + 3;

fn set(creel: &Creel, name: &str, on: bool) {
    let mut settings = creel.rpc("settings_get", json!({}));
    settings[name] = json!(on);
    creel.rpc("settings_set", settings);
}

fn of_status(creel: &Creel, status: &str) -> Vec<Value> {
    creel.executions(json!({ "status": [status] }))
}

/// What left Creel so far: requests, and lines that commands and tools wrote.
fn outside(load: &Load) -> usize {
    let files = ["shell", "program", "step", "files/append"].map(|file| load.lines(file).len());
    load.upstream.seen().len() + files.iter().sum::<usize>()
}

#[test]
fn paused_everything_queues_and_each_can_be_taken_out_and_run_again() {
    let creel = Creel::start();
    let load = Load::new(&creel);
    let before = outside(&load);
    set(&creel, "paused", true);
    assert_eq!(creel.rpc("status", json!({}))["paused"], true);
    load.send_each(&creel, "one");
    let rows = of_status(&creel, "queued");
    assert_eq!(rows.len(), QUEUED, "{rows:?}");
    assert_eq!(
        (creel.tasks().len(), of_status(&creel, "succeeded").len()),
        (1, 3),
        "task, alert and run task are made"
    );
    for row in &rows {
        assert_eq!(creel.rpc("execution_cancel", json!({ "id": row["id"] }))["status"], "cancelled", "{row}");
        assert_eq!(creel.try_rpc("execution_cancel", json!({ "id": row["id"] })).status, 409, "not twice: {row}");
    }
    set(&creel, "paused", false);
    load.poke(&creel, "poke");
    until("what is queued now", || Some(()).filter(|()| of_status(&creel, "succeeded").len() == 4));
    assert_eq!(outside(&load), before + 1, "nothing of what was taken out happened");
    for row in &rows {
        assert_eq!(creel.rpc("execution_retry", json!({ "id": row["id"] }))["status"], "queued", "{row}");
    }
    until("all of them", || Some(()).filter(|()| of_status(&creel, "succeeded").len() == 4 + QUEUED));
    assert!(outside(&load) > before + QUEUED - 2, "each effect happened: {}", outside(&load));
}

#[test]
fn a_pipeline_stops_between_its_steps_while_all_is_paused() {
    let creel = Creel::start();
    let task = crate::deliver::make_task(&creel, "x")["create_task"].clone();
    let command = "sleep 1; echo done";
    let steps = json!([
        { "name": "run", "tool": { "tool": "shell", "action": "execute", "params": { "command": command } } },
        { "name": "note", "task": task },
    ]);
    let made = creel.rpc("pipeline_create", json!({ "name": "P", "steps": steps }));
    let action = json!({ "instantiate_pipeline": { "pipeline_id": made["id"], "variables": {} } });
    let at = creel.trigger(json!({ "name": "P", "contract": "opengate", "scheme": "opengate", "actions": [action] }));
    creel.rpc("approval_give", json!({ "trigger_id": at.id, "command": command }));
    creel.deliver(&creel_tests::Request::post(&at.path, "{}").opengate(&at.secret));
    let row = || creel.executions(json!({}))[0].clone();
    until("its first step", || Some(()).filter(|()| row()["status"] == "running"));
    set(&creel, "paused", true);
    until("its place in the queue", || Some(()).filter(|()| row()["status"] == "queued"));
    assert!(creel.tasks().is_empty(), "the next step did not begin");
    set(&creel, "paused", false);
    until("its end", || Some(()).filter(|()| row()["status"] == "succeeded"));
    assert_eq!(creel.tasks().len(), 1);
}

#[test]
fn capture_only_makes_what_is_local_and_shows_the_plan_of_the_rest_for_the_app_and_for_a_trigger() {
    let creel = Creel::start();
    let load = Load::new(&creel);
    let before = outside(&load);
    set(&creel, "capture_only", true);
    load.send_each(&creel, "one");
    let held = of_status(&creel, "skipped");
    assert_eq!(held.len(), QUEUED, "{held:?}");
    for row in &held {
        assert_eq!(row["error"]["message"], "capture only is on: planned, not run", "{row}");
        let plan = creel.rpc("execution_get", json!({ "id": row["id"] }))["plan"].as_str().unwrap().to_owned();
        assert!(serde_json::from_str::<Value>(&plan).unwrap().is_object(), "the plan is shown: {plan}");
    }
    assert_eq!(
        (creel.tasks().len(), of_status(&creel, "succeeded").len()),
        (1, 3),
        "task, alert and run task are made"
    );
    set(&creel, "capture_only", false);
    let change = json!({ "id": load.mix_id(), "change": { "capture_only": true } });
    creel.rpc("trigger_update", change);
    load.send_each(&creel, "two");
    until("those of the other triggers", || Some(()).filter(|()| of_status(&creel, "succeeded").len() == 3 + 6));
    let held = of_status(&creel, "skipped").len() - QUEUED;
    assert_eq!(held, at::ALL - 1, "all of the trigger that only captures");
    assert_eq!(outside(&load), before + 3, "step, its request, the message");
}

#[test]
fn a_trigger_runs_no_more_at_once_than_it_may() {
    let (creel, folder) = (Creel::start(), tempfile::tempdir().unwrap());
    let (ledger, gate) = (folder.path().join("ledger"), folder.path().join("gate"));
    let command = format!("echo x >> {}; while [ ! -e {} ]; do sleep 0.02; done", ledger.display(), gate.display());
    let shell = json!({ "execute_tool": { "tool": "shell", "action": "execute", "params": { "command": command } } });
    let draft = json!({ "name": "one", "slug": "one", "scheme": "github", "at_once": 1, "actions": [shell, shell] });
    let at = creel.trigger(draft);
    creel.rpc("approval_give", json!({ "trigger_id": at.id, "command": command }));
    let other = creel.trigger(json!({ "name": "other", "slug": "other", "scheme": "github",
        "actions": [{ "execute_tool": { "tool": "shell", "action": "execute", "params": { "command": "echo other" } } }] }));
    creel.rpc("approval_give", json!({ "trigger_id": other.id, "command": "echo other" }));
    for to in [&at, &other] {
        creel.deliver(&creel_tests::Request::post(&to.path, "{}").github(&to.secret, "push", &to.id));
    }
    until("the other trigger's", || Some(()).filter(|()| of_status(&creel, "succeeded").len() == 1));
    let lines = || std::fs::read_to_string(&ledger).unwrap_or_default();
    until("the first of two", || Some(()).filter(|()| lines() == "x\n"));
    assert_eq!(of_status(&creel, "queued").len(), 1, "its second waits");
    std::fs::write(gate, "").unwrap();
    until("all", || Some(()).filter(|()| of_status(&creel, "succeeded").len() == 3));
    let refused = creel.try_rpc("trigger_update", json!({ "id": at.id, "change": { "at_once": 65 } }));
    assert_eq!((refused.status, &refused.json()["field"]), (422, &json!("at_once")), "{}", refused.text());
}

#[test]
fn a_command_that_is_taken_back_ends_with_what_it_started() {
    let (creel, folder) = (Creel::start(), tempfile::tempdir().unwrap());
    let pids = folder.path().join("pids");
    let command = format!("sleep 60 & echo $! >> {0}; echo $$ >> {0}; wait", pids.display());
    let shell = json!({ "execute_tool": { "tool": "shell", "action": "execute", "params": { "command": command } } });
    let at = creel.trigger(json!({ "name": "one", "slug": "one", "scheme": "github", "actions": [shell] }));
    creel.rpc("approval_give", json!({ "trigger_id": at.id, "command": command }));
    creel.deliver(&creel_tests::Request::post(&at.path, "{}").github(&at.secret, "push", "1"));
    let started = || std::fs::read_to_string(&pids).unwrap_or_default();
    until("the command", || Some(()).filter(|()| started().lines().count() == 2));
    let id = creel.executions(json!({}))[0]["id"].clone();
    assert_eq!(creel.rpc("execution_cancel", json!({ "id": id }))["status"], "cancelled");
    until("its end", || Some(()).filter(|()| !started().lines().any(creel_tests::tools::lives)));
}
