//! Bounds of the delivery listener: size and time.

use std::time::{Duration, Instant};

use creel_tests::{Connection, Creel, Request};
use serde_json::json;

use crate::deliver::{newest, opengate_trigger, signed, task_trigger};

/// The default of `max_body_bytes`.
const LIMIT: usize = 1024 * 1024;

#[test]
fn a_body_at_the_limit_is_taken_and_one_byte_more_is_413() {
    let creel = Creel::start();
    let endpoint = task_trigger(&creel, "big", "github", json!({}));
    let body = |bytes: usize| [br#"{"title":""#, &vec![b'a'; bytes - 12][..], br#""}"#].concat();
    let fits = creel.deliver(&signed("github", &endpoint, "fits", &body(LIMIT)));
    assert_eq!(fits.status, 202, "{}", fits.text());
    assert_eq!(creel.body(fits.json()["delivery"].as_str().unwrap()).len(), LIMIT);
    let over = creel.deliver(&signed("github", &endpoint, "over", &body(LIMIT + 1)));
    assert_eq!(over.status, 413, "{}", over.text());
    let row = newest(&creel);
    assert_eq!(row["reason_code"], "body_too_large");
    assert!(row["reason"].as_str().unwrap().contains("1048576"), "the limit is named: {row}");
    let detail = creel.rpc("delivery_get", json!({ "id": row["id"] }));
    assert!(detail["body_kept"].as_u64().unwrap() <= 64 * 1024, "little of a refused body is kept: {detail}");
}

#[test]
fn a_trigger_has_a_limit_of_its_own_which_is_checked_before_the_body_is_read() {
    let creel = Creel::start();
    let small = task_trigger(&creel, "small", "github", json!({ "max_body_bytes": 2048 }));
    let large = task_trigger(&creel, "large", "github", json!({ "max_body_bytes": 4 * LIMIT }));
    let padded = |bytes: usize| [br#"{"title":""#, &vec![b'a'; bytes - 12][..], br#""}"#].concat();
    assert_eq!(creel.deliver(&signed("github", &small, "1", &padded(2048))).status, 202);
    let over = creel.deliver(&signed("github", &small, "2", &padded(2049)));
    assert_eq!((over.status, over.text()), (413, r#"{"error":"Body too large"}"#.to_owned()));
    assert!(newest(&creel)["reason"].as_str().unwrap().contains("2048"), "the limit is named: {}", newest(&creel));
    let taken = creel.deliver(&signed("github", &large, "3", &padded(4 * LIMIT)));
    assert_eq!(taken.status, 202, "{}", taken.text());
    // Only the head is sent: whoever read the body first would wait for it.
    let mut connection = Connection::open(&creel.receiver).unwrap();
    let head =
        format!("POST {} HTTP/1.1\r\nHost: x\r\nContent-Length: 2049\r\nExpect: 100-continue\r\n\r\n", small.path);
    connection.write(head.as_bytes()).unwrap();
    assert_eq!(connection.read().unwrap().status, 413);

    let change = json!({ "id": small.id, "change": { "max_body_bytes": 0 } });
    creel.rpc("trigger_update", change);
    assert_eq!(creel.deliver(&signed("github", &small, "4", &padded(LIMIT))).status, 202, "as in Settings again");
    assert_eq!(creel.deliver(&signed("github", &small, "5", &padded(LIMIT + 1))).status, 413);
    for wrong in [1023, 25 * 1024 * 1024 + 1] {
        let refused = creel.try_rpc("trigger_update", json!({ "id": small.id, "change": { "max_body_bytes": wrong } }));
        assert_eq!((refused.status, &refused.json()["field"]), (422, &json!("max_body_bytes")), "{wrong}");
    }
}

#[test]
fn each_contract_says_too_large_in_its_own_words() {
    let creel = Creel::start();
    let trigger = opengate_trigger(&creel, json!({ "max_body_bytes": 1024 }));
    let over = creel.deliver(&signed("opengate", &trigger, "1", &[b' '; 1025]));
    assert_eq!((over.status, over.text()), (413, r#"{"error":"Body too large"}"#.to_owned()));
}

#[test]
fn a_body_in_chunks_is_taken_and_bounded_alike() {
    let creel = Creel::start();
    let endpoint = task_trigger(&creel, "chunks", "github", json!({}));
    let body = br#"{"title":"in chunks"}"#;
    let signature = creel_tests::sign::github(&endpoint.secret, body);
    let head = format!(
        "POST {} HTTP/1.1\r\nHost: x\r\nX-GitHub-Event: push\r\nX-GitHub-Delivery: c\r\nX-Hub-Signature-256: {signature}\r\nTransfer-Encoding: chunked\r\n\r\n",
        endpoint.path
    );
    let mut connection = Connection::open(&creel.receiver).unwrap();
    connection.write(head.as_bytes()).unwrap();
    for byte in body {
        connection.write(format!("1\r\n{}\r\n", *byte as char).as_bytes()).unwrap();
    }
    connection.write(b"0\r\n\r\n").unwrap();
    let answer = connection.read().unwrap();
    assert_eq!(answer.status, 202, "{}", answer.text());
    assert_eq!(creel.body(answer.json()["delivery"].as_str().unwrap()), body);

    let mut connection = Connection::open(&creel.receiver).unwrap();
    connection.write(head.as_bytes()).unwrap();
    let chunk = [format!("{:x}\r\n", 65536).as_bytes(), &[b'a'; 65536], b"\r\n"].concat();
    // The far side may close while this writes; what it answered is what counts.
    let _ = (0..20).try_for_each(|_| connection.write(&chunk));
    assert_eq!(connection.read().unwrap().status, 413);
}

#[test]
fn a_body_that_stops_coming_is_408() {
    let creel = Creel::start();
    let endpoint = task_trigger(&creel, "slow", "github", json!({}));
    let mut connection = Connection::open(&creel.receiver).unwrap();
    let head = format!("POST {} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{{\"title\":", endpoint.path);
    connection.write(head.as_bytes()).unwrap();
    let start = Instant::now();
    let answer = connection.read().unwrap();
    assert_eq!(answer.status, 408, "{}", answer.text());
    // The whole body would have 30 s.
    assert!((8..28).contains(&start.elapsed().as_secs()), "10 s idle, not {:?}", start.elapsed());
    let row = newest(&creel);
    assert_eq!((row["reason_code"].as_str(), row["outcome"].as_str()), (Some("body_too_slow"), Some("rejected")));
}

#[test]
fn a_head_that_never_ends_is_closed_and_others_are_served_meanwhile() {
    let creel = Creel::start();
    let mut half_sent: Vec<_> = (0..100)
        .map(|_| {
            let mut connection = Connection::open(&creel.receiver).unwrap();
            connection.write(b"POST /hooks/x HTTP/1.1\r\nHost: x\r\n").unwrap();
            connection
        })
        .collect();
    let start = Instant::now();
    let answer = creel.deliver(&Request::get("/healthz"));
    assert_eq!(answer.status, 200);
    // They are let go after 5 s.
    assert!(start.elapsed() < Duration::from_secs(4), "{:?} beside 100 half-sent requests", start.elapsed());
    for connection in &mut half_sent {
        // Some servers say 408 first; either way the socket has to go.
        let _ = connection.read();
        assert!(connection.is_closed(), "a half-sent request is closed");
    }
    assert!(
        start.elapsed() < Duration::from_secs(25),
        "{:?} until all are gone, not one after the other",
        start.elapsed()
    );
}

#[test]
fn a_content_coding_is_415() {
    let creel = Creel::start();
    let endpoint = task_trigger(&creel, "gzip", "github", json!({}));
    let request = signed("github", &endpoint, "a", b"\x1f\x8b").header("Content-Encoding", "gzip");
    assert_eq!(creel.deliver(&request).status, 415);
    assert_eq!(newest(&creel)["reason_code"], "unsupported_encoding");
}

#[test]
fn a_browser_page_cannot_deliver() {
    let creel = Creel::start();
    let endpoint = task_trigger(&creel, "page", "none", json!({}));
    for (name, value) in [("Origin", "https://evil.test"), ("Origin", "null"), ("Sec-Fetch-Site", "cross-site")] {
        let answer = creel.deliver(&Request::post(&endpoint.path, "{}").header(name, value));
        assert_eq!(answer.status, 403, "{name}: {value}: {}", answer.text());
    }
    assert_eq!(creel.tasks().len(), 0);
}
