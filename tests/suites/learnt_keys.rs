//! Keys that a sender brings in its first request (Asana, Notion): taken only while the user waits, once, and from then on
//! what verifies. The clock is moved while Creel runs.

use std::sync::Arc;

use creel_tests::creel::Endpoint;
use creel_tests::{Creel, Request, Response, Setup, ShiftedClock, sign};
use serde_json::{Value, json};

use crate::deliver::{newest, task_trigger};

const MINUTE: i64 = 60;

/// How each sender brings its key, and how it signs with it.
struct Sender {
    scheme: &'static str,
    bring: fn(&str, &str) -> Request,
    header: &'static str,
    prefix: &'static str,
}

const SENDERS: [Sender; 2] = [
    Sender {
        scheme: "asana",
        bring: |path, key| Request::post(path, b"{}").header("X-Hook-Secret", key),
        header: "X-Hook-Signature",
        prefix: "",
    },
    Sender {
        scheme: "notion",
        bring: |path, key| Request::post(path, json!({ "verification_token": key }).to_string()),
        header: "X-Notion-Signature",
        prefix: "sha256=",
    },
];

const BODY: &str = r#"{"id":"evt_1","type":"page.created","title":"A page","events":[{"action":"added"}]}"#;

impl Sender {
    fn bring(&self, creel: &Creel, at: &Endpoint, key: &str) -> Response {
        creel.deliver(&(self.bring)(&at.path, key))
    }

    /// A delivery of a title of its own, signed with `key`; `flipped` changes one bit of the body after that.
    fn send(&self, creel: &Creel, at: &Endpoint, key: &str, flipped: bool) -> u16 {
        let nonce = creel.deliveries("").len();
        let mut body = BODY.replace("evt_1", &format!("evt_{nonce}")).into_bytes();
        let signature = format!("{}{}", self.prefix, sign::hex(key, &body));
        let last = body.len() - 3;
        body[last] ^= u8::from(flipped);
        creel.deliver(&Request::post(&at.path, body).header(self.header, signature)).status
    }
}

fn wait(creel: &Creel, at: &Endpoint, wait: bool) -> Value {
    creel.rpc("trigger_learn", json!({ "id": at.id, "wait": wait }))["learning"].clone()
}

fn learning(creel: &Creel, at: &Endpoint) -> Value {
    creel.rpc("trigger_get", json!({ "id": at.id }))["learning"].clone()
}

fn reason(creel: &Creel) -> (Value, String) {
    let row = newest(creel);
    (row["reason_code"].clone(), row["reason"].as_str().unwrap_or_default().to_owned())
}

#[test]
fn a_key_is_learnt_while_the_user_waits_and_only_then() {
    let creel = Creel::start();
    for sender in &SENDERS {
        let at = task_trigger(&creel, sender.scheme, sender.scheme, json!({}));
        let key = format!("the-key-of-{}-0123456789", sender.scheme);
        assert_eq!(sender.bring(&creel, &at, "a-stranger-s-key-0123456789").status, 401, "{}", sender.scheme);
        let (code, words) = reason(&creel);
        assert_eq!(code, "handshake_refused", "{words}");
        assert!(words.contains("nobody waits"), "{words}");
        assert_eq!(sender.send(&creel, &at, "a-stranger-s-key-0123456789", false), 401, "nothing was learnt");
        assert_eq!(sender.send(&creel, &at, &at.secret, false), 202, "the key is what it was");

        let waiting = wait(&creel, &at, true);
        let left = waiting["until"].as_i64().unwrap() / 1000 - sign::now();
        assert!((10 * MINUTE - 20..=10 * MINUTE).contains(&left), "ten minutes, not {left} s");
        let answer = sender.bring(&creel, &at, &key);
        assert_eq!(answer.status, 200, "{}", answer.text());
        if sender.scheme == "asana" {
            assert_eq!(answer.header("x-hook-secret"), Some(key.as_str()), "Asana wants it back");
        }
        assert_eq!(reason(&creel).0, "handshake");
        assert_eq!(learning(&creel, &at)["learnt"]["from"], "127.0.0.1");
        assert_eq!(learning(&creel, &at)["learnt"]["delivery_id"], newest(&creel)["id"]);

        let tasks = creel.tasks().len();
        assert_eq!(sender.send(&creel, &at, &key, false), 202, "{}: signed with the learnt key", sender.scheme);
        assert_eq!(sender.send(&creel, &at, &key, true), 401, "{}: a flipped bit", sender.scheme);
        assert_eq!(sender.send(&creel, &at, &at.secret, false), 401, "the key before stopped");
        assert_eq!(creel.tasks().len(), tasks + 1);

        assert_eq!(sender.bring(&creel, &at, "a-second-key-0123456789-0123").status, 401, "the first one counts");
        assert!(reason(&creel).1.contains("the first one counts"), "{}", reason(&creel).1);
        assert_eq!(sender.send(&creel, &at, &key, false), 202, "the second changed nothing");
    }
}

