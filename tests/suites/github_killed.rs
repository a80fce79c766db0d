//! Killed between every two calls of making, re-pointing and removing a hook: the next start finishes or undoes it. The
//! stand-in kills, before it does what was asked and after, so that the answer is lost.

use creel_tests::{Connection, Creel, Github, Request, Response, until};
use serde_json::{Value, json};

use crate::github_hooks::{PLACE, connect, draft, push, there};

/// How the hooks have to be in the end.
type Settled = fn(&Creel, &Github) -> Option<Value>;

/// Does `act` with a kill at every call, until one run has no call left to be killed at. How many kills there were.
fn at_every_call(connected: bool, act: fn(&Creel, &Github) -> (&'static str, Value), settled: Settled) -> usize {
    let mut kills = 0;
    for when in ["before", "after"] {
        for at in 1.. {
            let github = Github::start();
            let mut creel = github.signed_in();
            if connected {
                connect(&creel, &github);
            }
            let (command, input) = act(&creel, &github);
            github.set(json!({ "kill": { "pid": creel.pid(), "at": at, "when": when } }));
            // It may die before it answers, or afterwards while it works on.
            let answered = ask(&creel, command, input).is_some();
            if answered && until("its end or its work's", || ended(&creel, &github, settled)) {
                break;
            }
            kills += 1;
            creel.kill();
            creel.start_again();
            until(&format!("{command} finished or undone after a kill {when} call {at}"), || settled(&creel, &github));
            github.was_right();
        }
    }
    kills
}

/// Calls a command of a Creel that may be killed over it.
fn ask(creel: &Creel, command: &str, input: Value) -> Option<Response> {
    let request = Request::post(&format!("/rpc/{command}"), input.to_string());
    let request = request.header("Authorization", format!("Bearer {}", creel.token));
    Connection::open(&creel.control).and_then(|mut connection| connection.send(&request)).ok()
}

/// `true`: it lives and all is done; `false`: it was killed.
fn ended(creel: &Creel, github: &Github, settled: Settled) -> Option<bool> {
    if !creel_tests::tools::lives(&creel.pid().to_string()) {
        return Some(false);
    }
    settled(creel, github).map(|_| true)
}

/// GitHub has exactly the hook that Creel shows, or neither has one, and Creel wants nothing more.
fn one_each(creel: &Creel, github: &Github) -> Option<Value> {
    let view = ask(creel, "github_get", json!({})).filter(|answer| answer.status == 200)?.json();
    let (shown, there) = (view["hooks"].as_array()?.clone(), github.hooks(PLACE));
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

#[test]
fn making_a_hook_leaves_one_or_none_wherever_it_is_killed() {
    let kills = at_every_call(false, |_, github| ("github_connect", draft(github)), one_each);
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
    fn settled(creel: &Creel, github: &Github) -> Option<Value> {
        let moved =
            |view: &Value| view["hooks"][0]["url"].as_str().is_some_and(|url| url.starts_with("http://localhost"));
        one_each(creel, github).filter(moved)
    }
    let act = |creel: &Creel, _: &Github| {
        ("github_address", json!({ "address": creel.receiver.replace("127.0.0.1", "localhost") }))
    };
    let kills = at_every_call(true, act, settled);
    assert!(kills >= 2, "the change, before and after: {kills}");
}

#[test]
fn an_address_that_comes_back_after_a_kill_is_the_hooks_again() {
    let github = Github::start();
    let mut creel = github.signed_in();
    connect(&creel, &github);
    github.set(json!({ "kill": { "pid": creel.pid(), "at": 1, "when": "after" } }));
    let home = creel.receiver.clone();
    let away = json!({ "address": home.replace("127.0.0.1", "localhost") });
    ask(&creel, "github_address", away);
    until("the kill", || (!creel_tests::tools::lives(&creel.pid().to_string())).then_some(()));
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
fn removing_a_hook_leaves_none_wherever_it_is_killed() {
    fn settled(creel: &Creel, github: &Github) -> Option<Value> {
        one_each(creel, github).filter(|view| view["hooks"] == json!([]))
    }
    let act = |creel: &Creel, _: &Github| {
        let trigger = crate::github_hooks::hook(creel)["trigger_id"].clone();
        ("github_hook_set", json!({ "trigger_id": trigger, "wanted": "gone" }))
    };
    let kills = at_every_call(true, act, settled);
    assert!(kills >= 2, "the removal, before and after: {kills}");
}
