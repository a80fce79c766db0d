//! What is locked, for whom, and with which answer.

use serde_json::json;

use super::running::Running;
use crate::control::document;
use crate::receive::tests::recorder::until;

#[tokio::test]
async fn every_route_of_the_document_is_401_without_a_token_and_never_runs() {
    let site = Running::new().await;
    let document = document();
    let mut seen = 0;
    for (path, operations) in document["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            if operation["security"].as_array().is_some_and(Vec::is_empty) {
                continue;
            }
            let path = path.replace("{project}", "local").replace("{id}", "x");
            let answer = site.ask(&format!("{} {path}", method.to_uppercase()), "", "").await;
            assert_eq!(answer.status, 401, "{method} {path}: {answer:?}");
            assert!(answer.body.contains("no token"), "{method} {path}, whatever its envelope: {answer:?}");
            seen += 1;
        }
    }
    assert!(seen > 60, "{seen} routes");
    assert!(site.script.calls.lock().unwrap().is_empty());
    assert_eq!(site.ask("GET /nowhere", "", "").await.status, 401, "nobody learns the routes");
    assert_eq!(site.authorised("GET /nowhere", "").await.status, 404);
}

#[tokio::test]
async fn a_wrong_host_origin_or_site_is_403_even_with_the_token() {
    let site = Running::new().await;
    site.script.says("status", json!({}));
    let token = format!("X-API-Key: {}\r\n", site.token.expose());
    for lines in [
        "Host: evil.test\r\n".to_owned(),
        "Host: 127.0.0.1\r\n".to_owned(),
        "Origin: http://evil.test\r\n".to_owned(),
        "Origin: null\r\n".to_owned(),
        "Sec-Fetch-Site: cross-site\r\n".to_owned(),
        "Sec-Fetch-Site: same-site\r\n".to_owned(),
    ] {
        let answer = site.ask("POST /rpc/status", &format!("{token}{lines}"), "{}").await;
        assert_eq!((answer.status, answer.json()["error"]["code"].clone()), (403, json!("forbidden")), "{lines}");
        assert_eq!(site.ask("GET /", &lines, "").await.status, 403, "also the page: {lines}");
    }
    assert!(site.script.calls.lock().unwrap().is_empty());
    let own = format!("{token}Origin: http://127.0.0.1:{}\r\nSec-Fetch-Site: same-origin\r\n", site.port);
    assert_eq!(site.ask("POST /rpc/status", &own, "{}").await.status, 200);
}

#[tokio::test]
async fn a_code_becomes_a_session_that_opens_everything_until_it_ends() {
    let site = Running::new().await;
    site.script.says("status", json!({}));
    assert_eq!(site.ask("POST /session/code", "", "").await.status, 401);
    let code = site.authorised("POST /session/code", "").await.json()["code"].as_str().unwrap().to_owned();
    let opened = site.ask("POST /session", "", &json!({ "code": code }).to_string()).await;
    assert_eq!(opened.status, 204, "{opened:?}");
    let cookie = opened.header("set-cookie").unwrap().to_owned();
    assert!(cookie.contains("HttpOnly; SameSite=Strict"), "{cookie}");
    let line = format!("Cookie: {}\r\n", cookie.split(';').next().unwrap());

    assert_eq!(site.ask("POST /session", "", &json!({ "code": code }).to_string()).await.status, 401, "once only");
    assert_eq!(site.ask("GET /session", &line, "").await.status, 204);
    assert_eq!(site.ask("POST /rpc/status", &line, "").await.status, 200);
    assert_eq!(site.ask("DELETE /session", &line, "").await.status, 204);
    assert_eq!(site.ask("GET /session", &line, "").await.status, 401);
    let by_token = site.ask("POST /session", "", &json!({ "token": site.token.expose() }).to_string()).await;
    assert_eq!(by_token.status, 204);
    for body in ["", "{}", "[]", r#"{"code":"a","token":"b"}"#, r#"{"code":7}"#] {
        assert_eq!(site.ask("POST /session", "", body).await.status, 400, "{body}");
    }
}

#[tokio::test]
async fn ten_wrong_tokens_a_minute_then_429() {
    let site = Running::new().await;
    for _ in 0..10 {
        assert_eq!(site.ask("GET /api/tasks", "X-API-Key: guess\r\n", "").await.status, 401);
    }
    let answer = site.ask("GET /api/tasks", "Authorization: Bearer guess\r\n", "").await;
    assert_eq!((answer.status, answer.header("retry-after")), (429, Some("60")));
}

#[tokio::test]
async fn delivery_routes_need_no_token_but_the_exact_host_and_no_browser() {
    let site = Running::new().await;
    assert_eq!(site.ask("POST /hooks/deploys", "X-A: 1\r\n", "body").await.status, 202);
    assert_eq!(site.ask("POST /api/webhooks/trigger/trg_1", "", "{}").await.status, 202);
    assert_eq!(site.recorder.delivered.lock().unwrap().len(), 2);
    assert_eq!(site.ask("POST /hooks/deploys", "Host: evil.test\r\n", "").await.status, 403);
    let own = format!("Origin: http://127.0.0.1:{}\r\n", site.port);
    assert_eq!(site.ask("POST /hooks/deploys", &own, "").await.status, 403);
    until("the browser's is recorded", || site.recorder.refused.lock().unwrap().len() == 1).await;
    assert_eq!(site.recorder.delivered.lock().unwrap().len(), 2);
    assert_eq!(site.ask("GET /healthz", "", "").await.json(), json!({ "status": "ok" }));
}

#[tokio::test]
async fn the_page_is_open_and_may_load_only_its_own() {
    let site = Running::new().await;
    let page = site.ask("GET /", "", "").await;
    assert_eq!((page.status, page.header("content-type")), (200, Some("text/html; charset=utf-8")));
    let policy = page.header("content-security-policy").unwrap();
    for part in ["default-src 'none'", "script-src 'self';", "connect-src 'self'", "frame-ancestors 'none'"] {
        assert!(policy.contains(part), "{part} in {policy}");
    }
    assert!(page.body.contains("Creel"));
    for path in ["/../Cargo.toml", "/assets/../../x", "/%2e%2e/x", "//index.html"] {
        assert_eq!(site.ask(&format!("GET {path}"), "", "").await.status, 401, "{path}");
    }
}
