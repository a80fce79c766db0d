//! Octipus's answers, and which hooks a delivery fires.

use creel_tests::{Creel, Request, sign};
use serde_json::{Value, json};

use crate::deliver::newest;
use crate::octipus::{SECRET, deploy, hook, request, runs};

const BODY: &str = r#"{"event": "deploy", "status": "success"}"#;

fn answered(creel: &Creel, request: &Request) -> (u16, Value) {
    let answer = creel.deliver(request);
    (answer.status, answer.json())
}

#[test]
fn every_refusal_has_its_status_and_its_words() {
    let creel = Creel::start();
    hook(&creel, json!({}));
    hook(&creel, json!({ "triggerConfig": { "webhookPath": "off" }, "isEnabled": false }));
    let without = json!({ "webhookPath": "bare", "webhookSecret": null });
    hook(&creel, json!({ "triggerConfig": without }));
    let not_found = json!({ "error": "Webhook not found" });
    let invalid = json!({ "error": "Invalid or missing webhook signature" });
    let plain = |path: &str| Request::post(&format!("/api/webhooks/{path}"), BODY);
    let signed = |text: String| plain("deploy").header("X-Hub-Signature-256", text);
    let digest = sign::hex(SECRET, BODY.as_bytes());
    let table = [
        (request("nowhere", BODY, SECRET), 404, not_found.clone(), "no_such_endpoint"),
        (request("off", BODY, SECRET), 404, not_found, "trigger_disabled"),
        (
            request("bare", BODY, SECRET),
            401,
            json!({ "error": "Webhook secret not configured. Set a webhookSecret on this hook." }),
            "secret_missing",
        ),
        (plain("deploy"), 401, invalid.clone(), "signature_missing"),
        (request("deploy", BODY, "another-secret-of-20"), 401, invalid.clone(), "signature_mismatch"),
        (signed(digest.clone()), 401, invalid.clone(), "signature_malformed"),
        (signed(format!("sha1={digest}")), 401, invalid.clone(), "signature_malformed"),
        (signed(format!("sha256={}", &digest[..63])), 401, invalid.clone(), "signature_malformed"),
        (signed(format!("sha256={digest}0")), 401, invalid, "signature_malformed"),
    ];
    for (sent, status, body, reason) in table {
        assert_eq!(answered(&creel, &sent), (status, body), "{reason}");
        assert_eq!(newest(&creel)["reason_code"], reason);
    }
    let get = creel.deliver(&Request::get("/api/webhooks/deploy"));
    assert_eq!((get.status, get.json()), (405, json!({ "error": "Method not allowed" })));
    assert!(creel.executions(json!({})).is_empty(), "nothing ran");
}

#[test]
fn the_algorithms_name_and_the_digits_may_have_either_case() {
    let creel = Creel::start();
    hook(&creel, json!({}));
    let digest = sign::hex(SECRET, BODY.as_bytes());
    for text in [format!("SHA256={digest}"), format!("sha256={}", digest.to_uppercase()), format!("Sha256={digest}")] {
        let sent = Request::post("/api/webhooks/deploy", BODY).header("X-Hub-Signature-256", text.clone());
        let expected = json!({ "received": true, "accepted": true, "hooks": 1 });
        assert_eq!(answered(&creel, &sent), (202, expected), "{text}");
    }
}

#[test]
fn every_hook_on_the_path_whose_secret_fits_fires_the_highest_priority_first() {
    let creel = Creel::start();
    let low = hook(&creel, json!({ "name": "low", "priority": 1 }));
    let high = hook(&creel, json!({ "name": "high", "priority": 9 }));
    let other = json!({ "webhookPath": "deploy", "webhookSecret": "the-other-services-secret" });
    let elsewhere = hook(&creel, json!({ "name": "other secret", "triggerConfig": other, "priority": 20 }));
    hook(&creel, json!({ "name": "off", "isEnabled": false }));
    assert_eq!(deploy(&creel, BODY).json(), json!({ "received": true, "accepted": true, "hooks": 2 }));
    let row = newest(&creel);
    assert_eq!(row["trigger_ids"], json!([high["id"], low["id"]]));
    assert_eq!((row["outcome"].as_str(), row["signature"].as_str()), (Some("accepted"), Some("valid")));
    assert!(runs(&creel, &elsewhere).is_empty());
    assert_eq!((runs(&creel, &low).len(), runs(&creel, &high).len()), (1, 1));
}

