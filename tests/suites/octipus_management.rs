//! Octipus's management routes: hooks made, read, changed, switched, fired by hand and deleted; their runs.

use creel_tests::{Creel, Request};
use serde_json::{Value, json};

use crate::deliver;
use crate::octipus::{SECRET, deploy, hook, request, runs};

fn path(hook: &Value) -> String {
    format!("/api/hooks/{}", hook["id"].as_str().unwrap())
}

fn send(creel: &Creel, method: &str, path: &str, body: Value) -> (u16, Value) {
    let request = Request::new(method, path).header("Content-Type", "application/json");
    let answer = creel.manage(request.with_body(body.to_string()));
    (answer.status, serde_json::from_slice(&answer.body).unwrap_or_default())
}

#[test]
fn a_hook_is_made_with_its_defaults_read_changed_and_deleted() {
    let creel = Creel::start();
    let made = hook(&creel, json!({}));
    assert_eq!((&made["isEnabled"], &made["priority"], &made["conditions"]), (&json!(true), &json!(0), &json!([])));
    assert_eq!((&made["maxExecutions"], &made["cooldownMs"]), (&json!(null), &json!(null)));
    assert_eq!(made["triggerConfig"]["webhookPath"], "deploy");
    assert!(!made.to_string().contains(SECRET), "no answer has the secret: {made}");
    assert_eq!(creel.manage(Request::get(&path(&made))).json(), made);
    assert_eq!(creel.manage(Request::get("/api/hooks")).json(), json!({ "hooks": [made] }));
    let change = json!({ "priority": 3, "cooldownMs": 50, "triggerConfig": { "webhookPath": "other" } });
    let (status, changed) = send(&creel, "PATCH", &path(&made), change);
    assert_eq!((status, &changed["priority"], &changed["cooldownMs"]), (200, &json!(3), &json!(50)), "{changed}");
    assert_eq!((&changed["name"], &changed["actionConfig"]), (&made["name"], &made["actionConfig"]), "the rest stays");
    assert_eq!(creel.deliver(&request("other", "{}", SECRET)).status, 202, "its secret stays");
    assert_eq!(deploy(&creel, "{}").status, 404, "nobody is left at the old path");
    let rotated = json!({ "triggerConfig": { "webhookSecret": "a-new-secret-of-its-own" } });
    assert_eq!(send(&creel, "PATCH", &path(&made), rotated).0, 200);
    assert_eq!(creel.deliver(&request("other", "{}", SECRET)).status, 401);
    assert_eq!(creel.deliver(&request("other", "{}", "a-new-secret-of-its-own")).status, 202);
    assert_eq!(creel.manage(Request::new("DELETE", &path(&made))).status, 204);
    let gone = creel.manage(Request::get(&path(&made)));
    assert_eq!((gone.status, gone.json()), (404, json!({ "error": "Hook not found" })));
}

#[test]
fn toggle_switches_a_hook_and_says_what_it_wants() {
    let creel = Creel::start();
    let made = hook(&creel, json!({}));
    let toggle = format!("{}/toggle", path(&made));
    assert_eq!(send(&creel, "POST", &toggle, json!({ "enabled": false })).1["isEnabled"], false);
    assert_eq!(deploy(&creel, "{}").status, 404);
    assert_eq!(send(&creel, "POST", &toggle, json!({ "enabled": true })).1["isEnabled"], true);
    assert_eq!(deploy(&creel, "{}").status, 202);
    assert_eq!(send(&creel, "POST", &toggle, json!({})).0, 400);
}

#[test]
fn a_test_fires_the_hook_and_its_run_says_so() {
    let creel = Creel::start();
    let made = hook(&creel, json!({}));
    let (status, answer) =
        send(&creel, "POST", &format!("{}/test", path(&made)), json!({ "data": { "event": "by hand" } }));
    assert_eq!((status, &answer["status"], &answer["body"]["hooks"]), (200, &json!(202), &json!(1)), "{answer}");
    let run = &runs(&creel, &made)[0];
    assert_eq!(run["source"], "manual_test");
    assert_eq!(run["triggerContext"]["webhook"]["body"]["event"], "by hand");
    let context =
        json!({ "context": { "webhook": { "body": { "event": "c" }, "headers": { "x-github-event": "push" } } } });
    assert_eq!(send(&creel, "POST", &format!("{}/test", path(&made)), context).0, 200);
    let run = &runs(&creel, &made)[0];
    assert_eq!(run["triggerContext"]["webhook"]["headers"]["x-github-event"], "push");
}

