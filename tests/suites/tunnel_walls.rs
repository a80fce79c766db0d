//! What no tunnel leads to (`trust` T10): every route of the control listener, with everything that opens it there, asked in
//! every way that a path can be written.

use creel_tests::{Connection, Creel, Request};
use serde_json::{Value, json};

use crate::tunnel_ways::Way;

/// PromptRails's one delivery address is its management's too; it is there, and knows no such token.
const A_DELIVERY_ADDRESS: &str = "/api/v1/webhook/trigger";

#[test]
fn every_management_route_is_404_through_every_tunnel_with_everything_that_opens_it() {
    let (by_ngrok, _edge) = crate::tunnel_ngrok::way();
    for (kind, way) in Way::all().chain([("ngrok", by_ngrok)]) {
        every_route(kind, &way);
        path_tricks(kind, &way);
        other_protocols(kind, &way);
        words_of_proxies(kind, &way);
        a_second_request_behind_the_first(kind, &way);
        assert_eq!(way.creel.tasks().len(), 0, "{kind}: nothing was made");
        assert_eq!(way.creel.rpc("triggers_list", json!({})).as_array().map(Vec::len), Some(0), "{kind}");
    }
}

/// What a request to the control listener opens it with, all at once.
fn opened(creel: &Creel, request: Request) -> Request {
    request
        .header("Content-Type", "application/json")
        .header("Authorization", format!("Bearer {}", creel.token))
        .header("X-API-Key", creel.token.clone())
        .header("Cookie", creel.cookie().to_owned())
}

fn every_route(kind: &str, way: &Way) {
    let document = way.creel.manage(Request::get("/openapi.json")).json();
    let (mut asked, mut commands) = (0, 0);
    for (path, operations) in document["paths"].as_object().unwrap() {
        for method in operations.as_object().unwrap().keys() {
            let at = filled(path);
            let request = opened(&way.creel, Request::new(&method.to_uppercase(), &at)).with_body("{}");
            let answer = way.send(&request);
            let right = if at == A_DELIVERY_ADDRESS { 401 } else { 404 };
            assert_eq!(answer.status, right, "{kind}: {method} {at}: {}", answer.text());
            asked += 1;
            commands += usize::from(at.starts_with("/rpc/"));
        }
    }
    assert!(asked > 150 && commands > 100, "{kind}: {asked} routes, {commands} commands");
}

/// A path of the document with something in its places.
fn filled(path: &str) -> String {
    let mut at = path.to_owned();
    while let (Some(open), Some(close)) = (at.find('{'), at.find('}')) {
        at.replace_range(open..=close, "x");
    }
    at
}

/// Ways to write `/rpc/status` that somebody's server somewhere takes for it, and what else the control listener has.
fn tricks(control: &str) -> Vec<String> {
    let mut all: Vec<_> = [
        "/",
        "/healthz",
        "/index.html",
        "/openapi.json",
        "/events",
        "/session",
        "//rpc/status",
        "///rpc/status",
        "/./rpc/status",
        "/hooks/../rpc/status",
        "/hooks/test/../../rpc/status",
        "/hooks/..;/rpc/status",
        "/hooks;/../rpc/status",
        "/hooks/x;/rpc/status",
        "/rpc;/status",
        "/hooks/%2e%2e/rpc/status",
        "/hooks/%2E%2E/rpc/status",
        "/hooks/%252e%252e/rpc/status",
        "/hooks/.%2e/rpc/status",
        "/%2e%2e/rpc/status",
        "/hooks/..%2frpc%2fstatus",
        "/hooks/..%5crpc%5cstatus",
        "/hooks/..\\rpc\\status",
        "\\rpc\\status",
        "/\\rpc/status",
        "/%2frpc/status",
        "/%72pc/status",
        "/rpc%2fstatus",
        "/rpc//status",
        "/rpc/status/",
        "/rpc/status?x=/hooks/test",
        "/rpc/status%00",
        "/rpc/status%20",
        "/rpc/status#/hooks/test",
        "/RPC/status",
        "/Rpc/Status",
        "/\u{ff0f}rpc/status",
        "/hooks/\u{2025}/rpc/status",
        "/hooks/test/rpc/status",
        "/.creel/heartbeat/x.y",
        "/.creel/heartbeat/../../rpc/status",
    ]
    .map(str::to_owned)
    .into();
    all.extend(["/rpc/status", "/openapi.json", "/events"].map(|path| format!("http://{control}{path}")));
    all.extend([format!("https://{control}/rpc/status"), "rpc/status".to_owned(), format!("//{control}/rpc/status")]);
    all
}