#[test]
fn a_delivery_id_is_taken_once_by_each_hook() {
    let creel = Creel::start();
    let first = hook(&creel, json!({ "name": "first" }));
    let duplicate = json!({ "received": true, "duplicate": true });
    let headers = [
        "X-GitHub-Delivery",
        "X-Gitea-Delivery",
        "X-Gogs-Delivery",
        "X-Gitlab-Event-UUID",
        "X-Gitlab-Webhook-UUID",
        "Svix-Id",
        "Webhook-Id",
        "Idempotency-Key",
        "X-Idempotency-Key",
    ];
    for name in headers {
        let sent = || request("deploy", BODY, SECRET).header(name, format!("id of {name}"));
        assert_eq!(creel.deliver(&sent()).status, 202, "{name}");
        assert_eq!(answered(&creel, &sent()), (200, duplicate.clone()), "{name}");
    }
    assert_eq!(newest(&creel)["outcome"], "duplicate");
    assert_eq!(runs(&creel, &first).len(), headers.len());
    let both = request("deploy", BODY, SECRET)
        .header("Idempotency-Key", "new")
        .header("X-GitHub-Delivery", "id of X-GitHub-Delivery");
    assert_eq!(answered(&creel, &both), (200, duplicate), "the first of the list names it");

    let second = hook(&creel, json!({ "name": "second" }));
    let again = request("deploy", BODY, SECRET).header("Svix-Id", "id of Svix-Id");
    assert_eq!(creel.deliver(&again).json()["hooks"], 1, "the new hook did not have it yet");
    assert_eq!((runs(&creel, &first).len(), runs(&creel, &second).len()), (headers.len(), 1));
    for _ in 0..2 {
        assert_eq!(deploy(&creel, BODY).status, 202, "without an id nothing is a duplicate");
    }
}

#[test]
fn a_run_that_a_gate_stops_is_written_as_skipped_with_the_reason_and_gives_its_claim_back() {
    let creel = Creel::start();
    let conditions = json!([{ "field": "webhook.body.status", "operator": "equals", "value": "failed" }]);
    let picky = hook(&creel, json!({ "conditions": conditions }));
    let sent = |status: &str| {
        let body = json!({ "event": "deploy", "status": status }).to_string();
        creel.deliver(&request("deploy", &body, SECRET).header("X-GitHub-Delivery", "one"))
    };
    assert_eq!((sent("success").status, newest(&creel)["outcome"].as_str()), (202, Some("filtered")));
    let run = &runs(&creel, &picky)[0];
    assert_eq!(run["status"], "skipped");
    let reason = "condition not met: webhook.body.status equals \"failed\"; it is \"success\"";
    assert_eq!(run["error"], reason);
    assert_eq!(newest(&creel)["reason"], reason);
    assert_eq!(sent("failed").json()["accepted"], true, "the claim was given back");
    assert_eq!(newest(&creel)["outcome"], "accepted");
    assert_eq!(sent("failed").json()["duplicate"], true);
}

#[test]
fn each_condition_operator_decides() {
    let creel = Creel::start();
    let body = r#"{"n": 5, "text": "release v1.2", "list": ["a", "b"], "yes": true}"#;
    let table = [
        ("n", "equals", json!(5), true),
        ("n", "equals", json!("5"), true),
        ("n", "equals", json!(6), false),
        ("yes", "equals", json!(true), true),
        ("text", "contains", json!("v1"), true),
        ("text", "contains", json!("v2"), false),
        ("list", "contains", json!("b"), true),
        ("list", "contains", json!("c"), false),
        ("text", "matches", json!(r"^release v\d+\.\d+$"), true),
        ("text", "matches", json!(r"^v\d"), false),
        ("n", "gt", json!(4), true),
        ("n", "gt", json!(5), false),
        ("n", "lt", json!(5.5), true),
        ("n", "lt", json!(5), false),
        ("n", "in", json!([1, 5]), true),
        ("text", "in", json!(["x", "y"]), false),
        ("gone", "equals", json!(""), false),
    ];
    for (n, (field, operator, value, holds)) in table.into_iter().enumerate() {
        let path = format!("c{n}");
        let condition = json!({ "field": format!("webhook.body.{field}"), "operator": operator, "value": value });
        let config = json!({ "webhookPath": path, "webhookSecret": SECRET });
        hook(&creel, json!({ "triggerConfig": config, "conditions": [condition] }));
        assert_eq!(creel.deliver(&request(&path, body, SECRET)).status, 202);
        let expected = if holds { "accepted" } else { "filtered" };
        assert_eq!(newest(&creel)["outcome"], expected, "{field} {operator} {value}");
    }
}

