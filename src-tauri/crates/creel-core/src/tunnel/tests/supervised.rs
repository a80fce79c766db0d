//! What the supervisor does while hours pass: drops of 1 s, 60 s and 30 min, sleep, another address, an end by itself.

use std::sync::atomic::Ordering;
use std::time::Duration;

use super::world::{Kept, Provider, World, keep};
use crate::tunnel::board::TunnelState::{NeedsYou, Off, Online, Waiting};
use crate::tunnel::up::{Down, Next};

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);
/// `trust.md` R11.
const NOTICED_IN: Duration = Duration::from_secs(15);
const BACK_IN: Duration = Duration::from_secs(65);

async fn online(world: World) -> Kept {
    let kept = keep(world, None);
    kept.world.pass_until(&kept.board, MINUTE, |now| now.state == Online).await;
    kept
}

/// How long until a drop is noticed, at every moment between two questions, and until the tunnel is back.
async fn dropped_for(long: Duration, notices: bool) -> (Duration, Duration) {
    let (mut noticed_in, mut back_in) = (Duration::ZERO, Duration::ZERO);
    for moment in 0..12 {
        let kept = online(World::with(Provider { notices, ..Provider::default() })).await;
        kept.world.pass(MINUTE * 2 + SECOND / 2 * moment).await;
        kept.world.network(false);
        let noticed = kept.world.pass_until(&kept.board, NOTICED_IN, |now| now.state != Online).await;
        kept.world.pass(long - noticed).await;
        kept.world.network(true);
        let back = kept.world.pass_until(&kept.board, BACK_IN, |now| now.state == Online).await;
        let outages = kept.board.now().outages;
        assert_eq!(outages.len(), 1, "one drop is one outage: {outages:?}");
        let lasted = outages[0].to.unwrap().0 - outages[0].from.0;
        assert!(lasted >= long.as_millis() as i64, "it begins when it last stood: {outages:?}");
        (noticed_in, back_in) = (noticed_in.max(noticed), back_in.max(back));
        kept.stop.cancel();
    }
    (noticed_in, back_in)
}

#[tokio::test]
async fn a_drop_is_noticed_in_15_s_and_the_tunnel_is_back_65_s_after_the_network() {
    for long in [MINUTE, MINUTE * 30] {
        for notices in [false, true] {
            let (noticed, back) = dropped_for(long, notices).await;
            println!("dropped for {long:?}, notices by itself: {notices}: noticed in {noticed:?}, back in {back:?}");
        }
    }
}

#[tokio::test]
async fn a_drop_of_a_second_costs_one_question_at_most() {
    for moment in 0..100 {
        let edge_answers = moment % 2 == 0;
        let kept = online(World::with(Provider { edge_answers, ..Provider::default() })).await;
        kept.world.pass(SECOND / 20 * moment).await;
        kept.world.network(false);
        kept.world.pass(SECOND).await;
        kept.world.network(true);
        kept.world.pass(MINUTE).await;
        assert_eq!(kept.board.now().state, Online);
        assert_eq!(kept.world.starts.load(Ordering::SeqCst), 1, "it is not started again for that");
        kept.stop.cancel();
    }
}

#[tokio::test]
async fn after_sleep_it_looks_at_once() {
    // Asleep at home, awake elsewhere: the connection is dead, the network is there.
    let kept = online(World::default()).await;
    kept.world.pass(SECOND).await;
    let asked = kept.world.asked.load(Ordering::SeqCst);
    kept.world.sleep(HOUR * 8);
    kept.world.pass(SECOND * 5).await;
    assert!(kept.world.asked.load(Ordering::SeqCst) > asked, "a question right after waking up");
    // Asleep without a network: the long wait is cut short when the machine wakes up.
    kept.world.network(false);
    kept.world.pass(MINUTE * 30).await;
    assert_eq!(kept.board.now().state, Waiting);
    kept.world.sleep(HOUR * 8);
    kept.world.network(true);
    let back = kept.world.pass_until(&kept.board, SECOND * 12, |now| now.state == Online).await;
    println!("awake after 8 h: back in {back:?}");
}

#[tokio::test]
async fn another_address_is_told_and_followed() {
    let kept = online(World::with(Provider { wanders: true, ..Provider::default() })).await;
    let mut followed = kept.board.follow();
    assert_eq!(followed.borrow_and_update().as_deref(), Some("https://x0.example"));
    kept.world.network(false);
    kept.world.pass_until(&kept.board, NOTICED_IN, |now| now.state != Online).await;
    assert_eq!(*followed.borrow_and_update(), None, "nobody is sent there while it leads nowhere");
    kept.world.network(true);
    kept.world.pass_until(&kept.board, BACK_IN, |now| now.state == Online).await;
    let now = kept.board.now();
    assert_ne!(now.address.as_deref(), Some("https://x0.example"));
    assert_eq!(now.address_before.as_deref(), Some("https://x0.example"));
    assert_eq!(*followed.borrow_and_update(), now.address);
    let alarm = kept.board.alarm().unwrap().message;
    assert!(alarm.ends_with("now, it was https://x0.example"), "{alarm}");
}

