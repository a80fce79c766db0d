//! The rotation radar: which secret each sender still uses, exact also after `kill -9`, and the end of an old secret, which
//! can be moved. The clock is moved while Creel runs.

use std::sync::Arc;

use creel_tests::creel::Endpoint;
use creel_tests::{Creel, Request, Setup, ShiftedClock, sign};
use serde_json::{Value, json};

use crate::deliver::task_trigger;

const HOUR: i64 = 3600;

/// A signed delivery of a sender; its status.
fn send(creel: &Creel, at: &Endpoint, secret: &str, agent: &str) -> u16 {
    let body = format!(r#"{{"title":"{}"}}"#, creel.deliveries("").len());
    let request = Request::post(&at.path, body.clone()).header("X-GitHub-Event", "push");
    let signed = request.header("X-Hub-Signature-256", sign::github(secret, body.as_bytes()));
    creel.deliver(&signed.header("User-Agent", agent)).status
}

fn radar(creel: &Creel, at: &Endpoint) -> Value {
    creel.rpc("trigger_senders", json!({ "id": at.id }))
}

fn rotate(creel: &Creel, at: &Endpoint) -> String {
    creel.rpc("trigger_rotate_secret", json!({ "id": at.id }))["secret"].as_str().unwrap().to_owned()
}

/// Each sender's agent, how often it came, and the name of its secret (`gone` where there is none).
fn senders(radar: &Value) -> Vec<(String, i64, String)> {
    let name = |id: &Value| {
        let found = radar["secrets"].as_array().unwrap().iter().find(|one| one["secret"]["id"] == *id);
        found.map_or("gone", |one| one["secret"]["name"].as_str().unwrap()).to_owned()
    };
    let row = |one: &Value| {
        assert_eq!(one["address"], "127.0.0.1");
        (one["agent"].as_str().unwrap().to_owned(), one["deliveries"].as_i64().unwrap(), name(&one["secret_id"]))
    };
    radar["senders"].as_array().unwrap().iter().map(row).collect()
}

fn old(radar: &Value) -> &Value {
    radar["secrets"].as_array().unwrap().iter().find(|one| one["secret"]["name"] == "previous").unwrap()
}

fn row(agent: &str, count: i64, secret: &str) -> (String, i64, String) {
    (agent.to_owned(), count, secret.to_owned())
}

#[test]
fn each_sender_stands_at_the_secret_that_it_used_last() {
    let mut creel = Creel::start();
    let at = task_trigger(&creel, "g", "github", json!({}));
    assert_eq!(senders(&radar(&creel, &at)), []);
    for agent in ["GitHub-Hookshot/1", "GitHub-Hookshot/1", "curl/8", "deploy-bot/2"] {
        assert_eq!(send(&creel, &at, &at.secret, agent), 202);
    }
    let new = rotate(&creel, &at);
    let all_old = senders(&radar(&creel, &at));
    assert_eq!(all_old.len(), 3);
    assert!(all_old.iter().all(|(_, _, secret)| secret == "previous"), "who sent before still uses the old one");

    assert_eq!(send(&creel, &at, &new, "GitHub-Hookshot/1"), 202);
    assert_eq!(send(&creel, &at, &at.secret, "curl/8"), 202);
    assert_eq!(send(&creel, &at, "a wrong secret, long enough", "stranger/1"), 401);
    creel.rpc("send_test", json!({ "trigger_id": at.id }));
    let expected =
        [row("curl/8", 2, "previous"), row("deploy-bot/2", 1, "previous"), row("GitHub-Hookshot/1", 1, "current")];
    let found = radar(&creel, &at);
    assert_eq!(senders(&found), expected, "old ones first; neither a stranger nor Creel's own test counts");
    assert_eq!(old(&found)["senders"], 2);

    // Nobody asked since: these are in memory only when the process dies.
    for _ in 0..3 {
        assert_eq!(send(&creel, &at, &at.secret, "late/1"), 202);
    }
    creel.kill();
    creel.start_again();
    let found = senders(&radar(&creel, &at));
    assert_eq!(found[0], row("late/1", 3, "previous"), "exact after kill -9");
    assert_eq!(found[1..], expected);
    assert_eq!(send(&creel, &at, &new, "curl/8"), 202);
    assert_eq!(old(&radar(&creel, &at))["senders"], 2);
    let listed = creel.deliveries("");
    assert_eq!(listed[0]["key_id"], radar(&creel, &at)["secrets"][0]["secret"]["id"], "each row says its secret");

    rotate(&creel, &at);
    let last = senders(&radar(&creel, &at));
    assert!(last.contains(&row("deploy-bot/2", 1, "gone")), "{last:?}: the oldest secret is gone, its sender is not");
}

#[test]
fn the_end_of_an_old_secret_is_moved_and_set_to_now() {
    let clock = Arc::new(ShiftedClock::new());
    let creel = Creel::start_with(Setup { clock: Some(Arc::clone(&clock)), ..Setup::default() });
    let at = task_trigger(&creel, "g", "github", json!({}));
    assert_eq!(send(&creel, &at, &at.secret, "curl/8"), 202);
    let new = rotate(&creel, &at);
    let id = old(&radar(&creel, &at))["secret"]["id"].clone();
    let grace = |hours: u32| creel.try_rpc("trigger_grace", json!({ "id": at.id, "secret_id": id, "hours": hours }));

    clock.shift_to(23 * HOUR);
    assert_eq!(send(&creel, &at, &at.secret, "curl/8"), 202, "within the grace");
    let longer = grace(24).json();
    let ends = old(&longer)["secret"]["expires_at"].as_i64().unwrap() / 1000;
    let left = ends - sign::now() - 47 * HOUR;
    assert!((-20..=0).contains(&left), "24 hours from now, which is 23 hours on, give or take {left} s");
    clock.shift_to(46 * HOUR);
    assert_eq!(send(&creel, &at, &at.secret, "curl/8"), 202, "the grace was made longer");
    assert_eq!(grace(0).status, 200);
    assert_eq!(send(&creel, &at, &at.secret, "curl/8"), 401, "it ended at once");
    assert_eq!(send(&creel, &at, &new, "curl/8"), 202);
    assert_eq!(grace(721).status, 422);
    let current = radar(&creel, &at)["secrets"][0]["secret"]["id"].clone();
    let refused = creel.try_rpc("trigger_grace", json!({ "id": at.id, "secret_id": current, "hours": 0 }));
    assert_eq!(refused.status, 404, "the current secret is not ended: {}", refused.text());
    clock.shift_to(0);
}

#[test]
fn a_secret_that_was_accepted_for_a_while_has_its_senders_too() {
    let creel = Creel::start();
    let (one, other) = (task_trigger(&creel, "a", "github", json!({})), task_trigger(&creel, "b", "github", json!({})));
    let secret = radar(&creel, &other)["secrets"][0]["secret"]["id"].clone();
    creel.rpc("trigger_accept_secret", json!({ "id": one.id, "secret_id": secret }));
    assert_eq!(send(&creel, &one, &other.secret, "curl/8"), 202);
    assert_eq!(send(&creel, &one, &one.secret, "bot/1"), 202);
    assert_eq!(senders(&radar(&creel, &one)), [row("curl/8", 1, "of b"), row("bot/1", 1, "current")]);
    assert_eq!(senders(&radar(&creel, &other)), [], "each trigger has its own");
}

#[test]
fn a_sender_that_invents_names_fills_nothing() {
    let creel = Creel::start();
    let at = task_trigger(&creel, "g", "github", json!({ "actions": [] }));
    for n in 0..260 {
        assert_eq!(send(&creel, &at, &at.secret, &format!("name-{n}/{}", "x".repeat(400))), 202);
    }
    let found = radar(&creel, &at);
    assert_eq!((senders(&found).len(), found["more"].as_i64()), (50, Some(150)), "200 are kept, 50 are shown");
    assert!(senders(&found).iter().all(|(agent, ..)| agent.len() <= 120));
    assert!(senders(&found)[0].0.starts_with("name-259"), "the latest first");
}
