//! `forward`: durable, retried, cancelled, under one key; what is sent and what comes back is in the log.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use creel_tests::creel::Endpoint;
use creel_tests::recorder::plain;
use creel_tests::{Creel, Recorder, Request, Setup, ShiftedClock, sign};
use serde_json::{Value, json};

use crate::deliver::forward_to;

const BODY: &str = "{\"title\" : \"as it is\",\r\n \"n\": 1.50}\n";

fn trigger(creel: &Creel, action: Value) -> Endpoint {
    creel.trigger(json!({ "name": "forward", "slug": "forward", "scheme": "github", "actions": [action] }))
}

fn push(creel: &Creel, endpoint: &Endpoint, id: &str) {
    let answer = creel.deliver(&Request::post(&endpoint.path, BODY).github(&endpoint.secret, "push", id));
    assert_eq!(answer.status, 202, "{}", answer.text());
}

fn wait_for_status(creel: &Creel, status: &str) -> Value {
    let what = format!("an execution that has {status}");
    creel_tests::until(&what, || creel.executions(json!({ "status": [status] })).first().cloned())
}

#[test]
fn a_forward_sends_the_bytes_as_received() {
    let (creel, upstream) = (Creel::start(), Recorder::answering(200));
    let headers = json!([["X-Env", "{{headers.x-github-event}}"]]);
    let endpoint = trigger(
        &creel,
        forward_to(&format!("{}/in?e={{{{headers.x-github-event}}}}", upstream.base), json!({ "headers": headers })),
    );
    push(&creel, &endpoint, "1");
    let request = upstream.wait_for(1).remove(0);
    assert_eq!(request.body, BODY.as_bytes(), "byte for byte");
    assert_eq!((request.method.as_str(), request.target.as_str()), ("POST", "/in?e=push"));
    assert_eq!((request.header("Content-Type"), request.header("X-Env")), (Some("application/json"), Some("push")));
    let theirs = sign::github(&endpoint.secret, BODY.as_bytes());
    assert_eq!(request.header("X-Hub-Signature-256"), Some(theirs.as_str()), "the same bytes carry the same signature");
    let done = wait_for_status(&creel, "succeeded");
    let detail = creel.rpc("execution_get", json!({ "id": done["id"] }));
    let log = detail["steps"].to_string();
    assert!(log.contains("/in?e=push") && log.contains("200"), "request and response are in the log: {log}");
}

#[test]
fn what_was_meant_for_creel_goes_no_further() {
    let (creel, upstream) = (Creel::start(), Recorder::answering(200));
    let endpoint = trigger(&creel, forward_to(&upstream.base, json!({})));
    let request = Request::post(&endpoint.path, BODY).github(&endpoint.secret, "push", "1");
    let told = [
        ("Authorization", "Bearer canary"),
        ("Cookie", "canary=1"),
        ("X-API-Key", "canary"),
        ("X-Forwarded-For", "canary"),
    ];
    let request = told.into_iter().fold(request, |request, (name, value)| request.header(name, value));
    assert_eq!(creel.deliver(&request).status, 202);
    let request = upstream.wait_for(1).remove(0);
    assert!(!format!("{request:?}").contains("canary"), "{request:?}");
    assert_eq!(request.header("Host"), Some(upstream.base.trim_start_matches("http://")));
}

#[test]
fn a_template_body_is_signed_anew() {
    let (creel, upstream) = (Creel::start(), Recorder::answering(200));
    let more = json!({ "body": { "template": "{\"t\":\"{{payload.title}}\"}" }, "sign": { "scheme": "hmac-generic" } });
    let endpoint = trigger(&creel, forward_to(&upstream.base, more));
    push(&creel, &endpoint, "1");
    let request = upstream.wait_for(1).remove(0);
    assert_eq!(request.header("X-Hub-Signature-256"), None, "the sender did not sign these bytes");
    assert_eq!(request.body, br#"{"t":"as it is"}"#);
    assert_eq!(request.header("X-Signature"), Some(sign::hex(&endpoint.secret, &request.body).as_str()));
}

#[test]
fn a_failure_is_tried_again_later_under_the_same_key() {
    let tries = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&tries);
    let upstream = Recorder::start(move |_, stream| {
        let status = if counted.fetch_add(1, Ordering::SeqCst) < 2 { 500 } else { 200 };
        plain(stream, status, &[], b"")
    });
    let clock = Arc::new(ShiftedClock::new());
    let creel = Creel::start_with(Setup { clock: Some(Arc::clone(&clock)), ..Setup::default() });
    let endpoint = trigger(&creel, forward_to(&upstream.base, json!({})));
    push(&creel, &endpoint, "1");
    upstream.wait_for(1);
    let waiting = creel_tests::until("the next attempt to be planned", || {
        creel
            .executions(json!({ "status": ["queued"] }))
            .first()
            .filter(|row| row["attempts"] == 1 && row["next_at"].is_number())
            .cloned()
    });
    let wait_s = (waiting["next_at"].as_i64().unwrap() / 1000) - sign::now();
    assert!((0..=10).contains(&wait_s), "the first wait is 5 s or so: {wait_s}");
    assert!(waiting["error"]["message"].as_str().unwrap().contains("500"), "{waiting}");
    // The second wait is 30 s: the clock goes on instead of the test waiting.
    upstream.wait_for(2);
    clock.shift_to(60);
    creel_tests::wait::until_within(Duration::from_secs(45), "the third attempt", || {
        (upstream.seen().len() >= 3).then_some(())
    });
    let done = wait_for_status(&creel, "succeeded");
    assert_eq!(done["attempts"], 3);
    let keys: std::collections::BTreeSet<_> =
        upstream.seen().iter().map(|r| r.header("Idempotency-Key").unwrap().to_owned()).collect();
    assert_eq!(keys.len(), 1, "one key for all attempts");
}

