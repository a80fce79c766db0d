//! A hook at GitHub from its making to its removal, against the stand-in of GitHub's API.

use creel_tests::{Creel, Github, until};
use serde_json::{Value, json};

pub const PLACE: &str = "repos/octocat/hello-world";

pub fn draft(github: &Github) -> Value {
    json!({
        "api": github.api(),
        "place": { "kind": "repository", "name": "octocat/hello-world" },
        "events": ["push"],
    })
}

/// Connects and returns the trigger's id.
pub fn connect(creel: &Creel, github: &Github) -> String {
    let hook = creel.rpc("github_connect", draft(github));
    hook["trigger_id"].as_str().unwrap().to_owned()
}

/// The only hook, as Creel shows it.
pub fn hook(creel: &Creel) -> Value {
    let view = creel.rpc("github_get", json!({}));
    assert_eq!(view["hooks"].as_array().unwrap().len(), 1, "{view}");
    view["hooks"][0].clone()
}

/// The only hook at GitHub.
pub fn there(github: &Github) -> Value {
    let hooks = github.hooks(PLACE);
    assert_eq!(hooks.len(), 1, "one hook and no second one: {hooks:?}");
    hooks[0].clone()
}

pub fn push(github: &Github) -> Value {
    let payload =
        json!({ "ref": "refs/heads/main", "repository": { "id": 1296269, "full_name": "octocat/hello-world" } });
    github.happens(PLACE, "push", payload)[0].clone()
}

#[test]
fn a_hook_is_made_pinged_and_what_it_sends_makes_a_task() {
    let github = Github::start();
    let creel = github.signed_in();
    let found = creel.rpc("github_places", json!({ "api": github.api(), "q": "hello" }));
    assert_eq!(found[0]["place"]["name"], "octocat/hello-world");
    let plan = creel.rpc("github_plan", draft(&github));
    assert_eq!(plan["url"], format!("{}/repos/octocat/hello-world/hooks", github.api()));
    assert!(github.hooks(PLACE).is_empty(), "a plan makes nothing");
    connect(&creel, &github);
    let ping = until("the ping, verified", || Some(hook(&creel)["ping"].clone()).filter(|ping| !ping.is_null()));
    assert_eq!((ping["signature"].as_str(), ping["outcome"].as_str()), (Some("valid"), Some("accepted")));
    assert!(creel.tasks().is_empty(), "a ping makes no task");
    let sent = push(&github);
    assert_eq!(sent["status_code"], 202);
    assert_eq!(creel.tasks()[0]["title"], "push in octocat/hello-world");
    github.was_right();
}

#[test]
fn the_hook_follows_the_address_and_the_secret_and_the_old_one_counts_meanwhile() {
    let github = Github::start();
    let creel = github.signed_in();
    let trigger = connect(&creel, &github);
    let first = there(&github);
    let other = creel.receiver.replace("127.0.0.1", "localhost");
    creel.rpc("github_address", json!({ "address": other }));
    let moved = until("the hook at its new address", || {
        Some(there(&github)).filter(|hook| hook["config"]["url"].as_str().unwrap().starts_with(&other))
    });
    assert_eq!((&moved["id"], &moved["config"]["secret"]), (&first["id"], &first["config"]["secret"]));
    creel.rpc("trigger_rotate_secret", json!({ "id": trigger }));
    let rotated = until("the new secret at GitHub", || {
        Some(there(&github)).filter(|hook| hook["config"]["secret"] != first["config"]["secret"])
    });
    assert_eq!((&rotated["id"], &rotated["config"]["url"]), (&first["id"], &moved["config"]["url"]));
    assert_eq!(push(&github)["status_code"], 202, "GitHub signs with the new secret");
    let newest = &creel.deliveries("")[0];
    assert_eq!(newest["signature"], "valid", "{newest}");
    github.was_right();
}

#[test]
fn it_is_switched_off_on_again_and_removed_and_its_trigger_stays() {
    let github = Github::start();
    let creel = github.signed_in();
    let trigger = connect(&creel, &github);
    let set = |wanted: &str| creel.rpc("github_hook_set", json!({ "trigger_id": trigger, "wanted": wanted }));
    set("paused");
    assert_eq!(there(&github)["active"], false);
    set("connected");
    assert_eq!(there(&github)["active"], true);
    assert_eq!(set("gone")["hooks"], json!([]));
    assert!(github.hooks(PLACE).is_empty());
    assert_eq!(creel.rpc("triggers_list", json!({})).as_array().unwrap().len(), 1);
    github.was_right();
}