#[test]
fn a_strangers_header_makes_no_test_of_a_run() {
    let creel = Creel::start();
    let made = hook(&creel, json!({}));
    let mut request = request("deploy", r#"{"event":"forged"}"#, SECRET);
    // One that was made up, and one that a test of before carried.
    assert_eq!(creel.deliver(&request.clone().header("X-Creel-Replay", "1")).status, 202);
    send(&creel, "POST", &format!("{}/test", path(&made)), json!({ "data": { "event": "by hand" } }));
    let sent = creel.rpc("delivery_get", json!({ "id": deliver::newest(&creel)["id"] }));
    let mut lines = sent["headers"].as_array().unwrap().iter();
    let word = lines.find(|line| line["name"] == "X-Creel-Replay").expect("the test's word")["value"].clone();
    request = request.header("X-Creel-Replay", word.as_str().unwrap()).header("X-GitHub-Delivery", "another");
    assert_eq!(creel.deliver(&request).status, 202);
    let sources: Vec<_> = runs(&creel, &made).iter().map(|run| run["source"].clone()).collect();
    assert_eq!(sources, ["hook", "manual_test", "hook"]);
}

#[test]
fn runs_have_every_field_and_are_paged() {
    let creel = Creel::start();
    let made = hook(&creel, json!({}));
    let config = json!({ "webhookPath": "second", "webhookSecret": SECRET });
    let second = hook(&creel, json!({ "triggerConfig": config }));
    for n in 0..5 {
        deploy(&creel, &format!(r#"{{"event":"{n}"}}"#));
    }
    creel.deliver(&request("second", "{}", SECRET));
    let run = &runs(&creel, &made)[0];
    for field in [
        "id",
        "hookId",
        "source",
        "status",
        "triggerType",
        "actionType",
        "error",
        "durationMs",
        "triggerContext",
        "createdAt",
    ] {
        assert!(!run[field].is_null(), "{field}: {run}");
    }
    assert!(run.get("result").is_some());
    assert_eq!((run["source"].as_str(), run["triggerType"].as_str()), (Some("hook"), Some("webhook")));
    let page = |path: &str| creel.manage(Request::get(path)).json();
    let slice = page(&format!("{}/executions?limit=2&offset=1", path(&made)));
    let events: Vec<_> = slice["executions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|run| &run["triggerContext"]["webhook"]["body"]["event"])
        .collect();
    assert_eq!((events, &slice["total"]), (vec![&json!("3"), &json!("2")], &json!(5)));
    let all = page("/api/hooks/executions/all");
    assert_eq!((all["total"].as_i64(), &all["executions"][0]["hookId"]), (Some(6), &second["id"]));
    assert_eq!(creel.manage(Request::get("/api/hooks/executions/all?limit=x")).status, 400);
}

#[test]
fn what_cannot_be_is_refused_with_400_and_the_field() {
    let creel = Creel::start();
    let good = json!({ "name": "x", "trigger": "webhook", "triggerConfig": { "webhookPath": "x", "webhookSecret": SECRET },
        "action": "notify", "actionConfig": { "notifyMessage": "m" } });
    let table = [
        ("trigger", json!("cron"), "trigger"),
        ("triggerConfig", json!({}), "triggerConfig.webhookPath"),
        ("triggerConfig", json!({ "webhookPath": "a/b" }), "webhookPath"),
        ("triggerConfig", json!({ "webhookPath": "a", "nope": 1 }), "triggerConfig.nope"),
        ("action", json!("dance"), "action"),
        ("actionConfig", json!({ "notifyMessage": "" }), "message"),
        ("actionConfig", json!({ "agentPrompt": "x" }), "actionConfig.agentPrompt"),
        ("name", json!(""), "name"),
        ("conditions", json!([{ "field": "a", "operator": "matches", "value": "(" }]), "regular expression"),
        ("conditions", json!([{ "field": "a", "operator": "like", "value": "(" }]), "like"),
        ("nope", json!(1), "nope"),
    ];
    for (field, value, words) in table {
        let mut draft = good.clone();
        draft[field] = value;
        let (status, answer) = send(&creel, "POST", "/api/hooks", draft);
        let error = answer["error"].as_str().unwrap_or_default();
        assert!(status == 400 && error.contains(words), "{field}: {status} {answer}");
    }
    assert_eq!(creel.manage(Request::post("/api/hooks", "{")).status, 400);
    assert_eq!(creel.manage(Request::get("/api/hooks")).json(), json!({ "hooks": [] }));
    let locked = creel_tests::wire::send(&creel.control, &Request::get("/api/hooks"));
    assert_eq!(locked.status, 401);
    assert!(locked.json()["error"].is_string(), "in the service's own envelope: {}", locked.text());
}