#[test]
fn the_last_attempt_fails_the_execution_and_run_again_gives_a_fresh_set() {
    let (creel, upstream) = (Creel::start(), Recorder::answering(503));
    let endpoint = trigger(&creel, forward_to(&upstream.base, json!({ "max_attempts": 1 })));
    push(&creel, &endpoint, "1");
    let failed = wait_for_status(&creel, "failed");
    assert!(failed["error"]["message"].as_str().unwrap().contains("503"), "{failed}");
    creel.rpc("execution_retry", json!({ "id": failed["id"] }));
    upstream.wait_for(2);
    creel_tests::until("the second set to fail too", || {
        (creel.executions(json!({ "status": ["failed"] })).first()?["attempts"].as_u64() >= Some(2)).then_some(())
    });
}

#[test]
fn gone_stops_and_retry_after_is_kept() {
    let gone = Recorder::answering(410);
    let creel = Creel::start();
    let endpoint = trigger(&creel, forward_to(&gone.base, json!({})));
    push(&creel, &endpoint, "1");
    let failed = wait_for_status(&creel, "failed");
    assert_eq!((gone.seen().len(), &failed["attempts"]), (1, &json!(1)), "410 is not tried again");

    let later = Recorder::start(|_, stream| plain(stream, 429, &[("Retry-After", "3600")], b""));
    let change = json!({ "actions": [forward_to(&later.base, json!({}))] });
    creel.rpc("trigger_update", json!({ "id": endpoint.id, "change": change }));
    let body = Request::post(&endpoint.path, "{}").github(&endpoint.secret, "push", "2");
    assert_eq!(creel.deliver(&body).status, 202);
    let waiting = creel_tests::until("the attempt to be planned", || {
        creel
            .executions(json!({ "status": ["queued"] }))
            .first()
            .filter(|row| row["attempts"] == 1 && row["next_at"].is_number())
            .cloned()
    });
    let wait_s = waiting["next_at"].as_i64().unwrap() / 1000 - sign::now();
    assert!((3500..=5000).contains(&wait_s), "the other side's wish is honoured: {wait_s} s");
}

#[test]
fn a_queued_forward_and_a_running_one_can_be_cancelled() {
    let creel = Creel::start();
    let silent = Recorder::start(|_, stream| {
        // Never answers: the far side's next word is the end of the connection.
        let mut end = [0];
        std::io::Read::read(stream, &mut end).map(drop)
    });
    let endpoint = trigger(&creel, forward_to(&silent.base, json!({})));
    push(&creel, &endpoint, "1");
    silent.wait_for(1);
    let running = wait_for_status(&creel, "running");
    let answer = creel.rpc("execution_cancel", json!({ "id": running["id"] }));
    assert_eq!(answer["id"], running["id"]);
    wait_for_status(&creel, "cancelled");
    assert_eq!(silent.seen().len(), 1, "nothing more is sent");
    assert_eq!(creel.rpc("status", json!({}))["queue_depth"], 0);
}

#[test]
fn a_dead_host_holds_up_nobody_else() {
    let creel = Creel::start();
    let silent = Recorder::start(|_, stream| {
        let mut end = [0];
        std::io::Read::read(stream, &mut end).map(drop)
    });
    let good = Recorder::answering(200);
    let dead = creel.trigger(
        json!({ "name": "dead", "slug": "dead", "scheme": "github", "actions": [forward_to(&silent.base, json!({}))] }),
    );
    let alive = creel.trigger(json!({ "name": "alive", "slug": "alive", "scheme": "github", "actions": [forward_to(&good.base.replace("127.0.0.1", "localhost"), json!({}))] }));
    for n in 0..20 {
        let body = format!(r#"{{"n":{n}}}"#);
        creel.deliver(&Request::post(&dead.path, body.as_bytes()).github(&dead.secret, "push", &format!("{n}")));
    }
    push(&creel, &alive, "x");
    // The dead host is given up after 30 s.
    creel_tests::wait::until_within(Duration::from_secs(20), "the other host's forward", || {
        (!good.seen().is_empty()).then_some(())
    });
}

#[test]
fn capture_only_and_unsigned_triggers_plan_and_do_not_send() {
    let (creel, upstream) = (Creel::start(), Recorder::answering(200));
    let action = forward_to(&upstream.base, json!({}));
    let unsigned = creel.trigger(json!({ "name": "open", "slug": "open", "scheme": "none", "actions": [action] }));
    assert_eq!(creel.deliver(&Request::post(&unsigned.path, "{}")).status, 202);
    let skipped = wait_for_status(&creel, "skipped");
    assert!(skipped["error"]["message"].as_str().is_some_and(|words| !words.is_empty()), "with the reason: {skipped}");
    let captured = creel
        .trigger(json!({ "name": "c", "slug": "c", "scheme": "github", "capture_only": true, "actions": [action] }));
    push(&creel, &captured, "1");
    creel_tests::until("both to be skipped", || {
        (creel.executions(json!({ "status": ["skipped"] })).len() == 2).then_some(())
    });
    assert_eq!(upstream.seen().len(), 0);
}
