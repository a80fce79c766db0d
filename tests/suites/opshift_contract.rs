//! OpShift's answers over real sockets: every status, limit and error of its page "Trigger alert".

use creel_tests::{Connection, Creel, Request, Response, Setup, ShiftedClock, sign};
use serde_json::{Value, json};

use crate::deliver::newest;

/// A webhook of one Creel, with the team's secret.
pub struct Webhook {
    pub path: String,
    pub slug: String,
    pub secret: String,
}

/// Makes a webhook; the first one of a Creel brings the secret, later ones are given it.
pub fn webhook(creel: &Creel, slug: &str, more: Value) -> Webhook {
    let mut draft = json!({ "name": slug, "slug": slug });
    draft.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let made = creel.manage(Request::post("/api/alert-webhooks", draft.to_string()));
    assert_eq!(made.status, 201, "{}", made.text());
    let text = |name: &str| made.json()[name].as_str().unwrap_or_default().to_owned();
    Webhook { path: text("path"), slug: text("slug"), secret: text("team_secret") }
}

pub fn signed(path: &str, secret: &str, body: &str) -> Request {
    Request::post(path, body)
        .header("Content-Type", "application/json")
        .header("X-Webhook-Signature", sign::hex(secret, body.as_bytes()))
}

fn send(creel: &Creel, hook: &Webhook, body: &Value) -> Response {
    creel.deliver(&signed(&hook.path, &hook.secret, &body.to_string()))
}

/// Status of the answer, and `status` or `error` of its body.
fn said(answer: &Response) -> (u16, String) {
    let body = answer.json();
    let words = body["error"].as_str().or(body["status"].as_str()).unwrap_or_default();
    (answer.status, words.to_owned())
}

/// A page of alerts.
pub fn alerts(creel: &Creel, query: &str) -> Vec<Value> {
    let answer = creel.manage(Request::get(&format!("/api/alerts{query}")));
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()["items"].as_array().unwrap().clone()
}