#[test]
fn cooldown_and_max_executions_stop_further_runs() {
    let creel = Creel::start();
    let cooled = hook(&creel, json!({ "cooldownMs": 3_600_000 }));
    let last = json!({ "webhookPath": "twice", "webhookSecret": SECRET });
    let twice = hook(&creel, json!({ "triggerConfig": last, "maxExecutions": 2 }));
    for n in 0..3 {
        assert_eq!(deploy(&creel, BODY).status, 202);
        assert_eq!(newest(&creel)["reason_code"], if n == 0 { json!(null) } else { json!("cooled_down") });
        assert_eq!(creel.deliver(&request("twice", BODY, SECRET)).status, 202);
        assert_eq!(newest(&creel)["reason_code"], if n < 2 { json!(null) } else { json!("runs_used_up") });
    }
    let reasons = |hook: &Value| runs(&creel, hook).iter().map(|run| run["error"].to_string()).collect::<Vec<_>>();
    assert!(reasons(&cooled)[..2].iter().all(|reason| reason.contains("cools down")), "{:?}", reasons(&cooled));
    assert!(reasons(&twice)[0].contains("its maximum"), "{:?}", reasons(&twice));
}

#[test]
fn gitlabs_guide_works_as_it_is_printed() {
    let creel = Creel::start();
    hook(&creel, json!({ "triggerConfig": { "webhookPath": "gitlab", "webhookSecret": SECRET } }));
    let token = |token: &str| {
        Request::post("/api/webhooks/gitlab", r#"{"object_kind":"push"}"#)
            .header("X-Gitlab-Event", "Push Hook")
            .header("X-Gitlab-Token", token)
    };
    assert_eq!(creel.deliver(&token(SECRET)).status, 202);
    let row = newest(&creel);
    assert_eq!((row["reason"].as_str(), row["event"].as_str()), (Some("token, not signature"), Some("Push Hook")));
    assert_eq!(creel.deliver(&token("wrong")).status, 401);
    let both = token(SECRET).header("X-Hub-Signature-256", "sha256=00");
    assert_eq!(creel.deliver(&both).status, 401, "a signature that is there has to fit");
    let bare = Request::post("/api/webhooks/gitlab", "{}").header("X-Gitlab-Token", SECRET);
    assert_eq!(creel.deliver(&bare).status, 401, "the token counts with GitLab's event header only");
}

#[test]
fn a_hook_can_name_another_providers_scheme() {
    let creel = Creel::start();
    let config = json!({ "webhookPath": "stripe", "webhookSecret": SECRET, "webhookScheme": "stripe" });
    hook(&creel, json!({ "triggerConfig": config }));
    let body = r#"{"id":"evt_1","object":"event","type":"charge.failed"}"#;
    let header = sign::stripe(SECRET, sign::now(), body.as_bytes());
    let sent = Request::post("/api/webhooks/stripe", body).header("Stripe-Signature", header);
    assert_eq!(creel.deliver(&sent).status, 202);
    assert_eq!(creel.deliver(&request("stripe", body, SECRET)).status, 401, "its own scheme and no other");
}

#[test]
fn a_full_queue_asks_to_come_again_in_30_seconds() {
    let creel = Creel::start();
    let to = json!({ "webhookUrl": "http://127.0.0.1:9/", "webhookAllowPrivate": true });
    hook(&creel, json!({ "action": "webhook", "actionConfig": to, "isEnabled": true }));
    let full = creel_tests::until("a full queue", || {
        let answer = deploy(&creel, BODY);
        (answer.status != 202).then_some(answer)
    });
    assert_eq!((full.status, full.header("retry-after")), (503, Some("30")));
    assert_eq!(full.json(), json!({ "error": "Webhook run queue is full; retry later" }));
    assert_eq!(newest(&creel)["reason_code"], "queue_full");
}
