//! `/hooks/{slug}`: allowlist, rate, duplicates, filter, and the switch.

use creel_tests::creel::Endpoint;
use creel_tests::{Creel, Request, Response};
use serde_json::{Value, json};

use crate::deliver::{newest, signed, task_trigger};

fn push(creel: &Creel, endpoint: &Endpoint, id: &str, body: &str) -> Response {
    creel.deliver(&signed("github", endpoint, id, body.as_bytes()))
}

fn outcome(row: &Value) -> &str {
    row["outcome"].as_str().unwrap_or_default()
}

#[test]
fn the_same_event_id_runs_once() {
    let creel = Creel::start();
    let endpoint = task_trigger(&creel, "dedup", "github", json!({}));
    let first = push(&creel, &endpoint, "id-1", r#"{"title":"once"}"#);
    let second = push(&creel, &endpoint, "id-1", r#"{"title":"once"}"#);
    assert_eq!((first.status, second.status), (202, 202), "a sender must not take a repeat for a failure");
    assert_eq!(second.json()["duplicate"], true);
    assert_eq!(creel.tasks().len(), 1);
    assert_eq!((outcome(&newest(&creel)), newest(&creel)["reason_code"].as_str()), ("duplicate", Some("duplicate_id")));
}

#[test]
fn the_same_body_under_fifty_new_ids_runs_once() {
    let creel = Creel::start();
    let endpoint = task_trigger(&creel, "bodies", "github", json!({}));
    for n in 0..50 {
        assert_eq!(push(&creel, &endpoint, &format!("id-{n}"), r#"{"title":"stolen"}"#).status, 202);
    }
    assert_eq!(creel.tasks().len(), 1, "the unsigned id must not open the door (trust T05)");
    assert_eq!(creel.deliveries("is:duplicate").len(), 49);
    assert_eq!(newest(&creel)["identical_body"], true);
}

#[test]
fn the_same_id_with_another_body_is_a_conflict_and_both_are_kept() {
    let creel = Creel::start();
    let endpoint = task_trigger(&creel, "conflict", "github", json!({}));
    push(&creel, &endpoint, "id-1", r#"{"title":"one"}"#);
    let second = push(&creel, &endpoint, "id-1", r#"{"title":"two"}"#);
    assert_eq!((second.status, second.json()["duplicate"].clone()), (202, json!(false)));
    assert_eq!(newest(&creel)["conflict"], true);
    assert_eq!(creel.tasks().len(), 2, "nothing is dropped silently (trust T06)");
}

#[test]
fn duplicates_at_another_trigger_are_its_own_deliveries() {
    let creel = Creel::start();
    let (one, two) =
        (task_trigger(&creel, "one", "github", json!({})), task_trigger(&creel, "two", "github", json!({})));
    push(&creel, &one, "id-1", r#"{"title":"x"}"#);
    let other = push(&creel, &two, "id-1", r#"{"title":"x"}"#);
    assert_eq!(other.json()["duplicate"], false, "two triggers, two deliveries");
    assert_eq!(creel.tasks().len(), 2);
}

#[test]
fn two_hundred_identical_deliveries_at_once_run_once() {
    let creel = Creel::start();
    let endpoint = task_trigger(&creel, "at-once", "github", json!({}));
    std::thread::scope(|scope| {
        for _ in 0..20 {
            scope.spawn(|| {
                for _ in 0..10 {
                    assert_eq!(push(&creel, &endpoint, "same", r#"{"title":"same"}"#).status, 202);
                }
            });
        }
    });
    assert_eq!(creel.tasks().len(), 1, "one run (trust R32)");
    assert_eq!(creel.deliveries("is:duplicate").len(), 199);
}

#[test]
fn a_filter_says_in_words_why_nothing_happened() {
    let creel = Creel::start();
    let rows = json!([{ "field": "payload.environment", "operator": "is", "value": "production" }]);
    let endpoint = task_trigger(&creel, "filter", "github", json!({ "filter": { "match": "all", "rows": rows } }));
    let staging = push(&creel, &endpoint, "a", r#"{"title":"x","environment":"staging"}"#);
    assert_eq!(staging.status, 202, "a filtered delivery is no failure of its sender");
    let row = newest(&creel);
    assert_eq!(outcome(&row), "filtered");
    let reason = row["reason"].as_str().unwrap();
    assert!(["payload.environment", "staging", "production"].iter().all(|word| reason.contains(word)), "{reason}");
    push(&creel, &endpoint, "b", r#"{"title":"y","environment":"production"}"#);
    assert_eq!(outcome(&newest(&creel)), "accepted");
    assert_eq!(creel.tasks().len(), 1);
}

#[test]
fn filters_combine_as_all_any_none() {
    let creel = Creel::start();
    let rows = json!([
        { "field": "payload.n", "operator": "gte", "value": "10" },
        { "field": "payload.tags", "operator": "contains", "value": "red" },
    ]);
    for (mode, neither, one, both) in [
        ("all", "filtered", "filtered", "accepted"),
        ("any", "filtered", "accepted", "accepted"),
        ("none", "accepted", "filtered", "filtered"),
    ] {
        let endpoint = task_trigger(&creel, mode, "github", json!({ "filter": { "match": mode, "rows": rows } }));
        let bodies = [r#"{"n":9.5,"tags":["redder"]}"#, r#"{"n":10.0,"tags":[]}"#, r#"{"n":11,"tags":["red"]}"#];
        for (body, expected) in bodies.into_iter().zip([neither, one, both]) {
            push(&creel, &endpoint, &format!("{mode}{body}").replace(['"', '{', '}'], ""), body);
            let row = newest(&creel);
            assert_eq!(outcome(&row), expected, "{mode} of {body}: {row}");
        }
    }
}

#[test]
fn over_the_rate_is_429_with_a_time_to_come_again() {
    let creel = Creel::start();
    let endpoint = task_trigger(&creel, "rate", "github", json!({ "rate": { "per_minute": 1, "burst": 3 } }));
    let statuses: Vec<_> =
        (0..5).map(|n| push(&creel, &endpoint, &format!("{n}"), &format!(r#"{{"title":"{n}"}}"#))).collect();
    assert_eq!(statuses.iter().map(|answer| answer.status).collect::<Vec<_>>(), [202, 202, 202, 429, 429]);
    let wait: u32 = statuses[4].header("Retry-After").expect("Retry-After").parse().expect("whole seconds");
    assert!((1..=120).contains(&wait), "{wait} s");
    assert_eq!(outcome(&newest(&creel)), "limited");
    assert_eq!(creel.tasks().len(), 3);
}

#[test]
fn a_disabled_and_an_unknown_trigger_answer_alike_and_are_told_apart_inside() {
    let creel = Creel::start();
    let endpoint = task_trigger(&creel, "off", "github", json!({ "enabled": false }));
    let disabled = push(&creel, &endpoint, "a", "{}");
    assert_eq!(outcome(&newest(&creel)), "disabled");
    let unknown = creel.deliver(&Request::post("/hooks/nobody", "{}"));
    assert_eq!(outcome(&newest(&creel)), "unmatched");
    assert_eq!((disabled.status, disabled.text()), (404, unknown.text()));
    creel.rpc("trigger_update", json!({ "id": endpoint.id, "change": { "enabled": true } }));
    assert_eq!(push(&creel, &endpoint, "b", r#"{"title":"on"}"#).status, 202, "the switch works at once");
}

#[test]
fn any_other_path_is_caught_as_unmatched() {
    let creel = Creel::start();
    let body = br#"{"what":"is this"}"#;
    let answer = creel.deliver(&Request::post("/my/old/endpoint?x=1", &body[..]));
    assert_eq!(answer.status, 404);
    let row = newest(&creel);
    assert_eq!((outcome(&row), row["path"].as_str()), ("unmatched", Some("/my/old/endpoint")));
    assert_eq!(creel.body(row["id"].as_str().unwrap()), body);
}

#[test]
fn an_allowlist_refuses_even_a_valid_signature() {
    let creel = Creel::start();
    let endpoint = task_trigger(&creel, "allow", "github", json!({ "ip_allowlist": ["203.0.113.0/24"] }));
    assert_eq!(push(&creel, &endpoint, "a", "{}").status, 403);
    assert_eq!(newest(&creel)["reason_code"], "address_not_allowed");
    creel.rpc("trigger_update", json!({ "id": endpoint.id, "change": { "ip_allowlist": ["127.0.0.0/8"] } }));
    assert_eq!(push(&creel, &endpoint, "b", r#"{"title":"b"}"#).status, 202);
}

#[test]
fn stop_answering_is_503_for_everyone_and_ends() {
    let creel = Creel::start();
    let endpoint = task_trigger(&creel, "stop", "github", json!({}));
    creel.rpc("stop_answering", json!({ "on": true }));
    let refused = push(&creel, &endpoint, "a", r#"{"title":"a"}"#);
    assert_eq!(refused.status, 503, "{}", refused.text());
    assert!(refused.header("Retry-After").is_some(), "a sender is asked to come again");
    creel.rpc("stop_answering", json!({ "on": false }));
    assert_eq!(push(&creel, &endpoint, "a", r#"{"title":"a"}"#).status, 202);
}
