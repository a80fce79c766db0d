//! The control listener: loopback is no proof of anything. Token, Host and Origin decide, and the receiver has none of it.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use creel_tests::recorder::plain;
use creel_tests::{Connection, Creel, Recorder, Request, wire};
use serde_json::{Value, json};

use crate::deliver::{newest, task_trigger};

/// Every command of the list, as the generated TypeScript names them.
fn commands() -> Vec<String> {
    let text = std::fs::read_to_string(creel_tests::tools::here("../ui/src/generated/commands.ts")).unwrap();
    let names = text
        .lines()
        .filter_map(|line| line.strip_prefix("  ")?.split_once(": { input:"))
        .map(|(name, _)| name.to_owned());
    names.collect()
}

/// Every route of the OpenAPI document with its methods, ids filled in.
fn routes(creel: &Creel) -> Vec<(String, String)> {
    let document = creel.manage(Request::get("/openapi.json"));
    assert_eq!(document.status, 200, "{}", document.text());
    let document = document.json();
    let paths = document["paths"].as_object().expect("an OpenAPI document").clone();
    let mut routes = Vec::new();
    for (path, operations) in paths {
        let filled: Vec<_> = path.split('/').map(|part| if part.starts_with('{') { "x" } else { part }).collect();
        for method in operations.as_object().unwrap().keys().filter(|method| *method != "parameters") {
            routes.push((method.to_uppercase(), filled.join("/")));
        }
    }
    routes
}

fn guarded(creel: &Creel) -> Vec<(String, String)> {
    let deliveries = ["/hooks/", "/api/webhooks/trigger/"];
    let open = |path: &str| {
        ["/healthz", "/openapi.json", "/session"].contains(&path) || deliveries.iter().any(|d| path.starts_with(d))
    };
    let rpc = commands().into_iter().map(|name| ("POST".to_owned(), format!("/rpc/{name}")));
    let rest = routes(creel).into_iter().filter(|(_, path)| !open(path));
    rpc.chain(rest).chain([("GET".to_owned(), "/events".to_owned())]).collect()
}

#[test]
fn every_route_wants_the_token() {
    let creel = Creel::start();
    let routes = guarded(&creel);
    assert!(routes.len() > 50, "the list is not empty by mistake: {}", routes.len());
    for (method, path) in routes {
        let bare = wire::send(&creel.control, &Request::new(&method, &path));
        assert_eq!(bare.status, 401, "{method} {path} without a token: {}", bare.text());
        let said = serde_json::from_slice(&bare.body).unwrap_or(Value::Null);
        let code = said["code"].as_str().or(said["error"]["code"].as_str());
        // The services whose routes these are say an error in one sentence; their own suites know it.
        let in_words = code.is_none() && !path.starts_with("/rpc/") && !bare.body.is_empty();
        assert!(code == Some("unauthorized") || in_words, "{path}: {}", bare.text());
    }
}

#[test]
fn a_wrong_token_is_no_token() {
    let creel = Creel::start();
    let token = creel.token.clone();
    let cut = &token[..token.len() - 1];
    for wrong in [
        "",
        "Bearer",
        "Bearer ",
        &format!("Bearer {cut}"),
        &format!("Bearer {token}x"),
        &format!("Basic {token}"),
        &token,
    ] {
        let request = Request::post("/rpc/status", "{}").header("Authorization", wrong);
        let status = wire::send(&creel.control, &request).status;
        assert!(status == 401 || status == 429, "{wrong:?}: {status}");
    }
}

#[test]
fn the_token_works_in_both_headers_and_never_in_the_address() {
    let creel = Creel::start();
    let with = |request: Request| wire::send(&creel.control, &request).status;
    assert_eq!(
        with(Request::post("/rpc/status", "{}").header("Authorization", format!("Bearer {}", creel.token))),
        200
    );
    assert_eq!(with(Request::post("/rpc/status", "{}").header("X-API-Key", creel.token.clone())), 200);
    assert_eq!(with(Request::post(&format!("/rpc/status?token={}", creel.token), "{}")), 401);
    assert_eq!(with(Request::get(&format!("/api/deliveries?access_token={}", creel.token))), 401);
    let line = std::fs::read(format!("/proc/{}/cmdline", creel.pid())).unwrap();
    assert!(!String::from_utf8_lossy(&line).contains(&creel.token), "not in the command line");
    assert!(!creel.log().contains(&creel.token), "not in the log");
}

