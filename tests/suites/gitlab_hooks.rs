//! A hook at GitLab from its making to its removal, against the stand-in of GitLab's API.

use creel_tests::{Creel, Gitlab, until};
use serde_json::{Value, json};

pub const PLACE: &str = "projects/7";

pub fn project() -> Value {
    json!({ "kind": "project", "id": 7, "path": "flightjs/flight" })
}

pub fn draft(gitlab: &Gitlab) -> Value {
    json!({ "api": gitlab.api(), "place": project(), "events": ["push_events"], "task": true })
}

/// Connects and returns the trigger's id.
pub fn connect(creel: &Creel, gitlab: &Gitlab) -> String {
    let hook = creel.rpc("gitlab_connect", draft(gitlab));
    hook["trigger_id"].as_str().unwrap().to_owned()
}

/// The only hook, as Creel shows it.
pub fn hook(creel: &Creel) -> Value {
    let view = creel.rpc("gitlab_get", json!({}));
    assert_eq!(view["hooks"].as_array().unwrap().len(), 1, "{view}");
    view["hooks"][0].clone()
}

/// The only hook at GitLab.
pub fn there(gitlab: &Gitlab) -> Value {
    let hooks = gitlab.hooks(PLACE);
    assert_eq!(hooks.len(), 1, "one hook and no second one: {hooks:?}");
    hooks[0].clone()
}

/// What a push got, and the event's name.
pub fn push(gitlab: &Gitlab) -> Value {
    let payload = json!({ "object_kind": "push", "project": { "id": 7, "path_with_namespace": "flightjs/flight" } });
    gitlab.happens(PLACE, "push_events", payload)[0]["response_status"].clone()
}

fn sends(hook: &Value) -> Vec<String> {
    let fields = hook.as_object().unwrap().iter();
    fields.filter(|(name, on)| name.ends_with("_events") && **on == json!(true)).map(|(name, _)| name.clone()).collect()
}

#[test]
fn a_hook_is_made_and_what_it_signs_makes_a_task() {
    let gitlab = Gitlab::start();
    let creel = gitlab.signed_in();
    let found = creel.rpc("gitlab_places", json!({ "api": gitlab.api(), "q": "fli" }));
    assert_eq!(found[0]["place"], project());
    assert!(found[1]["refused"].as_str().unwrap().contains("Maintainers"), "{found}");
    assert_eq!(found[2]["place"]["kind"], "group");
    let plan = creel.rpc("gitlab_plan", draft(&gitlab));
    assert_eq!(plan["url"], format!("{}/projects/7/hooks", gitlab.api()));
    let body: Value = serde_json::from_str(plan["body"].as_str().unwrap()).unwrap();
    assert_eq!(sends(&body), ["push_events"]);
    assert!(gitlab.hooks(PLACE).is_empty(), "a plan makes nothing");
    connect(&creel, &gitlab);
    assert_eq!((sends(&there(&gitlab)), hook(&creel)["signs"].as_bool()), (vec!["push_events".to_owned()], Some(true)));
    assert_eq!(push(&gitlab), "202");
    assert_eq!(creel.tasks()[0]["title"], "Push Hook in flightjs/flight");
    assert_eq!(hook(&creel)["newest"]["signature"], "valid");
    gitlab.was_right();
}

#[test]
fn a_gitlab_that_does_not_sign_is_given_the_plain_token() {
    let gitlab = Gitlab::start();
    gitlab.set(json!({ "major": 18 }));
    let creel = gitlab.signed_in();
    connect(&creel, &gitlab);
    assert!(there(&gitlab)["token"].is_string() && there(&gitlab)["signing_token"].is_null());
    assert_eq!(push(&gitlab), "202");
    assert_eq!((hook(&creel)["signs"].as_bool(), creel.tasks().len()), (Some(false), 1));
    gitlab.was_right();
}

#[test]
fn the_hook_follows_the_address_and_the_secret_and_the_old_one_counts_meanwhile() {
    let gitlab = Gitlab::start();
    let creel = gitlab.signed_in();
    let trigger = connect(&creel, &gitlab);
    let first = there(&gitlab);
    let other = creel.receiver.replace("127.0.0.1", "localhost");
    creel.rpc("github_address", json!({ "address": other }));
    let moved = until("the hook at its new address", || {
        Some(there(&gitlab)).filter(|hook| hook["url"].as_str().unwrap().starts_with(&other))
    });
    assert_eq!((&moved["id"], &moved["signing_token"]), (&first["id"], &first["signing_token"]));
    creel.rpc("trigger_rotate_secret", json!({ "id": trigger }));
    let rotated = until("the new secret at GitLab", || {
        Some(there(&gitlab)).filter(|hook| hook["signing_token"] != first["signing_token"])
    });
    assert_eq!((&rotated["id"], &rotated["url"]), (&first["id"], &moved["url"]));
    assert_eq!(push(&gitlab), "202", "GitLab signs with the new secret");
    assert_eq!(creel.deliveries("")[0]["signature"], "valid");
    gitlab.was_right();
}

