//! Requests that two servers could read differently: refused with 400, the socket closed, the app unharmed.

use creel_tests::{Connection, Creel, Request};
use serde_json::json;

use crate::deliver::{signed, task_trigger};

/// What is wrong, and the bytes.
fn table() -> Vec<(&'static str, Vec<u8>)> {
    let text = [
        ("no Host", "POST /hooks/x HTTP/1.1\r\nContent-Length: 0\r\n\r\n"),
        ("empty Host", "POST /hooks/x HTTP/1.1\r\nHost:\r\nContent-Length: 0\r\n\r\n"),
        ("two Hosts", "POST /hooks/x HTTP/1.1\r\nHost: a\r\nHost: b\r\nContent-Length: 0\r\n\r\n"),
        ("two lengths", "POST /hooks/x HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\n{}"),
        ("two other lengths", "POST /hooks/x HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}"),
        (
            "length and chunks",
            "POST /hooks/x HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        ),
        ("signed length", "POST /hooks/x HTTP/1.1\r\nHost: a\r\nContent-Length: +2\r\n\r\n{}"),
        ("listed length", "POST /hooks/x HTTP/1.1\r\nHost: a\r\nContent-Length: 2, 2\r\n\r\n{}"),
        ("huge length", "POST /hooks/x HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999999\r\n\r\n{}"),
        ("unknown coding", "POST /hooks/x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"),
        ("a coding in disguise", "POST /hooks/x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"),
        ("bare line feeds", "POST /hooks/x HTTP/1.1\nHost: a\nContent-Length: 0\n\n"),
        ("space before the colon", "POST /hooks/x HTTP/1.1\r\nHost : a\r\nContent-Length: 0\r\n\r\n"),
        ("a folded header", "POST /hooks/x HTTP/1.1\r\nHost: a\r\nX-A: 1\r\n 2\r\nContent-Length: 0\r\n\r\n"),
        ("NUL in a header", "POST /hooks/x HTTP/1.1\r\nHost: a\r\nX-A: \0\r\nContent-Length: 0\r\n\r\n"),
        ("CONNECT", "CONNECT example.com:443 HTTP/1.1\r\nHost: example.com\r\n\r\n"),
        (
            "a whole address as target",
            "POST http://example.com/hooks/x HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n",
        ),
        ("a WebSocket", "GET /hooks/x HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"),
        ("no method", " / HTTP/1.1\r\nHost: a\r\n\r\n"),
        ("no version", "POST /hooks/x\r\nHost: a\r\n\r\n"),
        ("an unknown version", "POST /hooks/x HTTP/9.9\r\nHost: a\r\n\r\n"),
        ("a space in the target", "POST /hooks/x y HTTP/1.1\r\nHost: a\r\n\r\n"),
        ("TLS", "\x16\x03\x01\x02\0\x01\0\x01\u{7f}\x03\x03"),
    ];
    text.map(|(what, bytes)| (what, bytes.as_bytes().to_vec())).into()
}

#[test]
fn an_ambiguous_or_malformed_request_is_400_and_closes_the_socket() {
    let creel = Creel::start();
    for (what, bytes) in table() {
        let mut connection = Connection::open(&creel.receiver).unwrap();
        connection.write(&bytes).unwrap();
        let _ = connection.finish_writing();
        match connection.read() {
            Ok(answer) => {
                assert!((400..500).contains(&answer.status) || answer.status == 505, "{what}: {}", answer.status)
            }
            Err(e) => assert_eq!(e.kind(), std::io::ErrorKind::UnexpectedEof, "{what}: {e}"),
        }
        assert!(connection.is_closed(), "{what}: the socket is closed");
        assert_eq!(creel.deliver(&Request::get("/healthz")).status, 200, "alive after {what}");
    }
    let first_rows = ["no Host", "two Hosts", "length and chunks", "bare line feeds"];
    let recorded = creel.deliveries("outcome:rejected").len();
    assert!(recorded >= first_rows.len(), "refused requests have their rows: {recorded}");
    assert!(creel.log().lines().all(|line| !line.contains("panicked")), "{}", creel.log());
}

#[test]
fn what_must_be_400_is_400() {
    let creel = Creel::start();
    let exact = [
        "no Host",
        "two Hosts",
        "two lengths",
        "two other lengths",
        "length and chunks",
        "signed length",
        "bare line feeds",
    ];
    for (what, bytes) in table().into_iter().filter(|(what, _)| exact.contains(what)) {
        let mut connection = Connection::open(&creel.receiver).unwrap();
        connection.write(&bytes).unwrap();
        assert_eq!(connection.read().unwrap().status, 400, "{what}");
    }
}

#[test]
fn a_second_request_hidden_in_a_body_is_not_read_as_one() {
    let creel = Creel::start();
    let endpoint = task_trigger(&creel, "smuggle", "github", json!({}));
    let mut connection = Connection::open(&creel.receiver).unwrap();
    let hidden = format!("POST {} HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", endpoint.path);
    let bytes = format!(
        "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{hidden}"
    );
    connection.write(bytes.as_bytes()).unwrap();
    assert_eq!(connection.read().unwrap().status, 400);
    assert!(connection.read().is_err(), "nothing behind an ambiguous head is answered");
    assert_eq!(creel.deliveries("").len(), 1);
}

#[test]
fn requests_behind_each_other_on_one_connection_are_all_answered() {
    let creel = Creel::start();
    let endpoint = task_trigger(&creel, "pipeline", "github", json!({}));
    let mut connection = Connection::open(&creel.receiver).unwrap();
    let all: Vec<u8> = (0..20)
        .flat_map(|n| {
            let body = format!(r#"{{"title":"{n}"}}"#);
            signed("github", &endpoint, &format!("id-{n}"), body.as_bytes()).bytes("x")
        })
        .collect();
    connection.write(&all).unwrap();
    for n in 0..20 {
        assert_eq!(connection.read().unwrap().status, 202, "request {n}");
    }
    assert_eq!(creel.tasks().len(), 20);
}

#[test]
fn five_hundred_mutations_of_a_good_request_never_make_a_5xx() {
    let creel = Creel::start();
    let endpoint = task_trigger(&creel, "fuzz", "github", json!({}));
    let good = signed("github", &endpoint, "id", br#"{"title":"x"}"#).bytes("a");
    let mut random = 0x9E37_79B9_7F4A_7C15_u64;
    let mut next = |below: usize| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        usize::try_from(random % below as u64).unwrap()
    };
    for round in 0..500 {
        let mut bytes = good.clone();
        for _ in 0..=next(3) {
            let at = next(bytes.len());
            match next(3) {
                0 => bytes[at] = u8::try_from(next(256)).unwrap(),
                1 => drop(bytes.remove(at)),
                _ => bytes.insert(at, b"\r\n\0 :,;\xff"[next(8)]),
            }
        }
        let mut connection = Connection::open(&creel.receiver).unwrap();
        let _ = connection.write(&bytes);
        let _ = connection.finish_writing();
        if let Ok(answer) = connection.read() {
            assert!(answer.status < 500, "round {round}: {} for {:?}", answer.status, String::from_utf8_lossy(&bytes));
        }
    }
    assert_eq!(creel.deliver(&Request::get("/healthz")).status, 200);
    assert!(!creel.log().contains("panicked"), "{}", creel.log());
}
