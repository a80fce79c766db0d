//! Rotation: the old secret works for 24 hours, to the second, and not longer. The clock is moved while Creel runs.

use std::sync::Arc;

use creel_tests::creel::Endpoint;
use creel_tests::{Creel, Request, Setup, ShiftedClock, sign};
use serde_json::json;

use crate::deliver::{newest, opengate_trigger};

const DAY: i64 = 24 * 3600;
/// Between two steps of a test, in seconds, on a busy machine.
const MOMENT: i64 = 20;

fn post(creel: &Creel, endpoint: &Endpoint, secret: &str) -> (u16, String) {
    let body = r#"{"title":"Deploy failed","environment":"production"}"#;
    let status = creel.deliver(&Request::post(&endpoint.path, body).opengate(secret)).status;
    (status, newest(creel)["signature"].as_str().unwrap_or_default().to_owned())
}

/// Seconds since 1970 of `2026-03-03T09:00:00Z`, without a library of Creel's.
fn unix(text: &str) -> i64 {
    let date = std::process::Command::new("date").args(["-u", "-d", text, "+%s"]).output().unwrap();
    String::from_utf8(date.stdout).unwrap().trim().parse().unwrap_or_else(|e| panic!("{text:?} is no time: {e}"))
}

#[test]
fn the_old_secret_works_to_the_last_second_of_its_24_hours() {
    let clock = Arc::new(ShiftedClock::new());
    let creel = Creel::start_with(Setup { clock: Some(Arc::clone(&clock)), ..Setup::default() });
    let endpoint = opengate_trigger(&creel, json!({}));
    let rotated =
        creel.manage(Request::post(&format!("/api/projects/local/triggers/{}/rotate-secret", endpoint.id), ""));
    assert_eq!(rotated.status, 200, "{}", rotated.text());
    let rotated = rotated.json();
    let keys: Vec<_> = rotated.as_object().unwrap().keys().cloned().collect();
    assert_eq!(keys, ["secret", "old_secret_expires_at", "grace_period_hours"], "the documented answer");
    assert_eq!(rotated["grace_period_hours"], 24);
    let (old, new) = (endpoint.secret.as_str(), rotated["secret"].as_str().unwrap());
    let ends = unix(rotated["old_secret_expires_at"].as_str().unwrap());
    let left = ends - sign::now();
    assert!((DAY - MOMENT..=DAY).contains(&left), "24 hours from now, not {left} s");

    assert_eq!(post(&creel, &endpoint, new), (200, "valid".into()));
    assert_eq!(post(&creel, &endpoint, old), (200, "previous".into()));
    // A moment passes between the shift and the check.
    clock.shift_to(ends - sign::now() - MOMENT);
    assert_eq!(post(&creel, &endpoint, old), (200, "previous".into()), "within the grace");
    clock.shift_to(ends - sign::now() + 1);
    assert_eq!(post(&creel, &endpoint, old), (401, "bad".into()), "after the grace");
    assert_eq!(post(&creel, &endpoint, new), (200, "valid".into()), "the new one stays");
    clock.shift_to(0);
}

#[test]
fn two_rotations_leave_two_secrets_and_not_three() {
    let creel = Creel::start();
    let endpoint = opengate_trigger(&creel, json!({}));
    let rotate =
        || creel.rpc("trigger_rotate_secret", json!({ "id": endpoint.id }))["secret"].as_str().unwrap().to_owned();
    let (second, third) = (rotate(), rotate());
    assert_eq!(post(&creel, &endpoint, &endpoint.secret).0, 401, "the oldest is gone");
    assert_eq!(post(&creel, &endpoint, &second), (200, "previous".into()));
    assert_eq!(post(&creel, &endpoint, &third), (200, "valid".into()));
}

#[test]
fn a_rotation_without_grace_ends_the_old_secret_at_once() {
    let creel = Creel::start();
    let endpoint = opengate_trigger(&creel, json!({}));
    let rotated = creel
        .rpc("trigger_rotate_secret", json!({ "id": endpoint.id, "grace_hours": 0, "secret": "my own secret, long" }));
    assert_eq!(rotated["secret"], "my own secret, long");
    assert_eq!(post(&creel, &endpoint, &endpoint.secret).0, 401);
    assert_eq!(post(&creel, &endpoint, "my own secret, long").0, 200);
}

#[test]
fn an_empty_new_secret_is_refused_and_the_old_one_stays() {
    let creel = Creel::start();
    let endpoint = opengate_trigger(&creel, json!({}));
    for blank in ["", "  \t"] {
        let answer = creel.try_rpc("trigger_rotate_secret", json!({ "id": endpoint.id, "secret": blank }));
        assert_eq!(answer.status, 422, "{}", answer.text());
    }
    assert_eq!(post(&creel, &endpoint, &endpoint.secret), (200, "valid".into()));
}
