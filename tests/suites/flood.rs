//! A flood of refusals: the store holds no more of them than it says, at any moment, and its files stay small.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use creel_tests::{Connection, Creel, Request, until};
use rusqlite::{Connection as Database, OpenFlags};
use serde_json::json;

use crate::deliver::{newest, signed, task_trigger};

/// Senders at once, and what each sends.
const SENDERS: usize = 16;
const EACH: usize = 375;
/// Refusals kept for one trigger and without one, and how many more there may be before the oldest go.
const AT_ONE_TRIGGER: i64 = 1_000;
const UNMATCHED: i64 = 5_000;
const STEP: i64 = 100;

/// Sends `SENDERS * EACH` requests to `path`; each has a body that no packing makes small.
fn flood(creel: &Creel, path: &str, status: u16) {
    std::thread::scope(|scope| {
        for sender in 0..SENDERS {
            scope.spawn(move || {
                let mut connection = None;
                for n in 0..EACH {
                    let open = connection.get_or_insert_with(|| Connection::open(&creel.receiver).unwrap());
                    let answer = open.send(&Request::post(path, noise(sender * EACH + n))).unwrap();
                    assert!([status, 429].contains(&answer.status), "{}", answer.text());
                    if answer.header("connection") == Some("close") {
                        connection = None;
                    }
                }
            });
        }
    });
}

/// Four kilobytes of text without repetition.
fn noise(seed: usize) -> String {
    let mut state = seed as u64 + 1;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state ^ state >> 29
    };
    (0..256).map(|_| format!("{:016x}", next())).collect()
}

fn rows_of(creel: &Creel) -> Database {
    Database::open_with_flags(creel.data_dir().join("creel.db"), OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap()
}

fn count(db: &Database, which: &str) -> i64 {
    db.query_row(&format!("SELECT COUNT(*) FROM deliveries WHERE {which}"), [], |row| row.get(0)).unwrap()
}

fn bytes(creel: &Creel, name: &str) -> u64 {
    std::fs::metadata(creel.data_dir().join(name)).map_or(0, |file| file.len())
}

#[test]
fn a_flood_of_refusals_never_goes_over_its_bound() {
    let creel = Creel::start();
    let endpoint = task_trigger(&creel, "flood", "github", json!({ "rate": { "per_minute": 1200, "burst": 1200 } }));
    let first = creel.deliver(&Request::post(&endpoint.path, "{}")).status;
    assert_eq!(first, 401);
    let pinned = newest(&creel)["id"].clone();
    creel.rpc("delivery_pin", json!({ "id": pinned, "pinned": true }));
    let good =
        creel.deliver(&signed("github", &endpoint, "good", br#"{"title":"genuine"}"#)).json()["delivery"].clone();

    let ended = AtomicBool::new(false);
    let most = std::thread::scope(|scope| {
        let watch = scope.spawn(|| {
            let db = rows_of(&creel);
            let mut most = (0, 0);
            while !ended.load(Ordering::Relaxed) {
                most.0 = most.0.max(count(&db, "endpoint IS NOT NULL AND outcome <> 'accepted' AND pinned = 0"));
                most.1 = most.1.max(count(&db, "endpoint IS NULL"));
                // A reader without a pause would keep the log from being begun anew.
                std::thread::sleep(Duration::from_millis(5));
            }
            most
        });
        flood(&creel, &endpoint.path, 401);
        flood(&creel, "/hooks/nobody", 404);
        ended.store(true, Ordering::Relaxed);
        watch.join().unwrap()
    });
    assert!((AT_ONE_TRIGGER..=AT_ONE_TRIGGER + STEP).contains(&most.0), "{most:?} of one trigger");
    assert!((UNMATCHED..=UNMATCHED + STEP).contains(&most.1), "{most:?} without a trigger");

    assert_eq!(creel.rpc("delivery_get", json!({ "id": pinned }))["delivery"]["pinned"], true, "a pinned one stays");
    assert_eq!(creel.body(good.as_str().unwrap()), br#"{"title":"genuine"}"#, "and so does a genuine one");
    let kept = count(&rows_of(&creel), "1");
    until("the count on the screen to be that of the store", || {
        (creel.rpc("status", json!({}))["deliveries"] == kept).then_some(())
    });
    // 6,100 rows of 4 KB and as much again for what a page leaves free; the log is cut when it is begun anew.
    assert!(bytes(&creel, "creel.db") < 60_000_000, "{} bytes", bytes(&creel, "creel.db"));
    assert!(bytes(&creel, "creel.db-wal") < 200_000_000, "{} bytes", bytes(&creel, "creel.db-wal"));
}
