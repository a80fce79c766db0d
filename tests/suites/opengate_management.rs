//! OpenGate's management routes: bearer token, triggers of a project, their logs.

use creel_tests::{Creel, Request};
use serde_json::{Value, json};

const TRIGGERS: &str = "/api/projects/local/triggers";

fn create(creel: &Creel, body: Value) -> Value {
    let made = creel.manage(Request::post(TRIGGERS, body.to_string()));
    assert_eq!(made.status, 201, "{}", made.text());
    made.json()
}

fn draft(creel: &Creel) -> Value {
    let config = json!({ "list_id": creel.inbox_list(), "title": "{{payload.title}}" });
    json!({ "name": "Deploys", "action": "create_task", "config": config })
}

#[test]
fn a_trigger_is_made_read_changed_and_deleted() {
    let creel = Creel::start();
    let made = create(&creel, draft(&creel));
    let (id, secret) = (made["id"].as_str().unwrap(), made["secret"].as_str().unwrap());
    assert!(id.starts_with("trg_") && secret.starts_with("whsec_"), "{made}");
    let one = format!("{TRIGGERS}/{id}");
    let read = creel.manage(Request::get(&one)).json();
    for field in ["id", "project_id", "name", "action", "config", "enabled", "ip_allowlist", "created_at", "updated_at"]
    {
        assert!(!read[field].is_null(), "{field} is there: {read}");
    }
    assert_eq!((read["action"].as_str(), read["project_id"].as_str()), (Some("create_task"), Some("local")));
    assert!(read.get("secret").is_none_or(Value::is_null), "the secret is shown once");
    let list = creel.manage(Request::get(TRIGGERS)).json();
    assert!(list.to_string().contains(id), "{list}");
    let patch = Request::new("PATCH", &one).header("Content-Type", "application/json");
    let change = json!({ "enabled": false, "ip_allowlist": ["203.0.113.0/24"] });
    let changed = creel.manage(patch.with_body(change.to_string()));
    assert_eq!(changed.status, 200, "{}", changed.text());
    let read = creel.manage(Request::get(&one)).json();
    assert_eq!((&read["enabled"], &read["ip_allowlist"]), (&json!(false), &json!(["203.0.113.0/24"])));
    assert!((200..300).contains(&creel.manage(Request::new("DELETE", &one)).status));
    assert_eq!(creel.manage(Request::get(&one)).status, 404);
}

#[test]
fn the_open_engines_key_names_are_understood() {
    let creel = Creel::start();
    let config = json!({ "list_id": creel.inbox_list(), "title": "aliased {{payload.n}}" });
    let made = create(&creel, json!({ "name": "A", "action_type": "create_task", "action_config": config }));
    let path = format!("/api/webhooks/trigger/{}", made["id"].as_str().unwrap());
    let answer = creel.deliver(&Request::post(&path, r#"{"n":1}"#).opengate(made["secret"].as_str().unwrap()));
    assert_eq!(answer.json()["task_title"], "aliased 1", "{}", answer.text());
}

#[test]
fn what_cannot_be_is_refused_with_the_field() {
    let creel = Creel::start();
    let mut unknown_list = draft(&creel);
    unknown_list["config"]["list_id"] = json!("lst_nowhere");
    let answer = creel.manage(Request::post(TRIGGERS, unknown_list.to_string()));
    assert_eq!(answer.status, 422, "{}", answer.text());
    assert!(answer.text().contains("lst_nowhere") && answer.text().contains("list_id"), "{}", answer.text());
    let broken = creel.manage(Request::post(TRIGGERS, "{"));
    assert_eq!(broken.status, 400, "{}", broken.text());
    assert_eq!(creel.manage(Request::get("/api/projects/nobody/triggers")).status, 404);
}

#[test]
fn logs_tell_success_failure_and_rejection_newest_first() {
    let creel = Creel::start();
    let made = create(&creel, draft(&creel));
    let (id, secret) = (made["id"].as_str().unwrap(), made["secret"].as_str().unwrap());
    let path = format!("/api/webhooks/trigger/{id}");
    creel.deliver(&Request::post(&path, r#"{"title":"ok"}"#).opengate(secret));
    creel.deliver(&Request::post(&path, r#"{"title":"no"}"#).opengate("wrong"));
    let logs = creel.manage(Request::get(&format!("{TRIGGERS}/{id}/logs")));
    assert_eq!(logs.status, 200, "{}", logs.text());
    let logs = logs.json();
    let rows = logs.as_array().or(logs["items"].as_array()).or(logs["logs"].as_array()).expect("a list").clone();
    let statuses: Vec<_> = rows.iter().map(|row| row["status"].as_str().unwrap_or_default()).collect();
    assert_eq!(statuses, ["rejected", "success"]);
    for n in 0..60 {
        creel.deliver(&Request::post(&path, format!(r#"{{"title":"{n}"}}"#)).opengate(secret));
    }
    let logs = creel.manage(Request::get(&format!("{TRIGGERS}/{id}/logs"))).json();
    assert_eq!(
        logs.as_array().or(logs["items"].as_array()).or(logs["logs"].as_array()).unwrap().len(),
        50,
        "the newest 50"
    );
}