#[tokio::test]
async fn it_keeps_trying_for_ever_and_not_more_often_than_needed() {
    let kept = keep(World::default(), None);
    kept.world.network(false);
    kept.world.pass(HOUR * 24).await;
    let starts = kept.world.starts.load(Ordering::SeqCst);
    // Full jitter over 60 s and a start of 1 s: every 31 s in the mean.
    assert!((2_000..4_500).contains(&starts), "{starts} starts in a day");
    assert_eq!(kept.board.now().state, Waiting);
    assert_eq!(kept.board.alarm().unwrap().message, "the tunnel is down: the network is off");
}

#[tokio::test]
async fn only_a_minute_of_health_makes_the_waits_short_again() {
    for (stood, short) in [(SECOND * 30, false), (SECOND * 75, true)] {
        let kept = keep(World::default(), None);
        kept.world.network(false);
        kept.world.pass(MINUTE * 30).await;
        let before = kept.board.now().failed;
        assert!(before > 20, "{before} starts failed");
        kept.world.network(true);
        kept.world.pass_until(&kept.board, BACK_IN, |now| now.state == Online).await;
        kept.world.pass(stood).await;
        kept.world.network(false);
        kept.world.pass_until(&kept.board, NOTICED_IN, |now| now.state == Waiting).await;
        let now = kept.board.now();
        assert_eq!(now.failed == 1, short, "after {stood:?}: {} in a row", now.failed);
        let wait = now.next_at.unwrap().0 - now.last_error_at.unwrap().0;
        assert!(!short || wait <= 1_000, "the first wait is at most a second: {wait} ms");
    }
}

#[tokio::test]
async fn a_start_that_never_ends_is_given_up_and_can_be_stopped_at_any_moment() {
    let hangs = || World::with(Provider { hangs: true, ..Provider::default() });
    let kept = keep(hangs(), None);
    let given_up = kept.world.pass_until(&kept.board, MINUTE, |now| now.state == Waiting).await;
    assert!(given_up >= SECOND * 45, "{given_up:?}");
    assert_eq!(kept.board.now().last_error.unwrap().message, "the tunnel was not up after 45 s");
    for moment in [Duration::ZERO, SECOND, SECOND * 44, SECOND * 46] {
        let kept = keep(hangs(), None);
        kept.world.pass(moment).await;
        kept.stop.cancel();
        kept.world.pass(Duration::from_millis(1)).await;
        assert_eq!(kept.board.now().state, Off, "stopped after {moment:?}");
    }
}

#[tokio::test]
async fn its_time_ends_too_while_it_is_down() {
    let kept = keep(World::default(), Some(HOUR * 8));
    kept.world.network(false);
    kept.world.pass(HOUR * 8 + MINUTE).await;
    assert_eq!(kept.board.now().state, Off);
    let starts = kept.world.starts.load(Ordering::SeqCst);
    kept.world.pass(HOUR).await;
    assert_eq!(kept.world.starts.load(Ordering::SeqCst), starts, "and nothing starts any more");
}

#[tokio::test]
async fn what_only_the_user_can_mend_is_not_tried_again() {
    let refuses = Down { next: Next::AskUser, ..Down::again("the token is wrong", "paste it again") };
    let kept = keep(World::with(Provider { refuses: Some(refuses), ..Provider::default() }), None);
    kept.world.pass(HOUR).await;
    let now = kept.board.now();
    assert_eq!((now.state, kept.world.starts.load(Ordering::SeqCst)), (NeedsYou, 1));
    assert_eq!(now.last_error.unwrap().message, "the token is wrong");
    assert!(kept.stop.is_cancelled(), "the door is closed with it");
}

#[tokio::test]
async fn it_switches_itself_off_after_its_time_asleep_or_awake() {
    for asleep in [Duration::ZERO, HOUR * 7] {
        let kept = keep(World::default(), Some(HOUR * 8));
        kept.world.pass(MINUTE).await;
        kept.world.sleep(asleep);
        kept.world.pass(HOUR * 8 - asleep - MINUTE * 2).await;
        assert_eq!(kept.board.now().state, Online, "its time is not over");
        kept.world.pass(MINUTE * 2).await;
        let now = kept.board.now();
        assert_eq!((now.state, now.address), (Off, None));
        assert_eq!(now.last_error.unwrap().message, "the tunnel was switched off after 8 h, as you chose");
    }
}

#[tokio::test]
async fn somebody_who_wants_to_know_now_does_not_wait() {
    let kept = online(World::with(Provider { notices: true, ..Provider::default() })).await;
    kept.world.pass(SECOND).await;
    let asked = kept.world.asked.load(Ordering::SeqCst);
    kept.look.notify_one();
    kept.world.pass(SECOND).await;
    assert_eq!(kept.world.asked.load(Ordering::SeqCst), asked + 1);
    kept.stop.cancel();
    kept.world.pass(SECOND).await;
    assert_eq!(kept.board.now().state, Off);
}
