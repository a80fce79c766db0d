//! An organisation's hook, as a repository's: from its making to its removal, against GitHub's description of those calls.

use creel_tests::{Creel, Github, until};
use serde_json::{Value, json};

use crate::github_hooks::hook;

pub const PLACE: &str = "orgs/octo-org";

pub fn draft(github: &Github) -> Value {
    json!({
        "api": github.api(),
        "place": { "kind": "organisation", "name": "octo-org" },
        "events": ["push", "repository"],
    })
}

fn there(github: &Github) -> Value {
    let hooks = github.hooks(PLACE);
    assert_eq!(hooks.len(), 1, "one hook and no second one: {hooks:?}");
    hooks[0].clone()
}

/// What happens in one of the organisation's repositories; what GitHub got for it.
fn push(github: &Github, number: u32) -> Value {
    let repository = json!({ "id": 1296269, "full_name": "octo-org/fishing" });
    let payload = json!({ "number": number, "repository": repository, "organization": { "login": "octo-org" } });
    github.happens(PLACE, "push", payload)[0]["status_code"].clone()
}

fn signed_in(github: &Github) -> Creel {
    let creel = github.signed_in();
    creel.rpc("github_connect", draft(github));
    creel
}

#[test]
fn it_is_found_planned_made_pinged_and_what_it_sends_makes_a_task() {
    let github = Github::start();
    let creel = github.signed_in();
    let found = creel.rpc("github_places", json!({ "api": github.api(), "q": "octo-org" }));
    let organisation = json!({ "kind": "organisation", "name": "octo-org" });
    let place = found.as_array().unwrap().iter().find(|one| one["place"] == organisation);
    assert_eq!(place.map(|one| &one["refused"]), Some(&Value::Null), "{found}");
    let plan = creel.rpc("github_plan", draft(&github));
    assert_eq!(plan["url"], format!("{}/orgs/octo-org/hooks", github.api()));
    creel.rpc("github_connect", draft(&github));
    let ping = until("the ping, verified", || Some(hook(&creel)["ping"].clone()).filter(|ping| !ping.is_null()));
    assert_eq!((ping["signature"].as_str(), ping["outcome"].as_str()), (Some("valid"), Some("accepted")));
    assert_eq!(push(&github, 1), 202);
    assert_eq!(creel.tasks()[0]["title"], "push in octo-org/fishing");
    assert_eq!(creel.try_rpc("github_connect", draft(&github)).status, 409, "it is connected already");
    creel.rpc("github_hook_ping", json!({ "trigger_id": hook(&creel)["trigger_id"] }));
    until("the second ping", || (creel.deliveries("event:ping").len() == 2).then_some(()));
    github.was_right();
}

#[test]
fn it_follows_the_address_and_the_secret_and_is_switched_and_removed() {
    let github = Github::start();
    let creel = signed_in(&github);
    let (first, trigger) = (there(&github), hook(&creel)["trigger_id"].clone());
    let other = creel.receiver.replace("127.0.0.1", "localhost");
    creel.rpc("github_address", json!({ "address": other }));
    let moved = until("the hook at its new address", || {
        Some(there(&github)).filter(|hook| hook["config"]["url"].as_str().unwrap().starts_with(&other))
    });
    assert_eq!((&moved["id"], &moved["config"]["secret"]), (&first["id"], &first["config"]["secret"]));
    creel.rpc("trigger_rotate_secret", json!({ "id": trigger }));
    until("the new secret at GitHub", || {
        (there(&github)["config"]["secret"] != first["config"]["secret"]).then_some(())
    });
    assert_eq!(push(&github, 1), 202);
    assert_eq!(creel.deliveries("event:push")[0]["signature"], "valid");
    let set = |wanted: &str| creel.rpc("github_hook_set", json!({ "trigger_id": trigger, "wanted": wanted }));
    set("paused");
    until("it is off", || (there(&github)["active"] == false).then_some(()));
    set("connected");
    until("it is on", || (there(&github)["active"] == true).then_some(()));
    set("gone");
    until("it is gone", || github.hooks(PLACE).is_empty().then_some(()));
    github.was_right();
}

#[test]
fn what_was_lost_is_listed_and_sent_again_and_what_was_left_is_cleaned_up() {
    let github = Github::start();
    let creel = signed_in(&github);
    let trigger = hook(&creel)["trigger_id"].clone();
    let payload = json!({ "repository": { "id": 1296269, "full_name": "octo-org/fishing" } });
    let lost = json!({ "place": PLACE, "event": "push", "payload": payload, "options": { "lost": true } });
    github.control(json!({ "happens": lost }));
    let record = creel.rpc("github_record", json!({ "trigger_id": trigger }))["items"].clone();
    let never = record.as_array().unwrap().iter().find(|item| item["side"] == "never_arrived").unwrap().clone();
    creel.rpc("github_send_again", json!({ "trigger_id": trigger, "id": never["id"] }));
    until("the task of what was lost", || (creel.tasks().len() == 1).then_some(()));
    drop(creel);
    let next = github.signed_in();
    let left = next.rpc("github_plan", draft(&github))["left"].clone();
    assert_eq!(left[0]["hook_id"], there(&github)["id"], "{left}");
    let place = json!({ "kind": "organisation", "name": "octo-org" });
    let ask = json!({ "api": github.api(), "place": place, "hook_id": left[0]["hook_id"] });
    next.rpc("github_left_remove", ask);
    assert!(github.hooks(PLACE).is_empty());
    github.was_right();
}

#[test]
fn a_token_without_the_organisations_scope_is_said_where_it_is_chosen_and_where_it_is_asked() {
    let github = Github::start();
    github.set(json!({ "scopes": ["repo", "admin:repo_hook"] }));
    let creel = github.signed_in();
    let found = creel.rpc("github_places", json!({ "api": github.api(), "q": "octo-org" }));
    let place = found.as_array().unwrap().iter().find(|one| one["place"]["kind"] == "organisation").unwrap().clone();
    let words = "the token has not the scope admin:org_hook; it has repo, admin:repo_hook";
    assert_eq!(place["refused"], words);
    for command in ["github_plan", "github_connect"] {
        let refused = creel.try_rpc(command, draft(&github));
        assert_eq!((refused.status, &refused.json()["message"]), (403, &json!(words)), "{command}");
        let hint = refused.json()["hint"].as_str().unwrap().to_owned();
        assert!(hint.contains("gh auth refresh") && hint.contains("--scopes admin:org_hook"), "{hint}");
    }
    assert_eq!(creel.rpc("triggers_list", json!({})), json!([]), "nothing was begun");
    assert!(github.hooks(PLACE).is_empty());
}