#[test]
fn the_wait_ends_in_time_is_made_longer_and_given_up() {
    let clock = Arc::new(ShiftedClock::new());
    let creel = Creel::start_with(Setup { clock: Some(Arc::clone(&clock)), ..Setup::default() });
    let [asana, _] = &SENDERS;
    let at = task_trigger(&creel, "asana", "asana", json!({}));
    let begun = wait(&creel, &at, true);
    clock.shift_to(8 * MINUTE);
    let longer = wait(&creel, &at, true);
    assert_eq!(longer["began_at"], begun["began_at"], "it is the same wait");
    assert!(longer["until"].as_i64() > begun["until"].as_i64());
    clock.shift_to(18 * MINUTE + 2);
    assert_eq!(asana.bring(&creel, &at, "too-late-0123456789").status, 401);
    assert!(reason(&creel).1.contains("ended at"), "{}", reason(&creel).1);

    wait(&creel, &at, true);
    assert_eq!(wait(&creel, &at, false), Value::Null, "given up");
    assert_eq!(asana.bring(&creel, &at, "given-up-0123456789").status, 401);

    wait(&creel, &at, true);
    clock.shift_to(0);
    assert_eq!(asana.bring(&creel, &at, "set-back-0123456789").status, 401, "a clock that is set back opens nothing");
    assert!(reason(&creel).1.contains("set back"), "{}", reason(&creel).1);
}

#[test]
fn a_restart_does_not_end_the_wait_and_the_record_holds_no_key() {
    let mut creel = Creel::start();
    let key = "notion-verification-token-0123456789";
    let [asana, notion] = &SENDERS;
    let (one, two) = (task_trigger(&creel, "a", "asana", json!({})), task_trigger(&creel, "n", "notion", json!({})));
    wait(&creel, &one, true);
    wait(&creel, &two, true);
    creel.kill();
    creel.start_again();
    for (sender, at) in [(asana, &one), (notion, &two)] {
        assert_eq!(sender.bring(&creel, at, key).status, 200);
        let row = newest(&creel);
        let detail = creel.rpc("delivery_get", json!({ "id": row["id"] })).to_string();
        let body = String::from_utf8(creel.body(row["id"].as_str().unwrap())).unwrap();
        assert!(!detail.contains(key) && !body.contains(key), "{detail} {body}");
        assert_eq!(row["bytes"].as_u64(), Some(body.len() as u64), "lengths stay true");
        assert_eq!(sender.send(&creel, at, key, false), 202);
    }
    creel.terminate();
    for file in std::fs::read_dir(creel.data_dir()).unwrap().flatten().filter(|file| file.path().is_file()) {
        let bytes = std::fs::read(file.path()).unwrap();
        let found = bytes.windows(key.len()).any(|part| part == key.as_bytes());
        assert!(!found, "{} holds the key in clear", file.path().display());
    }
}

#[test]
fn notion_s_key_is_shown_once_and_asana_s_never() {
    let creel = Creel::start();
    let key = "notion-verification-token-0123456789";
    let [asana, notion] = &SENDERS;
    let (one, two) = (task_trigger(&creel, "a", "asana", json!({})), task_trigger(&creel, "n", "notion", json!({})));
    let show = |at: &Endpoint| creel.try_rpc("trigger_learnt_key", json!({ "id": at.id }));
    assert_eq!(show(&two).status, 409, "nothing was learnt yet");
    for (sender, at) in [(asana, &one), (notion, &two)] {
        wait(&creel, at, true);
        assert_eq!(sender.bring(&creel, at, key).status, 200);
    }
    assert_eq!(show(&two).json()["secret"], key);
    assert_eq!(show(&two).status, 409, "{}", show(&two).text());
    assert_eq!(show(&one).status, 409, "Asana knows its key");
    let github = task_trigger(&creel, "g", "github", json!({}));
    let refused = creel.try_rpc("trigger_learn", json!({ "id": github.id, "wait": true }));
    assert_eq!(refused.status, 409, "{}", refused.text());
}

#[test]
fn what_is_no_key_is_not_learnt_and_the_wait_goes_on() {
    let creel = Creel::start();
    let [asana, notion] = &SENDERS;
    for (sender, slug) in [(asana, "a"), (notion, "n")] {
        let at = task_trigger(&creel, slug, sender.scheme, json!({}));
        wait(&creel, &at, true);
        for bad in ["", "   ", &"x".repeat(5_000)] {
            assert_ne!(sender.bring(&creel, &at, bad).status / 100, 2, "{} {bad:?}", sender.scheme);
        }
        // A genuine delivery beside a wait is what it always is, and so is a forged one.
        assert_eq!(sender.send(&creel, &at, &at.secret, false), 202);
        assert_eq!(sender.send(&creel, &at, &at.secret, true), 401);
        assert_eq!(sender.bring(&creel, &at, "the-key-0123456789").status, 200);
        assert_eq!(sender.send(&creel, &at, "the-key-0123456789", false), 202);
    }
}

#[test]
fn of_two_hundred_handshakes_at_once_one_counts() {
    let creel = Creel::start();
    let [asana, _] = &SENDERS;
    let at = task_trigger(&creel, "asana", "asana", json!({}));
    wait(&creel, &at, true);
    let keys: Vec<String> = (0..200).map(|n| format!("key-number-{n:03}-0123456789")).collect();
    let taken: Vec<&String> = std::thread::scope(|scope| {
        let sent: Vec<_> = keys
            .chunks(25)
            .map(|some| {
                let (creel, at) = (&creel, &at);
                scope.spawn(move || {
                    some.iter().filter(|key| asana.bring(creel, at, key).status == 200).collect::<Vec<_>>()
                })
            })
            .collect();
        sent.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(taken.len(), 1, "{taken:?}");
    assert_eq!(asana.send(&creel, &at, taken[0], false), 202);
    assert_eq!(creel.deliveries("").iter().filter(|row| row["reason_code"] == "handshake_refused").count(), 199);
}
