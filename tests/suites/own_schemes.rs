//! Schemes that users make, at the socket: what a record says is what is taken, signed and refused; and what is no
//! record, or one that nobody should trust, changes nothing.

use std::io::Write as _;
use std::process::{Command, Stdio};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use creel_tests::creel::Endpoint;
use creel_tests::recorder::Recorded;
use creel_tests::{Creel, Recorder, Request, sign};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha512;

use crate::deliver::{forward_to, newest, task_trigger};

const RECORD: &str = include_str!("../fixtures/schemes/acme.yaml");
const BODY: &[u8] = br#"{"title":"Order 7"}"#;

/// The value of `Acme-Signature` by the words of the record's first line, in code that is not Creel's.
fn acme(secret: &str, at_ms: i64, id: &str, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha512>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(format!("{at_ms}:{id}:").as_bytes());
    mac.update(body);
    format!("at={at_ms};s1={}", BASE64_STANDARD.encode(mac.finalize().into_bytes()))
}

fn request(endpoint: &Endpoint, id: &str, at_ms: i64, body: &[u8]) -> Request {
    Request::post(&endpoint.path, body)
        .header("Acme-Event", "order.paid")
        .header("Acme-Event-Id", id)
        .header("Acme-Signature", acme(&endpoint.secret, at_ms, id, body))
}

fn now_ms() -> i64 {
    sign::now() * 1000
}

fn with_acme() -> (Creel, Endpoint) {
    let creel = Creel::start();
    creel.rpc("scheme_create", json!({ "text": RECORD }));
    let endpoint = task_trigger(&creel, "orders", "acme", json!({}));
    (creel, endpoint)
}

#[test]
fn what_the_record_says_is_taken_and_one_bit_less_is_not() {
    let (mut creel, endpoint) = with_acme();
    let good = creel.deliver(&request(&endpoint, "evt-1", now_ms(), BODY));
    assert_eq!(good.status, 202, "{}", good.text());
    let row = newest(&creel);
    assert_eq!(
        (&row["source"], &row["event"], &row["signature"]),
        (&json!("acme"), &json!("order.paid"), &json!("valid"))
    );
    for position in [0, BODY.len() / 2, BODY.len() - 1] {
        let mut flipped = BODY.to_vec();
        flipped[position] ^= 1;
        let genuine = acme(&endpoint.secret, now_ms(), "evt-2", BODY);
        let forged = Request::post(&endpoint.path, flipped).header("Acme-Event-Id", "evt-2");
        assert_eq!(creel.deliver(&forged.header("Acme-Signature", genuine)).status, 401, "byte {position}");
    }
    let other_id = request(&endpoint, "evt-3", now_ms(), BODY).header("Acme-Event-Id", "evt-4");
    assert_eq!(creel.deliver(&other_id).status, 400, "the id twice");
    for (skew, status) in [(-121_000, 401), (-100_000, 202), (40_000, 401)] {
        let id = format!("evt-skew{skew}");
        assert_eq!(creel.deliver(&request(&endpoint, &id, now_ms() + skew, BODY)).status, status, "{skew} ms");
    }
    assert_eq!(creel.tasks().len(), 2, "only the genuine ones ran");
    creel.kill();
    creel.start_again();
    assert_eq!(creel.deliver(&request(&endpoint, "evt-5", now_ms(), BODY)).status, 202, "after kill -9");
}

