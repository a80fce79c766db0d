//! OpShift under load and under `kill -9`: every report counts, and counts once.

use std::sync::Mutex;

use creel_tests::{Connection, Creel, until};
use serde_json::json;

use crate::opshift_contract::{alerts, signed, webhook};

#[test]
fn two_hundred_identical_alerts_at_once_are_one_alert_with_the_right_count() {
    let creel = Creel::start();
    let hook = webhook(&creel, "w", json!({ "rate_per_minute": 0 }));
    let counts = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..20 {
            scope.spawn(|| {
                let mut connection = Connection::open(&creel.receiver).unwrap();
                for _ in 0..10 {
                    let answer = connection.send(&signed(&hook.path, &hook.secret, r#"{"title":"same"}"#)).unwrap();
                    assert_eq!(answer.status, 200, "{}", answer.text());
                    counts.lock().unwrap().push(answer.json()["occurrenceCount"].as_i64().unwrap());
                }
            });
        }
    });
    let mut counts = counts.into_inner().unwrap();
    counts.sort_unstable();
    assert_eq!(counts, (1..=200).collect::<Vec<i64>>(), "each answer has its own number");
    let open = alerts(&creel, "");
    assert_eq!((open.len(), open[0]["occurrenceCount"].as_i64()), (1, Some(200)));
}

#[test]
fn a_kill_in_the_middle_loses_no_occurrence_that_was_answered_and_counts_none_twice() {
    let mut creel = Creel::start();
    let hook = webhook(&creel, "w", json!({ "rate_per_minute": 0 }));
    let answered = Mutex::new(0_i64);
    for enough in [23, 61, 97] {
        std::thread::scope(|scope| {
            for _ in 0..4 {
                let (receiver, hook, answered) = (creel.receiver.clone(), &hook, &answered);
                scope.spawn(move || {
                    let Ok(mut connection) = Connection::open(&receiver) else { return };
                    while let Ok(answer) = connection.send(&signed(&hook.path, &hook.secret, r#"{"title":"same"}"#)) {
                        assert_eq!(answer.status, 200, "{}", answer.text());
                        *answered.lock().unwrap() += 1;
                    }
                });
            }
            until("the load to be a load", || (*answered.lock().unwrap() >= enough).then_some(()));
            creel.kill();
        });
        creel.start_again();
    }
    let (answered, accepted) = (
        answered.into_inner().unwrap(),
        creel.deliveries("").iter().filter(|row| row["outcome"] == "accepted").count(),
    );
    let open = alerts(&creel, "");
    assert_eq!(open.len(), 1);
    assert_eq!(open[0]["occurrenceCount"].as_u64(), Some(accepted as u64), "an occurrence and its delivery are one");
    assert!(open[0]["occurrenceCount"].as_i64().unwrap() >= answered, "every answered one is there");
}