#[test]
fn it_is_switched_off_on_again_and_removed_and_its_trigger_stays() {
    let gitlab = Gitlab::start();
    let creel = gitlab.signed_in();
    let trigger = connect(&creel, &gitlab);
    let set = |wanted: &str| creel.rpc("gitlab_hook_set", json!({ "trigger_id": trigger, "wanted": wanted }));
    set("paused");
    assert_eq!(sends(&there(&gitlab)), [""; 0], "a silent hook is for no event");
    set("connected");
    assert_eq!(sends(&there(&gitlab)), ["push_events"]);
    assert_eq!(set("gone")["hooks"], json!([]));
    assert!(gitlab.hooks(PLACE).is_empty());
    assert_eq!(creel.rpc("triggers_list", json!({})).as_array().unwrap().len(), 1);
    gitlab.was_right();
}

#[test]
fn creel_ends_as_it_was_told_and_the_next_start_brings_the_hook_back() {
    for (on_quit, left) in [("leave", Some(1)), ("pause", Some(0)), ("remove", None)] {
        let gitlab = Gitlab::start();
        let mut creel = gitlab.signed_in();
        connect(&creel, &gitlab);
        creel.rpc("github_on_quit", json!({ "on_quit": on_quit }));
        creel.terminate();
        let events: Vec<_> = gitlab.hooks(PLACE).iter().map(|hook| sends(hook).len()).collect();
        assert_eq!(events, left.into_iter().collect::<Vec<_>>(), "{on_quit}");
        creel.start_again();
        until("the hook, sending again", || gitlab.hooks(PLACE).first().filter(|hook| sends(hook).len() == 1).cloned());
        assert_eq!(push(&gitlab), "202", "{on_quit}");
        there(&gitlab);
        gitlab.was_right();
    }
}

#[test]
fn what_an_earlier_creel_left_is_found_and_removed_and_nothing_else() {
    let gitlab = Gitlab::start();
    let lost = gitlab.signed_in();
    connect(&lost, &gitlab);
    let mut foreign = there(&gitlab);
    foreign["id"] = json!(5);
    foreign["url"] = json!("https://ci.example.com/hooks/build");
    drop(lost);
    gitlab.control(json!({ "make": { "place": PLACE, "hook": foreign } }));
    let creel = gitlab.signed_in();
    let left = creel.rpc("gitlab_plan", draft(&gitlab))["left"].clone();
    assert_eq!(left.as_array().unwrap().len(), 1, "{left}");
    assert_eq!(left[0]["own"], false, "another data folder made it");
    let remove = |id: &Value| {
        creel.try_rpc("gitlab_left_remove", json!({ "api": gitlab.api(), "place": project(), "hook_id": id }))
    };
    assert_eq!(remove(&json!(5)).status, 404, "a hook of somebody else's is not Creel's to remove");
    assert_eq!(remove(&left[0]["hook_id"]).status, 200);
    assert_eq!(there(&gitlab)["id"], 5);
}

#[test]
fn gitlabs_record_says_what_never_arrived_and_sends_it_again() {
    let gitlab = Gitlab::start();
    let creel = gitlab.signed_in();
    let trigger = connect(&creel, &gitlab);
    let lost = json!({ "place": PLACE, "event": "push_events", "payload": { "project": { "path_with_namespace": "flightjs/flight" } }, "options": { "lost": true } });
    let lost = gitlab.control(json!({ "happens": lost }))["sent"][0].clone();
    let record = || creel.rpc("gitlab_record", json!({ "trigger_id": trigger }));
    let first = record();
    assert_eq!(first["items"][0]["words"], "GitLab got no answer; Creel never saw it.");
    assert!(creel.tasks().is_empty());
    creel.rpc("gitlab_send_again", json!({ "trigger_id": trigger, "id": lost["id"] }));
    until("the task of what was lost", || (creel.tasks().len() == 1).then_some(()));
    let again =
        until("it in GitLab's record", || Some(record()).filter(|all| all["items"].as_array().unwrap().len() == 2));
    assert_eq!(again["items"][0]["words"], "GitLab got 202, as Creel answered.");
    assert_eq!(again["items"][0]["here"]["outcome"], "accepted");
    gitlab.was_right();
}

#[test]
fn a_hook_that_gitlab_stopped_sends_again_after_a_test() {
    let gitlab = Gitlab::start();
    let creel = gitlab.signed_in();
    let trigger = connect(&creel, &gitlab);
    gitlab.control(json!({ "stop": PLACE }));
    assert_eq!(gitlab.happens(PLACE, "push_events", json!({})), json!([]), "a stopped hook sends nothing");
    let record = || creel.rpc("gitlab_record", json!({ "trigger_id": trigger }))["stopped"].clone();
    assert!(record().as_str().unwrap().contains("stopped sending"), "{}", record());
    creel.rpc("gitlab_hook_test", json!({ "trigger_id": trigger }));
    until("the test, verified", || Some(hook(&creel)["newest"].clone()).filter(|newest| !newest.is_null()));
    until("GitLab sends again", || record().is_null().then_some(()));
    assert_eq!(push(&gitlab), "202");
    gitlab.was_right();
}
