//! Replays: planned first, signed anew, broken on purpose, sent through the socket, compared with the original.

use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use creel_tests::creel::Endpoint;
use creel_tests::{Creel, Recorder, Request, sign, tools, until};
use serde_json::{Value, json};

use crate::deliver::{forward_to, make_task, merge, newest, signed, task_trigger};

const BODY: &str = r#"{"title":"first","n":1}"#;

/// A delivery at a new trigger; the trigger and the delivery's id.
fn delivered(creel: &Creel, scheme: &str) -> (Endpoint, String) {
    let endpoint = task_trigger(creel, scheme, scheme, json!({}));
    let answer = creel.deliver(&signed(scheme, &endpoint, "id-1", BODY.as_bytes()));
    (endpoint, answer.json()["delivery"].as_str().unwrap().to_owned())
}

fn send(creel: &Creel, id: &str, more: Value) -> Vec<Value> {
    let mut draft = json!({ "delivery_id": id, "target": "original" });
    merge(&mut draft, more);
    creel.rpc("replay_send", draft)["results"].as_array().unwrap().clone()
}

#[test]
fn every_scheme_is_signed_anew_for_an_edited_body() {
    let creel = Creel::start();
    for scheme in ["github", "opengate", "standard-webhooks", "stripe", "slack", "hmac-generic"] {
        let (_, id) = delivered(&creel, scheme);
        let edited = format!(r#"{{"title":"edited {scheme}"}}"#);
        let result = send(&creel, &id, json!({ "body": edited, "new_event_id": true })).remove(0);
        assert_eq!(result["answer"]["status"], 202, "{scheme}: {result}");
        let delivery = &result["delivery"];
        assert_eq!((delivery["signature"].as_str(), delivery["outcome"].as_str()), (Some("valid"), Some("accepted")));
        assert_eq!(delivery["replay_of"].as_str(), Some(id.as_str()), "{scheme}: the lineage is kept");
        assert_eq!(creel.body(delivery["id"].as_str().unwrap()), edited.as_bytes());
        let lineage = creel.rpc("delivery_get", json!({ "id": id }))["lineage"].clone();
        assert!(lineage.to_string().contains(delivery["id"].as_str().unwrap()), "{scheme}: {lineage}");
        assert_eq!(creel.tasks()[0]["title"], format!("edited {scheme}"));
    }
}

#[test]
fn what_is_broken_on_purpose_is_refused_and_the_difference_is_named() {
    let creel = Creel::start();
    for (scheme, broken) in [
        ("github", "wrong_secret"),
        ("github", "altered_byte"),
        ("stripe", "stale_time"),
        ("slack", "stale_time"),
        ("standard-webhooks", "altered_byte"),
    ] {
        let endpoint = task_trigger(&creel, &format!("{scheme}-{broken}").replace('_', "-"), scheme, json!({}));
        let original = creel.deliver(&signed(scheme, &endpoint, "id-1", BODY.as_bytes())).json();
        let id = original["delivery"].as_str().unwrap();
        let result = send(&creel, id, json!({ "broken": broken, "new_event_id": true })).remove(0);
        assert_eq!(result["answer"]["status"], 401, "{scheme} {broken}: {result}");
        assert_eq!(result["delivery"]["outcome"], "rejected");
        let differences = result["differences"].to_string();
        assert!(differences.contains("401") && differences.contains("202"), "{differences}");
    }
}

#[test]
fn the_same_event_id_is_a_duplicate_for_others_and_runs_again_for_a_replay_with_a_new_one() {
    let creel = Creel::start();
    let (_, id) = delivered(&creel, "github");
    let results = send(&creel, &id, json!({ "new_event_id": true, "times": 3 }));
    assert_eq!(results.len(), 3, "N times");
    assert!(results.iter().all(|result| result["delivery"]["outcome"] == "accepted"), "{results:?}");
    assert_eq!(creel.tasks().len(), 4, "local effects happen each time");
}

#[test]
fn the_plan_tells_everything_and_does_nothing() {
    let (creel, upstream) = (Creel::start(), Recorder::answering(200));
    let actions = json!([make_task(&creel, "{{payload.title}}"), forward_to(&upstream.base, json!({}))]);
    let endpoint = task_trigger(&creel, "planned", "github", json!({ "actions": actions }));
    let id = creel.deliver(&signed("github", &endpoint, "1", BODY.as_bytes())).json()["delivery"].clone();
    upstream.wait_for(1);
    let before = (creel.deliveries("").len(), creel.tasks().len());
    let plan = creel.rpc("replay_plan", json!({ "delivery_id": id, "target": "original", "new_event_id": true }));
    assert!(plan["url"].as_str().unwrap().ends_with("/hooks/planned"), "{plan}");
    assert!(plan["recomputed"].to_string().to_lowercase().contains("x-hub-signature-256"), "{plan}");
    let effects = plan["effects"].as_array().unwrap();
    let runs: Vec<_> = effects.iter().map(|effect| (effect["outside"] == true, effect["runs"] == true)).collect();
    assert_eq!(runs, [(false, true), (true, false)], "the task happens, the forward only when ticked: {plan}");
    assert_eq!((creel.deliveries("").len(), creel.tasks().len()), before, "a plan is only a plan");
    assert_eq!(upstream.seen().len(), 1);
}

#[test]
fn outside_effects_run_only_when_ticked() {
    let (creel, upstream) = (Creel::start(), Recorder::answering(200));
    let actions = json!([forward_to(&upstream.base, json!({}))]);
    let endpoint = task_trigger(&creel, "ticked", "github", json!({ "actions": actions }));
    let id = creel.deliver(&signed("github", &endpoint, "1", BODY.as_bytes())).json()["delivery"]
        .as_str()
        .unwrap()
        .to_owned();
    upstream.wait_for(1);
    let silent = send(&creel, &id, json!({ "new_event_id": true })).remove(0);
    let rows = creel.executions(json!({ "delivery": silent["delivery"]["id"] }));
    assert_eq!(rows[0]["status"], "skipped", "planned and shown, not run: {rows:?}");
    send(&creel, &id, json!({ "new_event_id": true, "outside_effects": true }));
    upstream.wait_for(2);
    assert_eq!(upstream.seen().len(), 2);
}

#[test]
fn another_trigger_another_address_another_secret() {
    let (creel, upstream) = (Creel::start(), Recorder::answering(418));
    let (_, id) = delivered(&creel, "github");
    let other = task_trigger(&creel, "other", "stripe", json!({}));
    let result = send(&creel, &id, json!({ "target": { "trigger": other.id } })).remove(0);
    assert_eq!(
        (&result["answer"]["status"], &result["delivery"]["endpoint"]),
        (&json!(202), &json!(other.id)),
        "{result}"
    );

    let url = format!("{}/elsewhere?a=b", upstream.base);
    let signing = json!({ "with": { "scheme": "opengate", "secret": "a secret from elsewhere" } });
    let result =
        send(&creel, &id, json!({ "target": { "url": url }, "signing": signing, "outside_effects": true })).remove(0);
    assert_eq!((&result["answer"]["status"], &result["delivery"]), (&json!(418), &Value::Null), "{result}");
    let got = upstream.seen().remove(0);
    assert_eq!(got.target, "/elsewhere?a=b");
    assert_eq!(got.header("X-OpenGate-Secret"), Some(sign::hex("a secret from elsewhere", BODY.as_bytes()).as_str()));

    send(&creel, &id, json!({ "target": { "url": upstream.base }, "signing": "unsigned", "outside_effects": true }));
    assert_eq!(upstream.seen()[1].header("X-Hub-Signature-256"), None);
    send(&creel, &id, json!({ "target": { "url": upstream.base }, "signing": "as_received", "outside_effects": true }));
    let exact = upstream.seen()[2].clone();
    assert_eq!((exact.header("X-GitHub-Delivery"), exact.body.as_slice()), (Some("id-1"), BODY.as_bytes()));
}

#[test]
fn nobody_else_can_pass_for_a_replay() {
    let creel = Creel::start();
    let (endpoint, id) = delivered(&creel, "github");
    for word in ["1", &id, "true"] {
        let request = signed("github", &endpoint, "id-1", BODY.as_bytes()).header("X-Creel-Replay", word);
        assert_eq!(creel.deliver(&request).json()["duplicate"], true, "a header of that name opens nothing");
        assert_eq!(newest(&creel)["replay_of"], Value::Null);
    }
}

#[test]
fn a_rejected_delivery_replayed_is_genuine() {
    let creel = Creel::start();
    let endpoint = task_trigger(&creel, "mended", "github", json!({}));
    let forged = Request::post(&endpoint.path, BODY).github("another secret", "push", "id-1");
    assert_eq!(creel.deliver(&forged).status, 401);
    let id = newest(&creel)["id"].as_str().unwrap().to_owned();
    let result = send(&creel, &id, json!({})).remove(0);
    assert_eq!(result["answer"]["status"], 202, "signed with the trigger's secret: {result}");
    assert!(result["differences"].to_string().contains("the original 401"), "{result}");
}

#[test]
fn the_test_webhook_is_genuine_and_becomes_a_trigger() {
    let creel = Creel::start();
    let result = creel.rpc("send_test", json!({}));
    let first = &result["delivery"];
    let detail = creel.rpc("delivery_get", json!({ "id": first["id"] }));
    assert_eq!(detail["verdict"], "Accepted. Signature valid. No trigger matched.");
    let drafted = creel.rpc("trigger_draft", json!({ "delivery_id": first["id"] }));
    let mut draft = drafted["draft"].clone();
    draft["actions"] = json!([make_task(&creel, "{{payload.repository.full_name}}")]);
    let preview = creel.rpc("preview", json!({ "draft": draft, "delivery_id": first["id"] }));
    let title = preview["actions"][0]["fields"][0]["text"].as_str().unwrap().to_owned();
    assert!(title.contains('/'), "{preview}");
    creel.rpc("trigger_create", draft);
    let again = send(&creel, first["id"].as_str().unwrap(), json!({})).remove(0);
    assert_eq!(again["answer"]["status"], 202, "{again}");
    assert_eq!(creel.tasks()[0]["title"], title.as_str(), "the preview told the truth");
    let rows = creel.executions(json!({ "delivery": again["delivery"]["id"] }));
    assert_eq!(rows[0]["status"], "succeeded", "{rows:?}");
}

#[test]
fn what_cannot_be_sent_is_said_and_not_sent() {
    let creel = Creel::start();
    let (_, id) = delivered(&creel, "github");
    for (change, status) in [
        (json!({ "delivery_id": "dlv_nope" }), 404),
        (json!({ "target": { "url": "ftp://example.com/" } }), 422),
        (json!({ "target": { "url": "not an address" } }), 422),
        (json!({ "target": { "trigger": "trg_nope" } }), 404),
        (json!({ "times": 101 }), 422),
        (json!({ "headers": [["Bad Name", "x"]] }), 422),
        (json!({ "headers": [["X-Split", "a\r\nb: c"]] }), 422),
        (json!({ "body_base64": "%%%" }), 422),
    ] {
        let mut draft = json!({ "delivery_id": id, "target": "original" });
        merge(&mut draft, change.clone());
        let answer = creel.try_rpc("replay_send", draft);
        assert_eq!(answer.status, status, "{change}: {}", answer.text());
    }
    let target = json!({ "target": { "url": format!("http://127.0.0.1:{}/", creel_tests::free_port()) }, "outside_effects": true });
    let result = send(&creel, &id, target).remove(0);
    assert!(result["answer"].is_null() && result["error"].as_str().is_some_and(|words| !words.is_empty()), "{result}");
    assert_eq!(creel.deliveries("is:replay").len(), 0);
}

#[test]
fn twenty_copies_to_a_slow_address_all_go_out_and_each_is_told() {
    // After every fourth it waits until what came of those was told, however slow the telling is.
    let (asked, steps) = (AtomicUsize::new(0), Arc::new(AtomicUsize::new(0)));
    let told = Arc::clone(&steps);
    let slow = Recorder::start(move |_, stream| {
        let before = asked.fetch_add(1, Ordering::SeqCst) / 4;
        creel_tests::until("the answers before to be told", || (told.load(Ordering::SeqCst) >= before).then_some(()));
        creel_tests::recorder::plain(stream, 200, &[], b"")
    });
    let creel = Creel::start();
    let (_, id) = delivered(&creel, "github");
    let draft = json!({ "delivery_id": id, "target": { "url": slow.base }, "times": 20, "in_background": true });
    let mut sent = creel.rpc("replay_send", draft);
    assert_eq!((sent["times"].as_u64(), sent["ended"].as_bool()), (Some(20), Some(false)), "{sent}");
    while sent["ended"] != true {
        let seen = sent["results"].as_array().unwrap().len();
        sent = creel.rpc("replay_progress", json!({ "id": sent["id"], "seen": seen }));
        steps.fetch_add(1, Ordering::SeqCst);
    }
    let steps = steps.load(Ordering::SeqCst);
    assert!(steps >= 5, "told on the way, not only at the end: {steps} answers");
    let results = sent["results"].as_array().unwrap();
    assert!(results.len() == 20 && results.iter().all(|one| one["answer"]["status"] == 200), "{results:?}");
    assert_eq!(slow.seen().len(), 20);
}

/// The replays that arrived.
fn replayed(creel: &Creel) -> usize {
    creel.deliveries("is:replay").len()
}

#[test]
fn ctrl_c_stops_a_replay_where_it_is_sent_from_and_says_what_was_sent() {
    let creel = Creel::start();
    let slow = task_trigger(
        &creel,
        "slow",
        "github",
        json!({ "reply": { "status": 202, "headers": [], "body": null, "delay_ms": 200 } }),
    );
    creel.deliver(&signed("github", &slow, "1", b"{}"));
    let id = newest(&creel)["id"].as_str().unwrap().to_owned();
    let mut command = Command::new(creel_tests::creel::binary());
    creel_tests::creel::isolate(&mut command, creel.folder());
    command.args(["replay", &id, "--new-id", "--times", "100", "--data-dir"]).arg(creel.data_dir());
    let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
    until("the first is back and another has arrived", || (replayed(&creel) >= 2).then_some(()));
    tools::run(Command::new("kill").args(["-INT", &child.id().to_string()]));
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(130), "{said}");
    let sent = replayed(&creel);
    let back = said.matches("answered 202").count();
    assert!(said.contains(&format!("stopped: {back} of 100 came back")), "{said}");
    // The second one had arrived, which is before it is answered.
    assert!((1..100).contains(&back) && (back..=back + 1).contains(&sent), "{sent} arrived: {said}");
    // A slot is free again: nothing of it goes on.
    let all = creel.rpc("replay_send", json!({ "delivery_id": id, "target": "original", "new_event_id": true }));
    assert_eq!((&all["ended"], replayed(&creel)), (&json!(true), sent + 1));
}
