//! PromptRails's answers, step by step in their order: each request breaks a step and every later one too.

use creel_tests::{Creel, Request, Setup, ShiftedClock, sign};
use serde_json::{Value, json};

use crate::deliver::newest;
use crate::promptrails::{agent, fire, request, trigger};

const GOOD: &str = r#"{"message": "Review this PR", "pr_number": 42}"#;

fn code(response: &creel_tests::Response) -> (u16, String) {
    (response.status, response.json()["error"]["code"].as_str().unwrap_or_default().to_owned())
}

fn expected(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

#[test]
fn a_fired_trigger_answers_201_with_its_pending_execution() {
    let creel = Creel::start();
    let agent = agent(&creel, json!(null));
    let made = trigger(&creel, &agent, json!({}));
    let answer = fire(&creel, &made.token, GOOD);
    assert_eq!(answer.status, 201, "{}", answer.text());
    let run = answer.json()["data"].clone();
    assert_eq!((&run["status"], &run["agent_id"]), (&json!("pending"), &json!(agent)));
    assert_eq!(run["input"], serde_json::from_str::<Value>(GOOD).unwrap(), "the payload is the input");
    for field in ["id", "agent_id", "workspace_id"] {
        assert_eq!(run[field].as_str().map(str::len), Some(27), "{field} is a KSUID: {run}");
    }
    for field in
        ["output", "error", "token_usage", "duration_ms", "trace_id", "started_at", "completed_at", "created_at"]
    {
        assert!(run.get(field).is_some(), "{field}: {run}");
    }
    let read = creel.manage(Request::get(&format!("/api/v1/executions/{}", run["id"].as_str().unwrap())));
    let read = read.json()["data"].clone();
    assert_eq!((&read["id"], &read["input"]), (&run["id"], &run["input"]), "the same run, which may be on its way");
    let row = newest(&creel);
    assert_eq!(
        (row["outcome"].as_str(), row["trigger_ids"][0].as_str().map(|id| &id[4..])),
        (Some("accepted"), made.row["id"].as_str())
    );
    let row = &creel.executions(json!({}))[0];
    assert_eq!((&row["action"], &row["summary"]), (&json!("run_agent"), &json!("agent Reviewer")));
}

#[test]
fn each_step_has_its_status_and_its_code() {
    let creel = Creel::start();
    let schema =
        json!({ "type": "object", "required": ["message"], "properties": { "message": { "type": "string" } } });
    let agent = agent(&creel, schema);
    let off = trigger(&creel, &agent, json!({}));
    let path = format!("/api/v1/webhook-triggers/{}", off.row["id"].as_str().unwrap());
    creel.manage(Request::new("PATCH", &path).with_body(r#"{"is_active":false}"#));
    let signed = trigger(&creel, &agent, json!({ "generate_secret": true }));
    let open = trigger(&creel, &agent, json!({}));
    let with = |token: &str, body: &str| request(body).header("Authorization", format!("Bearer {token}"));
    let signature = |body: &str| format!("sha256={}", sign::hex(&signed.secret, body.as_bytes()));
    let table = [
        (request("{"), expected(401, "unauthorized"), "token_unknown"),
        (with("wht_nobodys", "{"), expected(401, "unauthorized"), "token_unknown"),
        (request(GOOD).header("Authorization", open.token.clone()), expected(401, "unauthorized"), "token_unknown"),
        (with(&off.token, "{"), expected(403, "forbidden"), "trigger_disabled"),
        (with(&signed.token, "{"), expected(401, "invalid_signature"), "signature_missing"),
        (
            with(&signed.token, "{").header("X-Webhook-Signature", signature(GOOD)),
            expected(401, "invalid_signature"),
            "signature_mismatch",
        ),
        (
            with(&signed.token, GOOD).header("X-Webhook-Signature", sign::hex(&signed.secret, GOOD.as_bytes())),
            expected(401, "invalid_signature"),
            "signature_malformed",
        ),
        (with(&open.token, "{"), expected(400, "bad_request"), "invalid_json"),
        (with(&open.token, "{}"), expected(400, "bad_request"), "invalid_input"),
        (with(&open.token, r#"{"message": 5}"#), expected(400, "bad_request"), "invalid_input"),
    ];
    for (sent, answer, reason) in table {
        assert_eq!(code(&creel.deliver(&sent)), answer, "{reason}");
        assert_eq!(newest(&creel)["reason_code"], reason);
    }
    let named = fire(&creel, &open.token, r#"{"message": 5}"#).json()["error"]["message"].clone();
    assert_eq!(named, "message: 5 is not of type \"string\"", "the field is named");
    let genuine = with(&signed.token, GOOD).header("X-Webhook-Signature", signature(GOOD));
    assert_eq!(creel.deliver(&genuine).status, 201);
    assert_eq!(newest(&creel)["signature"], "valid");
    let get = creel.deliver(&Request::get("/api/v1/webhook/trigger"));
    assert_eq!(code(&get), expected(405, "method_not_allowed"));
}

#[test]
fn the_31st_request_of_a_minute_from_one_address_is_429_whatever_its_token() {
    let clock = std::sync::Arc::new(ShiftedClock::new());
    let creel = Creel::start_with(Setup { clock: Some(clock.clone()), ..Setup::default() });
    let made = trigger(&creel, &agent(&creel, json!(null)), json!({}));
    for n in 0..30 {
        let answer = if n % 2 == 0 { fire(&creel, &made.token, GOOD) } else { fire(&creel, "wht_guess", GOOD) };
        assert_eq!(answer.status, if n % 2 == 0 { 201 } else { 401 });
    }
    let over = fire(&creel, &made.token, GOOD);
    assert_eq!(code(&over), expected(429, "rate_limited"));
    let wait: u64 = over.header("retry-after").expect("Retry-After").parse().unwrap();
    assert!((1..=60).contains(&wait), "{wait} s");
    assert_eq!(
        (newest(&creel)["outcome"].as_str(), newest(&creel)["reason_code"].as_str()),
        (Some("limited"), Some("rate_limited"))
    );
    clock.shift_to(61);
    assert_eq!(fire(&creel, &made.token, GOOD).status, 201);
}

#[test]
fn the_token_is_shown_once_and_kept_only_sealed() {
    let creel = Creel::start();
    let made = trigger(&creel, &agent(&creel, json!(null)), json!({ "generate_secret": true }));
    assert!(made.token.starts_with("wht_") && made.token.len() > 40 && !made.secret.is_empty());
    assert!(made.token.starts_with(made.row["token_prefix"].as_str().unwrap()));
    assert_eq!((&made.row["is_active"], &made.row["has_secret"]), (&json!(true), &json!(true)));
    fire(&creel, &made.token, GOOD);
    let rows = creel.manage(Request::get("/api/v1/webhook-triggers")).text();
    let all = creel.rpc("triggers_list", json!({})).to_string();
    assert!(!rows.contains(&made.token) && !all.contains(&made.token) && !all.contains(&made.secret));
    creel.rpc("status", json!({}));
    let database = std::fs::read(creel.data_dir().join("creel.db")).unwrap();
    let log = std::fs::read(creel.data_dir().join("creel.db-wal")).unwrap_or_default();
    let trigger = creel.rpc("triggers_list", json!({}))[0].to_string();
    let hash = sign::sha256(made.token.as_bytes());
    assert!(trigger.contains(&hash), "the hash is what is kept");
    let kept =
        |needle: &[u8]| [&database, &log].iter().any(|file| file.windows(needle.len()).any(|part| part == needle));
    assert!(kept(hash.as_bytes()));
}

#[test]
fn an_input_map_names_the_agents_parameters() {
    let creel = Creel::start();
    let agent = agent(&creel, json!({ "required": ["text"] }));
    let made = trigger(&creel, &agent, json!({}));
    let id = format!("trg_{}", made.row["id"].as_str().unwrap());
    let input = json!({ "text": "PR {{payload.pr_number}}: {{payload.message}}" });
    let actions = json!([{ "run_agent": { "agent_id": agent, "input": input } }]);
    creel.rpc("trigger_update", json!({ "id": id, "change": { "actions": actions } }));
    let run = fire(&creel, &made.token, GOOD).json()["data"].clone();
    assert_eq!(run["input"], json!({ "text": "PR 42: Review this PR" }), "the token still works, and the map counts");
}

#[test]
fn an_agent_that_is_gone_fails_the_action_with_500_and_the_reason() {
    let creel = Creel::start();
    let agent = agent(&creel, json!(null));
    let made = trigger(&creel, &agent, json!({}));
    assert_eq!(creel.manage(Request::new("DELETE", &format!("/api/v1/agents/{agent}"))).status, 204);
    let answer = fire(&creel, &made.token, GOOD);
    assert_eq!(code(&answer), expected(500, "internal_error"));
    assert!(answer.text().contains(&agent), "{}", answer.text());
    assert_eq!(newest(&creel)["reason_code"], "action_failed");
}

#[test]
fn the_same_body_twice_is_two_executions() {
    let creel = Creel::start();
    let made = trigger(&creel, &agent(&creel, json!(null)), json!({}));
    let ids: Vec<_> = (0..2).map(|_| fire(&creel, &made.token, GOOD).json()["data"]["id"].clone()).collect();
    assert_ne!(ids[0], ids[1]);
    let list = creel.manage(Request::get("/api/v1/executions?page=1&limit=1")).json();
    assert_eq!(
        (&list["data"][0]["id"], &list["meta"]),
        (&ids[1], &json!({ "total": 2, "page": 1, "limit": 1, "total_pages": 2 }))
    );
}

#[test]
fn a_rotated_token_has_a_day_beside_the_new_one() {
    let creel = Creel::start();
    let made = trigger(&creel, &agent(&creel, json!(null)), json!({}));
    let id = json!(format!("trg_{}", made.row["id"].as_str().unwrap()));
    let new = creel.rpc("trigger_rotate_token", json!({ "id": id }));
    assert_eq!(new["grace_period_hours"], 24, "{new}");
    let token = new["token"].as_str().unwrap();
    assert!(token.starts_with("wht_") && token != made.token);
    for token in [token, &made.token] {
        assert_eq!(fire(&creel, token, GOOD).status, 201);
    }
    let newest = creel.rpc("trigger_rotate_token", json!({ "id": id, "grace_hours": 0 }));
    assert_eq!(fire(&creel, newest["token"].as_str().unwrap(), GOOD).status, 201);
    for old in [token, &made.token] {
        assert_eq!(fire(&creel, old, GOOD).status, 401, "there is no grace, and one token before");
    }
    let sent = creel.rpc("send_test", json!({ "trigger_id": id }));
    assert_eq!(sent["answer"]["status"], 201, "a test carries the newest: {sent}");
}

#[test]
fn a_trigger_has_every_field_of_the_page_and_its_type() {
    let creel = Creel::start();
    let agent = agent(&creel, json!(null));
    let made = trigger(&creel, &agent, json!({}));
    let path = format!("/api/v1/webhook-triggers/{}", made.row["id"].as_str().unwrap());
    let read = || creel.manage(Request::get(&path)).json()["data"].clone();
    let before = read();
    for id in ["id", "workspace_id", "agent_id", "created_by_id"] {
        let ksuid = |text: &str| text.len() == 27 && text.bytes().all(|b| b.is_ascii_alphanumeric());
        assert!(before[id].as_str().is_some_and(ksuid), "{id}: {before}");
    }
    assert_eq!((&before["agent_id"], &before["name"]), (&json!(agent), &json!("GitHub PR Review")));
    assert!(made.token.starts_with(before["token_prefix"].as_str().unwrap()), "{before}");
    assert_eq!((&before["is_active"], &before["has_secret"]), (&json!(true), &json!(false)));
    assert_eq!(before["last_used_at"], json!(null), "never");
    assert_eq!(fire(&creel, &made.token, GOOD).status, 201);
    let after = creel_tests::until("the use to be noted", || Some(read()).filter(|row| !row["last_used_at"].is_null()));
    for time in ["created_at", "updated_at", "last_used_at"] {
        let text = after[time].as_str().unwrap_or_default();
        assert!(text.len() >= 20 && text.contains('T') && text.ends_with('Z'), "{time}: {after}");
    }
}
