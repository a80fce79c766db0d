//! `forward` towards what it must not reach, and towards servers that mean harm (trust T25–T27).

use std::io::Write as _;
use std::time::{Duration, Instant};

use creel_tests::recorder::plain;
use creel_tests::{Creel, Recorder, Request};
use serde_json::{Value, json};

use crate::deliver::forward_to;

/// How long a connection to nobody is waited for.
const CONNECT_WAIT: Duration = Duration::from_secs(5);

/// Forwards one delivery to `url` and returns how the execution ended; a refusal at saving counts as an end, too.
fn end_of(creel: &Creel, url: &str, more: Value) -> Value {
    let name = format!("g{}", creel.rpc("triggers_list", json!({})).as_array().unwrap().len());
    let mut action = forward_to(url, json!({ "max_attempts": 1, "allow_private": false }));
    crate::deliver::merge(&mut action["forward"], more);
    let made =
        creel.try_rpc("trigger_create", json!({ "name": name, "slug": name, "scheme": "github", "actions": [action] }));
    if made.status == 422 || made.status == 403 {
        return json!({ "status": "refused", "words": made.text() });
    }
    assert_eq!(made.status, 200, "{url}: {}", made.text());
    let made = made.json();
    let secret = made["secret"].as_str().unwrap();
    let path = made["row"]["path"].as_str().unwrap();
    assert_eq!(creel.deliver(&Request::post(path, "{}").github(secret, "push", &name)).status, 202);
    let limit = Duration::from_secs(45);
    creel_tests::wait::until_within(limit, &format!("the forward to {url} to end"), || {
        let rows = creel.executions(json!({ "trigger": made["row"]["trigger"]["id"] }));
        rows.first().filter(|row| !["queued", "running"].contains(&row["status"].as_str().unwrap())).cloned()
    })
}

fn refused(end: &Value) -> bool {
    ["refused", "failed"].contains(&end["status"].as_str().unwrap_or_default())
}

#[test]
fn private_addresses_need_a_tick_in_every_spelling() {
    let (creel, upstream) = (Creel::start(), Recorder::answering(200));
    let port = upstream.port;
    let hosts = [
        "127.0.0.1",
        "localhost",
        "LOCALHOST",
        "localhost.",
        "127.1",
        "127.0.1",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "017700000001",
        "0x7f.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[0:0:0:0:0:ffff:7f00:0001]",
        "0.0.0.0",
        "[::]",
        "127.127.127.127",
        "①②⑦.⓪.⓪.①",
        "127。0。0。1",
        "[::127.0.0.1]",
        "[64:ff9b::7f00:1]",
    ];
    for host in hosts {
        let end = end_of(&creel, &format!("http://{host}:{port}/"), json!({}));
        assert!(refused(&end), "{host}: {end}");
    }
    assert_eq!(upstream.seen().len(), 0, "not one request left: {:?}", upstream.seen());
    let end = end_of(&creel, &upstream.base, json!({ "allow_private": true }));
    assert_eq!(end["status"], "succeeded", "with the tick it goes: {end}");
}

#[test]
fn networks_that_are_nobodys_business_are_refused_without_a_connection() {
    let creel = Creel::start();
    for host in [
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "[fe80::1]",
        "[fc00::1]",
        "224.0.0.1",
        "255.255.255.255",
    ] {
        let start = Instant::now();
        let end = end_of(&creel, &format!("http://{host}/latest/meta-data/"), json!({}));
        assert!(refused(&end), "{host}: {end}");
        assert!(start.elapsed() < CONNECT_WAIT, "{host} is refused, not timed out: {:?}", start.elapsed());
    }
}

#[test]
fn where_clouds_keep_credentials_is_refused_even_with_the_tick() {
    let creel = Creel::start();
    for host in ["169.254.169.254", "169.254.170.2", "[::ffff:169.254.169.254]", "2852039166"] {
        let end = end_of(&creel, &format!("http://{host}/latest/meta-data/"), json!({ "allow_private": true }));
        assert!(refused(&end) && end.to_string().contains("credentials"), "{host}: {end}");
    }
}

#[test]
fn creels_own_ports_are_refused_even_with_the_tick() {
    let creel = Creel::start();
    for base in [&creel.receiver, &creel.control] {
        for host in ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "0.0.0.0"] {
            let url = base.replace("127.0.0.1", host) + "/hooks/g0";
            let end = end_of(&creel, &url, json!({ "allow_private": true }));
            assert!(refused(&end), "{url}: {end}");
        }
    }
}

