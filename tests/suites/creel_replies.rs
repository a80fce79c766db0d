//! `/hooks/{slug}`: replies of the user's choice, methods, templates, and what comes back from the stored row.

use std::time::{Duration, Instant};

use creel_tests::{Creel, Request};
use serde_json::json;

use crate::deliver::{make_task, newest, signed, task_trigger};

#[test]
fn a_reply_has_the_chosen_status_headers_body_and_delay() {
    let creel = Creel::start();
    let reply = json!({ "status": 299, "headers": [["X-Mock", "yes"], ["Content-Type", "text/csv"]], "body": "a,b\n", "delay_ms": 400 });
    let endpoint = task_trigger(&creel, "mock", "github", json!({ "reply": reply }));
    let start = Instant::now();
    let answer = creel.deliver(&signed("github", &endpoint, "a", br#"{"title":"x"}"#));
    assert!(start.elapsed() >= Duration::from_millis(400), "{:?}", start.elapsed());
    assert_eq!((answer.status, answer.text().as_str()), (299, "a,b\n"));
    assert_eq!((answer.header("X-Mock"), answer.header("Content-Type")), (Some("yes"), Some("text/csv")));
    assert_eq!(newest(&creel)["answer_status"], 299);
    let detail = creel.rpc("delivery_get", json!({ "id": newest(&creel)["id"] }));
    assert_eq!(detail["answer"]["body"], "a,b\n", "the answer is kept as it went out");
}

#[test]
fn answers_cannot_be_made_into_a_page() {
    let creel = Creel::start();
    let answer = creel.deliver(&Request::post("/nobody", "{}"));
    assert_eq!(answer.header("X-Content-Type-Options"), Some("nosniff"));
    assert_eq!(answer.header("Cache-Control"), Some("no-store"));
    assert!(answer.header("Content-Security-Policy").is_some_and(|policy| policy.contains("default-src 'none'")));
    assert_eq!((answer.header("Server"), answer.header("Access-Control-Allow-Origin")), (None, None));
}

#[test]
fn a_method_that_the_trigger_does_not_take_is_405() {
    let creel = Creel::start();
    let endpoint = task_trigger(&creel, "methods", "none", json!({ "methods": ["PUT"] }));
    assert_eq!(creel.deliver(&Request::post(&endpoint.path, "{}")).status, 405);
    assert_eq!(newest(&creel)["reason_code"], "method_not_allowed");
    assert_eq!(creel.deliver(&Request::new("PUT", &endpoint.path)).status, 202);
}

#[test]
fn templates_take_nested_fields_indices_headers_and_say_nothing_of_the_missing() {
    let creel = Creel::start();
    let title = "{{ payload.repo.name }}|{{payload.list.1.x}}|{{payload.none}}|{{payload.null}}|{{payload.obj}}|\
                 {{headers.x-github-event}}|{{payload.n}}|{{payload.code}}|{{payload.open";
    let endpoint =
        creel.trigger(json!({ "name": "t", "slug": "t", "scheme": "github", "actions": [make_task(&creel, title)] }));
    let body = br#"{"repo":{"name":"creel"},"list":[0,{"x":true}],"null":null,"obj":{"b":1,"a":[]},"n":12345678901234567890.10,"code":"{{payload.n}}"}"#;
    assert_eq!(creel.deliver(&signed("github", &endpoint, "a", body)).status, 202);
    let expected = r#"creel|true|||{"b":1,"a":[]}|push|12345678901234567890.10|{{payload.n}}|{{payload.open"#;
    assert_eq!(creel.tasks()[0]["title"], expected);
}

#[test]
fn the_row_keeps_header_order_case_and_repeats() {
    let creel = Creel::start();
    let request = Request::post("/somewhere", "x")
        .header("X-b", "1")
        .header("x-A", "2")
        .header("X-B", "3")
        .header("X-c", "ünï 日本")
        .header("Authorization", "Bearer canary-token")
        .header("Cookie", "s=canary-cookie");
    creel.deliver(&request);
    let detail = creel.rpc("delivery_get", json!({ "id": newest(&creel)["id"] }));
    let lines: Vec<_> = detail["headers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| format!("{}: {}", line["name"].as_str().unwrap(), line["value"].as_str().unwrap()))
        .collect();
    let own: Vec<_> = lines.iter().filter(|line| line.to_lowercase().starts_with("x-")).cloned().collect();
    assert_eq!(own, ["X-b: 1", "x-A: 2", "X-B: 3", "X-c: ünï 日本"]);
    assert!(!detail.to_string().contains("canary"), "credentials are masked: {lines:?}");
    assert!(!creel.log().contains("canary"), "and not in the log");
}

#[test]
fn a_secret_is_never_shown_again() {
    let creel = Creel::start();
    let secret = "canary-secret-0123456789";
    let endpoint = task_trigger(&creel, "canary", "github", json!({ "secret": secret }));
    creel.deliver(&signed("github", &endpoint, "a", br#"{"title":"x"}"#));
    let id = newest(&creel)["id"].clone();
    let seen = [
        creel.rpc("triggers_list", json!({})),
        creel.rpc("trigger_get", json!({ "id": endpoint.id })),
        creel.rpc("delivery_get", json!({ "id": id })),
        creel.rpc("delivery_signature", json!({ "id": id })),
        creel.rpc("delivery_snippet", json!({ "id": id, "language": "curl" })),
        creel.rpc("replay_plan", json!({ "delivery_id": id, "target": "original" })),
        creel.rpc("settings_get", json!({})),
        creel.manage(Request::get("/api/triggers")).json(),
    ];
    for output in seen {
        assert!(!output.to_string().contains(secret), "{output}");
    }
    assert!(!creel.log().contains(secret));
    for file in files(&creel.data_dir()) {
        let bytes = std::fs::read(&file).unwrap();
        let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
        assert!(!found, "the secret is in clear in {}", file.display());
    }
}

fn files(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().flatten().map(|entry| entry.path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

#[test]
fn a_draft_with_an_error_is_refused_and_nothing_is_saved() {
    let creel = Creel::start();
    let drafts = [
        (json!({ "name": "" }), "name"),
        (json!({ "name": "x", "slug": "Not A Slug" }), "slug"),
        (json!({ "name": "x", "scheme": "rot13" }), "scheme"),
        (json!({ "name": "x", "scheme": "github", "secret": "" }), "secret"),
        (json!({ "name": "x", "scheme": "github", "secret": " \t" }), "secret"),
        (json!({ "name": "x", "ip_allowlist": ["203.0.113.0/33"] }), "ip_allowlist"),
        (json!({ "name": "x", "reply": { "status": 99, "headers": [], "body": null, "delay_ms": 0 } }), "reply"),
        (json!({ "name": "x", "actions": [{ "create_task": { "list_id": "lst_nowhere", "title": "t" } }] }), "actions"),
        (json!({ "name": "x", "actions": [{ "forward": { "url": "ftp://example.com/" } }] }), "actions"),
        (json!({ "name": "x", "actions": [{ "forward": { "url": "http://{{payload.host}}/" } }] }), "actions"),
    ];
    for (draft, field) in drafts {
        let answer = creel.try_rpc("trigger_create", draft.clone());
        assert_eq!(answer.status, 422, "{draft}: {}", answer.text());
        let error = answer.json();
        assert!(error["field"].as_str().is_some_and(|f| f.starts_with(field)), "{draft}: {error}");
    }
    assert_eq!(creel.rpc("triggers_list", json!({})).as_array().unwrap().len(), 0);
}
