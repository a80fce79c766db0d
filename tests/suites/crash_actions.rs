//! `kill -9` at random moments while every action there is runs. The oracle is what reached the outside, and what Creel
//! says of itself afterwards: local effects exactly once; other outside effects at least once, always under one
//! idempotency key; commands, programs and additions to files at most once, the rest shown as interrupted; nothing lost.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use creel_tests::{Creel, Setup, ShiftedClock};
use serde_json::{Value, json};

use crate::crash_load::{Load, at, file};

/// Kills unless `CREEL_KILLS` says otherwise; the long run has 100.
const KILLS: usize = 20;
/// Senders at once, and the most that each sends before a kill: what is queued must drain in seconds.
const SENDERS: usize = 4;
const EACH: usize = 5;
/// A kill comes up to so long after the load began.
const LATEST_MS: u64 = 500;

/// What was answered 2xx: kind and name.
type Ledger = Mutex<Vec<(&'static str, String)>>;

#[test]
fn kills_at_random_moments_repeat_no_local_effect_and_no_command_and_lose_nothing() {
    let kills = std::env::var("CREEL_KILLS").ok().and_then(|n| n.parse().ok()).unwrap_or(KILLS);
    let clock = Arc::new(ShiftedClock::new());
    let mut creel = Creel::start_with(Setup { clock: Some(Arc::clone(&clock)), ..Setup::default() });
    let (load, ledger) = (Load::new(&creel), Ledger::default());
    let mut random = u64::from(std::process::id());
    for run in 0..kills {
        random = random.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        load_and_kill(&mut creel, &load, &ledger, run, Duration::from_millis(20 + (random >> 33) % LATEST_MS));
        creel.start_again();
    }
    let ran_again = drained(&creel, &load, &clock);
    let seen = Seen::read(&creel, &load);
    seen.every_answered_delivery_is_there(&ledger.into_inner().unwrap());
    seen.every_execution_has_ended_and_the_sums_agree(&creel);
    seen.local_effects_happened_once(&creel);
    let repeated = seen.outside_effects_arrived_under_one_key(&load);
    let interrupted = seen.commands_started_at_most_once(&load);
    seen.pipelines_ended(&creel, &load);
    println!(
        "{kills} kills, {} executions, {interrupted} interrupted, {repeated} requests repeated, {ran_again} quarantined and told to run",
        seen.executions.len()
    );
    assert!(interrupted > 0, "no kill hit a command: the test tried nothing");
}

fn load_and_kill(creel: &mut Creel, load: &Load, ledger: &Ledger, run: usize, limit: Duration) {
    let (stop, receiver) = (AtomicBool::new(false), creel.receiver.clone());
    std::thread::scope(|scope| {
        for sender in 0..SENDERS {
            let (stop, receiver) = (&stop, &receiver);
            scope.spawn(move || load.send(receiver, &format!("{run}x{sender}"), EACH, stop, ledger));
        }
        // The moment of the kill is what the test varies; it waits for time, not for a condition.
        std::thread::sleep(limit);
        creel.kill();
        stop.store(true, Ordering::SeqCst);
    });
}

/// Runs the queue empty. Messages wait for their minute, so the clock goes on; what was running at three crashes in a
/// row waits for the user, who here says "run it again". How many those were.
fn drained(creel: &Creel, load: &Load, clock: &ShiftedClock) -> usize {
    let mut told = BTreeSet::new();
    let mut minute = 0;
    creel_tests::wait::until_within(Duration::from_secs(180), "the queue to be empty", || {
        for row in creel.executions(json!({ "status": ["quarantined"] })) {
            told.insert(row["id"].as_str().unwrap().to_owned());
            creel.rpc("execution_retry", json!({ "id": row["id"] }));
        }
        let rows = creel.executions(json!({ "status": ["queued", "running"] }));
        if rows.iter().any(|row| row["next_at"].is_i64()) {
            minute += 1;
            clock.shift_to(minute * 61);
            load.poke(creel, &format!("poke-{minute}"));
        }
        rows.is_empty().then_some(())
    });
    told.len()
}

/// Everything that Creel says of itself, and who is who in it.
struct Seen {
    deliveries: BTreeMap<String, Value>,
    executions: Vec<Value>,
    mix: String,
}

impl Seen {
    fn read(creel: &Creel, load: &Load) -> Self {
        let rows = creel.deliveries("").into_iter().filter(|row| row["outcome"] == "accepted");
        let deliveries = rows.map(|row| (text(&row["id"]), row)).collect();
        Self { deliveries, executions: creel.executions(json!({ "limit": 500 })), mix: load.mix_id().to_owned() }
    }

    fn of_contract(&self, contract: &str) -> usize {
        self.deliveries.values().filter(|row| row["contract"] == contract).count()
    }

    /// The name that a delivery to a `/hooks/…` address carries.
    fn name(&self, execution: &Value) -> String {
        text(&self.deliveries[execution["delivery_id"].as_str().unwrap()]["event_id"])
    }

    /// The executions of one action of `mix`.
    fn mixed(&self, position: u64) -> impl Iterator<Item = &Value> {
        self.executions.iter().filter(move |row| row["trigger_id"] == self.mix && row["position"] == position)
    }

    fn every_answered_delivery_is_there(&self, ledger: &[(&str, String)]) {
        let count = |kind: &str| ledger.iter().filter(|(of, _)| *of == kind).count();
        for kind in ["mix", "pipeline", "alert", "bound", "run", "tell"] {
            assert!(count(kind) > 0, "the load held every kind: none of {kind}");
        }
        let names: BTreeSet<&str> = self.deliveries.values().filter_map(|row| row["event_id"].as_str()).collect();
        let lost: Vec<_> = ledger
            .iter()
            .filter(|(kind, name)| ["mix", "tell", "run"].contains(kind) && !names.contains(&name[..]))
            .collect();
        assert!(lost.is_empty(), "answered and not there: {lost:?}");
        for (kind, contract) in [("pipeline", "opengate"), ("alert", "opshift"), ("bound", "promptrails")] {
            assert!(self.of_contract(contract) >= count(kind), "answered and not there: {kind}");
        }
    }

    fn every_execution_has_ended_and_the_sums_agree(&self, creel: &Creel) {
        let mut statuses = BTreeMap::<&str, usize>::new();
        for row in &self.executions {
            *statuses.entry(row["status"].as_str().unwrap()).or_default() += 1;
        }
        let known = ["succeeded", "interrupted", "failed"];
        assert!(statuses.keys().all(|status| known.contains(status)), "each has ended: {statuses:?}");
        let failed: Vec<_> = self.executions.iter().filter(|row| row["status"] == "failed").collect();
        assert!(failed.is_empty(), "nothing fails for good: {failed:?}");
        let mixes = self.deliveries.values().filter(|row| row["path"] == "/hooks/mix").count();
        let others = self.deliveries.len() - mixes;
        assert_eq!(self.executions.len(), mixes * at::ALL + others, "a delivery and its executions are one");
        assert_eq!(creel.rpc("status", json!({}))["queue_depth"], 0);
    }

    fn local_effects_happened_once(&self, creel: &Creel) {
        let mut tasks: Vec<String> = creel.tasks().iter().map(|task| text(&task["title"])).collect();
        tasks.retain(|title| !title.starts_with("first ") && !title.starts_with("last "));
        tasks.sort();
        let mut wanted: Vec<String> = self.mixed(at::TASK).map(|row| self.name(row)).collect();
        wanted.sort();
        assert_eq!(tasks, wanted, "one task for each delivery");
        let alerts = crate::opshift_contract::alerts(creel, "");
        let occurrences: u64 = alerts.iter().map(|alert| alert["occurrenceCount"].as_u64().unwrap()).sum();
        assert_eq!((alerts.len(), occurrences), (1, self.of_contract("opshift") as u64), "each report counts once");
        assert_eq!(crate::orloj::runs(creel).len(), self.of_contract("orloj"), "one run task for each event");
        let runs = creel.rpc("agent_executions_list", json!({ "limit": 1 }))["total"].as_u64();
        assert_eq!(runs, Some(self.of_contract("promptrails") as u64), "one run of the agent for each delivery");
        for row in self.mixed(at::WRITE).chain(self.mixed(at::ECHO)) {
            assert_eq!(row["status"], "succeeded", "{row}");
        }
    }

    /// How many requests came more than once.
    fn outside_effects_arrived_under_one_key(&self, load: &Load) -> usize {
        let mut arrived = BTreeMap::<(String, String), Vec<Vec<u8>>>::new();
        for request in load.upstream.seen() {
            let path = request.target.split('?').next().unwrap_or_default().to_owned();
            let key = request.header("Idempotency-Key").unwrap_or_else(|| panic!("{path} without a key")).to_owned();
            arrived.entry((path, key)).or_default().push(request.body);
        }
        let came = |path: &str, key: &str| arrived.contains_key(&(path.to_owned(), key.to_owned()));
        for (position, path) in
            [(at::FORWARD, "/forward"), (at::REQUEST, "/request"), (at::CHAT, "/v1/chat/completions")]
        {
            let ids: Vec<String> = self.mixed(position).map(|row| text(&row["id"])).collect();
            assert!(ids.iter().all(|id| came(path, id)), "each of {path} arrived");
            let keys = arrived.keys().filter(|(of, _)| of == path).count();
            assert_eq!(keys, ids.len(), "under the key of its execution and no other: {path}");
        }
        let same = |bodies: &Vec<Vec<u8>>| bodies.iter().all(|body| *body == bodies[0]);
        let other: Vec<_> = arrived.iter().filter(|(_, bodies)| !same(bodies)).map(|(key, _)| key).collect();
        assert!(other.is_empty(), "under one key always the same: {other:?}");
        self.messages_arrived_under_one_key(&arrived);
        arrived.values().map(|bodies| bodies.len() - 1).sum()
    }

    /// A message may come together with others; each belongs to one sending.
    fn messages_arrived_under_one_key(&self, arrived: &BTreeMap<(String, String), Vec<Vec<u8>>>) {
        let mut keys = BTreeMap::<String, BTreeSet<&str>>::new();
        for ((path, key), bodies) in arrived.iter().filter(|((path, _), _)| path == "/notify") {
            let body: Value = serde_json::from_slice(&bodies[0]).unwrap_or_else(|e| panic!("{path}: {e}"));
            for line in body["text"].as_str().unwrap().lines() {
                keys.entry(line.trim_start_matches("• ").to_owned()).or_default().insert(key);
            }
        }
        for row in self.executions.iter().filter(|row| row["action"] == "notify") {
            assert_eq!(row["status"], "succeeded", "{row}");
            let under = keys.get(&self.name(row)).unwrap_or_else(|| panic!("{} was not told", self.name(row)));
            assert_eq!(under.len(), 1, "{} was told under more than one key: {under:?}", self.name(row));
        }
    }

    /// Commands, programs, additions to a file: what Creel says of each is what the machine says. How many a kill hit.
    fn commands_started_at_most_once(&self, load: &Load) -> usize {
        let mut interrupted = 0;
        for (position, ledger) in [(at::SHELL, "shell"), (at::PROGRAM, "program"), (at::APPEND, "files/append")] {
            let lines = load.lines(ledger);
            for row in self.mixed(position) {
                let started = lines.iter().filter(|line| **line == self.name(row)).count();
                match row["status"].as_str().unwrap() {
                    "succeeded" => assert_eq!(started, 1, "{ledger}: {row}"),
                    "interrupted" => assert!(started <= 1, "{ledger}: started {started} times: {row}"),
                    other => panic!("{ledger} is {other}: {row}"),
                }
                interrupted += usize::from(row["status"] == "interrupted");
            }
        }
        for row in self.executions.iter().filter(|row| row["status"] == "interrupted") {
            let once = row["action"] == "instantiate_pipeline"
                || [at::SHELL, at::PROGRAM, at::APPEND].contains(&row["position"].as_u64().unwrap());
            assert!(once, "only what must not start twice is interrupted: {row}");
        }
        for row in self.mixed(at::WRITE) {
            assert_eq!(
                std::fs::read_to_string(file(load, &format!("write-{}", self.name(row)))).unwrap(),
                self.name(row)
            );
        }
        interrupted
    }

    /// Each instance is through, or stands at the command that a kill hit.
    fn pipelines_ended(&self, creel: &Creel, load: &Load) {
        let tasks: Vec<String> = creel.tasks().iter().map(|task| text(&task["title"])).collect();
        let (lines, seen) = (load.lines("step"), load.upstream.seen());
        let rows: Vec<_> = self.executions.iter().filter(|row| row["action"] == "instantiate_pipeline").collect();
        assert_eq!(rows.len(), self.of_contract("opengate"));
        for row in rows {
            let through = row["status"] == "succeeded";
            let key = format!("{}.2", row["id"].as_str().unwrap());
            let sent: Vec<_> = seen.iter().filter(|request| request.header("Idempotency-Key") == Some(&key)).collect();
            assert!(!sent.is_empty(), "its request arrived: {row}");
            let name = String::from_utf8(sent[0].body.clone()).unwrap();
            let count = |title: String| tasks.iter().filter(|task| **task == title).count();
            assert_eq!(count(format!("first {name}")), 1, "{row}");
            assert_eq!(count(format!("last {name}")), usize::from(through), "{row}");
            let started = lines.iter().filter(|line| **line == name).count();
            assert!(started == 1 || !through && started == 0, "{name} started {started} times: {row}");
        }
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}
