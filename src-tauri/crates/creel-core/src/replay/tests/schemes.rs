//! Every scheme, whole and broken in every way.

use serde_json::json;

use super::bench::Bench;
use crate::authenticate::{IdRule, Scheme, Secret, Selector, UrlForm, schemes};

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const FORM: &str = "id=1&type=deploy.failed&title=x";
const BODY: &str = r#"{"id": "evt_1", "event_id": "Ev1", "type": "deploy.failed", "title": "x"}"#;

/// Docker Hub's proof is in the address that it was given, so nobody but it can send there. Keys of RSA are made elsewhere.
fn every() -> impl Iterator<Item = &'static Scheme> {
    schemes::all().iter().filter(|scheme| scheme.key != "docker-hub" && scheme.makes_secret())
}

async fn delivered(bench: &Bench, key: &str) -> String {
    let scheme = schemes::find(key).unwrap();
    let readable = scheme.check_secret(&Secret::new(SECRET).unwrap()).is_ok();
    let secret = if readable { SECRET.to_owned() } else { scheme.new_secret(&[7; 32]).expose().to_owned() };
    let (_, path) = bench.trigger(json!({"name": key, "scheme": key, "secret": secret})).await;
    let (kind, body) = match scheme.url {
        UrlForm::Twilio => ("application/x-www-form-urlencoded", FORM),
        _ => ("application/json", BODY),
    };
    let mut extra = vec![("Content-Type", kind), ("X-GitHub-Delivery", "1")];
    if scheme.id.as_ref().is_some_and(|rule| rule.required) {
        extra.extend(scheme.id_header().map(|name| (name, "msg_1")));
    }
    bench.arrives(&path, key, &secret, &extra, body).await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_scheme_is_replayed_as_a_new_event() {
    let bench = Bench::new().await;
    for scheme in every() {
        let id = delivered(&bench, &scheme.key).await;
        let draft = json!({"delivery_id": id, "target": "original", "new_event_id": true});
        // An hour later the old signature of a scheme with a time would be stale.
        bench.clock.shift_ms(3_600_000);
        let result = bench.replay(draft).await;
        let new = &result["delivery"];
        assert_eq!(
            (&new["outcome"], &new["signature"]),
            (&json!("accepted"), &json!("valid")),
            "{}: {result}",
            scheme.key
        );
        let before = bench.call("delivery_get", json!({"id": id})).await["delivery"]["event_id"].clone();
        let there = ["github", "octipus", "orloj-github", "standard-webhooks", "stripe", "slack"];
        assert!(!before.is_null() || !there.contains(&scheme.key.as_str()), "{}", scheme.key);
        let in_array = |rule: &IdRule| matches!(&rule.from[0], Selector::Json(pointer) if pointer.contains("/0/"));
        let has = |rule: &IdRule| rule.from[0].header().is_some() || !before.is_null();
        if scheme.id.as_ref().is_some_and(|rule| has(rule) && !in_array(rule)) {
            assert!(new["event_id"].is_string() && new["event_id"] != before, "{}: {result}", scheme.key);
        }
    }
    let tasks = bench.call("tasks_list", json!({"limit": 500})).await;
    assert_eq!(tasks["items"].as_array().map(Vec::len), Some(2 * every().count()));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_way_to_break_a_signature_is_answered_401_with_its_reason() {
    let bench = Bench::new().await;
    for scheme in every() {
        let id = delivered(&bench, &scheme.key).await;
        for (broken, reason) in [
            ("wrong_secret", "signature_mismatch"),
            ("altered_byte", "signature_mismatch"),
            ("stale_time", "timestamp_outside_window"),
        ] {
            let draft = json!({"delivery_id": id, "target": "original", "new_event_id": true, "broken": broken});
            if broken == "stale_time" && scheme.timestamp.is_none() {
                assert_eq!(bench.refused("replay_send", draft).await.field.as_deref(), Some("broken"));
                continue;
            }
            let unsigned_body = !scheme.signs_body() && broken == "altered_byte";
            let plan = bench.call("replay_plan", draft.clone()).await;
            let result = bench.replay(draft).await;
            if unsigned_body {
                assert!(plan["warnings"].to_string().contains("does not cover the body"), "{plan}");
                continue;
            }
            assert_eq!(result["answer"]["status"], 401, "{} {broken}: {result}", scheme.key);
            assert_eq!(result["delivery"]["reason_code"], reason, "{} {broken}", scheme.key);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chosen_time_is_signed_and_an_old_signature_is_refused_as_stale() {
    let bench = Bench::new().await;
    let id = delivered(&bench, "stripe").await;
    bench.clock.shift_ms(3_600_000);
    let draft = |more: serde_json::Value| {
        let mut draft = json!({"delivery_id": id, "target": "original", "new_event_id": true});
        draft.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        draft
    };
    let now = 1_763_703_600;
    for (at, outcome) in [(now, "accepted"), (now - 300, "accepted"), (now - 301, "rejected"), (now + 301, "rejected")]
    {
        assert_eq!(bench.replay(draft(json!({"at": at}))).await["delivery"]["outcome"], outcome, "{at}");
    }
    let result = bench.replay(draft(json!({"signing": "as_received"}))).await;
    assert_eq!(result["delivery"]["reason_code"], "timestamp_outside_window", "{result}");
    let plan = bench.call("replay_plan", draft(json!({"signing": "as_received"}))).await;
    assert!(plan["warnings"].to_string().contains("the event id stays"), "{plan}");
}
