//! OpenGate's answers, step by step in their order: each request breaks a step and every later one too.

use creel_tests::{Creel, Request, Setup};
use serde_json::{Value, json};

use crate::deliver::{newest, opengate_trigger};

const GOOD: &str = r#"{"title":"Deploy failed","environment":"production"}"#;

fn post(creel: &Creel, path: &str, body: &str, secret: &str) -> (u16, Value) {
    let answer = creel.deliver(&Request::post(path, body).opengate(secret));
    (answer.status, answer.json())
}

fn change(creel: &Creel, id: &str, change: Value) {
    creel.rpc("trigger_update", json!({ "id": id, "change": change }));
}

#[test]
fn every_step_refuses_before_the_next_one_is_looked_at() {
    let creel = Creel::start();
    let endpoint = opengate_trigger(&creel, json!({ "enabled": false, "ip_allowlist": ["203.0.113.0/24"] }));
    let unknown = post(&creel, "/api/webhooks/trigger/trg_unknown", "not json", "wrong");
    assert_eq!(unknown, (404, json!({ "error": "Trigger not found" })));
    let disabled = post(&creel, &endpoint.path, "not json", "wrong");
    assert_eq!(disabled, (403, json!({ "error": "Trigger is disabled" })));
    change(&creel, &endpoint.id, json!({ "enabled": true }));
    let wrong_address = post(&creel, &endpoint.path, "not json", "wrong");
    assert_eq!(wrong_address, (403, json!({ "error": "IP address not allowed" })));
    let genuine = post(&creel, &endpoint.path, GOOD, &endpoint.secret);
    assert_eq!(genuine, (403, json!({ "error": "IP address not allowed" })), "even if the signature is valid");
    change(&creel, &endpoint.id, json!({ "ip_allowlist": [] }));
    let wrong = post(&creel, &endpoint.path, "not json", "wrong");
    assert_eq!(wrong, (401, json!({ "error": "Invalid or missing signature" })));
    let missing = creel.deliver(&Request::post(&endpoint.path, "not json"));
    assert_eq!((missing.status, missing.json()), (401, json!({ "error": "Invalid or missing signature" })));
    let (status, error) = post(&creel, &endpoint.path, "{\n  \"title\": oops\n}", &endpoint.secret);
    let words = error["error"].as_str().unwrap();
    assert_eq!(status, 400);
    assert!(words.starts_with("Invalid JSON: ") && words.contains("line 2") && words.contains("column"), "{words}");
    assert_eq!(creel.tasks().len(), 0, "nothing was made on the way");
    let (status, answer) = post(&creel, &endpoint.path, GOOD, &endpoint.secret);
    assert_eq!(status, 200, "{answer}");
    assert_eq!(answer["task_title"], "[production] Deploy failed");
    assert_eq!(creel.tasks()[0]["id"], answer["task_id"]);
    let keys: Vec<_> = answer.as_object().unwrap().keys().cloned().collect();
    assert_eq!(keys, ["task_id", "task_title", "status"], "the documented fields and no other");
}

#[test]
fn each_refusal_has_its_row_and_reason() {
    let creel = Creel::start();
    let endpoint = opengate_trigger(&creel, json!({}));
    let sent: [(&str, &str, &str, &str); 3] = [
        (endpoint.path.as_str(), "{", "wrong", "signature_mismatch"),
        (endpoint.path.as_str(), "{", &endpoint.secret, "invalid_json"),
        ("/api/webhooks/trigger/trg_none", "{}", "wrong", "no_such_endpoint"),
    ];
    for (path, body, secret, reason) in sent {
        post(&creel, path, body, secret);
        assert_eq!(newest(&creel)["reason_code"], reason);
    }
}

#[test]
fn the_same_body_twice_is_two_tasks_and_the_second_is_marked() {
    let creel = Creel::start();
    let endpoint = opengate_trigger(&creel, json!({}));
    for identical in [false, true] {
        assert_eq!(post(&creel, &endpoint.path, GOOD, &endpoint.secret).0, 200);
        assert_eq!(newest(&creel)["identical_body"], identical);
    }
    assert_eq!(creel.tasks().len(), 2);
}

#[test]
fn a_deleted_list_fails_the_action_with_500_and_the_reason() {
    let creel = Creel::start();
    let list = creel.rpc("list_create", json!({ "name": "short-lived" }))["id"].clone();
    let task = json!({ "create_task": { "list_id": list, "title": "x" } });
    let endpoint = opengate_trigger(&creel, json!({ "actions": [task] }));
    creel.rpc("list_delete", json!({ "id": list }));
    let (status, answer) = post(&creel, &endpoint.path, GOOD, &endpoint.secret);
    assert_eq!(status, 500, "{answer}");
    assert!(answer["error"].as_str().is_some_and(|words| words.contains(list.as_str().unwrap())), "{answer}");
    let row = newest(&creel);
    assert_eq!(creel.executions(json!({ "delivery": row["id"] }))[0]["status"], "failed");
    let logs = creel.manage(Request::get(&format!("/api/projects/local/triggers/{}/logs", endpoint.id))).json();
    assert!(logs.to_string().contains("failed"), "{logs}");
}

#[test]
fn the_allowlist_takes_single_addresses_ranges_and_mapped_forms() {
    let creel = Creel::start();
    let table = [
        (json!(["127.0.0.1"]), 200),
        (json!(["127.0.0.0/8"]), 200),
        (json!(["::ffff:127.0.0.1"]), 200),
        (json!(["203.0.113.0/24", "198.51.100.42", "127.0.0.1/32"]), 200),
        (json!(["127.0.0.2"]), 403),
        (json!(["126.0.0.0/8"]), 403),
        (json!(["203.0.113.0/24", "198.51.100.42"]), 403),
        (json!(["::1"]), 403),
        (json!(["fe80::/10"]), 403),
    ];
    for (list, status) in table {
        let endpoint = opengate_trigger(&creel, json!({ "ip_allowlist": list }));
        assert_eq!(post(&creel, &endpoint.path, GOOD, &endpoint.secret).0, status, "{list}");
    }
}

#[test]
fn the_allowlist_knows_v6() {
    let creel = Creel::start_with(Setup { arguments: vec!["--receiver".into(), "[::1]:0".into()], ..Setup::default() });
    for (list, status) in
        [("::1", 200), ("::/64", 200), ("0:0:0:0:0:0:0:1/128", 200), ("fe80::/10", 403), ("127.0.0.1", 403)]
    {
        let endpoint = opengate_trigger(&creel, json!({ "ip_allowlist": [list] }));
        assert_eq!(post(&creel, &endpoint.path, GOOD, &endpoint.secret).0, status, "{list}");
    }
}

#[test]
fn no_header_talks_the_allowlist_into_anything() {
    let creel = Creel::start();
    let shut = opengate_trigger(&creel, json!({ "ip_allowlist": ["203.0.113.7"] }));
    let open = opengate_trigger(&creel, json!({ "ip_allowlist": ["127.0.0.1"] }));
    for name in [
        "X-Forwarded-For",
        "X-Real-IP",
        "Forwarded",
        "CF-Connecting-IP",
        "True-Client-IP",
        "X-Client-IP",
        "Ngrok-Client-Ip",
    ] {
        let value = if name == "Forwarded" { "for=203.0.113.7" } else { "203.0.113.7" };
        for (endpoint, status) in [(&shut, 403), (&open, 200)] {
            let request = Request::post(&endpoint.path, GOOD).opengate(&endpoint.secret).header(name, value);
            assert_eq!(creel.deliver(&request).status, status, "{name}");
        }
    }
}
