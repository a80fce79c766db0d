//! The list of who can reach what, held against what really answers: for every trigger and every kind of tunnel, listed is
//! what answers with anything but 404.

use std::collections::BTreeSet;

use creel_tests::{Creel, Request};
use serde_json::{Value, json};

use crate::tunnel_ways::{Way, by_command};

/// A trigger of these suites.
struct Made {
    id: String,
    path: String,
}

fn make(creel: &Creel, draft: Value) -> Made {
    let made = creel.rpc("trigger_create", draft);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    Made { id: text(&made["row"]["trigger"]["id"]), path: text(&made["row"]["path"]) }
}

/// With and without a proof, on and off, with and without an allowlist, under every contract that has paths of its own.
fn triggers(creel: &Creel) -> Vec<Made> {
    let mut all = Vec::new();
    for scheme in ["github", "gitlab-token", "stripe", "none"] {
        for enabled in [true, false] {
            for listed in [json!([]), json!(["203.0.113.7"])] {
                let slug = format!("t{}", all.len());
                all.push(
                    json!({ "name": slug, "slug": slug, "scheme": scheme, "enabled": enabled, "ip_allowlist": listed }),
                );
            }
        }
    }
    for enabled in [true, false] {
        all.push(json!({ "name": "gate", "contract": "opengate", "scheme": "opengate", "enabled": enabled }));
        all.push(json!({ "name": format!("shift {enabled}"), "contract": "opshift", "enabled": enabled }));
        let hook = json!({ "octipus": {
            "description": "", "path": format!("octipus-{enabled}"), "conditions": [], "priority": 5, "max_executions": 10,
            "cooldown_ms": 1000
        } });
        let draft = json!({
            "name": "octipus", "contract": "octipus", "scheme": "octipus", "make_secret": true, "settings": hook,
            "enabled": enabled
        });
        all.push(draft);
    }
    all.into_iter().map(|draft| make(creel, draft)).collect()
}

/// The paths of one of the list's two halves.
fn paths(creel: &Creel, half: &str) -> BTreeSet<String> {
    let exposure = creel.rpc("tunnel_get", json!({}))["exposure"].clone();
    exposure[half].as_array().unwrap().iter().map(|one| one["path"].as_str().unwrap().to_owned()).collect()
}

/// Every trigger is in one half of the list, and answers as that half says.
fn list_is_true(kind: &str, way: &Way, triggers: &[Made]) {
    let (reached, kept_back) = (paths(&way.creel, "reached"), paths(&way.creel, "kept_back"));
    assert!(reached.is_disjoint(&kept_back), "{kind}: {reached:?} {kept_back:?}");
    for Made { path, .. } in triggers {
        assert!(reached.contains(path) || kept_back.contains(path), "{kind}: {path} is in neither half");
        let answer = way.send(&Request::post(path, "{}"));
        assert_eq!(
            answer.status != 404,
            reached.contains(path),
            "{kind}: {path} is {} {}",
            answer.status,
            answer.text()
        );
    }
    assert_eq!(reached.len() + kept_back.len(), triggers.len(), "{kind}: and nothing else is listed");
}

#[test]
fn through_every_tunnel_exactly_what_is_listed_answers() {
    let (by_ngrok, _edge) = crate::tunnel_ngrok::way();
    for (kind, way) in Way::all().chain([("ngrok", by_ngrok)]) {
        let triggers = triggers(&way.creel);
        list_is_true(kind, &way, &triggers);
        let without_proof = paths(&way.creel, "kept_back").len();
        // Everything ticked: what is off stays away all the same.
        let ids: Vec<_> = triggers.iter().map(|it| &it.id).collect();
        way.creel.rpc("tunnel_tick", json!({ "ticked": ids }));
        list_is_true(kind, &way, &triggers);
        assert!(paths(&way.creel, "kept_back").len() < without_proof, "{kind}: a tick exposes what is on");
        assert_eq!(way.send(&Request::post("/hooks/test", "{}")).status, 404, "{kind}: the test endpoint");
    }
}

#[test]
fn a_change_of_a_trigger_counts_at_once() {
    let way = by_command();
    let one = make(&way.creel, json!({ "name": "one", "slug": "one", "scheme": "github" }));
    let change = |change: Value| way.creel.rpc("trigger_update", json!({ "id": one.id, "change": change }));
    let is = |what: &str, status: u16| {
        assert_eq!(way.send(&Request::post(&one.path, "{}")).status, status, "{what}");
        list_is_true(what, &way, std::slice::from_ref(&one));
    };
    is("as it was made", 401);
    change(json!({ "enabled": false }));
    is("switched off", 404);
    change(json!({ "enabled": true }));
    is("switched on", 401);
    change(json!({ "scheme": "none" }));
    is("without a proof", 404);
    way.creel.rpc("tunnel_tick", json!({ "ticked": [one.id] }));
    is("ticked", 202);
    change(json!({ "scheme": "github" }));
    is("with a proof again", 401);
    change(json!({ "ip_allowlist": ["203.0.113.7"] }));
    is("with an allowlist that this tunnel cannot ask", 403);
    way.creel.rpc("trigger_delete", json!({ "id": one.id }));
    assert_eq!(way.send(&Request::post(&one.path, "{}")).status, 404, "deleted");
    assert!(paths(&way.creel, "reached").is_empty() && paths(&way.creel, "kept_back").is_empty(), "and off the list");
}
