//! What a good request becomes.

use std::net::{IpAddr, Ipv4Addr};
use std::time::{Duration, Instant};

use tokio::io::AsyncWriteExt;

use super::recorder::{Recorder, Running, one_answer, status};
use crate::receive::Limits;
use crate::receive::deliver::{Answered, Endpoint};
use crate::trigger::Contract;

const CLOSE: &str = "Connection: close\r\n";

#[tokio::test]
async fn header_order_case_and_repeats_are_kept_and_the_body_byte_for_byte() {
    let door = Running::new().await;
    let body = b"{\"a\": 1}\r\n\x00\xff";
    let mut request = format!(
        "POST /hooks/deploys?x=%20y HTTP/1.1\r\nhOsT: a\r\nX-B:  two words \r\nx-a: 1\r\nX-b: again\r\n{CLOSE}CONTENT-length: {}\r\n\r\n",
        body.len()
    )
    .into_bytes();
    request.extend_from_slice(body);
    assert_eq!(status(&door.send(request).await), 202);

    let (endpoint, incoming) = door.delivered().remove(0);
    assert_eq!(endpoint, Endpoint::At { contract: Contract::Creel, name: "deploys".to_owned() });
    assert_eq!((incoming.method.as_str(), incoming.target.as_str()), ("POST", "/hooks/deploys?x=%20y"));
    let lines: Vec<_> = incoming.headers.0.iter().map(|(n, v)| (n.as_str(), std::str::from_utf8(v).unwrap())).collect();
    let sent = [
        ("hOsT", "a"),
        ("X-B", "two words"),
        ("x-a", "1"),
        ("X-b", "again"),
        ("Connection", "close"),
        ("CONTENT-length", "12"),
    ];
    assert_eq!(lines, sent);
    assert_eq!(&incoming.body[..], body);
    assert_eq!(incoming.peer.address, Some(IpAddr::V4(Ipv4Addr::LOCALHOST)));
}

#[tokio::test]
async fn no_header_changes_the_callers_address() {
    let door = Running::new().await;
    let forged = ["X-Forwarded-For", "X-Real-IP", "Forwarded", "CF-Connecting-IP", "True-Client-IP"];
    let lines: String = forged.iter().map(|name| format!("{name}: 203.0.113.9\r\n")).collect();
    door.send(format!("POST /hooks/a HTTP/1.1\r\nHost: a\r\n{lines}{CLOSE}\r\n")).await;
    assert_eq!(door.delivered()[0].1.peer.address, Some(IpAddr::V4(Ipv4Addr::LOCALHOST)));
}

#[tokio::test]
async fn every_path_reaches_the_pipeline_and_only_exact_ones_an_endpoint() {
    let door = Running::new().await;
    for path in
        ["/", "//hooks/a", "/hooks/../api", "/hooks/%2e%2e/a", "/rpc/status", "/api/deliveries", "/openapi.json"]
    {
        door.send(format!("POST {path} HTTP/1.1\r\nHost: a\r\n{CLOSE}\r\n")).await;
        let (endpoint, incoming) = door.delivered().pop().unwrap();
        assert_eq!((endpoint, incoming.target.as_str()), (Endpoint::Unmatched, path));
    }
}

#[tokio::test]
async fn pipelined_requests_are_answered_in_order_each_with_its_own_head() {
    let door = Running::new().await;
    let one =
        |n: usize| format!("POST /hooks/n{n} HTTP/1.1\r\nHost: a\r\nX-N: {n}\r\nContent-Length: 5\r\n\r\nbody{n}");
    let all: String = (0..5).map(one).collect();
    let last = format!("GET /hooks/last HTTP/1.1\r\nHost: a\r\n{CLOSE}\r\n");
    let answers = door.send(all + &last).await;
    assert_eq!(answers.matches("HTTP/1.1 202").count(), 6, "{answers}");
    for (n, (endpoint, incoming)) in door.delivered().iter().take(5).enumerate() {
        assert_eq!(*endpoint, Endpoint::At { contract: Contract::Creel, name: format!("n{n}") });
        assert_eq!(incoming.headers.text("x-n"), Some(n.to_string().as_str()));
        assert_eq!(incoming.body, format!("body{n}"));
    }
}

#[tokio::test]
async fn a_request_may_come_byte_by_byte() {
    let door = Running::new().await;
    let mut socket = door.connect().await;
    socket.set_nodelay(true).unwrap();
    for round in 0..2 {
        for byte in b"\r\nPOST /hooks/slow HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc" {
            socket.write_all(&[*byte]).await.unwrap();
            tokio::task::yield_now().await;
        }
        assert_eq!(status(&one_answer(&mut socket).await), 202, "round {round}");
        assert_eq!(door.delivered()[round].1.body, "abc");
    }
}

