//! "Answer as": an endpoint answers a documented fault in place of its work, as often as asked, and says so.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use creel_tests::creel::Endpoint;
use creel_tests::{Connection, Creel, Request};
use serde_json::{Value, json};

use crate::deliver::{newest, opengate_trigger, signed, task_trigger};

const BODY: &str = r#"{"title":"Deploy failed","environment":"production"}"#;

fn answer_as(creel: &Creel, endpoint: &Endpoint, asked: Value) -> Value {
    let path = format!("/api/triggers/{}/answer-as", endpoint.id);
    let answer = creel.manage(Request::post(&path, asked.to_string()));
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

fn opengate(endpoint: &Endpoint) -> Request {
    Request::post(&endpoint.path, BODY).opengate(&endpoint.secret)
}

#[test]
fn the_next_requests_get_the_fault_in_the_contracts_words_and_the_ones_after_them_work() {
    let creel = Creel::start();
    let endpoint = opengate_trigger(&creel, json!({}));
    let on = answer_as(&creel, &endpoint, json!({ "status": 403, "count": 2 }));
    assert_eq!(on["answer_as"]["fault"], "address_not_allowed", "the first fault with that status");
    for left in [json!(1), Value::Null] {
        let answer = creel.deliver(&opengate(&endpoint));
        assert_eq!((answer.status, answer.json()), (403, json!({ "error": "IP address not allowed" })));
        let row = newest(&creel);
        assert_eq!((&row["outcome"], &row["reason_code"]), (&json!("rejected"), &json!("answered_as")));
        assert_eq!(row["answer_status"], 403);
        let now = creel.rpc("trigger_get", json!({ "id": endpoint.id }));
        assert_eq!(now["answer_as"]["count"], left, "the row shows how many are left");
        let status = creel.rpc("status", json!({}));
        assert_eq!(status["answering_faults"], json!(if left.is_null() { 0 } else { 1 }));
    }
    assert_eq!(creel.tasks().len(), 0, "nothing ran");
    assert_eq!(creel.deliver(&opengate(&endpoint)).status, 200);
    assert_eq!(creel.tasks().len(), 1);
}

#[test]
fn until_it_is_switched_off_it_stays_on_over_a_restart_and_other_changes() {
    let mut creel = Creel::start();
    let endpoint = opengate_trigger(&creel, json!({}));
    answer_as(&creel, &endpoint, json!({ "fault": "action_failed" }));
    creel.rpc("trigger_update", json!({ "id": endpoint.id, "change": { "name": "another name" } }));
    creel.kill();
    creel.start_again();
    for _ in 0..3 {
        assert_eq!(creel.deliver(&opengate(&endpoint)).status, 500);
    }
    let path = format!("/api/triggers/{}/answer-as", endpoint.id);
    assert_eq!(creel.manage(Request::new("DELETE", &path)).status, 204);
    assert_eq!(creel.deliver(&opengate(&endpoint)).status, 200);
}

#[test]
fn a_delay_a_drop_and_a_slow_body_are_what_they_say() {
    let creel = Creel::start();
    let endpoint = task_trigger(&creel, "slow", "github", json!({}));
    let request = || signed("github", &endpoint, "1", BODY.as_bytes());
    answer_as(&creel, &endpoint, json!({ "status": 429, "delay_ms": 400, "count": 1 }));
    let start = Instant::now();
    let answer = creel.deliver(&request());
    assert_eq!((answer.status, answer.header("retry-after")), (429, Some("30")));
    assert!(start.elapsed() >= Duration::from_millis(400), "it waited {:?}", start.elapsed());

    answer_as(&creel, &endpoint, json!({ "status": 503, "manner": "drop", "count": 1 }));
    let dropped = Connection::open(&creel.receiver).unwrap().send(&request());
    assert!(dropped.is_err(), "the connection closes without an answer");
    assert_eq!(newest(&creel)["reason_code"], "answered_as", "it is recorded all the same");

    answer_as(&creel, &endpoint, json!({ "fault": "server_error", "manner": "slow_body", "count": 1 }));
    let mut socket = TcpStream::connect(creel.receiver.trim_start_matches("http://")).unwrap();
    socket
        .write_all(format!("POST {} HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{{}}", endpoint.path).as_bytes())
        .unwrap();
    let mut text = Vec::new();
    let mut buffer = [0; 1024];
    while !text.ends_with(b"{\"er") {
        let read = socket.read(&mut buffer).unwrap();
        assert!(read > 0, "it closed after {}", String::from_utf8_lossy(&text));
        text.extend_from_slice(&buffer[..read]);
        assert!(text.ends_with(b"\r\n\r\n") || !text.ends_with(b"}"), "the body came at once");
    }
    let head = String::from_utf8_lossy(&text).to_lowercase();
    assert!(head.starts_with("http/1.1 500") && head.contains("content-length: 26"), "{head}");
}

#[test]
fn what_the_contract_does_not_document_is_refused_with_what_it_does() {
    let creel = Creel::start();
    let endpoint = opengate_trigger(&creel, json!({}));
    let path = format!("/api/triggers/{}/answer-as", endpoint.id);
    for (asked, field) in [
        (json!({ "status": 418 }), "fault"),
        (json!({ "fault": "rate_limited" }), "fault"),
        (json!({ "status": 403, "count": 0 }), "count"),
        (json!({ "status": 403, "delay_ms": 60_001 }), "delay_ms"),
    ] {
        let answer = creel.manage(Request::post(&path, asked.to_string()));
        assert_eq!((answer.status, &answer.json()["error"]["field"]), (422, &json!(field)), "{}", answer.text());
    }
    assert_eq!(creel.deliver(&opengate(&endpoint)).status, 200, "nothing was switched on");
}

#[test]
fn every_fault_that_a_contract_lists_is_answered_as_listed() {
    let creel = Creel::start();
    for contract in ["creel", "opengate", "opshift"] {
        let draft = json!({ "name": contract, "contract": contract });
        let endpoint = creel.trigger(draft);
        let faults = creel.rpc("faults_list", json!({ "contract": contract }));
        assert!(!faults.as_array().unwrap().is_empty());
        for fault in faults.as_array().unwrap() {
            answer_as(&creel, &endpoint, json!({ "fault": fault["key"], "count": 1 }));
            let answer = creel.deliver(&Request::post(&endpoint.path, "{}"));
            assert_eq!((&json!(answer.status), &json!(answer.text())), (&fault["status"], &fault["body"]), "{fault}");
        }
    }
}
