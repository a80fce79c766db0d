//! What keeps senders away, as the tunnel's board and the clocks tell it.

use super::*;
use crate::error::{ApiError, ErrorCode};
use crate::store::open_for_tests;
use crate::tunnel::Outage;

const NOW: UnixMs = UnixMs(1_000_000);

fn lasting(cause: AbsenceCause, from: i64, why: Option<&str>) -> Absence {
    Absence { cause, from: UnixMs(from), to: None, why: why.map(str::to_owned) }
}

#[test]
fn what_keeps_senders_away_follows_the_tunnel() {
    let since = Some(UnixMs(900_000));
    let at = |state| TunnelNow { state, since, ..TunnelNow::default() };
    let starting = lasting(AbsenceCause::Tunnel, 900_000, Some("it was being started"));
    for (what, tunnel, typed, before, expected) in [
        ("it stands", at(TunnelState::Online), false, vec![], vec![]),
        ("none is on", at(TunnelState::Off), false, vec![], vec![lasting(AbsenceCause::NoTunnel, 900_000, None)]),
        ("an address of the user's own", at(TunnelState::Off), true, vec![], vec![]),
        ("it starts", at(TunnelState::Starting), true, vec![], vec![starting.clone()]),
        (
            "what lasts keeps its beginning",
            TunnelNow {
                last_error: Some(ApiError::new(ErrorCode::Upstream, "no network")),
                ..at(TunnelState::Waiting)
            },
            false,
            vec![lasting(AbsenceCause::Tunnel, 5, Some("it was being started"))],
            vec![lasting(AbsenceCause::Tunnel, 5, Some("no network"))],
        ),
    ] {
        assert_eq!(absent(&tunnel, typed, &before, NOW), expected, "{what}");
    }
    let over = Outage { from: UnixMs(1), to: Some(UnixMs(2)), why: "gone".to_owned() };
    let open = Outage { from: UnixMs(3), to: None, why: "gone again".to_owned() };
    let down = TunnelNow { outages: vec![over, open], ..at(TunnelState::Starting) };
    let told = absent(&down, false, &[], NOW);
    assert_eq!(told.len(), 2, "one that lasts says enough: {told:?}");
    assert_eq!(told[1], lasting(AbsenceCause::Tunnel, 3, Some("gone again")));
}

#[test]
fn a_sleep_is_told_from_a_busy_machine() {
    let from = UnixMs(0);
    for (wall_ms, passed_s, is_sleep) in
        [(5_000, 5, false), (14_000, 5, false), (1_800_000, 5, true), (1_800_000, 1_800, true), (-60_000, 5, false)]
    {
        let found = slept(from, UnixMs(wall_ms), Duration::from_secs(passed_s));
        assert_eq!(found.is_some(), is_sleep, "{wall_ms} ms by the wall, {passed_s} s passed");
    }
}

#[test]
fn the_best_reason_is_told_and_only_for_its_time() {
    let ended = |cause, from, to| Absence { to: Some(UnixMs(to)), ..lasting(cause, from, None) };
    let all = [
        ended(AbsenceCause::Tunnel, 10_000, 60_000),
        ended(AbsenceCause::Asleep, 10_000, 50_000),
        lasting(AbsenceCause::NoTunnel, 200_000, None),
    ];
    let cause = |at| explains(&all, UnixMs(at)).map(|one| one.cause);
    assert_eq!(cause(20_000), Some(AbsenceCause::Asleep), "the tunnel fell because the machine slept");
    assert_eq!(cause(58_000), Some(AbsenceCause::Tunnel));
    assert_eq!(cause(8_000), Some(AbsenceCause::Asleep), "GitHub tells whole seconds");
    assert_eq!(cause(198_000), Some(AbsenceCause::NoTunnel));
    assert_eq!(cause(100_000), None);
    assert_eq!(cause(900_000), Some(AbsenceCause::NoTunnel));
}

#[test]
fn a_crash_is_known_by_the_last_sign_of_life_and_ends_what_lasted() {
    let (_folder, db) = open_for_tests();
    table::woke(&db, UnixMs(1_000)).unwrap();
    assert_eq!(between(&db, UnixMs(0), UnixMs(i64::MAX / 2)).unwrap(), [], "a first start was not away");
    table::put(&db, &lasting(AbsenceCause::Tunnel, 2_000, Some("down"))).unwrap();
    table::alive(&db, UnixMs(21_000)).unwrap();
    table::woke(&db, UnixMs(90_000)).unwrap();
    let kept = between(&db, UnixMs(0), UnixMs(i64::MAX / 2)).unwrap();
    let told: Vec<_> = kept.iter().map(|one| (one.cause, one.from.0, one.to.map(|to| to.0))).collect();
    assert_eq!(
        told,
        [(AbsenceCause::Tunnel, 2_000, Some(21_000)), (AbsenceCause::Closed, 21_000, Some(90_000))],
        "what lasted ended with Creel"
    );
    table::woke(&db, UnixMs(50_000)).unwrap();
    assert_eq!(between(&db, UnixMs(0), UnixMs(i64::MAX / 2)).unwrap().len(), 2, "a clock set back tells of no absence");
}

#[test]
fn rows_are_bounded_by_age_and_count() {
    let (_folder, db) = open_for_tests();
    let day = 86_400_000;
    for n in 0..2_100 {
        let from = UnixMs(n * 1_000);
        table::put(&db, &Absence { from, to: Some(from), ..lasting(AbsenceCause::Tunnel, 0, None) }).unwrap();
    }
    table::trim(&db, UnixMs(day)).unwrap();
    assert_eq!(between(&db, UnixMs(0), UnixMs(day)).unwrap().len(), 2_000);
    table::trim(&db, UnixMs(15 * day)).unwrap();
    assert_eq!(between(&db, UnixMs(0), UnixMs(day)).unwrap().len(), 0);
}