#[test]
fn guesses_are_slowed_down_and_the_owner_is_not_locked_out() {
    let creel = Creel::start();
    let guess = |n: u32| {
        wire::send(
            &creel.control,
            &Request::post("/rpc/status", "{}").header("Authorization", format!("Bearer guess-{n}")),
        )
    };
    let answers: Vec<_> = (0..20).map(guess).collect();
    let limited = answers.iter().find(|answer| answer.status == 429).expect("429 after ten failures a minute");
    assert!(limited.header("Retry-After").is_some());
    assert!(answers[..10].iter().all(|answer| answer.status == 401));
    let owner = creel.manage_with_token(Request::post("/rpc/status", "{}"));
    assert_eq!(owner.status, 200, "the right token still works");
}

#[test]
fn a_script_without_a_pause_is_slowed_down_and_the_screen_is_not() {
    let creel = Creel::start();
    let mut connection = creel_tests::Connection::open(&creel.control).unwrap();
    let request = Request::get("/api/lists").header("Authorization", format!("Bearer {}", creel.token));
    let mut answers = (0..1_000).map(|_| connection.send(&request).unwrap());
    let taken = answers.by_ref().take_while(|answer| answer.status == 200).count();
    assert!(taken >= 600, "{taken} of 600 a minute");
    let refused = answers.next().expect("429 within a thousand requests at once");
    assert_eq!((refused.status, refused.json()["error"]["code"].as_str()), (429, Some("rate_limited")));
    let wait: u64 = refused.header("Retry-After").expect("how long to wait").parse().unwrap();
    assert!((1..=60).contains(&wait), "{wait} s");
    drop(answers);
    let by_key = Request::post("/rpc/status", "{}").header("X-API-Key", creel.token.clone());
    let bare = creel_tests::until("429 whatever header shows the token", || {
        Some(connection.send(&by_key).unwrap()).filter(|answer| answer.status == 429)
    });
    assert_eq!(bare.json()["code"], "rate_limited");
    for _ in 0..700 {
        assert_eq!(creel.try_rpc("status", json!({})).status, 200, "a session is not counted");
    }
}

