//! `kill -9` during load, twenty times. The ledger of the client is the oracle: what was answered 2xx is there, with the
//! right bytes, its task exactly once, its forward at least once and always under one idempotency key.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use creel_tests::creel::Endpoint;
use creel_tests::{Connection, Creel, Recorder, Request, sign};
use serde_json::{Value, json};

use crate::deliver::{forward_to, make_task};

const KILLS: u32 = 20;
/// On a machine that is so busy that these acknowledge too little, there are more, up to so many.
const KILLS_MOST: u32 = 80;
/// What has to be acknowledged for the load to be one.
const LOAD: usize = 200;
/// Senders at once.
const SENDERS: u32 = 4;
/// Forwards of this many deliveries are drained in seconds, so the load stops there.
const PER_RUN: u32 = 60;

/// Delivery id (as Creel answered it) → what was sent.
type Ledger = Mutex<BTreeMap<String, Sent>>;

struct Sent {
    name: String,
    sha256: String,
}

#[test]
fn twenty_kills_under_load_lose_nothing_and_repeat_no_task() {
    let upstream = Recorder::answering(204);
    let mut creel = Creel::start();
    let actions =
        json!([make_task(&creel, "{{payload.name}}"), forward_to(&format!("{}/in", upstream.base), json!({}))]);
    let endpoint = creel.trigger(json!({ "name": "load", "slug": "load", "scheme": "github", "actions": actions }));
    let (ledger, mut restarts) = (Ledger::default(), Vec::new());
    let mut random = u64::from(std::process::id());
    for run in 0..KILLS_MOST {
        if run >= KILLS && ledger.lock().unwrap().len() >= LOAD {
            break;
        }
        random = random.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        let limit = Duration::from_millis(50 + (random >> 33) % 700);
        load_and_kill(&mut creel, &endpoint, &ledger, run, limit);
        let start = Instant::now();
        creel.start_again();
        restarts.push(start.elapsed());
    }
    let ledger = ledger.into_inner().unwrap();
    assert!(ledger.len() >= LOAD, "the load was a load: {} acknowledged", ledger.len());
    restarts.sort();
    // What a start takes is measured elsewhere; here it waits for nothing that the kill left behind, busy as the machine is.
    assert!(restarts[restarts.len() * 9 / 10] < Duration::from_secs(10), "listening again, p95: {restarts:?}");
    every_acknowledged_delivery_is_there(&creel, &ledger);
    let stored = names_in_store(&creel);
    every_task_is_there_once(&creel, &ledger, &stored);
    every_forward_arrives_under_one_key(&creel, &upstream, &stored);
    println!(
        "{} acknowledged over {} kills, restart p50 {:?}",
        ledger.len(),
        restarts.len(),
        restarts[restarts.len() / 2]
    );
}

fn load_and_kill(creel: &mut Creel, endpoint: &Endpoint, ledger: &Ledger, run: u32, limit: Duration) {
    let (stop, count) = (Arc::new(AtomicBool::new(false)), AtomicU32::new(0));
    let receiver = creel.receiver.clone();
    std::thread::scope(|scope| {
        for sender in 0..SENDERS {
            let (stop, count, receiver) = (Arc::clone(&stop), &count, &receiver);
            scope.spawn(move || send_until(&stop, count, receiver, endpoint, ledger, &format!("{run}-{sender}")));
        }
        // The moment of the kill is what the test varies; it waits for time, not for a condition.
        std::thread::sleep(limit);
        creel.kill();
        stop.store(true, Ordering::SeqCst);
    });
}

fn send_until(
    stop: &AtomicBool,
    count: &AtomicU32,
    receiver: &str,
    endpoint: &Endpoint,
    ledger: &Ledger,
    prefix: &str,
) {
    let Ok(mut connection) = Connection::open(receiver) else { return };
    for n in 0.. {
        if stop.load(Ordering::SeqCst) || count.fetch_add(1, Ordering::SeqCst) >= PER_RUN {
            return;
        }
        let name = format!("{prefix}-{n}");
        let body = json!({ "name": name, "filling": "x".repeat(n * 97 % 5000) }).to_string().into_bytes();
        let request = Request::post(&endpoint.path, &body[..]).github(&endpoint.secret, "push", &name);
        let Ok(answer) = connection.send(&request) else { return };
        assert_eq!(answer.status, 202, "{name}: {}", answer.text());
        let id = answer.json()["delivery"].as_str().unwrap().to_owned();
        ledger.lock().unwrap().insert(id, Sent { name, sha256: sign::sha256(&body) });
    }
}

fn every_acknowledged_delivery_is_there(creel: &Creel, ledger: &BTreeMap<String, Sent>) {
    for (id, sent) in ledger {
        assert_eq!(sign::sha256(&creel.body(id)), sent.sha256, "the bytes of {id} ({})", sent.name);
    }
}

/// Every delivery in the store by its name: acknowledged ones, and those whose answer was lost with the process.
fn names_in_store(creel: &Creel) -> BTreeMap<String, String> {
    let rows = creel.deliveries("");
    let named = |row: &Value| Some((row["event_id"].as_str()?.to_owned(), row["id"].as_str()?.to_owned()));
    rows.iter().filter(|row| row["outcome"] == "accepted").filter_map(named).collect()
}

fn every_task_is_there_once(creel: &Creel, ledger: &BTreeMap<String, Sent>, stored: &BTreeMap<String, String>) {
    let mut tasks: BTreeMap<String, u32> = BTreeMap::new();
    for task in creel.tasks() {
        *tasks.entry(task["title"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    let twice: Vec<_> = tasks.iter().filter(|(_, count)| **count != 1).collect();
    assert!(twice.is_empty(), "tasks made more than once: {twice:?}");
    let missing: Vec<_> =
        ledger.values().filter(|sent| !tasks.contains_key(&sent.name)).map(|sent| &sent.name).collect();
    assert!(missing.is_empty(), "acknowledged without a task: {missing:?}");
    let of_store: BTreeSet<_> = stored.keys().collect();
    assert_eq!(tasks.keys().collect::<BTreeSet<_>>(), of_store, "a delivery and its task are one transaction");
}

fn every_forward_arrives_under_one_key(creel: &Creel, upstream: &Recorder, stored: &BTreeMap<String, String>) {
    let keys = || {
        let mut keys: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for request in upstream.seen() {
            let body: Value = serde_json::from_slice(&request.body).expect("forwarded as received");
            let key = request.header("Idempotency-Key").expect("every forward has a key").to_owned();
            keys.entry(body["name"].as_str().unwrap().to_owned()).or_default().insert(key);
        }
        keys
    };
    let limit = Duration::from_secs(120);
    creel_tests::wait::until_within(limit, "every queued forward to arrive", || {
        let arrived = keys();
        stored.keys().all(|name| arrived.contains_key(name)).then_some(())
    });
    let several: Vec<_> = keys().into_iter().filter(|(_, keys)| keys.len() != 1).collect();
    assert!(several.is_empty(), "one key for all attempts of one forward: {several:?}");
    let all: BTreeSet<_> = keys().into_values().flatten().collect();
    assert_eq!(all.len(), keys().len(), "and no two forwards share one");
    creel_tests::wait::until_within(limit, "the queue to be empty", || {
        (creel.rpc("status", json!({}))["queue_depth"] == 0).then_some(())
    });
}
