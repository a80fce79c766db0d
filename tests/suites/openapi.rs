//! The OpenAPI document against the routes that it describes: every one is locked, and schemathesis finds no server error
//! and no answer that the document does not describe.

use std::process::Command;

use creel_tests::wire::Connection;
use creel_tests::{Creel, Request, tools};
use serde_json::{Value, json};

/// Seconds that an answer may take: a busy machine with a slow disk, not a promise of speed.
const PATIENCE: &str = "60";
/// Generated requests for one operation in the phase that invents values.
const EXAMPLES: &str = "5";
/// What is checked. Values beyond a schema's bounds are not all refused: pages are clamped, unknown fields forgiven.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,\
    response_headers_conformance,response_schema_conformance";

fn document(creel: &Creel) -> Value {
    creel.manage(Request::get("/openapi.json")).json()
}

#[test]
fn every_route_of_the_document_is_401_without_a_token() {
    let creel = Creel::start();
    let mut locked = 0;
    for (path, operations) in document(&creel)["paths"].as_object().unwrap() {
        let mut at = path.clone();
        while let (Some(open), Some(close)) = (at.find('{'), at.find('}')) {
            at.replace_range(open..=close, "x");
        }
        for (method, operation) in operations.as_object().unwrap() {
            if operation["security"] == json!([]) {
                continue;
            }
            let request = Request::new(&method.to_uppercase(), &at).header("Content-Type", "application/json");
            let answer = creel_tests::wire::send(&creel.control, &request.with_body("{}"));
            assert_eq!(answer.status, 401, "{method} {path}: {}", answer.text());
            locked += 1;
        }
    }
    assert!(locked > 150, "{locked} locked operations");
}

#[test]
fn schemathesis_finds_no_server_error_and_no_answer_beside_the_document() {
    let creel = Creel::start();
    let cookie = format!("Cookie: {}", creel.cookie());
    // With made-up values these would start programs, call at services of other people, or show a message on the desktop of
    // whoever runs this; where nobody is there to answer, they say so with 502.
    let left_out = ["/events", "/rpc/tunnel_start", "/rpc/github_sign_in", "/rpc/gitlab_sign_in", "/rpc/channel_link"];
    schemathesis(&creel, &cookie, |path| !path.starts_with("/session") && !left_out.contains(&path));
    assert!(creel.deliveries("").len() < 100_000, "it still answers");
}

/// By themselves and under the token: the session of the others must not be closed, and made-up codes are slowed down.
#[test]
fn schemathesis_finds_the_sessions_routes_to_be_as_the_document_says() {
    let creel = Creel::start();
    schemathesis(&creel, &format!("X-API-Key: {}", creel.token), |path| path.starts_with("/session"));
    let session = creel.manage_with_token(Request::post("/session/code", ""));
    assert_eq!(session.status, 200, "it still answers: {}", session.text());
}

/// By itself: the stream does not end, which schemathesis would wait for.
#[test]
fn the_stream_of_events_is_as_the_document_says() {
    let creel = Creel::start();
    let said = &document(&creel)["paths"]["/events"]["get"]["responses"]["200"]["content"];
    let kinds: Vec<_> = said.as_object().unwrap().keys().collect();
    let mut line = Connection::open(&creel.control).unwrap();
    let ask = Request::get("/events").header("X-API-Key", creel.token.as_str());
    line.write(&ask.bytes(creel.control.trim_start_matches("http://"))).unwrap();
    assert_eq!(line.read_line_with("HTTP/1.1").unwrap().trim(), "HTTP/1.1 200 OK");
    let kind = line.read_line_with("content-type").unwrap();
    assert_eq!(kinds, [kind.split_once(": ").unwrap().1.trim()]);
    creel.rpc("list_create", json!({ "name": "Told" }));
    let message = line.read_line_with("\"list\"").unwrap();
    assert!(message.starts_with("data: {"), "{message}");
}

/// Runs it over the paths that `takes` says, with this header.
fn schemathesis(creel: &Creel, header: &str, takes: impl Fn(&str) -> bool) {
    let file = creel.folder().join("openapi.json");
    std::fs::write(&file, testable(document(creel), takes).to_string()).unwrap();
    let python = tools::python_of("schemathesis");
    let output = Command::new(python.with_file_name("schemathesis"))
        .args(["run", file.to_str().unwrap(), "--url", &creel.control, "--checks", CHECKS])
        .args(["--phases", "examples,coverage,fuzzing", "--max-examples", EXAMPLES, "--generation-deterministic"])
        .args(["--header", header, "--request-timeout", PATIENCE])
        // What it makes up hangs on the order of Python's sets, too.
        .env("PYTHONHASHSEED", "0")
        .args(["--suppress-health-check", "all", "--warnings", "off", "--no-color"])
        // It keeps what it found for its next run; that belongs to this one.
        .current_dir(creel.folder())
        .output()
        .unwrap();
    let (said, complained) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{}\n{said}\n{complained}", output.status);
}

#[test]
fn a_trigger_takes_no_settings_of_another_contract() {
    let creel = Creel::start();
    let rule = json!({ "match": "all", "effect": "drop", "rules": [] });
    let draft =
        json!({ "name": "n", "slug": "n", "scheme": "github", "settings": { "opshift": { "filter_rules": [rule] } } });
    let refused = creel.try_rpc("trigger_create", draft);
    assert_eq!((refused.status, &refused.json()["field"]), (422, &json!("settings")), "{}", refused.text());
}

/// The document of some paths without its locks: the header opens them, and a wrong token made up beside it would not.
fn testable(mut document: Value, takes: impl Fn(&str) -> bool) -> Value {
    let top = document.as_object_mut().unwrap();
    top.remove("security");
    top["components"].as_object_mut().unwrap().remove("securitySchemes");
    let paths = top["paths"].as_object_mut().unwrap();
    paths.retain(|path, _| takes(path));
    for operation in paths.values_mut().flat_map(|path| path.as_object_mut().unwrap().values_mut()) {
        operation.as_object_mut().unwrap().remove("security");
    }
    document
}
