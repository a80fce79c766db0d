//! Challenges at the socket: answered where the endpoint is of that sender, and only there.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use creel_tests::{Creel, Request, sign};
use serde_json::json;

use crate::deliver::{newest, task_trigger};

#[test]
fn each_sender_s_first_question_is_answered_and_does_nothing() {
    let creel = Creel::start();
    let at = |scheme: &str| task_trigger(&creel, scheme, scheme, json!({}));
    let (dropbox, okta, graph, trello, meta) =
        (at("dropbox"), at("okta"), at("microsoft-graph"), at("trello"), at("meta"));
    let path = |endpoint: &creel_tests::creel::Endpoint, query: &str| format!("{}{query}", endpoint.path);
    let verify = format!("?hub.mode=subscribe&hub.verify_token={}&hub.challenge=1158201444", meta.id);
    let asked = [
        (Request::get(&path(&dropbox, "?challenge=abc")), "text/plain; charset=utf-8", "abc"),
        (
            Request::get(&path(&okta, "")).header("X-Okta-Verification-Challenge", "xyz"),
            "application/json",
            r#"{"verification":"xyz"}"#,
        ),
        (Request::new("POST", &path(&graph, "?validationToken=a%20b")), "text/plain; charset=utf-8", "a b"),
        (Request::get(&path(&meta, &verify)), "text/plain; charset=utf-8", "1158201444"),
    ];
    for (request, kind, body) in asked {
        let answer = creel.deliver(&request);
        assert_eq!((answer.status, answer.text().as_str()), (200, body));
        assert_eq!(answer.header("content-type"), Some(kind));
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        let row = newest(&creel);
        assert_eq!((&row["outcome"], &row["reason_code"]), (&json!("accepted"), &json!("handshake")), "{row}");
    }
    assert_eq!(creel.deliver(&Request::get(&path(&meta, &verify.replace(&meta.id, "trg_x")))).status, 405);
    assert_eq!(creel.deliver(&Request::get(&path(&trello, "?challenge=abc"))).status, 405, "not Dropbox");
    assert_eq!(creel.deliver(&Request::get(&path(&dropbox, &format!("?challenge={}", "x".repeat(4097))))).status, 405);
    assert_eq!(creel.tasks().len(), 0);
}

#[test]
fn a_key_that_a_stranger_sends_is_not_learnt() {
    let creel = Creel::start();
    for (scheme, header) in [("asana", Some("X-Hook-Secret")), ("notion", None)] {
        let endpoint = task_trigger(&creel, scheme, scheme, json!({}));
        let request = Request::post(&endpoint.path, br#"{"verification_token":"stranger"}"#);
        let request = header.into_iter().fold(request, |request, name| request.header(name, "stranger"));
        let answer = creel.deliver(&request);
        assert_eq!(answer.status, 401, "{scheme}: {}", answer.text());
        assert_eq!(answer.header("x-hook-secret"), None);
    }
}

#[test]
fn xero_gets_its_two_hundreds_and_its_refusals_without_a_body() {
    let creel = Creel::start();
    let at = task_trigger(&creel, "xero", "xero", json!({}));
    let question = r#"{"events":[],"lastEventSequence":0,"firstEventSequence":0,"entropy":"S0m3r4Nd0mt3xt"}"#;
    let event = r#"{"events":[{"eventType":"CREATE"}],"lastEventSequence":1,"firstEventSequence":1,"entropy":"x"}"#;
    for (body, tasks) in [(question, 0), (event, 1)] {
        let signature = BASE64_STANDARD.encode(sign::hmac(at.secret.as_bytes(), body.as_bytes()));
        let wrong = BASE64_STANDARD.encode(sign::hmac(b"another key", body.as_bytes()));
        for (signature, status) in [(signature, 200), (wrong, 401), (String::new(), 401)] {
            let answer = creel.deliver(&Request::post(&at.path, body).header("x-xero-signature", signature));
            assert_eq!((answer.status, answer.text().as_str()), (status, ""), "{body}");
            assert_eq!((answer.header("content-type"), answer.header("set-cookie")), (None, None));
        }
        assert_eq!(creel.tasks().len(), tasks);
    }
    let change = json!({ "reply": { "status": 204, "headers": [], "body": "", "delay_ms": 0 } });
    creel.rpc("trigger_update", json!({ "id": at.id, "change": change }));
    let body = event.replace("CREATE", "UPDATE");
    let signature = BASE64_STANDARD.encode(sign::hmac(at.secret.as_bytes(), body.as_bytes()));
    let answer = creel.deliver(&Request::post(&at.path, body).header("x-xero-signature", signature));
    assert_eq!(answer.status, 204, "the user's own reply counts");
}