fn path_tricks(kind: &str, way: &Way) {
    let control = way.creel.control.trim_start_matches("http://").to_owned();
    for target in tricks(&control) {
        for method in ["GET", "POST", "HEAD"] {
            let request = opened(&way.creel, Request::new(method, &target)).header("Host", control.clone());
            let status = first_status(way, &request.bytes(&control));
            // What is no path, and what holds bytes that no path may hold, is no HTTP that a sender speaks.
            let odd = !target.starts_with('/') || !target.is_ascii() || target.contains(['\\', '#']);
            let right: &[u16] = if odd { &[400, 404] } else { &[404] };
            assert!(right.contains(&status), "{kind}: {method} {target} is {status}");
        }
    }
}

/// The status of the first answer to these bytes. A `HEAD`'s has no body, so nothing behind the head is read.
fn first_status(way: &Way, bytes: &[u8]) -> u16 {
    let mut connection = Connection::open(&way.public).unwrap();
    connection.write(bytes).unwrap();
    let line = connection.read_line_with("HTTP/1.1 ").unwrap_or_default();
    line.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_default()
}

/// Words that ask for something else than an answer to a request.
fn other_protocols(kind: &str, way: &Way) {
    let control = way.creel.control.trim_start_matches("http://").to_owned();
    let refused = |what: &str, request: &Request| {
        let status = first_status(way, &opened(&way.creel, request.clone()).bytes(&control));
        assert!([400, 404].contains(&status), "{kind}: {what} is {status}");
    };
    refused("CONNECT", &Request::new("CONNECT", &control));
    refused("CONNECT with a path", &Request::new("CONNECT", "/rpc/status"));
    refused("OPTIONS *", &Request::new("OPTIONS", "*"));
    refused("OPTIONS", &Request::new("OPTIONS", "/rpc/status").header("Access-Control-Request-Method", "POST"));
    refused("TRACE", &Request::new("TRACE", "/rpc/status"));
    refused("PROPFIND", &Request::new("PROPFIND", "/rpc/status"));
    let upgrade = |to: &str| Request::get("/events").header("Connection", "Upgrade").header("Upgrade", to);
    refused("a websocket", &upgrade("websocket").header("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="));
    let settings = upgrade("h2c").header("Connection", "HTTP2-Settings").header("HTTP2-Settings", "AAMAAABkAAQAAP__");
    refused("an upgrade to h2c", &settings);
    let preface = first_status(way, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0");
    assert!([0, 400, 404, 505].contains(&preface), "{kind}: the preface of HTTP/2 is {preface}");
}

/// Headers that tell a server behind a proxy that another path or method is meant.
fn words_of_proxies(kind: &str, way: &Way) {
    let headers = [
        ("X-Original-URL", "/rpc/status"),
        ("X-Rewrite-URL", "/rpc/status"),
        ("X-Forwarded-Uri", "/rpc/status"),
        ("X-Forwarded-Path", "/rpc/status"),
        ("X-Forwarded-Prefix", "/rpc"),
        ("X-HTTP-Method-Override", "POST"),
        ("X-Forwarded-Host", "127.0.0.1"),
        ("Referer", "/rpc/status"),
    ];
    for target in ["/", "/status", "/hooks/nobody"] {
        let all = headers.iter().fold(Request::post(target, "{}"), |it, (name, value)| it.header(name, *value));
        let answer = way.send(&opened(&way.creel, all));
        assert_eq!(answer.status, 404, "{kind}: {target} with the words of proxies: {}", answer.text());
    }
}

/// On one connection, one request behind the other; the second is what the first one's framing hides from a careless proxy.
fn a_second_request_behind_the_first(kind: &str, way: &Way) {
    let control = way.creel.control.trim_start_matches("http://").to_owned();
    let hidden = opened(&way.creel, Request::get("/rpc/status")).bytes(&control);
    let first = Request::post("/hooks/nobody", hidden.clone());
    let length = hidden.len();
    for (what, request) in [
        ("a body", first.clone()),
        ("no body", Request::get("/hooks/nobody").with_body(hidden.clone()).header("Content-Length", "0")),
        ("two lengths", first.clone().header("Content-Length", "0").header("Content-Length", length.to_string())),
        ("a length and chunks", first.header("Content-Length", "5").header("Transfer-Encoding", "chunked")),
    ] {
        let mut connection = Connection::open(&way.public).unwrap();
        let mut bytes = request.bytes(&control);
        bytes.extend(&hidden);
        connection.write(&bytes).unwrap();
        // Else a connection that is kept is waited for.
        connection.finish_writing().unwrap();
        while let Ok(answer) = connection.read() {
            assert!([400, 404].contains(&answer.status), "{kind}: behind {what}: {} {}", answer.status, answer.text());
            assert!(serde_json::from_slice::<Value>(&answer.body).is_ok_and(|body| body.get("listening").is_none()));
            if answer.header("Connection") == Some("close") {
                break;
            }
        }
    }
}
