//! The hook stays right whatever happens to the tunnel: dropped for a second, a minute and half an hour, asleep, at another
//! address, Creel killed. GitHub sends all the while; nothing that it was acked for is lost, and what it could not deliver
//! is listed and brought in.
//!
//! `trust.md` R11 gives the bounds, in the supervisor's time: noticed within 15 s, back 65 s after the network.

use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use creel_tests::wait::until_within;
use creel_tests::{ShiftedClock, until};
use serde_json::json;

use crate::steady_world::{BUSY, Sum, World};
use crate::tunnel_ways::now;

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);
const NOTICED_IN: Duration = Duration::from_secs(15);
const BACK_IN: Duration = Duration::from_secs(65);

/// How long it took: from the drop, from the network's return or the awakening, both in the supervisor's time; and from being
/// back until the hook sent to the address, in real time.
#[derive(Default)]
struct Took {
    noticed: Option<Duration>,
    back: Option<Duration>,
    followed: Option<Duration>,
}

/// One line of the table.
fn told(what: &str, pace: u32, took: &Took, sum: &Sum) {
    let of = |took: Option<Duration>| took.map_or("–".to_owned(), |took| format!("{:.2} s", took.as_secs_f64()));
    let Sum { sent, acked, missed, too_late, again, imported } = sum;
    println!(
        "| {what:<28} | ×{pace:<2} | noticed {:>7} | back {:>7} | hook after {:>6} | sent {sent:>3} | acked {acked:>3} | \
         missed {missed:>3}: too late {too_late:>2}, sent again {again:>3}, imported {imported:>3} |",
        of(took.noticed),
        of(took.back),
        of(took.followed)
    );
}

/// The network is off for `long`; whoever `notices` it has to.
fn dropped(what: &str, long: Duration, pace: u32) {
    let world = World::start(pace, None);
    let stream = world.stream();
    stream.until_more(10, true);
    let (mut took, before) = (Took::default(), world.followed());
    let begun = Instant::now();
    world.network(false);
    if long > NOTICED_IN {
        until_within(world.real(NOTICED_IN) + BUSY, "the drop to be noticed", || {
            (now(&world.creel)["state"] != "online").then_some(())
        });
        took.noticed = Some(world.since(begun));
    }
    until_within(world.real(long) + BUSY, "the end of the drop", || (world.since(begun) >= long).then_some(()));
    let begun = Instant::now();
    world.network(true);
    world.online();
    took.back = Some(world.since(begun));
    let online = Instant::now();
    let followed = world.followed();
    took.followed = Some(online.elapsed());
    assert_eq!(followed != before, long > NOTICED_IN, "a drop that nobody notices changes nothing");
    stream.until_more(10, true);
    told(what, pace, &took, &world.accounts_for(&stream.end()));
    let busy = BUSY * pace;
    assert!(took.noticed.unwrap_or_default() <= NOTICED_IN + busy && took.back.unwrap_or_default() <= BACK_IN + busy);
}

#[test]
fn dropped_for_a_second_the_tunnel_stays_and_what_was_lost_is_brought_in() {
    dropped("dropped for 1 s", SECOND, 1);
}

#[test]
fn dropped_for_a_minute_the_hook_follows_the_new_address() {
    dropped("dropped for 60 s", MINUTE, 10);
}

#[test]
fn dropped_for_half_an_hour_the_hook_follows_the_new_address() {
    // A start has 45 s of the supervisor's time: faster than this a busy machine starts no program in them.
    dropped("dropped for 30 min", MINUTE * 30, 30);
}

/// For the figures at the pace that users have, by hand: the same test in a quicker time runs always.
#[test]
#[ignore = "takes four minutes"]
fn dropped_for_a_minute_at_the_real_pace() {
    dropped("dropped for 60 s", MINUTE, 1);
}

/// The tunnel's program, which only this test runs.
fn tunnel_program(world: &World) -> String {
    let mine = world.creel.folder().join("programs/cloudflared").display().to_string();
    let found = Command::new("pgrep").args(["-f", &mine]).output().unwrap();
    String::from_utf8_lossy(&found.stdout).lines().next().unwrap().to_owned()
}

fn signal(name: &str, pid: &str) {
    assert!(Command::new("kill").args([name, pid]).status().unwrap().success());
}

