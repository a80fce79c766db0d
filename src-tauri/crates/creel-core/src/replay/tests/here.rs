//! Replays into this Creel.

use serde_json::{Value, json};

use super::bench::{Bench, PUSH, Recorder, SECRET};

fn github() -> Value {
    json!({"name": "Pushes", "slug": "pushes", "scheme": "github", "secret": SECRET})
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_event_id_runs_it_again_and_the_lineage_is_kept() {
    let bench = Bench::new().await;
    let (_, path) = bench.trigger(github()).await;
    let id = bench.push(&path).await;
    let result = bench.replay(json!({"delivery_id": id, "target": "original", "new_event_id": true})).await;
    assert_eq!(result["answer"]["status"], 202, "{result}");
    assert_eq!(result["differences"], json!([]), "the same came of it");
    let new = &result["delivery"];
    assert_eq!(
        (&new["replay_of"], &new["outcome"], &new["signature"]),
        (&json!(id), &json!("accepted"), &json!("valid"))
    );
    assert_ne!(new["event_id"], json!("72d3162e-cc78-11e3-81ab-4c9367dc0958"));
    assert_eq!(bench.tasks().await, ["task pushed", "task pushed"]);
    let detail = bench.call("delivery_get", json!({"id": id})).await;
    assert_eq!(detail["lineage"][0]["id"], new["id"]);
    let (before, after) = (bench.headers(&id).await, bench.headers(new["id"].as_str().unwrap()).await);
    let names = |lines: &[(String, String)]| lines.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
    let mut expected = names(&before);
    expected.retain(|name| name != "Connection");
    expected.extend(["X-Creel-Replay".to_owned(), "Connection".to_owned()]);
    assert_eq!(names(&after), expected, "order and case of the original");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_event_id_is_a_duplicate_and_the_plan_says_so() {
    let bench = Bench::new().await;
    let (_, path) = bench.trigger(github()).await;
    let draft = json!({"delivery_id": bench.push(&path).await, "target": "original"});
    let plan = bench.call("replay_plan", draft.clone()).await;
    let warned = plan["warnings"][0].as_str().unwrap();
    assert!(warned.contains("duplicate") && warned.contains("within 72 hours"), "{plan}");
    assert_eq!(plan["effects"], json!([]));
    let result = bench.replay(draft).await;
    assert_eq!(result["delivery"]["outcome"], "duplicate");
    assert_eq!(
        result["differences"],
        json!(["duplicate, the original accepted", "made no task, the original made 1 task"])
    );
    assert_eq!(bench.tasks().await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edited_body_is_signed_anew_and_an_old_signature_is_not() {
    let bench = Bench::new().await;
    let (_, path) = bench.trigger(github()).await;
    let id = bench.push(&path).await;
    let edited =
        json!({"delivery_id": id, "target": "original", "body": "{\"title\":\"edited\"}", "new_event_id": true});
    assert_eq!(bench.replay(edited.clone()).await["delivery"]["outcome"], "accepted");
    assert_eq!(bench.tasks().await[0], "task edited");
    for (signing, reason) in [("as_received", "signature_mismatch"), ("unsigned", "signature_missing")] {
        let mut draft = edited.clone();
        draft["signing"] = json!(signing);
        let plan = bench.call("replay_plan", draft.clone()).await;
        assert!(plan["warnings"][0].as_str().unwrap().starts_with("it will be answered 401"), "{plan}");
        let result = bench.replay(draft).await;
        assert_eq!(result["delivery"]["reason_code"], reason);
        assert_eq!(result["differences"][0], "answered 401, the original 202");
    }
    assert_eq!(bench.tasks().await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn as_received_is_byte_for_byte_what_came() {
    let bench = Bench::new().await;
    let (_, path) = bench.trigger(github()).await;
    let id = bench.push(&path).await;
    let result = bench.replay(json!({"delivery_id": id, "target": "original", "signing": "as_received"})).await;
    assert_eq!(result["delivery"]["signature"], "valid");
    let of = |lines: Vec<(String, String)>| lines.into_iter().find(|(name, _)| name == "X-Hub-Signature-256");
    let new = result["delivery"]["id"].as_str().unwrap();
    assert_eq!(of(bench.headers(&id).await), of(bench.headers(new).await));
}

#[tokio::test(flavor = "multi_thread")]
async fn outside_effects_run_only_when_told_to() {
    let bench = Bench::new().await;
    let elsewhere = Recorder::answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await;
    let mut draft = github();
    let url = format!("http://{}/x", elsewhere.address);
    draft["actions"] = json!([{"forward": {"url": url, "allow_private": true}}]);
    let (_, path) = bench.trigger(draft).await;
    let id = bench.push(&path).await;
    let again = json!({"delivery_id": id, "target": "original", "new_event_id": true});
    let own = format!("http://{}{path}", bench.addresses.0);
    let anew = json!({"sample": "github/push", "target": {"url": own}, "new_event_id": true});
    for (draft, outside, runs) in [
        (&again, None, false),
        (&again, Some(false), false),
        (&again, Some(true), true),
        (&anew, None, true),
        (&anew, Some(false), false),
    ] {
        let mut draft = draft.clone();
        draft["outside_effects"] = json!(outside);
        let plan = bench.call("replay_plan", draft.clone()).await;
        let effect = &plan["effects"][0];
        assert_eq!((&effect["outside"], &effect["runs"]), (&json!(true), &json!(runs)), "{plan}");
        assert!(effect["words"].as_str().unwrap().starts_with(&format!("sends POST {url}")), "{plan}");
        let result = bench.replay(draft).await;
        let executions = bench.call("executions_list", json!({"delivery": result["delivery"]["id"]})).await;
        let execution = &executions["items"][0];
        assert_eq!(execution["status"] == "skipped", !runs, "{execution}");
        if !runs {
            assert_eq!(execution["error"]["message"], "outside effects were not asked for: planned, not run");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_test_acts_as_any_sender_s_webhook_unless_told_not_to() {
    let bench = Bench::new().await;
    let elsewhere = Recorder::answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await;
    let mut draft = github();
    draft["actions"] = json!([{"forward": {"url": format!("http://{}/x", elsewhere.address), "allow_private": true}}]);
    let (id, _) = bench.trigger(draft).await;
    for (outside, skipped) in [(None, false), (Some(true), false), (Some(false), true)] {
        let result = bench.call("send_test", json!({"trigger_id": id, "outside_effects": outside})).await;
        let executions = bench.call("executions_list", json!({"delivery": result["delivery"]["id"]})).await;
        assert_eq!(executions["items"][0]["status"] == "skipped", skipped, "{outside:?}: {executions}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn many_times_is_many_events() {
    let bench = Bench::new().await;
    let (_, path) = bench.trigger(github()).await;
    let id = bench.push(&path).await;
    let draft = json!({"delivery_id": id, "target": "original", "new_event_id": true, "times": 5});
    let sent = bench.call("replay_send", draft.clone()).await;
    let ids: std::collections::BTreeSet<_> =
        sent["results"].as_array().unwrap().iter().map(|one| one["delivery"]["event_id"].to_string()).collect();
    assert_eq!(ids.len(), 5, "{sent}");
    assert_eq!(bench.tasks().await.len(), 6);
    for times in [0, 101] {
        let mut draft = draft.clone();
        draft["times"] = json!(times);
        assert_eq!(bench.refused("replay_send", draft).await.field.as_deref(), Some("times"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_trigger_gets_it_signed_its_own_way() {
    let bench = Bench::new().await;
    let (_, path) = bench.trigger(github()).await;
    let other = json!({"name": "Other", "scheme": "standard-webhooks"});
    let (other, other_path) = bench.trigger(other).await;
    let id = bench.push(&path).await;
    let draft = json!({"delivery_id": id, "target": {"trigger": other}});
    let plan = bench.call("replay_plan", draft.clone()).await;
    assert_eq!(plan["scheme"], "standard-webhooks");
    assert_eq!(plan["url"], format!("http://{}{other_path}", bench.addresses.0));
    assert_eq!(plan["effects"][0]["words"], "creates the task \"task pushed\" in Inbox", "{plan}");
    let result = bench.replay(draft).await;
    assert_eq!((&result["delivery"]["signature"], &result["delivery"]["endpoint"]), (&json!("valid"), &json!(other)));
    let names: Vec<_> =
        bench.headers(result["delivery"]["id"].as_str().unwrap()).await.into_iter().map(|line| line.0).collect();
    assert!(!names.contains(&"X-Hub-Signature-256".to_owned()), "the old proof stays behind: {names:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_shows_no_secret_and_changes_nothing() {
    let bench = Bench::new().await;
    let (trigger, path) = bench.trigger(github()).await;
    let extra = [("Authorization", "Bearer abcdef"), ("X-GitHub-Event", "push"), ("X-GitHub-Delivery", "1")];
    let id = bench.arrives(&path, "github", SECRET, &extra, PUSH).await;
    let row = bench.call("trigger_get", json!({"id": trigger})).await;
    let plan = bench.call("replay_plan", json!({"delivery_id": id, "target": "original", "new_event_id": true})).await;
    let text = plan.to_string();
    assert!(!text.contains("abcdef"), "{plan}");
    let value = |name: &str| {
        let lines = plan["headers"].as_array().unwrap();
        lines.iter().find(|line| line["name"] == name).map(|line| line["value"].as_str().unwrap().to_owned())
    };
    assert_eq!(value("Authorization").as_deref(), Some("Bearer ••••"));
    let signature = value("X-Hub-Signature-256").unwrap();
    assert!(signature.len() < 24 && signature.ends_with('…'), "{signature}");
    assert_eq!(plan["recomputed"], json!(["X-GitHub-Delivery", "X-Hub-Signature-256", "Content-Length", "Host"]));
    assert_eq!(bench.call("trigger_get", json!({"id": trigger})).await, row, "nothing was used or counted");
    assert_eq!(bench.call("deliveries_list", json!({})).await["page"]["items"].as_array().unwrap().len(), 1);
    assert_eq!(bench.tasks().await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_stops_a_replay_is_told_before() {
    let bench = Bench::new().await;
    let (trigger, path) = bench.trigger(github()).await;
    let id = bench.push(&path).await;
    let draft = json!({"delivery_id": id, "target": "original", "new_event_id": true});
    let row = |field: &str| json!({"match": "all", "rows": [{"field": field, "operator": "is", "value": "no"}]});
    for (change, warning) in [
        (json!({"enabled": false}), "it will be answered 404: the trigger \"Pushes\" is switched off"),
        (json!({"enabled": true, "methods": ["PUT"]}), "it will be answered 405"),
        (json!({"methods": ["POST"], "ip_allowlist": ["203.0.113.1"]}), "it will be answered 403: 127.0.0.1 is not on"),
        (json!({"ip_allowlist": [], "filter": row("payload.title")}), "the filter does not let it through"),
    ] {
        bench.call("trigger_update", json!({"id": trigger, "change": change})).await;
        let plan = bench.call("replay_plan", draft.clone()).await;
        assert!(plan["warnings"][0].as_str().unwrap().starts_with(warning), "{change}: {plan}");
        assert_eq!(plan["effects"], json!([]));
    }
    bench.call("trigger_delete", json!({"id": trigger})).await;
    let plan = bench.call("replay_plan", draft.clone()).await;
    assert!(plan["warnings"][0].as_str().unwrap().starts_with("it will be answered 404: no trigger"), "{plan}");
    assert_eq!(bench.replay(draft).await["delivery"]["outcome"], "unmatched");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_was_cut_is_not_sent_as_if_it_were_whole() {
    let bench = Bench::new().await;
    let (_, path) = bench.trigger(github()).await;
    let long = format!("{{\"a\":\"{}\"}}", "x".repeat(100_000));
    let id = bench.arrives(&path, "github", "another secret", &[("X-GitHub-Event", "push")], &long).await;
    let draft = json!({"delivery_id": id, "target": "original"});
    let error = bench.refused("replay_send", draft).await;
    assert!(error.message.starts_with("34472 bytes of the body were not kept"), "{error:?}");
    let own = json!({"delivery_id": id, "target": "original", "body_base64": "e30="});
    assert_eq!(bench.replay(own).await["delivery"]["outcome"], "accepted");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mistake_in_a_draft_names_its_field() {
    let bench = Bench::new().await;
    let (_, path) = bench.trigger(github()).await;
    let id = bench.push(&path).await;
    for (change, field) in [
        (json!({"delivery_id": null}), "delivery_id"),
        (json!({"sample": "github/push"}), "sample"),
        (json!({"delivery_id": null, "sample": "github/nope"}), "sample"),
        (json!({"method": "GET / HTTP/1.1\r\nX: "}), "method"),
        (json!({"headers": [["X-A", "a\r\nX-B: b"]]}), "headers"),
        (json!({"body": "a", "body_base64": "YQ=="}), "body_base64"),
        (json!({"body_base64": "%"}), "body_base64"),
        (json!({"signing": {"with": {"scheme": "nope", "secret": "x"}}}), "signing.with.scheme"),
        (json!({"signing": {"with": {"scheme": "github", "secret": " "}}}), "signing.with.secret"),
        (json!({"broken": "stale_time"}), "broken"),
        (json!({"broken": "wrong_secret", "signing": "unsigned"}), "broken"),
        (json!({"broken": "altered_byte", "body": ""}), "broken"),
        (json!({"target": {"url": "ftp://example.com"}}), "target.url"),
    ] {
        let mut draft = json!({"delivery_id": id, "target": "original"});
        draft.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        assert_eq!(bench.refused("replay_plan", draft.clone()).await.field.as_deref(), Some(field), "{draft}");
        assert_eq!(bench.refused("replay_send", draft.clone()).await.field.as_deref(), Some(field), "{draft}");
    }
}

impl Bench {
    /// The header lines of a delivery as received.
    async fn headers(&self, id: &str) -> Vec<(String, String)> {
        let stored = crate::api::handlers::stored(&self.app, &id.into()).await.unwrap();
        let lines = stored.contents.headers.0.into_iter();
        lines.map(|(name, value)| (name, crate::headers::text(&value))).collect()
    }
}