#[test]
fn the_command_line_waits_as_long_as_it_is_asked_to_and_asks_again() {
    let creel = Creel::start();
    let asked = AtomicU32::new(0);
    let busy = Recorder::start(move |_, stream| match asked.fetch_add(1, Ordering::Relaxed) {
        0 | 1 => plain(stream, 429, &[("Retry-After", "1")], br#"{"code":"rate_limited","message":"too many"}"#),
        _ => plain(stream, 200, &[("Content-Type", "application/json")], b"[]"),
    });
    // The command finds its Creel by this file.
    let file = creel.data_dir().join("running.json");
    let text = std::fs::read_to_string(&file).unwrap().replace(&creel.control, &busy.base);
    std::fs::write(&file, text).unwrap();
    let begin = Instant::now();
    let output = creel.cli(&["triggers"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(busy.seen().len(), 3);
    assert!(begin.elapsed() >= Duration::from_secs(2), "{:?}: it did not wait", begin.elapsed());
}

#[test]
fn another_host_name_is_refused_even_with_the_token() {
    let creel = Creel::start();
    let port = creel.control.rsplit(':').next().unwrap().to_owned();
    let evil = [
        "evil.test".to_owned(),
        format!("evil.test:{port}"),
        "127.0.0.1".into(),
        "127.0.0.1:1".into(),
        format!("localhost.evil.test:{port}"),
        format!("127.0.0.1.nip.io:{port}"),
        format!("[::1]:{port}x"),
    ];
    for host in evil {
        let request = Request::post("/rpc/status", "{}").header("Host", host.clone());
        let status = creel.manage(request).status;
        assert!([400, 403, 421].contains(&status), "{host}: {status}");
    }
    for host in [format!("127.0.0.1:{port}"), format!("localhost:{port}")] {
        assert_eq!(creel.manage(Request::post("/rpc/status", "{}").header("Host", host)).status, 200);
    }
}

#[test]
fn a_page_of_another_origin_is_refused_even_with_the_token() {
    let creel = Creel::start();
    let foreign = [
        ("Origin", "https://evil.test"),
        ("Origin", "null"),
        ("Origin", "http://127.0.0.1:1"),
        ("Sec-Fetch-Site", "cross-site"),
        ("Sec-Fetch-Site", "same-site"),
    ];
    for (name, value) in foreign {
        let answer = creel.manage(Request::post("/rpc/status", "{}").header(name, value));
        assert_eq!(answer.status, 403, "{name}: {value}: {}", answer.text());
        assert_eq!(answer.header("Access-Control-Allow-Origin"), None);
    }
    let preflight = Request::new("OPTIONS", "/rpc/status")
        .header("Origin", "https://evil.test")
        .header("Access-Control-Request-Method", "POST");
    let answer = wire::send(&creel.control, &preflight);
    assert_eq!(answer.header("Access-Control-Allow-Origin"), None, "no page is told that it may");
    assert!(answer.status >= 400, "{}", answer.status);
}

#[test]
fn a_session_cookie_is_strict_and_needs_the_same_origin() {
    let creel = Creel::start();
    let login = |body: serde_json::Value| {
        let request = Request::post("/session", body.to_string()).header("Origin", creel.control.clone());
        wire::send(&creel.control, &request.header("Sec-Fetch-Site", "same-origin"))
    };
    assert_eq!(login(json!({ "token": "wrong" })).status, 401);
    assert_eq!(login(json!({ "code": "wrong" })).status, 401);
    let made = login(json!({ "token": creel.token }));
    assert!((200..300).contains(&made.status), "{}", made.text());
    let cookie = made.header("Set-Cookie").expect("a cookie").to_owned();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
    assert!(!cookie.contains(&creel.token), "the cookie is not the token");
    let cookie = cookie.split(';').next().unwrap().to_owned();
    let call = |origin: &str| {
        let request = Request::post("/rpc/status", "{}").header("Cookie", cookie.clone()).header("Origin", origin);
        wire::send(&creel.control, &request).status
    };
    assert_eq!(call(&creel.control), 200);
    assert_eq!(call("https://evil.test"), 403);
}

#[test]
fn the_receiver_has_none_of_it() {
    let creel = Creel::start();
    for (method, path) in guarded(&creel) {
        let request = Request::new(&method, &path).header("Authorization", format!("Bearer {}", creel.token));
        let answer = creel.deliver(&request);
        assert_eq!(answer.status, 404, "{method} {path} on the receiver: {}", answer.text());
    }
    for path in ["/", "/index.html", "/session", "/openapi.json", "/docs"] {
        assert_eq!(creel.deliver(&Request::get(path)).status, 404, "{path}");
    }
}

#[test]
fn path_tricks_do_not_lead_from_the_receiver_to_the_control_routes() {
    let creel = Creel::start();
    let endpoint = task_trigger(&creel, "tricks", "none", json!({}));
    let tricks = [
        "//rpc/status",
        "/hooks/../rpc/status",
        "/hooks/tricks/../../rpc/status",
        "/hooks/%2e%2e/rpc/status",
        "/hooks/..%2frpc%2fstatus",
        "/%72pc/status",
        "/RPC/status",
        "/rpc%2fstatus",
        "/hooks/tricks/",
        "/hooks/tricks%00",
        "/hooks/TRICKS",
        "/hooks//tricks",
        "/./hooks/tricks",
        "/hooks/tricks;x",
        "/api/webhooks/trigger/../../../rpc/status",
        "/\\rpc\\status",
    ];
    for path in tricks {
        let answer =
            creel.deliver(&Request::post(path, "{}").header("Authorization", format!("Bearer {}", creel.token)));
        assert!([400, 404].contains(&answer.status), "{path}: {} {}", answer.status, answer.text());
    }
    assert_eq!(creel.tasks().len(), 0, "none of them reached the trigger {}", endpoint.path);
    let mut connection = Connection::open(&creel.receiver).unwrap();
    connection
        .write(
            format!(
                "POST {}/rpc/status HTTP/1.1\r\nHost: {}\r\nContent-Length: 2\r\n\r\n{{}}",
                creel.control,
                &creel.control[7..]
            )
            .as_bytes(),
        )
        .unwrap();
    assert_eq!(connection.read().unwrap().status, 400, "an absolute target");
}

#[test]
fn one_base_address_serves_deliveries_too() {
    let creel = Creel::start();
    let endpoint = task_trigger(&creel, "single", "github", json!({}));
    let request = Request::post(&endpoint.path, r#"{"title":"x"}"#).github(&endpoint.secret, "push", "1");
    assert_eq!(wire::send(&creel.control, &request).status, 202, "a client with one base address works");
    assert_eq!(newest(&creel)["outcome"], "accepted");
}

#[test]
fn health_is_open_on_both() {
    let creel = Creel::start();
    for base in [&creel.receiver, &creel.control] {
        let answer = wire::send(base, &Request::get("/healthz"));
        assert_eq!((answer.status, answer.json()), (200, json!({ "status": "ok" })));
    }
}

#[test]
fn bad_input_names_what_is_wrong() {
    let creel = Creel::start();
    let refused = |command: &str, body: &str| {
        let answer = creel.manage(Request::post(&format!("/rpc/{command}"), body));
        (answer.status, answer.json())
    };
    let (status, error) = refused("deliveries_list", r#"{"q":"sgi:bad"}"#);
    assert_eq!(
        (status, error["code"].as_str()),
        (400, Some("bad_query")),
        "an unknown key is an error, not an empty list"
    );
    assert!(error["message"].as_str().unwrap().contains("sgi") && error["hint"].is_string(), "{error}");
    assert_eq!(refused("deliveries_list", "{").0, 400);
    assert_eq!(refused("delivery_get", r#"{"id":"dlv_nope"}"#).0, 404);
    assert_eq!(refused("no_such_command", "{}").0, 404);
    let (status, error) = refused("trigger_create", r#"{"naem":"x"}"#);
    assert_eq!(status, 400, "{error}");
    assert!(error["message"].as_str().unwrap().contains("naem"), "{error}");
    let large = format!(r#"{{"q":"{}"}}"#, "a".repeat(6 * 1024 * 1024));
    assert_eq!(creel.manage(Request::post("/rpc/deliveries_list", large)).status, 413);
}

#[test]
fn events_tell_of_a_delivery_after_its_commit() {
    let creel = Creel::start();
    let endpoint = task_trigger(&creel, "live", "github", json!({}));
    let mut stream = Connection::open(&creel.control).unwrap();
    let request = Request::get("/events").header("Authorization", format!("Bearer {}", creel.token));
    stream.write(&request.bytes(&creel.control[7..])).unwrap();
    creel_tests::until("the event stream to be there", || {
        creel.deliver(&Request::post("/knock", "{}"));
        stream.read_line_with("data:").filter(|line| line.contains("deliveries"))
    });
    creel.deliver(&Request::post(&endpoint.path, r#"{"title":"live"}"#).github(&endpoint.secret, "push", "1"));
    let line = creel_tests::until("the event of the delivery", || {
        stream.read_line_with("data:").filter(|line| line.contains("deliveries") && line.contains(&endpoint.id))
    });
    let event: serde_json::Value = serde_json::from_str(line.trim_start_matches("data:").trim()).unwrap();
    assert_eq!(event["deliveries"][0]["outcome"], "accepted", "{event}");
}