#[test]
fn creel_ends_as_it_was_told_and_the_next_start_brings_the_hook_back() {
    for (on_quit, left) in [("leave", Some(true)), ("pause", Some(false)), ("remove", None)] {
        let github = Github::start();
        let mut creel = github.signed_in();
        connect(&creel, &github);
        creel.rpc("github_on_quit", json!({ "on_quit": on_quit }));
        creel.terminate();
        let active: Vec<_> = github.hooks(PLACE).iter().map(|hook| hook["active"].as_bool().unwrap()).collect();
        assert_eq!(active, left.into_iter().collect::<Vec<_>>(), "{on_quit}");
        creel.start_again();
        until("the hook, sending again", || github.hooks(PLACE).first().filter(|hook| hook["active"] == true).cloned());
        assert_eq!(push(&github)["status_code"], 202, "{on_quit}");
        there(&github);
        github.was_right();
    }
}

#[test]
fn what_an_earlier_creel_left_is_found_and_removed_and_nothing_else() {
    let github = Github::start();
    let lost = github.signed_in();
    connect(&lost, &github);
    drop(lost);
    let foreign = json!({
        "id": 7, "type": "Repository", "name": "web", "active": true, "events": ["push"], "deliveries": [],
        "config": { "url": "https://ci.example.com/hooks/build", "content_type": "json" },
    });
    github.control(json!({ "make": { "place": PLACE, "hook": foreign } }));
    let creel = github.signed_in();
    let left = creel.rpc("github_plan", draft(&github))["left"].clone();
    assert_eq!(left.as_array().unwrap().len(), 1, "{left}");
    assert_eq!(left[0]["own"], false, "another data folder made it");
    let remove = |id: &Value| {
        let place = json!({ "kind": "repository", "name": "octocat/hello-world" });
        creel.try_rpc("github_left_remove", json!({ "api": github.api(), "place": place, "hook_id": id }))
    };
    assert_eq!(remove(&json!(7)).status, 404, "a hook of somebody else's is not Creel's to remove");
    assert_eq!(remove(&left[0]["hook_id"]).status, 200);
    assert_eq!(there(&github)["id"], 7);
}

#[test]
fn githubs_record_says_what_never_arrived_and_sends_it_again() {
    let github = Github::start();
    let creel = github.signed_in();
    let trigger = connect(&creel, &github);
    let payload = json!({ "repository": { "id": 1296269, "full_name": "octocat/hello-world" } });
    let lost = json!({ "place": PLACE, "event": "push", "payload": payload, "options": { "lost": true } });
    let lost = github.control(json!({ "happens": lost }))["sent"][0].clone();
    assert!(creel.tasks().is_empty());
    let record = || creel.rpc("github_record", json!({ "trigger_id": trigger }))["items"].clone();
    let of = |items: &Value| {
        let one = |item: &Value| {
            let text = |field: &str| item[field].as_str().unwrap().to_owned();
            (text("event"), text("side"))
        };
        items.as_array().unwrap().iter().map(one).collect::<Vec<_>>()
    };
    let first =
        until("the ping in GitHub's record", || Some(record()).filter(|all| all.as_array().unwrap().len() == 2));
    assert!(of(&first).contains(&("push".to_owned(), "never_arrived".to_owned())), "{first}");
    assert!(of(&first).contains(&("ping".to_owned(), "same".to_owned())), "{first}");
    creel.rpc("github_send_again", json!({ "trigger_id": trigger, "id": lost["id"].to_string() }));
    until("the task of what was lost", || (creel.tasks().len() == 1).then_some(()));
    let after = until("it in GitHub's record", || Some(record()).filter(|all| all.as_array().unwrap().len() == 3));
    assert_eq!(of(&after)[0], ("push".to_owned(), "same".to_owned()), "{after}");
    assert!(of(&after).contains(&("push".to_owned(), "other_attempt".to_owned())), "{after}");
    assert!(after[0]["redelivery"].as_bool().unwrap());
    assert_eq!(after[0]["guid"], lost["guid"], "it is the same delivery");
    github.was_right();
}
