//! Agents whose backend misbehaves: each ends in a clear error, and the queue goes on.

use std::io::Write;
use std::sync::Arc;

use creel_tests::recorder::plain;
use creel_tests::{Creel, Recorder, Setup, ShiftedClock, until};
use serde_json::{Value, json};

use crate::agents::{agent, ended};
use crate::octipus::{deploy, hook};

const EVENT: &str = "data: {\"choices\":[{\"delta\":{\"content\":\"0123456789abcdef\"}}]}\n\n";
const STREAM: &str = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n";

/// A Creel whose hook asks the model at `base`, after one delivery.
fn asked(base: &str) -> Creel {
    let creel = Creel::start();
    let backend = json!({ "chat": { "base_url": format!("{base}/v1"), "model": "small" } });
    let limits = json!({ "timeout_s": 2 });
    agent(&creel, json!({ "name": "Olga", "backend": backend, "limits": limits }));
    hook(&creel, json!({ "action": "spawn_agent", "actionConfig": { "agentPrompt": "Look." } }));
    deploy(&creel, "{}");
    creel
}

/// The error of the one attempt there was, and whether another is due.
fn trouble(creel: &Creel) -> (String, bool) {
    let row = until("an attempt that failed", || {
        creel.executions(json!({})).into_iter().next().filter(|row| row["error"].is_object())
    });
    (row["error"]["message"].as_str().unwrap().to_owned(), !row["next_at"].is_null())
}

#[test]
fn each_way_to_fail_says_what_went_wrong_and_whether_it_is_tried_again() {
    let nobody = format!("127.0.0.1:{}", creel_tests::free_port());
    let (error, again) = trouble(&asked(&format!("http://{nobody}")));
    assert!(error.contains("no connection to") && again, "{error}");
    type Answer = fn(&mut std::net::TcpStream) -> std::io::Result<()>;
    let table: [(&str, bool, Answer); 8] = [
        ("429", true, |out| plain(out, 429, &[("Retry-After", "120")], br#"{"error":{"message":"slow down"}}"#)),
        ("503", true, |out| plain(out, 503, &[], b"")),
        ("401 Unauthorized: wrong key", false, |out| plain(out, 401, &[], br#"{"error":{"message":"wrong key"}}"#)),
        ("longer than 131072 bytes", false, |out| {
            out.write_all(STREAM.as_bytes())?;
            loop {
                out.write_all(EVENT.as_bytes())?;
            }
        }),
        ("a line of the answer is longer", false, |out| {
            out.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 10737418240\r\n\r\n")?;
            loop {
                out.write_all(&[b'x'; 65_536])?;
            }
        }),
        ("is no JSON", false, |out| out.write_all(format!("{STREAM}data: {{nonsense\n\n").as_bytes())),
        ("broke off after 16 bytes", true, |out| out.write_all(format!("{STREAM}{EVENT}").as_bytes())),
        ("within 2 s", true, |out| {
            out.write_all(format!("{STREAM}{EVENT}").as_bytes())?;
            std::io::Read::read_to_end(out, &mut Vec::new()).map(drop)
        }),
    ];
    for (words, tried_again, answer) in table {
        let server = Recorder::start(move |_, out| answer(out));
        let (error, again) = trouble(&asked(&server.base));
        assert!(error.contains(words), "{words}: {error}");
        assert_eq!(again, tried_again, "{words}: {error}");
    }
}

#[test]
fn retry_after_is_kept() {
    let server = Recorder::start(|_, out| plain(out, 429, &[("Retry-After", "120")], b"{}"));
    let creel = asked(&server.base);
    let row =
        until("the retry", || creel.executions(json!({})).into_iter().next().filter(|row| row["next_at"].is_i64()));
    let wait = row["next_at"].as_i64().unwrap() - row["started_at"].as_i64().unwrap();
    assert!((120_000..160_000).contains(&wait), "{wait} ms: {row}");
}

#[test]
fn a_redirect_leads_nowhere_and_the_key_stays_home() {
    let elsewhere = Recorder::answering(200);
    let target = elsewhere.base.clone();
    let server = Recorder::start(move |_, out| plain(out, 307, &[("Location", &target)], b""));
    let creel = asked(&server.base);
    let error = ended(&creel, "failed")["execution"]["error"].clone();
    assert!(error["message"].as_str().unwrap().contains("307"), "{error}");
    assert!(elsewhere.seen().is_empty(), "nothing follows a redirect");
}

#[test]
fn creels_own_address_is_no_model() {
    let creel = Creel::start();
    let backend = json!({ "chat": { "base_url": creel.receiver, "model": "small" } });
    agent(&creel, json!({ "name": "Olga", "backend": backend }));
    hook(&creel, json!({ "action": "spawn_agent", "actionConfig": { "agentPrompt": "Look." } }));
    deploy(&creel, "{}");
    let error = ended(&creel, "failed")["execution"]["error"].clone();
    assert!(error["message"].as_str().unwrap().contains("Creel itself"), "{error}");
}

#[test]
fn a_flood_stays_within_the_days_budget_and_says_so() {
    let clock = Some(Arc::new(ShiftedClock::mid_month()));
    let creel = Creel::start_with(Setup { clock, ..Setup::default() });
    agent(&creel, json!({ "name": "Olga", "limits": { "runs_a_day": 3 } }));
    hook(&creel, json!({ "action": "spawn_agent", "actionConfig": { "agentPrompt": "Look." } }));
    for n in 0..10 {
        deploy(&creel, &json!({ "n": n }).to_string());
    }
    let count = |status: &str| creel.executions(json!({ "status": [status] })).len();
    until("the end of all", || Some(()).filter(|()| count("succeeded") + count("failed") == 10));
    assert_eq!(count("succeeded"), 3, "the budget is exact, also for runs at the same time");
    let error = creel.executions(json!({ "status": ["failed"] }))[0]["error"].clone();
    assert!(error["message"].as_str().unwrap().contains("used 3 of 3 runs today"), "{error}");
}

#[test]
fn no_agent_for_the_topic_is_an_error_that_says_what_to_do() {
    let creel = Creel::start();
    hook(&creel, json!({ "action": "spawn_agent", "actionConfig": { "agentPrompt": "Look.", "agentTopic": "law" } }));
    deploy(&creel, "{}");
    let error: Value = ended(&creel, "failed")["execution"]["error"].clone();
    assert_eq!(error["message"], "there is no agent for the topic \"law\"");
    assert!(error["hint"].as_str().unwrap().contains("make one"), "{error}");
}