#[tokio::test]
async fn a_head_as_long_as_allowed_goes_through_in_pieces() {
    let door = Running::new().await;
    let long = "v".repeat(30_000);
    let request =
        format!("POST /hooks/a HTTP/1.1\r\nHost: a\r\nX-Long: {long}\r\n{CLOSE}Content-Length: 4\r\n\r\nbody");
    assert_eq!(status(&door.send(request).await), 202);
    let (_, incoming) = door.delivered().remove(0);
    assert_eq!(incoming.headers.text("x-long"), Some(long.as_str()));
    assert_eq!(incoming.body, "body");
}

#[tokio::test]
async fn a_chunked_body_is_joined_and_the_connection_closed_behind_it() {
    let door = Running::new().await;
    let chunked = "POST /hooks/a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\nX-Trailer: 1\r\n\r\n";
    let answer = door.send(format!("{chunked}GET /hooks/never HTTP/1.1\r\nHost: a\r\n\r\n")).await;
    assert_eq!(status(&answer), 202);
    assert!(answer.contains("connection: close"), "{answer}");
    assert_eq!(door.delivered().len(), 1, "what follows a chunked body is not read");
    assert_eq!(door.delivered()[0].1.body, "abcde");
}

#[tokio::test]
async fn expect_100_continue_is_answered_before_the_body() {
    let door = Running::new().await;
    let mut socket = door.connect().await;
    let head = format!("POST /hooks/a HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\n{CLOSE}\r\n");
    socket.write_all(head.as_bytes()).await.unwrap();
    assert!(one_answer(&mut socket).await.starts_with("HTTP/1.1 100 Continue"));
    socket.write_all(b"body").await.unwrap();
    assert_eq!(status(&super::recorder::rest(&mut socket).await), 202);
    assert_eq!(door.delivered()[0].1.body, "body");
}

#[tokio::test]
async fn an_offer_of_h2c_is_overlooked() {
    let door = Running::new().await;
    let java = "POST /hooks/a HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAE\r\nContent-Length: 0\r\n\r\n";
    let mut socket = door.connect().await;
    socket.write_all(java.as_bytes()).await.unwrap();
    assert_eq!(status(&one_answer(&mut socket).await), 202);
}

#[tokio::test]
async fn answers_carry_the_fixed_headers_and_nothing_about_the_server() {
    let door = Running::new().await;
    let answer = door.send(format!("POST /hooks/a HTTP/1.1\r\nHost: a\r\n{CLOSE}\r\n")).await.to_lowercase();
    for line in [
        "x-content-type-options: nosniff",
        "cache-control: no-store",
        "content-security-policy: default-src 'none'; sandbox",
    ] {
        assert!(answer.contains(line), "{line} in {answer}");
    }
    for name in ["server:", "access-control-", "x-powered-by"] {
        assert!(!answer.contains(name), "{name} in {answer}");
    }
}

#[tokio::test]
async fn a_configured_delay_is_waited_and_not_counted_as_handling() {
    let limits = Limits { handling: Duration::from_millis(60), ..Limits::RECEIVER };
    let door = Running::with(Recorder::default(), limits).await;
    *door.recorder.answer.lock().unwrap() = Answered { delay_ms: 200, ..Answered::json(202, "late") };
    let begun = Instant::now();
    let answer = door.send(format!("POST /hooks/a HTTP/1.1\r\nHost: a\r\n{CLOSE}\r\n")).await;
    assert!(answer.ends_with("late"), "{answer}");
    assert!(begun.elapsed() >= Duration::from_millis(200));
}

#[tokio::test]
async fn health_says_whether_a_delivery_could_be_committed() {
    let door = Running::new().await;
    let ask = format!("GET /healthz HTTP/1.1\r\nHost: a\r\n{CLOSE}\r\n");
    assert!(door.send(&ask).await.ends_with(r#"{"status":"ok"}"#));
    *door.recorder.trouble.lock().unwrap() = Some("the disk is full".to_owned());
    let answer = door.send(&ask).await;
    assert_eq!(status(&answer), 503);
    assert!(answer.ends_with(r#"{"error":"the disk is full"}"#) && answer.contains("retry-after: "), "{answer}");
    assert!(door.delivered().is_empty(), "asking is no delivery");
    door.send(format!("POST /healthz HTTP/1.1\r\nHost: a\r\n{CLOSE}\r\n")).await;
    assert_eq!(door.delivered()[0].0, Endpoint::Unmatched);
}
