//! Killed between every two calls of making, re-pointing, rotating, switching, removing and leaving a hook at GitLab: the next
//! start finishes or undoes it.

use creel_tests::{Creel, Gitlab};
use serde_json::{Value, json};

use crate::gitlab_hooks::{PLACE, connect, draft, hook, push};
use crate::killed::{At, Done, ask, at_every_call};

/// GitLab has exactly the hook that Creel shows, or neither has one, and Creel wants nothing more.
fn one_each(creel: &Creel, gitlab: &Gitlab) -> Option<Value> {
    let view = ask(creel, "gitlab_get", json!({})).filter(|answer| answer.status == 200)?.json();
    let (shown, there) = (view["hooks"].as_array()?.clone(), gitlab.hooks(PLACE));
    let same = match (shown.as_slice(), there.as_slice()) {
        ([], []) => true,
        ([shown], [there]) => {
            shown["hook_id"] == there["id"]
                && shown["url"] == there["url"]
                && shown["active"] == there["push_events"]
                && there["signing_token"].is_string()
        }
        _ => false,
    };
    same.then_some(view)
}

fn connected(gitlab: &Gitlab) -> Creel {
    let creel = gitlab.signed_in();
    connect(&creel, gitlab);
    creel
}

/// What the only hook is to be.
fn want(creel: &Creel, wanted: &str) -> Done {
    Done::asked(creel, "gitlab_hook_set", json!({ "trigger_id": hook(creel)["trigger_id"], "wanted": wanted }))
}

#[test]
fn making_a_hook_leaves_one_or_none_wherever_it_is_killed() {
    let act = |creel: &mut Creel, gitlab: &Gitlab| Done::asked(creel, "gitlab_connect", draft(gitlab));
    let kills = at_every_call(&At { prepared: Gitlab::signed_in, act, settled: one_each });
    assert!(kills >= 4, "listing and making, each before and after: {kills}");
}

#[test]
fn a_hook_follows_its_address_wherever_the_change_is_killed() {
    let act = |creel: &mut Creel, _: &Gitlab| {
        let address = creel.receiver.replace("127.0.0.1", "localhost");
        Done::asked(creel, "github_address", json!({ "address": address }))
    };
    let settled = |creel: &Creel, gitlab: &Gitlab| {
        let moved =
            |view: &Value| view["hooks"][0]["url"].as_str().is_some_and(|url| url.starts_with("http://localhost"));
        one_each(creel, gitlab).filter(moved)
    };
    let kills = at_every_call(&At { prepared: connected, act, settled });
    assert!(kills >= 2, "the change, before and after: {kills}");
}

#[test]
fn a_new_secret_reaches_gitlab_wherever_the_change_is_killed() {
    let act = |creel: &mut Creel, _: &Gitlab| {
        Done::asked(creel, "trigger_rotate_secret", json!({ "id": hook(creel)["trigger_id"] }))
    };
    let settled = |creel: &Creel, gitlab: &Gitlab| {
        let view = one_each(creel, gitlab)?;
        // With the old one it would be "previous".
        push(gitlab);
        let found = ask(creel, "deliveries_list", json!({ "q": "", "limit": 1 }))?.json();
        (found["page"]["items"][0]["signature"] == "valid").then_some(view)
    };
    let kills = at_every_call(&At { prepared: connected, act, settled });
    assert!(kills >= 2, "the change, before and after: {kills}");
}

#[test]
fn a_hook_is_switched_off_wherever_that_is_killed() {
    let act = |creel: &mut Creel, _: &Gitlab| want(creel, "paused");
    let settled =
        |creel: &Creel, gitlab: &Gitlab| one_each(creel, gitlab).filter(|view| view["hooks"][0]["active"] == false);
    let kills = at_every_call(&At { prepared: connected, act, settled });
    assert!(kills >= 2, "the change, before and after: {kills}");
}

#[test]
fn removing_a_hook_leaves_none_wherever_it_is_killed() {
    let act = |creel: &mut Creel, _: &Gitlab| want(creel, "gone");
    let settled = |creel: &Creel, gitlab: &Gitlab| one_each(creel, gitlab).filter(|view| view["hooks"] == json!([]));
    let kills = at_every_call(&At { prepared: connected, act, settled });
    assert!(kills >= 2, "the removal, before and after: {kills}");
}

#[test]
fn leaving_it_removed_is_mended_by_the_next_start_wherever_it_is_killed() {
    let prepared = |gitlab: &Gitlab| {
        let creel = connected(gitlab);
        creel.rpc("github_on_quit", json!({ "on_quit": "remove" }));
        creel
    };
    let act = |creel: &mut Creel, _: &Gitlab| Done::ended(creel);
    let settled =
        |creel: &Creel, gitlab: &Gitlab| one_each(creel, gitlab).filter(|view| view["hooks"][0]["active"] == true);
    let kills = at_every_call(&At { prepared, act, settled });
    assert!(kills >= 2, "the removal, before and after: {kills}");
}