#[test]
fn other_schemes_and_user_names_are_refused() {
    let creel = Creel::start();
    for url in [
        "file:///etc/passwd",
        "gopher://example.com/",
        "javascript:alert(1)",
        "http://user:pass@example.com/",
        "http:///x",
        "//example.com/x",
        "http://exa mple.com/",
    ] {
        assert_eq!(end_of(&creel, url, json!({}))["status"], "refused", "{url}");
    }
}

#[test]
fn a_redirect_is_an_answer_and_not_followed() {
    let creel = Creel::start();
    let inner = Recorder::answering(200);
    let to = inner.base.clone();
    let outer = Recorder::start(move |_, stream| plain(stream, 307, &[("Location", to.as_str())], b""));
    let end = end_of(&creel, &outer.base, json!({ "allow_private": true }));
    assert_eq!(end["status"], "failed", "{end}");
    assert!(end["error"]["message"].as_str().unwrap().contains("307"), "{end}");
    assert_eq!((outer.seen().len(), inner.seen().len()), (1, 0));
}

#[test]
fn an_endless_answer_is_cut_and_memory_stays_flat() {
    let creel = Creel::start();
    let endless = Recorder::start(|_, stream| {
        stream.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")?;
        let chunk = [b"10000\r\n", &[b'x'; 0x10000][..], b"\r\n"].concat();
        loop {
            stream.write_all(&chunk)?;
        }
    });
    let declared = Recorder::start(|_, stream| {
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 10000000000\r\n\r\n")?;
        loop {
            stream.write_all(&[b'x'; 0x10000])?;
        }
    });
    let before = resident_kb(creel.pid());
    for upstream in [&endless, &declared] {
        let start = Instant::now();
        let end = end_of(&creel, &upstream.base, json!({ "allow_private": true }));
        assert!(["succeeded", "failed"].contains(&end["status"].as_str().unwrap()), "{end}");
        assert!(start.elapsed() < Duration::from_secs(35), "{:?}", start.elapsed());
    }
    let grown = resident_kb(creel.pid()).saturating_sub(before);
    assert!(grown < 40_000, "the answer is not kept: {grown} KB more");
}

#[test]
fn a_head_without_end_and_a_slow_drip_end_by_themselves() {
    let creel = Creel::start();
    let head = Recorder::start(|_, stream| {
        stream.write_all(b"HTTP/1.1 200 OK\r\n")?;
        loop {
            stream.write_all(format!("X-Filling: {}\r\n", "x".repeat(8000)).as_bytes())?;
        }
    });
    let end = end_of(&creel, &head.base, json!({ "allow_private": true }));
    assert_eq!(end["status"], "failed", "{end}");
    let drip = Recorder::start(|_, stream| {
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")?;
        loop {
            stream.write_all(b"x")?;
            std::thread::sleep(Duration::from_millis(200));
        }
    });
    let start = Instant::now();
    let end = end_of(&creel, &drip.base, json!({ "allow_private": true }));
    assert!(start.elapsed() < Duration::from_secs(40), "30 s in all, not {:?}: {end}", start.elapsed());
}

#[test]
fn a_header_from_the_payload_cannot_make_two() {
    let (creel, upstream) = (Creel::start(), Recorder::answering(200));
    let action = forward_to(&upstream.base, json!({ "headers": [["X-From", "{{payload.v}}"]], "max_attempts": 1 }));
    let endpoint = creel.trigger(json!({ "name": "crlf", "slug": "crlf", "scheme": "github", "actions": [action] }));
    let body = r#"{"v":"a\r\nX-Evil: 1\r\n\r\nPOST / HTTP/1.1"}"#;
    creel.deliver(&Request::post(&endpoint.path, body).github(&endpoint.secret, "push", "1"));
    creel_tests::until("the forward to end", || {
        creel
            .executions(json!({}))
            .first()
            .filter(|row| ["failed", "succeeded"].contains(&row["status"].as_str().unwrap()))
            .map(drop)
    });
    assert!(upstream.seen().iter().all(|request| request.header("X-Evil").is_none()), "{:?}", upstream.seen());
}

fn resident_kb(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}
