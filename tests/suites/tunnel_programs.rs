//! Programs that behave badly beside the tunnel that they make: each is read within bounds, and none outlives its tunnel.

use std::time::{Duration, Instant};

use creel_tests::{Creel, Request, until, wire};
use serde_json::json;

use crate::tunnel_ways::{command, now, running, start, tell_stand_in, wait_for};

/// TERM, two seconds of patience, KILL, and a busy machine; what is not killed runs for a minute and longer.
pub const STOPS_IN: Duration = Duration::from_secs(20);

/// A Creel whose program does what `mode` says, and what it was started with.
fn with(mode: &str) -> (Creel, serde_json::Value) {
    let creel = Creel::start();
    tell_stand_in(&creel, &json!({ "mode": mode }));
    let kind = command(&creel);
    (creel, kind)
}

#[test]
fn one_that_prints_its_address_and_dies_is_told_and_started_again() {
    let (creel, kind) = with("dies");
    creel.rpc("tunnel_start", json!({ "kind": kind }));
    let waiting = until("a second failure", || Some(now(&creel)).filter(|now| now["failed"].as_u64() >= Some(2)));
    let said = waiting["last_error"]["message"].as_str().unwrap_or_default();
    assert!(said.ends_with("my-tunnel ended by itself"), "{waiting}");
    tell_stand_in(&creel, &json!({ "mode": "works" }));
    until("the tunnel to be back", || {
        creel.try_rpc("tunnel_check", json!({}));
        (now(&creel)["state"] == "online").then_some(())
    });
}

#[test]
fn of_two_addresses_the_first_counts() {
    let (creel, kind) = with("two addresses");
    start(&creel, &kind, &[]);
    let online = wait_for(&creel, "online");
    assert_ne!(online["address"], "http://127.0.0.1:9");
    assert_eq!(online["address_before"], json!(null), "{online}");
}

/// What the process holds in memory, in KiB.
fn memory(creel: &Creel) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", creel.pid())).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

#[test]
fn a_flood_of_words_is_read_within_bounds_before_the_address_and_after_it() {
    let (creel, kind) = with("works");
    // What the first tunnel of a process costs is not the words' cost.
    start(&creel, &kind, &[]);
    wait_for(&creel, "online");
    creel.rpc("tunnel_stop", json!({}));
    tell_stand_in(&creel, &json!({ "mode": "floods" }));
    let before = memory(&creel);
    start(&creel, &kind, &[]);
    wait_for(&creel, "online");
    let address = now(&creel)["address"].as_str().unwrap().to_owned();
    for _ in 0..50 {
        assert_eq!(wire::send(&address, &Request::post("/hooks/nobody", "{}")).status, 404);
    }
    // As much as any command's output may cost (`trust` R14).
    let grown = memory(&creel).saturating_sub(before);
    assert!(grown <= 8 * 1024, "{grown} KiB more");
    creel.rpc("tunnel_stop", json!({}));
    assert_eq!(running(&creel), Vec::<String>::new());
}

#[test]
fn one_that_does_not_end_and_one_that_forks_are_gone_when_the_tunnel_is_stopped() {
    for mode in ["stubborn", "forks"] {
        let (creel, kind) = with(mode);
        start(&creel, &kind, &[]);
        let processes = if mode == "forks" { 2 } else { 1 };
        until(&format!("the {mode} program's processes"), || (running(&creel).len() == processes).then_some(()));
        let begun = Instant::now();
        creel.rpc("tunnel_stop", json!({}));
        assert!(begun.elapsed() < STOPS_IN, "{mode}: {:?}", begun.elapsed());
        assert_eq!(running(&creel), Vec::<String>::new(), "{mode}");
        assert_eq!(now(&creel)["state"], "off", "{mode}");
    }
}

#[test]
fn nothing_stays_behind_when_creel_is_killed() {
    for mode in ["works", "stubborn", "forks", "floods", "mute"] {
        let (mut creel, kind) = with(mode);
        creel.rpc("tunnel_start", json!({ "kind": kind }));
        until(&format!("the {mode} program to run"), || (!running(&creel).is_empty()).then_some(()));
        creel.kill();
        until(&format!("the {mode} program to end with Creel"), || running(&creel).is_empty().then_some(()));
    }
}
