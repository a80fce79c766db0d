//! Deliveries of OpShift and Orloj fired again: planned in words, signed anew as the contract asks, with its own answer.

use creel_tests::{Creel, tools};
use serde_json::{Value, json};

use crate::deliver::{merge, newest};
use crate::opshift_contract::{alerts, signed, webhook};
use crate::orloj::{SECRET, apply, generic, guide, path, runs, send};
use crate::promptrails::{agent, trigger};

fn replay(creel: &Creel, id: &Value, more: Value) -> (Value, Value) {
    let mut draft = json!({ "delivery_id": id, "target": "original" });
    merge(&mut draft, more);
    let plan = creel.rpc("replay_plan", draft.clone());
    let result = creel.rpc("replay_send", draft)["results"][0].clone();
    (plan, result)
}

fn answered(result: &Value) -> (u64, Value) {
    let body = result["answer"]["body"].as_str().unwrap_or_default();
    (result["answer"]["status"].as_u64().unwrap(), serde_json::from_str(body).unwrap_or(json!(body.trim())))
}

#[test]
fn an_alert_fired_again_is_one_occurrence_more() {
    let creel = Creel::start();
    let hook = webhook(&creel, "w", json!({}));
    creel.deliver(&signed(&hook.path, &hook.secret, r#"{"title":"disk full"}"#));
    let id = newest(&creel)["id"].clone();
    let (plan, result) = replay(&creel, &id, json!({}));
    assert!(plan["effects"].to_string().contains("raises the alert \\\"disk full\\\""), "{plan}");
    let (status, body) = answered(&result);
    assert_eq!((status, &body["status"], &body["occurrenceCount"]), (200, &json!("occurrence_added"), &json!(2)));
    let (_, edited) = replay(&creel, &id, json!({ "body": r#"{"title":"another"}"# }));
    assert_eq!(answered(&edited).1["status"], "created", "an edited body is signed anew");
    assert_eq!(alerts(&creel, "").len(), 2);
    let (_, broken) = replay(&creel, &id, json!({ "broken": "wrong_secret" }));
    assert_eq!(answered(&broken), (401, json!({ "error": "Invalid webhook signature" })));
}

#[test]
fn a_run_task_is_made_again_only_for_a_new_event() {
    let creel = Creel::start();
    guide(&creel);
    let path = path(&creel, "report-generic-webhook");
    assert_eq!(send(&creel, &path, "evt-001", "{}").status, 202);
    let id = newest(&creel)["id"].clone();
    let (plan, same) = replay(&creel, &id, json!({}));
    assert!(plan.to_string().contains("duplicate"), "{plan}");
    assert_eq!(answered(&same).1["duplicate"], true);
    let (plan, new) = replay(&creel, &id, json!({ "new_event_id": true }));
    assert!(plan["effects"].to_string().contains("makes a run task out of default/weekly-report-template"), "{plan}");
    assert_eq!((answered(&new).0, &answered(&new).1["duplicate"]), (202, &json!(false)), "{new}");
    assert_eq!(runs(&creel).len(), 2);
    let (_, stale) = replay(&creel, &id, json!({ "new_event_id": true, "broken": "stale_time" }));
    assert_eq!(answered(&stale), (401, json!("signature verification failed")));
}

#[test]
fn headers_of_a_webhooks_own_are_used_to_sign_again() {
    let creel = Creel::start();
    guide(&creel);
    let own = tools::fixture("orloj/generic_webhook.yaml").replace("report-generic-webhook", "own");
    apply(&creel, "/v1/task-webhooks", &format!("{own}    signature_header: X-Sig\n    timestamp_header: X-When\n"));
    let path = path(&creel, "own");
    let time = creel_tests::sign::now().to_string();
    let signature = creel_tests::sign::hex(SECRET, format!("{time}.{{}}").as_bytes());
    let request = creel_tests::Request::post(&path, "{}").header("X-Event-Id", "a").header("X-When", time.clone());
    assert_eq!(creel.deliver(&request.header("X-Sig", format!("sha256={signature}"))).status, 202);
    let id = newest(&creel)["id"].clone();
    let (_, new) = replay(&creel, &id, json!({ "new_event_id": true, "body": "{\"edited\":1}" }));
    assert_eq!(answered(&new).0, 202, "{new}");
    assert_eq!(creel.deliver(&generic(&path, SECRET, &time, "b", "{}")).status, 401, "the usual names are not its");
}

#[test]
fn a_test_carries_the_token_of_the_trigger_it_is_for() {
    let creel = Creel::start();
    let agents = [agent(&creel, Value::Null), agent(&creel, Value::Null)];
    let plain = trigger(&creel, &agents[0], json!({}));
    let signed = trigger(&creel, &agents[1], json!({ "generate_secret": true }));
    for (made, agent) in [(&signed, &agents[1]), (&plain, &agents[0])] {
        let id = format!("trg_{}", made.row["id"].as_str().unwrap());
        let sent = creel.rpc("send_test", json!({ "trigger_id": id }));
        let (status, body) = answered(&sent);
        assert_eq!((status, &body["data"]["agent_id"]), (201, &json!(agent)), "{sent}");
    }
    let id = newest(&creel)["id"].clone();
    let other = format!("trg_{}", signed.row["id"].as_str().unwrap());
    let (_, moved) = replay(&creel, &id, json!({ "target": { "trigger": other } }));
    assert_eq!(answered(&moved).1["data"]["agent_id"], json!(agents[1]), "the other's token and signature: {moved}");
    let own = json!({ "headers": [["Authorization", "Bearer wht_mine"], ["Content-Type", "application/json"]] });
    assert_eq!(answered(&replay(&creel, &id, own).1).0, 401, "what the user wrote stays");
}

#[test]
fn a_test_of_one_of_several_hooks_on_a_path_is_signed_with_its_secret() {
    let creel = Creel::start();
    let hook = |name: &str| {
        let settings = json!({ "octipus": { "path": "deploy" } });
        let draft = json!({ "name": name, "contract": "octipus", "settings": settings, "make_secret": true });
        creel.rpc("trigger_create", draft)["row"]["trigger"]["id"].clone()
    };
    for id in [hook("first"), hook("second")] {
        let sent = creel.rpc("send_test", json!({ "trigger_id": id }));
        assert_eq!(sent["delivery"]["endpoint"], id, "{sent}");
    }
}