/// Kills the tunnel's program, and waits until that is noticed, however soon it is back.
fn kill_the_tunnel(world: &World) {
    let before = now(&world.creel)["outages"].clone();
    signal("-KILL", &tunnel_program(world));
    until("the end to be noticed", || {
        let now = now(&world.creel);
        (now["state"] != "online" || now["outages"] != before).then_some(())
    });
}

#[test]
fn at_another_address_the_hook_follows() {
    let world = World::start(1, None);
    let stream = world.stream();
    stream.until_more(10, true);
    let before = world.followed();
    let begun = Instant::now();
    kill_the_tunnel(&world);
    let noticed = Some(begun.elapsed());
    world.online();
    let (back, online) = (Some(begun.elapsed()), Instant::now());
    assert_ne!(world.followed(), before);
    let took = Took { noticed, back, followed: Some(online.elapsed()) };
    stream.until_more(10, true);
    told("another address", 1, &took, &world.accounts_for(&stream.end()));
}

#[test]
fn a_github_that_is_down_meanwhile_is_not_asked_at_every_question_through_the_tunnel_and_the_hook_follows_later() {
    let world = World::start(12, None);
    let before = world.followed();
    let down = json!({ "call": "PATCH", "status": 503, "body": "no" });
    world.github.set(json!({ "faults": vec![down; 1_000] }));
    kill_the_tunnel(&world);
    world.online();
    let mut checked = std::collections::BTreeSet::new();
    until("thirty questions through the tunnel", || {
        checked.insert(now(&world.creel)["checked_at"].as_i64());
        (checked.len() >= 30).then_some(())
    });
    let asked = world.github.calls().iter().filter(|call| call.starts_with("PATCH")).count();
    // At each of its states on the way back, and twice by the watch's own back-off.
    assert!((1..=8).contains(&asked), "{asked} times");
    world.github.set(json!({ "faults": [] }));
    assert_ne!(world.followed(), before);
}

/// Asleep for eight hours: both processes stand still, and everybody's clock goes on.
fn asleep(what: &str, elsewhere: bool) {
    let clock = Arc::new(ShiftedClock::new());
    let world = World::start(1, Some(&clock));
    let stream = world.stream();
    stream.until_more(10, true);
    let (before, tunnel, creel) = (world.followed(), tunnel_program(&world), world.creel.pid().to_string());
    signal("-STOP", &creel);
    signal("-STOP", &tunnel);
    stream.until_more(3, false);
    clock.shift_to(8 * 3600);
    if elsewhere {
        signal("-KILL", &tunnel);
    } else {
        signal("-CONT", &tunnel);
    }
    let begun = Instant::now();
    signal("-CONT", &creel);
    let awake = until("a question since it is awake", || {
        let now = now(&world.creel);
        let asked = now["checked_at"].as_i64()? >= now["since"].as_i64()? + 7 * 3_600_000 || elsewhere;
        (now["state"] == "online" && asked && (world.followed() != before) == elsewhere).then(|| begun.elapsed())
    });
    let took = Took { noticed: None, back: Some(awake), followed: None };
    stream.until_more(10, true);
    told(what, 1, &took, &world.accounts_for(&stream.end()));
    let trouble = world.creel.rpc("github_get", json!({}))["trouble"].clone();
    assert!(trouble.is_null(), "everybody's clock went on: {trouble}");
}

#[test]
fn asleep_and_awake_where_it_was_the_hook_stays() {
    asleep("asleep 8 h, awake there", false);
}

#[test]
fn asleep_and_awake_elsewhere_the_hook_follows() {
    asleep("asleep 8 h, awake elsewhere", true);
}

#[test]
fn killed_in_the_middle_of_a_stream_it_starts_with_another_address_and_the_hook_follows() {
    let mut world = World::start(1, None);
    let stream = world.stream();
    stream.until_more(10, true);
    let before = world.followed();
    let begun = Instant::now();
    world.creel.kill();
    stream.until_more(3, false);
    world.creel.start_again();
    world.online();
    let (back, online) = (Some(begun.elapsed()), Instant::now());
    assert_ne!(world.followed(), before);
    let took = Took { noticed: None, back, followed: Some(online.elapsed()) };
    stream.until_more(10, true);
    told("Creel killed", 1, &took, &world.accounts_for(&stream.end()));
}