#[test]
fn a_replay_and_a_forward_are_signed_by_it() {
    let (creel, endpoint) = with_acme();
    let recorder = Recorder::answering(200);
    let signing = json!({ "sign": { "scheme": "acme", "secret_id": null } });
    let change = json!({ "actions": [forward_to(&format!("{}/in", recorder.base), signing)] });
    creel.rpc("trigger_update", json!({ "id": endpoint.id, "change": change }));
    let id = creel.deliver(&request(&endpoint, "evt-1", now_ms(), BODY)).json()["delivery"].clone();
    let forwarded = recorder.wait_for(1).remove(0);
    assert_signed(&endpoint, &forwarded);
    let edited = json!({ "delivery_id": id, "target": { "url": format!("{}/replayed", recorder.base) }, "body": "{\"title\":\"edited\"}",
        "new_event_id": true, "outside_effects": true });
    creel.rpc("replay_send", edited);
    let replayed = recorder.wait_for(2).remove(1);
    assert_eq!(replayed.body, br#"{"title":"edited"}"#);
    assert_signed(&endpoint, &replayed);
    let here = json!({ "delivery_id": id, "target": "original", "new_event_id": true });
    let result = creel.rpc("replay_send", here)["results"][0].clone();
    assert_eq!(result["answer"]["status"], 202, "{result}");
    assert_eq!(newest(&creel)["signature"], "valid");
}

/// The signature is the one that Acme would have made.
fn assert_signed(endpoint: &Endpoint, sent: &Recorded) {
    let (signature, id) = (sent.header("Acme-Signature").unwrap(), sent.header("Acme-Event-Id").unwrap());
    let at = signature.strip_prefix("at=").and_then(|rest| rest.split(';').next()).unwrap();
    assert_eq!(signature, acme(&endpoint.secret, at.parse().unwrap(), id, &sent.body), "{signature}");
}

#[test]
fn a_changed_record_counts_from_the_next_delivery_on() {
    let (creel, endpoint) = with_acme();
    let hex = RECORD.replace("encoding: base64", "encoding: hex");
    creel.rpc("scheme_update", json!({ "key": "acme", "draft": { "text": hex } }));
    let old = creel.deliver(&request(&endpoint, "evt-1", now_ms(), BODY));
    assert_eq!(old.status, 401, "{}", old.text());
    creel.rpc("scheme_update", json!({ "key": "acme", "draft": { "text": RECORD } }));
    assert_eq!(creel.deliver(&request(&endpoint, "evt-2", now_ms(), BODY)).status, 202);
    let other = json!({ "key": "acme", "draft": { "text": RECORD.replace("scheme: acme", "scheme: other") } });
    let renamed = creel.try_rpc("scheme_update", other).json();
    assert_eq!((&renamed["code"], &renamed["field"]), (&json!("invalid"), &json!("scheme")), "{renamed}");
}

#[test]
fn a_scheme_in_use_is_not_deleted_and_a_deleted_one_comes_back() {
    let (creel, endpoint) = with_acme();
    let refused = creel.try_rpc("scheme_delete", json!({ "key": "acme" }));
    assert_eq!(refused.status, 409);
    assert!(refused.json()["message"].as_str().unwrap().contains("\"orders\""), "{}", refused.text());
    assert_eq!(creel.rpc("scheme_get", json!({ "key": "acme" }))["used_by"], json!(["orders"]));
    creel.rpc("trigger_update", json!({ "id": endpoint.id, "change": { "scheme": "github" } }));
    let gone = creel.rpc("scheme_delete", json!({ "key": "acme" }));
    let without = creel.try_rpc("trigger_update", json!({ "id": endpoint.id, "change": { "scheme": "acme" } }));
    assert_eq!(without.json()["field"], "scheme", "{}", without.text());
    let again = creel.rpc("scheme_create", json!({ "text": gone["text"] }));
    assert_eq!((&again["info"], &again["text"]), (&gone["info"], &gone["text"]));
    let shipped = creel.try_rpc("scheme_delete", json!({ "key": "github" })).json();
    assert_eq!(shipped["code"], "conflict", "{shipped}");
    assert!(shipped["hint"].as_str().unwrap().contains("duplicate"), "{shipped}");
}

#[test]
fn every_shipped_scheme_can_be_copied_exported_and_read_again() {
    let creel = Creel::start();
    let listed = creel.rpc("schemes_list", json!({}));
    for scheme in listed.as_array().unwrap() {
        let copy = creel.rpc("scheme_duplicate", json!({ "key": scheme["key"] }));
        assert_eq!((&copy["info"]["group"], &copy["info"]["certainty"]), (&json!("own"), &json!("own")), "{copy}");
        let exported = creel.rpc("scheme_get", json!({ "key": copy["info"]["key"] }));
        let read = creel.rpc("scheme_read", json!({ "text": exported["text"] }));
        assert_eq!(read["problems"], json!([]), "{}", exported["text"]);
        assert_eq!(read["record"], exported["record"]);
        let fields = creel.rpc("scheme_read", json!({ "record": read["record"] }));
        let back = creel.rpc("scheme_read", json!({ "text": fields["text"] }));
        assert_eq!(back["record"], read["record"], "form and text are in step: {}", fields["text"]);
    }
    let after = creel.rpc("schemes_list", json!({}));
    assert_eq!(after.as_array().unwrap().len(), 2 * listed.as_array().unwrap().len());
    let second = creel.rpc("scheme_duplicate", json!({ "key": "github" }));
    assert_eq!(second["info"]["key"], "github-copy-2");
}

/// Files that a stranger might hand over: none is taken, each is answered with its field and what to do, and nothing
/// is there afterwards that was not before.
#[test]
fn hostile_files_are_refused_with_the_reason_and_change_nothing() {
    let creel = Creel::start();
    let before = creel.rpc("schemes_list", json!({}));
    let base = "scheme: x\nname: X\nsignature: header:X-Sig\n";
    let with = |more: &str| format!("{base}{more}\n");
    let replaced = |from: &str, to: &str| base.replace(from, to);
    let laughs = "a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\nd: &d [*c,*c]\n".to_owned();
    let files = [
        String::new(),
        "\u{0}\u{1}\u{2}".to_owned(),
        "]]]]".to_owned(),
        "just words".to_owned(),
        "- a\n- b\n".to_owned(),
        "null\n".to_owned(),
        "{".repeat(5_000),
        "[".repeat(100_000),
        "x".repeat(1024 * 1024),
        laughs,
        with("<<: {name: Y}"),
        with("---\nname: second document"),
        with("execute: rm -rf /"),
        with("enabled: true"),
        with("actions: [{spawn_agent: {}}]"),
        with("name: twice"),
        replaced("scheme: x", "scheme: github"),
        replaced("scheme: x", "scheme: none"),
        replaced("scheme: x", "scheme: ../../etc/passwd"),
        replaced("scheme: x", &format!("scheme: {}", "k".repeat(64))),
        replaced("header:X-Sig", "header:Host"),
        replaced("header:X-Sig", "header:Transfer-Encoding"),
        replaced("header:X-Sig", "\"header:X-Sig\\r\\nX-Evil: 1\""),
        replaced("header:X-Sig", "env:SECRET"),
        replaced("header:X-Sig", "file:/etc/passwd"),
        replaced("name: X", "name: \"\\e[31mX\""),
        replaced("name: X", "name: ''"),
        with("algo: none"),
        with("algo: sha256"),
        with("signed: \"\""),
        with("signed: \"{env:HOME}\""),
        with(&format!("signed: \"{}\"", "{method}.".repeat(40))),
        with("certainty: reproduced"),
        with("group: contract"),
        with("fixed: [[Host, evil.example]]"),
        with("fixed: [[X-A, \"1\\r\\nX-B: 2\"]]"),
        with("timestamp: {from: \"header:X-T\", past: 99999999999, future: 0}"),
        with("timestamp: {from: \"header:X-T\", past: 9223372036854775807, future: -9223372036854775808}"),
        with("id: {from: \"header:X-I\", hours: 4294967295}"),
        with("handshakes: [{when: [\"query:c\"], verify_first: false, kind: text/html, body: \"<b>{query:c}\"}]"),
        with("handshakes: [{when: [\"query:c\"], verify_first: false, status: 302}]"),
        with("handshakes: [{when: [\"query:c\"], verify_first: false, kind: \"text/plain\\r\\nSet-Cookie: a=b\"}]"),
        with(&format!("marks: [{}]", "X-A,".repeat(500))),
        with("like: ../secrets"),
    ];
    for file in &files {
        let shown: String = file.chars().take(80).collect();
        let answer = creel.try_rpc("scheme_create", json!({ "text": file }));
        assert!(matches!(answer.status, 400 | 422), "{shown:?}: {} {}", answer.status, answer.text());
        let error = answer.json();
        let said = |field: &str| error[field].as_str().is_some_and(|words| !words.is_empty());
        assert!(said("field") && said("hint") && said("message"), "{shown:?}: {error}");
        let read = creel.rpc("scheme_read", json!({ "text": file }));
        assert!(!read["problems"].as_array().unwrap().is_empty(), "{shown:?}: {read}");
    }
    assert_eq!(creel.rpc("schemes_list", json!({})), before);
    assert_eq!(creel.deliver(&Request::get("/healthz")).status, 200);
}

#[test]
fn a_draft_is_tried_on_a_captured_delivery_before_anything_is_saved() {
    let creel = Creel::start();
    let endpoint =
        Endpoint { id: String::new(), path: "/hooks/nobody".to_owned(), secret: "a secret of Acme's".to_owned() };
    assert_eq!(creel.deliver(&request(&endpoint, "evt-1", now_ms(), BODY)).status, 404);
    let id = newest(&creel)["id"].clone();
    let tried = |text: &str, secret: &str| {
        creel.rpc("scheme_try", json!({ "draft": { "text": text }, "delivery_id": id, "secret": secret }))
    };
    let trial = tried(RECORD, &endpoint.secret);
    assert_eq!(trial["report"]["valid"], true, "{trial}");
    assert_eq!(trial["report"]["signed_bytes"], json!(13 + 1 + "evt-1:".len() + BODY.len()), "{trial}");
    let place = |what: &str| {
        let places = trial["places"].as_array().unwrap();
        places.iter().find(|place| place["what"] == what).map(|place| place["value"].clone()).unwrap()
    };
    assert_eq!((place("event id"), place("event")), (json!("evt-1"), json!("order.paid")));
    assert_eq!(tried(RECORD, "another")["report"]["valid"], false);
    assert_eq!(
        tried(&RECORD.replace("Acme-Signature", "Acme-Sig"), &endpoint.secret)["places"][0]["value"],
        Value::Null
    );
    let wrong = tried(&RECORD.replace("hmac-sha512", "hmac-md5"), &endpoint.secret);
    assert_eq!((&wrong["report"], &wrong["problems"][0]["field"]), (&Value::Null, &json!("algo")), "{wrong}");
    let guessed = creel.rpc("scheme_draft", json!({ "delivery_id": id }));
    assert_eq!(guessed["record"]["signature"], "header:Acme-Signature", "{guessed}");
    assert_eq!(guessed["record"]["algo"], "hmac-sha512", "{guessed}");
    let key = creel.try_rpc("scheme_get", json!({ "key": "acme" }));
    assert_eq!(key.status, 404, "nothing was saved");
}

#[test]
fn the_secret_of_a_trigger_serves_a_trial_and_is_never_shown() {
    let (creel, endpoint) = with_acme();
    creel.deliver(&request(&endpoint, "evt-1", now_ms(), BODY));
    let id = newest(&creel)["id"].clone();
    for more in [json!({ "secret_from": endpoint.id }), json!({})] {
        let mut input = json!({ "draft": { "text": RECORD }, "delivery_id": id });
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let answer = creel.try_rpc("scheme_try", input);
        assert_eq!(answer.json()["report"]["valid"], true, "{}", answer.text());
        assert!(!answer.text().contains(&endpoint.secret));
    }
}

#[test]
fn an_unmatched_delivery_is_told_by_the_users_scheme() {
    let (creel, endpoint) = with_acme();
    creel.deliver(&request(&Endpoint { path: "/hooks/unknown".to_owned(), ..endpoint }, "evt-1", now_ms(), BODY));
    let row = newest(&creel);
    assert_eq!(
        (&row["source"], &row["event"], &row["event_id"]),
        (&json!("acme"), &json!("order.paid"), &json!("evt-1"))
    );
    let drafted = creel.rpc("trigger_draft", json!({ "delivery_id": row["id"] }));
    assert_eq!(drafted["draft"]["scheme"], "acme", "{drafted}");
}

#[test]
fn creel_verify_reads_a_scheme_from_its_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("acme.yaml");
    std::fs::write(&file, RECORD.replace("scheme: acme\n", "")).unwrap();
    let line = |secret: &str| {
        json!({ "scheme": "acme", "secret": secret, "body": String::from_utf8_lossy(BODY), "now": 1_763_700_000,
            "headers": { "Acme-Event-Id": "e", "Acme-Signature": acme("s3cret", 1_763_700_000_000, "e", BODY) } })
    };
    let mut command = Command::new(creel_tests::creel::binary());
    let mut child =
        command.args(["verify", "--scheme"]).arg(&file).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    writeln!(stdin, "{}\n{}", line("s3cret"), line("other")).unwrap();
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let valid: Vec<_> = text.lines().map(|l| serde_json::from_str::<Value>(l).unwrap()["valid"].clone()).collect();
    assert_eq!(valid, [json!(true), json!(false)], "{text}");
    std::fs::write(&file, "name: A\nsignature: nowhere\n").unwrap();
    let refused = Command::new(creel_tests::creel::binary()).args(["verify", "--scheme"]).arg(&file).output().unwrap();
    let words = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success() && words.contains("signature") && words.contains("no place"), "{words}");
}

#[test]
fn a_header_that_carries_the_secret_itself_is_masked_whatever_its_name() {
    let creel = Creel::start();
    let record = "scheme: shop\nname: Shop\nalgo: token\nsigned: \"\"\nsignature: header:X-Shop-Pass\n";
    creel.rpc("scheme_create", json!({ "text": record }));
    let endpoint = task_trigger(&creel, "shop", "shop", json!({}));
    let sent = creel.deliver(&Request::post(&endpoint.path, BODY).header("X-Shop-Pass", endpoint.secret.as_str()));
    assert_eq!(sent.status, 202, "{}", sent.text());
    let detail = creel.rpc("delivery_get", json!({ "id": newest(&creel)["id"] }));
    let lines = detail["headers"].as_array().unwrap();
    let line = lines.iter().find(|line| line["name"] == "X-Shop-Pass").unwrap();
    assert_eq!((&line["masked"], &line["value"]), (&json!(true), &json!("••••")), "{line}");
    assert!(!detail.to_string().contains(&endpoint.secret));
}
