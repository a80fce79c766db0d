//! What was sent before: by its id, by its body, and the id that comes back with another body (`trust.md` T05, T06, R32).

use std::collections::BTreeMap;

use creel_tests::{Creel, wire};
use serde_json::json;

use crate::deliver::{newest, signed, task_trigger};

const BODY: &[u8] = br#"{"title":"once"}"#;

/// How many deliveries have each outcome.
fn outcomes(creel: &Creel) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for row in creel.deliveries("") {
        *counts.entry(row["outcome"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    counts
}

fn counted(pairs: &[(&str, usize)]) -> BTreeMap<String, usize> {
    pairs.iter().map(|(outcome, n)| ((*outcome).to_owned(), *n)).collect()
}

#[test]
fn a_captured_delivery_under_fifty_new_ids_runs_once() {
    let creel = Creel::start();
    let endpoint = task_trigger(&creel, "captured", "github", json!({}));
    for n in 0..50 {
        // GitHub's id stands outside the signature: whoever captured one delivery can send it under any other.
        let answer = creel.deliver(&signed("github", &endpoint, &format!("new-{n}"), BODY));
        assert_eq!((answer.status, answer.json()["duplicate"].as_bool()), (202, Some(n > 0)), "number {n}");
    }
    assert_eq!(outcomes(&creel), counted(&[("accepted", 1), ("duplicate", 49)]));
    assert_eq!(creel.tasks().len(), 1);
    let row = newest(&creel);
    assert_eq!((row["reason_code"].as_str(), row["identical_body"].as_bool()), (Some("duplicate_body"), Some(true)));
}

#[test]
fn the_same_id_with_another_body_is_kept_and_marked_as_a_conflict() {
    let creel = Creel::start();
    let endpoint = task_trigger(&creel, "conflict", "github", json!({}));
    let first = creel.deliver(&signed("github", &endpoint, "one id", BODY)).json()["delivery"].clone();
    let second = creel.deliver(&signed("github", &endpoint, "one id", br#"{"title":"another"}"#));
    assert_eq!((second.status, second.json()["duplicate"].as_bool()), (202, Some(false)));
    let row = newest(&creel);
    assert_eq!((row["conflict"].as_bool(), row["outcome"].as_str()), (Some(true), Some("accepted")));
    assert_eq!(row["id"], second.json()["delivery"]);
    assert_eq!(creel.rpc("delivery_get", json!({ "id": first }))["delivery"]["conflict"], false);
    assert_eq!(creel.tasks().len(), 2, "neither is dropped");
}

#[test]
fn two_hundred_identical_deliveries_at_once_run_once() {
    let creel = Creel::start();
    let endpoint = task_trigger(&creel, "at-once", "github", json!({ "rate": { "per_minute": 0, "burst": 1 } }));
    let request = signed("github", &endpoint, "the same", BODY);
    std::thread::scope(|scope| {
        for _ in 0..200 {
            scope.spawn(|| assert_eq!(wire::send(&creel.receiver, &request).status, 202));
        }
    });
    assert_eq!(outcomes(&creel), counted(&[("accepted", 1), ("duplicate", 199)]));
    assert_eq!(creel.tasks().len(), 1);
}