fn resolve(creel: &Creel, id: &Value) -> Value {
    let answer = creel.manage(Request::post(&format!("/api/alerts/{}/resolve", id.as_str().unwrap()), ""));
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

#[test]
fn an_alert_is_created_then_gathers_occurrences_then_reopens() {
    let creel = Creel::start();
    let hook = webhook(&creel, "deploy-failures", json!({}));
    let body = json!({ "title": "Deploy failed: api-gateway", "group_key": "deploy:api-gateway" });
    let first = send(&creel, &hook, &body);
    let id = first.json()["alertId"].clone();
    assert_eq!(first.status, 200);
    assert_eq!(first.header("content-type"), Some("application/json"));
    assert!(id.as_str().is_some_and(|id| id.len() == 24 && id.bytes().all(|b| b.is_ascii_hexdigit())), "{id}");
    assert_eq!(
        first.text(),
        format!(r#"{{"alertId":{id},"status":"created","message":"Alert created","occurrenceCount":1}}"#)
    );
    let second = send(&creel, &hook, &body);
    let message = "Occurrence added to open alert";
    assert_eq!(
        second.json(),
        json!({ "alertId": id, "status": "occurrence_added", "message": message, "occurrenceCount": 2 })
    );
    assert_eq!(resolve(&creel, &id)["status"], "resolved");
    let third = send(&creel, &hook, &body);
    assert_eq!(
        third.json(),
        json!({ "alertId": id, "status": "reopened", "message": "Alert reopened", "occurrenceCount": 3 })
    );
    let row = newest(&creel);
    assert_eq!((row["outcome"].as_str(), row["signature"].as_str()), (Some("accepted"), Some("valid")));
    assert_eq!(row["contract"], "opshift");
    let occurrences = creel.manage(Request::get(&format!("/api/alerts/{}/occurrences", id.as_str().unwrap()))).json();
    assert_eq!(occurrences["items"].as_array().unwrap().len(), 3);
    assert_eq!(occurrences["items"][0]["delivery_id"], row["id"], "the latest occurrence names its delivery");
    let run = &creel.executions(json!({ "delivery": row["id"] }))[0];
    assert_eq!((run["action"].as_str(), run["status"].as_str()), (Some("raise_alert"), Some("succeeded")));
}

#[test]
fn after_the_reopen_window_the_same_group_is_a_new_alert() {
    let clock = std::sync::Arc::new(ShiftedClock::new());
    let creel = Creel::start_with(Setup { clock: Some(std::sync::Arc::clone(&clock)), ..Setup::default() });
    let hook = webhook(&creel, "a", json!({}));
    let body = json!({ "title": "t" });
    let first = send(&creel, &hook, &body).json();
    resolve(&creel, &first["alertId"]);
    clock.shift_to(24 * 3600 + 60);
    let later = send(&creel, &hook, &body).json();
    assert_eq!((&later["status"], &later["occurrenceCount"]), (&json!("created"), &json!(1)));
    assert_ne!(later["alertId"], first["alertId"]);
    let reopen = |id: &Value| creel.manage(Request::post(&format!("/api/alerts/{}/reopen", id.as_str().unwrap()), ""));
    assert_eq!(reopen(&first["alertId"]).status, 409, "its group went on in the newer one");
    resolve(&creel, &later["alertId"]);
    assert_eq!(reopen(&later["alertId"]).json()["status"], "open");
    resolve(&creel, &later["alertId"]);
    clock.shift_to(47 * 3600);
    assert_eq!(send(&creel, &hook, &body).json()["status"], "reopened", "within the window of the second");
}

#[test]
fn without_a_group_key_the_title_at_the_webhook_is_the_group() {
    let creel = Creel::start();
    let one = webhook(&creel, "one", json!({}));
    let two = Webhook { secret: one.secret.clone(), ..webhook(&creel, "two", json!({})) };
    let status = |hook: &Webhook, body: Value| send(&creel, hook, &body).json()["status"].clone();
    assert_eq!(status(&one, json!({ "title": "t" })), "created");
    assert_eq!(status(&one, json!({ "title": "t", "description": "another" })), "occurrence_added");
    assert_eq!(status(&one, json!({ "title": "T" })), "created");
    assert_eq!(status(&two, json!({ "title": "t" })), "created");
    assert_eq!(status(&one, json!({ "title": "x", "group_key": "k" })), "created");
    assert_eq!(status(&two, json!({ "title": "y", "group_key": "k" })), "occurrence_added", "identical keys fold");
}

#[test]
fn every_error_has_its_status_and_words() {
    let creel = Creel::start();
    let hook = webhook(&creel, "w", json!({}));
    let good = r#"{"title":"t"}"#;
    let unknown = creel.deliver(&signed("/api/alerts/trigger/unknown", &hook.secret, good));
    assert_eq!(said(&unknown), (404, "Webhook not found".to_owned()));
    let missing = creel.deliver(&Request::post(&hook.path, good).header("Content-Type", "application/json"));
    assert_eq!(said(&missing), (401, "Missing webhook signature".to_owned()));
    assert_eq!(newest(&creel)["reason_code"], "signature_missing");
    let hex = sign::hex(&hook.secret, good.as_bytes());
    for wrong in [sign::hex("wrong", good.as_bytes()), format!("sha256={hex}"), hex[..63].to_owned(), "zz".repeat(32)] {
        let request = Request::post(&hook.path, good).header("Content-Type", "application/json");
        let answer = creel.deliver(&request.header("X-Webhook-Signature", wrong.clone()));
        assert_eq!(said(&answer), (401, "Invalid webhook signature".to_owned()), "{wrong}");
    }
    let upper = Request::post(&hook.path, good).header("Content-Type", "application/json");
    let upper = creel.deliver(&upper.header("X-Webhook-Signature", hex.to_uppercase()));
    assert_eq!(upper.status, 200, "hex of either case");
    for media in [None, Some("text/plain"), Some("application/x-www-form-urlencoded")] {
        let request = Request::new("POST", &hook.path).with_body(good).header("X-Webhook-Signature", hex.clone());
        let request = media.into_iter().fold(request, |request, media| request.header("Content-Type", media));
        let words = "Content-Type must be application/json".to_owned();
        assert_eq!(said(&creel.deliver(&request)), (400, words), "{media:?}");
    }
    let with_charset = Request::post(&hook.path, good)
        .header("Content-Type", "application/json; charset=utf-8")
        .header("X-Webhook-Signature", hex.clone());
    assert_eq!(creel.deliver(&with_charset).status, 200);
    creel
        .manage(Request::new("PATCH", &format!("/api/alert-webhooks/{}", hook.slug)).with_body(r#"{"enabled":false}"#));
    let disabled = creel.deliver(&signed(&hook.path, &hook.secret, good));
    assert_eq!(said(&disabled), (404, "Webhook not found".to_owned()), "disabled answers as unknown");
    assert_eq!(newest(&creel)["outcome"], "disabled");
    let put = creel.deliver(&Request::new("PUT", &hook.path).with_body(good));
    assert_eq!(put.status, 405);
}

#[test]
fn every_limit_of_the_body_is_400_naming_field_and_limit() {
    let creel = Creel::start();
    let hook = webhook(&creel, "w", json!({ "rate_per_minute": 0 }));
    let text = |n: usize| "é".repeat(n);
    let nested = |levels: usize| (1..levels).fold(json!({}), |inner, _| json!({ "in": inner }));
    let kilobytes = |n: usize| json!({ "x": "y".repeat(n * 1024 - r#"{"x":""}"#.len()) });
    for (good, bad, field, limit) in [
        (json!({ "title": text(200) }), json!({ "title": text(201) }), "title", "200"),
        (
            json!({ "title": "t", "description": text(2000) }),
            json!({ "title": "t", "description": text(2001) }),
            "description",
            "2000",
        ),
        (
            json!({ "title": "t", "group_key": text(200) }),
            json!({ "title": "t", "group_key": text(201) }),
            "group_key",
            "200",
        ),
        (json!({ "title": "t", "severity": "sev0" }), json!({ "title": "t", "severity": "sev5" }), "severity", "sev4"),
        (
            json!({ "title": "t", "metadata": kilobytes(100) }),
            json!({ "title": "t", "metadata": kilobytes(101) }),
            "metadata",
            "100 KB",
        ),
        (
            json!({ "title": "t", "metadata": nested(10) }),
            json!({ "title": "t", "metadata": nested(11) }),
            "metadata",
            "10 nesting levels",
        ),
        (json!({ "title": "t", "metadata": {} }), json!({ "title": "t", "metadata": [] }), "metadata", "object"),
        (json!({ "title": "t" }), json!({ "description": "no title" }), "title", "required"),
        (json!({ "title": "t" }), json!({ "title": "" }), "title", "required"),
    ] {
        assert_eq!(send(&creel, &hook, &good).status, 200, "{field} within {limit}");
        let (status, words) = said(&send(&creel, &hook, &bad));
        assert!(status == 400 && words.contains(field) && words.contains(limit), "{field}: {status} {words}");
        assert_eq!(newest(&creel)["reason_code"], "invalid_input", "{field}");
    }
    let broken = creel.deliver(&signed(&hook.path, &hook.secret, "{\n oops"));
    let (status, words) = said(&broken);
    assert!(status == 400 && words.contains("line 2 column"), "{words}");
    assert_eq!(newest(&creel)["reason_code"], "invalid_json");
}

#[test]
fn a_filter_rule_suppresses_with_the_documents_reason() {
    let creel = Creel::start();
    let rule = json!({ "match": "all", "effect": "drop",
        "rules": [{ "field": "metadata.branch", "operator": "ne", "value": "main", "type": "string" }] });
    let hook = webhook(&creel, "w", json!({ "filter_rules": [rule] }));
    let answer = send(&creel, &hook, &json!({ "title": "t", "metadata": { "branch": "dev" } }));
    assert_eq!(
        answer.text(),
        r#"{"status":"filtered","message":"Alert suppressed by filter rule","reason":"metadata.branch != main"}"#
    );
    assert_eq!(answer.status, 200);
    let row = newest(&creel);
    assert_eq!((row["outcome"].as_str(), row["reason"].as_str()), (Some("filtered"), Some("metadata.branch != main")));
    assert!(alerts(&creel, "").is_empty());
    assert_eq!(
        send(&creel, &hook, &json!({ "title": "t", "metadata": { "branch": "main" } })).json()["status"],
        "created"
    );
}

#[test]
fn severity_is_the_bodys_else_the_webhooks_else_sev3_and_rules_override_it() {
    let creel = Creel::start();
    let plain = webhook(&creel, "plain", json!({}));
    let same = |slug: &str, more: Value| Webhook { secret: plain.secret.clone(), ..webhook(&creel, slug, more) };
    let own = same("own", json!({ "default_severity": "sev1" }));
    let rule = json!({ "effect": "severity", "severity": "sev0",
        "rules": [{ "field": "title", "operator": "re", "value": "^prod", "type": "string" }] });
    let ruled = same("ruled", json!({ "default_severity": "sev4", "filter_rules": [rule] }));
    for (hook, body, severity) in [
        (&plain, json!({ "title": "a" }), "sev3"),
        (&own, json!({ "title": "b" }), "sev1"),
        (&own, json!({ "title": "c", "severity": "sev2" }), "sev2"),
        (&ruled, json!({ "title": "prod is down" }), "sev0"),
        (&ruled, json!({ "title": "test is down" }), "sev4"),
    ] {
        assert_eq!(send(&creel, hook, &body).status, 200);
        assert_eq!(alerts(&creel, "?limit=1")[0]["severity"], severity, "{body}");
    }
}

#[test]
fn the_rate_of_a_webhook_is_429_with_retry_after_and_says_which() {
    let creel = Creel::start();
    let hook = webhook(&creel, "w", json!({}));
    let other = Webhook { secret: hook.secret.clone(), ..webhook(&creel, "other", json!({})) };
    let mut connection = Connection::open(&creel.receiver).unwrap();
    let request = signed(&hook.path, &hook.secret, r#"{"title":"t"}"#);
    let bad = signed(&hook.path, &hook.secret, r#"{"severity":"sev1"}"#);
    let begun = std::time::Instant::now();
    let mut answers = (0..600).map(|_| connection.send(&request).unwrap());
    let taken = answers.by_ref().take_while(|answer| answer.status == 200).count();
    // A slow machine gives it time to have more: one a second becomes free again.
    let most = 61 + begun.elapsed().as_secs();
    assert!((60..=most).contains(&(taken as u64)), "{taken} of 60 a minute");
    drop(answers);
    let over = connection.send(&request).unwrap();
    assert_eq!(said(&over), (429, "Webhook rate limit exceeded".to_owned()));
    assert!(over.header("retry-after").is_some_and(|wait| wait.parse::<u32>().is_ok_and(|wait| wait >= 1)));
    assert_eq!(newest(&creel)["outcome"], "limited");
    assert_eq!(connection.send(&bad).unwrap().status, 400, "what is no alert does not count");
    assert_eq!(send(&creel, &other, &json!({ "title": "t" })).status, 200, "each webhook has its own");
}

#[test]
fn the_monthly_quota_is_429_and_says_so() {
    let clock = Some(std::sync::Arc::new(ShiftedClock::mid_month()));
    let creel = Creel::start_with(Setup { clock, ..Setup::default() });
    let hook = webhook(&creel, "w", json!({}));
    let team = creel.manage(Request::new("PATCH", "/api/team").with_body(r#"{"alerts_per_month":2}"#));
    assert_eq!(team.json()["alerts_per_month"], 2);
    assert_eq!(send(&creel, &hook, &json!({ "title": "a" })).status, 200);
    assert_eq!(send(&creel, &hook, &json!({ "title": "a" })).status, 200);
    let over = send(&creel, &hook, &json!({ "title": "b" }));
    assert_eq!(said(&over), (429, "Monthly alert quota exhausted".to_owned()));
    assert!(over.header("retry-after").is_some());
    let row = newest(&creel);
    assert_eq!((row["outcome"].as_str(), row["reason_code"].as_str()), (Some("limited"), Some("quota_exhausted")));
    assert_eq!(alerts(&creel, "").len(), 1, "nothing was raised");
    assert_eq!(creel.manage(Request::get("/api/team")).json()["alerts_this_month"], 2);
}

#[test]
fn the_teams_secret_is_shown_once_and_rotates_with_a_grace() {
    let clock = std::sync::Arc::new(ShiftedClock::new());
    let creel = Creel::start_with(Setup { clock: Some(std::sync::Arc::clone(&clock)), ..Setup::default() });
    let first = creel.manage(Request::get("/api/team/secret"));
    assert_eq!(first.status, 200, "{}", first.text());
    let old = first.json()["secret"].as_str().unwrap().to_owned();
    let again = creel.manage(Request::get("/api/team/secret"));
    assert_eq!((again.status, again.json()["error"]["code"].as_str()), (409, Some("conflict")), "{}", again.text());
    let hook = webhook(&creel, "w", json!({}));
    assert_eq!(hook.secret, "", "it is there already, so it is not shown");
    let rotated = creel.manage(Request::post("/api/team/rotate-secret", "")).json();
    assert_eq!(rotated["grace_period_hours"], 24);
    let new = rotated["secret"].as_str().unwrap();
    let status = |secret: &str| creel.deliver(&signed(&hook.path, secret, r#"{"title":"t"}"#)).status;
    assert_eq!((status(new), status(&old)), (200, 200), "both work within the grace");
    assert_eq!(newest(&creel)["signature"], "previous");
    clock.shift_to(24 * 3600 + 60);
    assert_eq!((status(new), status(&old)), (200, 401), "and then the new one alone");
}

#[test]
fn alerts_are_listed_acknowledged_and_resolved() {
    let creel = Creel::start();
    let hook = webhook(&creel, "w", json!({}));
    let id = send(&creel, &hook, &json!({ "title": "a", "description": "why", "severity": "sev1" })).json()["alertId"]
        .clone();
    send(&creel, &hook, &json!({ "title": "b" }));
    let path = |what: &str| format!("/api/alerts/{}{what}", id.as_str().unwrap());
    let one = creel.manage(Request::get(&path(""))).json();
    assert_eq!((&one["title"], &one["description"], &one["severity"]), (&json!("a"), &json!("why"), &json!("sev1")));
    assert_eq!((&one["status"], &one["occurrenceCount"]), (&json!("open"), &json!(1)));
    assert_eq!(creel.manage(Request::post(&path("/acknowledge"), "")).json()["status"], "acknowledged");
    assert_eq!(alerts(&creel, "?status=open").len(), 1);
    assert_eq!(alerts(&creel, "?status=acknowledged")[0]["id"], id);
    assert_eq!(send(&creel, &hook, &json!({ "title": "a" })).json()["status"], "occurrence_added", "it is still open");
    resolve(&creel, &id);
    assert_eq!(creel.manage(Request::post(&path("/acknowledge"), "")).status, 409);
    assert_eq!(creel.manage(Request::get("/api/alerts/000000000000000000000000")).status, 404);
}

#[test]
fn webhooks_are_made_listed_changed_and_deleted() {
    let creel = Creel::start();
    let hook = webhook(&creel, "deploy-failures", json!({ "reopen_hours": 1 }));
    assert_eq!(hook.path, "/api/alerts/trigger/deploy-failures");
    let list = creel.manage(Request::get("/api/alert-webhooks")).json();
    assert_eq!(list["items"][0]["rate_per_minute"], 60, "{list}");
    let path = "/api/alert-webhooks/deploy-failures";
    let changed = creel.manage(Request::new("PATCH", path).with_body(r#"{"default_severity":"sev0"}"#)).json();
    assert_eq!((&changed["default_severity"], &changed["reopen_hours"]), (&json!("sev0"), &json!(1)));
    let rule =
        r#"{"filter_rules":[{"effect":"drop","rules":[{"field":"a","operator":"gt","value":"x","type":"number"}]}]}"#;
    let refused = creel.manage(Request::new("PATCH", path).with_body(rule));
    assert_eq!(
        (refused.status, refused.json()["error"]["code"].as_str()),
        (422, Some("invalid")),
        "{}",
        refused.text()
    );
    let taken = json!({ "name": "again", "slug": "deploy-failures" }).to_string();
    assert_eq!(creel.manage(Request::post("/api/alert-webhooks", taken)).status, 409);
    assert_eq!(creel.manage(Request::new("DELETE", path)).status, 204);
    assert_eq!(creel.deliver(&signed(&hook.path, &hook.secret, "{}")).status, 404);
}
