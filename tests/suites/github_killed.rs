//! Killed between every two calls of making, re-pointing, rotating, switching, removing, cleaning up and leaving: the next
//! start finishes or undoes it. The stand-in kills, before it does what was asked and after, so that the answer is lost.

use creel_tests::{Creel, Github, until};
use serde_json::{Value, json};

use crate::github_hooks::{PLACE, connect, draft, hook, push, there};
use crate::github_organisation as organisation;
use crate::killed::{At, Done, ask, at_every_call, lives};

/// GitHub has exactly the hook that Creel shows, or neither has one, and Creel wants nothing more.
fn one_each(creel: &Creel, github: &Github) -> Option<Value> {
    one_each_at(PLACE, creel, github)
}

fn one_each_at(place: &str, creel: &Creel, github: &Github) -> Option<Value> {
    let view = ask(creel, "github_get", json!({})).filter(|answer| answer.status == 200)?.json();
    let (shown, there) = (view["hooks"].as_array()?.clone(), github.hooks(place));
    let same = match (shown.as_slice(), there.as_slice()) {
        ([], []) => true,
        ([shown], [there]) => {
            shown["hook_id"] == there["id"]
                && shown["url"] == there["config"]["url"]
                && shown["active"] == there["active"]
        }
        _ => false,
    };
    same.then_some(view)
}

fn connected(github: &Github) -> Creel {
    let creel = github.signed_in();
    connect(&creel, github);
    creel
}

fn of_organisation(github: &Github) -> Creel {
    let creel = github.signed_in();
    creel.rpc("github_connect", organisation::draft(github));
    creel
}

/// What the only hook is to be.
fn want(creel: &Creel, wanted: &str) -> Done {
    Done::asked(creel, "github_hook_set", json!({ "trigger_id": hook(creel)["trigger_id"], "wanted": wanted }))
}

fn elsewhere(creel: &Creel) -> Done {
    Done::asked(creel, "github_address", json!({ "address": creel.receiver.replace("127.0.0.1", "localhost") }))
}

fn is_elsewhere(view: &Value) -> bool {
    view["hooks"][0]["url"].as_str().is_some_and(|url| url.starts_with("http://localhost"))
}

#[test]
fn making_a_hook_leaves_one_or_none_wherever_it_is_killed() {
    let act = |creel: &mut Creel, github: &Github| Done::asked(creel, "github_connect", draft(github));
    let kills = at_every_call(&At { prepared: Github::signed_in, act, settled: one_each });
    assert!(kills >= 4, "listing and making, each before and after: {kills}");
}

#[test]
fn making_an_organisations_hook_leaves_one_or_none_wherever_it_is_killed() {
    let act = |creel: &mut Creel, github: &Github| Done::asked(creel, "github_connect", organisation::draft(github));
    let settled = |creel: &Creel, github: &Github| one_each_at(organisation::PLACE, creel, github);
    let kills = at_every_call(&At { prepared: Github::signed_in, act, settled });
    assert!(kills >= 4, "listing and making, each before and after: {kills}");
}

#[test]
fn after_a_kill_behind_the_making_the_hook_is_taken_over_and_works() {
    let github = Github::start();
    let mut creel = github.signed_in();
    github.set(json!({ "kill": { "pid": creel.pid(), "at": 2, "when": "after" } }));
    assert!(ask(&creel, "github_connect", draft(&github)).is_none(), "it was killed over it");
    creel.kill();
    assert_eq!(github.hooks(PLACE).len(), 1, "GitHub made it, and Creel never heard of it");
    creel.start_again();
    until("the hook, taken over", || one_each(&creel, &github).filter(|view| !view["hooks"][0].is_null()));
    assert_eq!(push(&github)["status_code"], 202);
    assert_eq!(creel.deliveries("event:push")[0]["signature"], "valid");
    there(&github);
}

#[test]
fn a_hook_follows_its_address_wherever_the_change_is_killed() {
    let act = |creel: &mut Creel, _: &Github| elsewhere(creel);
    let settled = |creel: &Creel, github: &Github| one_each(creel, github).filter(is_elsewhere);
    let kills = at_every_call(&At { prepared: connected, act, settled });
    assert!(kills >= 2, "the change, before and after: {kills}");
}

#[test]
fn an_organisations_hook_follows_its_address_wherever_the_change_is_killed() {
    let act = |creel: &mut Creel, _: &Github| elsewhere(creel);
    let settled = |creel: &Creel, github: &Github| one_each_at(organisation::PLACE, creel, github).filter(is_elsewhere);
    let kills = at_every_call(&At { prepared: of_organisation, act, settled });
    assert!(kills >= 2, "the change, before and after: {kills}");
}

