//! Samples and requests that never came.

use serde_json::{Value, json};

use super::bench::Bench;
use crate::authenticate::schemes;

#[tokio::test(flavor = "multi_thread")]
async fn a_test_webhook_is_accepted_by_the_test_endpoint_as_often_as_it_is_sent() {
    let bench = Bench::new().await;
    for _ in 0..2 {
        let result = bench.call("send_test", json!({})).await;
        let delivery = &result["delivery"];
        let seen = (&delivery["outcome"], &delivery["signature"], &delivery["event"], &delivery["replay_of"]);
        assert_eq!(seen, (&json!("accepted"), &json!("valid"), &json!("push"), &Value::Null), "{result}");
        let detail = bench.call("delivery_get", json!({"id": delivery["id"]})).await;
        assert_eq!(detail["verdict"], "Accepted. Signature valid. No trigger matched.");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_trigger_takes_a_test_whatever_its_scheme() {
    let bench = Bench::new().await;
    // Docker Hub's proof is in the address that it was given.
    let sent = |key: &&str| *key != "docker-hub";
    let made = schemes::all().iter().filter(|scheme| scheme.makes_secret());
    for scheme in made.map(|scheme| scheme.key.as_str()).filter(sent).chain(["none"]) {
        let (id, _) = bench.trigger(json!({"name": scheme, "scheme": scheme})).await;
        for _ in 0..2 {
            let delivery = bench.call("send_test", json!({"trigger_id": id})).await["delivery"].clone();
            assert_eq!(
                (&delivery["outcome"], &delivery["endpoint"]),
                (&json!("accepted"), &json!(id)),
                "{scheme}: {delivery}"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trigger_in_the_place_of_the_test_endpoint_gets_the_test() {
    let bench = Bench::new().await;
    let draft = json!({"name": "Mine", "slug": "test", "scheme": "stripe"});
    let (id, _) = bench.trigger(draft).await;
    let delivery = bench.call("send_test", json!({})).await["delivery"].clone();
    assert_eq!((&delivery["endpoint"], &delivery["outcome"]), (&json!(id), &json!("accepted")), "{delivery}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_sample_passes_its_own_scheme() {
    let bench = Bench::new().await;
    let made = |key: &str| schemes::find(key).is_some_and(|scheme| scheme.makes_secret());
    for scheme in schemes::all().iter().filter(|scheme| scheme.makes_secret()) {
        let slug = scheme.key.replace('.', "-");
        bench.trigger(json!({"name": scheme.key, "slug": slug, "scheme": scheme.key})).await;
    }
    let triggers = bench.call("triggers_list", json!({})).await;
    let secrets_in_the_address = "docker-hub";
    for sample in bench.call("samples_list", json!({})).await.as_array().unwrap() {
        let mut schemes: Vec<_> = sample["also"].as_array().unwrap().iter().collect();
        schemes.push(&sample["scheme"]);
        for scheme in
            schemes.into_iter().filter(|scheme| *scheme != secrets_in_the_address && made(scheme.as_str().unwrap()))
        {
            let by = triggers.as_array().unwrap().iter().find(|row| row["trigger"]["scheme"] == *scheme).unwrap();
            let draft =
                json!({"sample": sample["key"], "target": {"trigger": by["trigger"]["id"]}, "new_event_id": true});
            let delivery = bench.replay(draft).await["delivery"].clone();
            let said = format!("{} as {scheme}: {delivery}", sample["key"]);
            assert_eq!(delivery["outcome"], "accepted", "{said}");
            let taken = delivery["trigger_ids"] == json!([by["trigger"]["id"]]);
            let asks = sample["asks"] == true && *scheme == sample["scheme"];
            assert_eq!(taken, !asks, "a question is answered and does nothing: {said}");
            assert!(delivery["signature"] == "valid" || sample["asks"] == true, "{said}");
            let shown = &delivery["event"];
            let named = shown.is_null() && without_names(scheme.as_str().unwrap());
            // A scheme that is not its own may show less of the name.
            let begins =
                |shown: &str| *scheme != sample["scheme"] && sample["event"].as_str().unwrap().starts_with(shown);
            let fits = *shown == sample["event"] || shown.as_str().is_some_and(begins);
            assert!(named || fits || sample["asks"] == true, "{said}");
        }
    }
}

/// Senders whose requests name no event, or not in a place that a scheme could name.
fn without_names(scheme: &str) -> bool {
    let contracts = ["opengate", "opshift", "promptrails", "octipus", "orloj-generic"];
    let others = ["airtable", "dropbox", "plain-secret", "telegram", "supabase"];
    contracts.iter().chain(&others).any(|key| *key == scheme)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_of_ones_own_is_sent_like_any_other() {
    let bench = Bench::new().await;
    let (id, _) = bench.trigger(json!({"name": "Own", "scheme": "hmac-generic"})).await;
    let headers = json!([["Content-Type", "application/json"], ["X-Event-Type", "deploy"], ["X-Event-Id", "mine-1"]]);
    let draft = json!({"target": {"trigger": id}, "body": "{\"title\":\"own\"}", "headers": headers});
    let delivery = bench.replay(draft.clone()).await["delivery"].clone();
    assert_eq!((&delivery["event"], &delivery["event_id"]), (&json!("deploy"), &json!("mine-1")), "{delivery}");
    assert_eq!(bench.replay(draft).await["delivery"]["outcome"], "duplicate");
    assert_eq!(bench.tasks().await, ["task own"]);
}
