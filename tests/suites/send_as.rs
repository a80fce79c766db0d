//! `creel send --as`: every shipped sample, as a person at a terminal sends it, through the real socket.

use std::collections::{BTreeMap, BTreeSet};
use std::process::{Command, Output};

use creel_tests::creel::{Creel, Endpoint, binary};
use serde_json::{Value, json};

use crate::all_schemes::{IN_THE_ADDRESS, endpoint_of};
use crate::deliver::task_trigger;

fn send(creel: &Creel, arguments: &[&str]) -> Output {
    let mut command = Command::new(binary());
    command.arg("send").args(arguments).arg("--data-dir").arg(creel.data_dir());
    command.env("EDITOR", "sed -i s/jane@example.com/izaak@example.com/").env_remove("VISUAL");
    command.output().unwrap()
}

fn sent(creel: &Creel, arguments: &[&str]) -> Value {
    let output = send(creel, &[arguments, &["--json"]].concat());
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn refused(creel: &Creel, arguments: &[&str]) -> String {
    let output = send(creel, arguments);
    assert_eq!(output.status.code(), Some(1), "{arguments:?}: {}", String::from_utf8_lossy(&output.stdout));
    String::from_utf8(output.stderr).unwrap()
}

/// What the questions are answered, where there is more to say than a status.
fn answer_to(key: &str, trigger: &Endpoint) -> Option<String> {
    let digest = || creel_tests::sign::hex(&trigger.secret, b"qgg8vlvZRS6UYooatFL8Aw");
    Some(match key {
        "slack/url_verification" => "3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P".to_owned(),
        "discord/ping" => r#"{"type":1}"#.to_owned(),
        "dropbox/challenge" => "3eZbrw1aBm2rZgRNFdxV2595E9CY3gmd".to_owned(),
        "meta/subscribe" => "1158201444".to_owned(),
        "microsoft-graph/validation" => "Validation: Testing client application reachability".to_owned(),
        "okta/verification" => r#"{"verification":"ngFj6iR8xoS7sQHGWK4Cq"}"#.to_owned(),
        "twitch/verification" => "pogchamp-kappa-360noscope-vohiyo".to_owned(),
        "zoom/endpoint.url_validation" => {
            format!(r#"{{"plainToken":"qgg8vlvZRS6UYooatFL8Aw","encryptedToken":"{}"}}"#, digest())
        }
        "xero/intent_to_receive" | "trello/check" | "discord/event_ping" | "twitch/revocation" => String::new(),
        _ => return None,
    })
}

/// At a time: more would only wait for each other.
const SENDERS: usize = 4;

/// A trigger for each scheme that a sample is signed with.
fn triggers(creel: &Creel, samples: &[Value]) -> BTreeMap<String, Endpoint> {
    let schemes: BTreeSet<_> = samples.iter().map(|sample| sample["scheme"].as_str().unwrap().to_owned()).collect();
    schemes.into_iter().map(|scheme| (scheme.clone(), endpoint_of(creel, &scheme, true))).collect()
}

/// Sends one and checks what came of it. `Some`: it is no question; with its sender, where the delivery names no event.
fn check(creel: &Creel, trigger: &Endpoint, sample: &Value) -> Option<Option<String>> {
    let text = |name: &str| sample[name].as_str().unwrap();
    let (key, scheme) = (text("key"), text("scheme"));
    let (family, name) = key.split_once('/').unwrap();
    let target = match scheme {
        IN_THE_ADDRESS => format!("{}?token={}", trigger.path, trigger.secret),
        _ => trigger.id.clone(),
    };
    let result = sent(creel, &["--as", family, name, "--to", &target]);
    let delivery = &result["delivery"];
    assert_eq!(delivery["outcome"], "accepted", "{key}: {result}");
    assert_eq!(delivery["endpoint"], json!(trigger.id), "{key}: {result}");
    if sample["asks"] == true {
        assert_eq!(delivery["trigger_ids"], json!([]), "{key}: a question runs nothing");
        if let Some(answer) = answer_to(key, trigger) {
            assert_eq!(result["answer"]["body"], answer, "{key}: {result}");
        }
        return None;
    }
    // Xero takes nothing but 200 for a yes.
    let taken = if scheme == "xero" { 200 } else { 202 };
    assert_eq!((&delivery["signature"], &delivery["answer_status"]), (&json!("valid"), &json!(taken)), "{key}");
    match delivery["event"].as_str() {
        Some(event) => assert_eq!(event, text("event"), "{key}"),
        None => return Some(Some(family.to_owned())),
    }
    Some(None)
}

#[test]
fn every_sample_is_accepted_its_event_named_and_its_question_answered() {
    let creel = Creel::start();
    let samples = creel.rpc("samples_list", json!({}));
    // GitHub's 58 events; their further actions differ in the body alone, and each is sent in the core's own tests.
    let further = |sample: &&Value| sample["sender"] != "GitHub" || !sample["key"].as_str().unwrap().contains('.');
    let samples: Vec<_> = samples.as_array().unwrap().iter().filter(further).cloned().collect();
    let triggers = triggers(&creel, &samples);
    let all = |samples: &[Value]| {
        let one = |sample: &Value| check(&creel, &triggers[sample["scheme"].as_str().unwrap()], sample);
        samples.iter().filter_map(one).collect::<Vec<_>>()
    };
    let taken: Vec<_> = std::thread::scope(|scope| {
        let parts = samples.chunks(samples.len().div_ceil(SENDERS)).map(|part| scope.spawn(|| all(part)));
        parts.collect::<Vec<_>>().into_iter().flat_map(|part| part.join().unwrap()).collect()
    });
    assert_eq!(creel.tasks().len(), taken.len(), "each that is no question ran its trigger once");
    let asked = samples.len() - taken.len();
    assert!(taken.len() > 320 && asked == 14, "{} and {asked}", taken.len());
    let unnamed: BTreeSet<_> = taken.iter().flatten().map(String::as_str).collect();
    let contracts = ["octipus", "opengate", "opshift", "orloj", "promptrails"];
    let others = ["airtable", "docker-hub", "dropbox", "supabase", "telegram"];
    assert_eq!(unnamed, contracts.into_iter().chain(others).collect(), "only their requests name no event");
}

#[test]
fn a_sender_s_event_finds_the_trigger_that_checks_it() {
    let creel = Creel::start();
    let stripe = task_trigger(&creel, "payments", "stripe", json!({}));
    let one = sent(&creel, &["--as", "stripe", "payment_intent.succeeded"]);
    assert_eq!(
        (&one["delivery"]["endpoint"], &one["delivery"]["event"]),
        (&json!(stripe.id), &json!("payment_intent.succeeded"))
    );
    let edited = sent(&creel, &["--as", "stripe", "charge.failed", "--set", "data.object.amount=100", "--edit"]);
    let body: Value = serde_json::from_slice(&creel.body(edited["delivery"]["id"].as_str().unwrap())).unwrap();
    let object = &body["data"]["object"];
    assert_eq!((&object["amount"], &object["billing_details"]["email"]), (&json!(100), &json!("izaak@example.com")));
    let many = sent(&creel, &["--as", "stripe", "--count", "3"]);
    let ids: Vec<_> = many["results"].as_array().unwrap().iter().map(|one| &one["delivery"]["event_id"]).collect();
    assert!(ids.len() == 3 && ids[0] != ids[1] && ids[1] != ids[2], "{many}");
    for (how, reason) in
        [("secret", "signature_mismatch"), ("time", "timestamp_outside_window"), ("body", "signature_mismatch")]
    {
        let broken = sent(&creel, &["--as", "stripe", "invoice.paid", "--break", how]);
        assert_eq!(broken["delivery"]["reason_code"], reason, "{how}: {broken}");
    }
    let own = sent(&creel, &["--as", "stripe", "--data", r#"{"type":"mine"}"#]);
    assert_eq!(own["delivery"]["event"], "mine");
}

#[test]
fn what_is_not_known_is_answered_with_what_was_meant() {
    let creel = Creel::start();
    let list = String::from_utf8(send(&creel, &["--list"]).stdout).unwrap();
    assert!(list.lines().count() > 60 && list.contains("stripe") && !list.contains("github/"), "{list}");
    let stripe = String::from_utf8(send(&creel, &["--list", "stripe"]).stdout).unwrap();
    assert!(stripe.contains("payment_intent.succeeded") && stripe.contains("A payment went through"), "{stripe}");
    let rows: Value = serde_json::from_slice(&send(&creel, &["--list", "linear", "--json"]).stdout).unwrap();
    assert!(rows.as_array().unwrap().iter().all(|row| row["sender"] == "Linear"), "{rows}");
    for (arguments, words) in [
        (vec!["--as", "strip"], "did you mean stripe"),
        (vec!["--list", "sentri"], "did you mean sentry"),
        (vec!["--as", "stripe", "invoice.payd"], "did you mean invoice.paid?"),
        (vec!["--as", "stripe", "charge.failed"], "no trigger checks stripe"),
        (vec!["--as", "github", "push", "--set", "repository"], "is not PATH=VALUE"),
        (vec!["--as", "github", "push", "--data", "@/no/such/file"], "cannot read /no/such/file"),
    ] {
        let said = refused(&creel, &arguments);
        assert!(said.contains(words), "{arguments:?}: {said}");
    }
    for scheme in ["one", "two"] {
        task_trigger(&creel, scheme, "slack", json!({}));
    }
    assert!(refused(&creel, &["--as", "slack", "message"]).contains("more than one trigger checks slack"));
    let editor = Command::new(binary())
        .args(["send", "--as", "github", "push", "--edit", "--data-dir"])
        .arg(creel.data_dir())
        .env("EDITOR", "false")
        .env_remove("VISUAL")
        .output()
        .unwrap();
    assert!(String::from_utf8_lossy(&editor.stderr).contains("nothing was sent"), "{editor:?}");
}