#[test]
fn an_address_that_comes_back_after_a_kill_is_the_hooks_again() {
    let github = Github::start();
    let mut creel = connected(&github);
    github.set(json!({ "kill": { "pid": creel.pid(), "at": 1, "when": "after" } }));
    let home = creel.receiver.clone();
    let away = json!({ "address": home.replace("127.0.0.1", "localhost") });
    ask(&creel, "github_address", away);
    until("the kill", || (!lives(&creel)).then_some(()));
    creel.kill();
    // The token is away while it starts, so that the address is home before anything else can be asked.
    github.set(json!({ "token": "away" }));
    creel.start_again();
    creel.rpc("github_address", json!({ "address": home }));
    github.set(json!({ "token": "ghp_standin0123456789abcdefghijklmnopqrst" }));
    creel.rpc("github_sign_in", json!({}));
    until("the hook at home", || one_each(&creel, &github).filter(|_| push(&github)["status_code"] == 202));
    assert!(there(&github)["config"]["url"].as_str().unwrap().starts_with(&home));
}

#[test]
fn a_new_secret_reaches_github_wherever_the_change_is_killed() {
    let act = |creel: &mut Creel, _: &Github| {
        Done::asked(creel, "trigger_rotate_secret", json!({ "id": hook(creel)["trigger_id"] }))
    };
    let settled = |creel: &Creel, github: &Github| {
        let view = one_each(creel, github)?;
        // With the old one it would be "previous".
        push(github);
        let found = ask(creel, "deliveries_list", json!({ "q": "event:push", "limit": 1 }))?.json();
        (found["page"]["items"][0]["signature"] == "valid").then_some(view)
    };
    let kills = at_every_call(&At { prepared: connected, act, settled });
    assert!(kills >= 2, "the change, before and after: {kills}");
}

#[test]
fn a_hook_is_switched_off_wherever_that_is_killed() {
    let act = |creel: &mut Creel, _: &Github| want(creel, "paused");
    let settled =
        |creel: &Creel, github: &Github| one_each(creel, github).filter(|view| view["hooks"][0]["active"] == false);
    let kills = at_every_call(&At { prepared: connected, act, settled });
    assert!(kills >= 2, "the change, before and after: {kills}");
}

#[test]
fn a_hook_is_switched_on_wherever_that_is_killed() {
    let prepared = |github: &Github| {
        let creel = connected(github);
        want(&creel, "paused");
        until("it is off", || (there(github)["active"] == false).then_some(()));
        creel
    };
    let act = |creel: &mut Creel, _: &Github| want(creel, "connected");
    let settled =
        |creel: &Creel, github: &Github| one_each(creel, github).filter(|view| view["hooks"][0]["active"] == true);
    let kills = at_every_call(&At { prepared, act, settled });
    assert!(kills >= 2, "the change, before and after: {kills}");
}

#[test]
fn removing_a_hook_leaves_none_wherever_it_is_killed() {
    let act = |creel: &mut Creel, _: &Github| want(creel, "gone");
    let settled = |creel: &Creel, github: &Github| one_each(creel, github).filter(|view| view["hooks"] == json!([]));
    let kills = at_every_call(&At { prepared: connected, act, settled });
    assert!(kills >= 2, "the removal, before and after: {kills}");
}

#[test]
fn removing_an_organisations_hook_leaves_none_wherever_it_is_killed() {
    let act = |creel: &mut Creel, _: &Github| want(creel, "gone");
    let settled = |creel: &Creel, github: &Github| {
        one_each_at(organisation::PLACE, creel, github).filter(|view| view["hooks"] == json!([]))
    };
    let kills = at_every_call(&At { prepared: of_organisation, act, settled });
    assert!(kills >= 2, "the removal, before and after: {kills}");
}

#[test]
fn what_an_earlier_creel_left_is_offered_until_it_is_gone_wherever_its_removal_is_killed() {
    let prepared = |github: &Github| {
        drop(connected(github));
        github.signed_in()
    };
    let act = |creel: &mut Creel, github: &Github| {
        let id = there(github)["id"].clone();
        let place = json!({ "kind": "repository", "name": "octocat/hello-world" });
        Done::asked(creel, "github_left_remove", json!({ "api": github.api(), "place": place, "hook_id": id }))
    };
    let settled = |creel: &Creel, github: &Github| {
        let offered = ask(creel, "github_plan", draft(github))?.json()["left"].clone();
        (offered.as_array()?.len() == github.hooks(PLACE).len()).then_some(offered)
    };
    let kills = at_every_call(&At { prepared, act, settled });
    assert!(kills >= 4, "listing and removing, each before and after: {kills}");
}

#[test]
fn creel_that_is_killed_over_leaving_brings_its_hook_back() {
    for on_quit in ["pause", "remove"] {
        let prepared = |github: &Github| {
            let creel = connected(github);
            creel.rpc("github_on_quit", json!({ "on_quit": on_quit }));
            creel
        };
        let act = |creel: &mut Creel, _: &Github| Done::ended(creel);
        let settled = |creel: &Creel, github: &Github| {
            // It may be asked before it has begun to bring the hook back.
            let sends = |view: &Value| view["hooks"][0]["active"] == true && push(github)["status_code"] == 202;
            one_each(creel, github).filter(sends)
        };
        let kills = at_every_call(&At { prepared, act, settled });
        assert!(kills >= 2, "{on_quit}, before and after: {kills}");
    }
}
