//! What GitHub sent in vain: found by itself, told with its reason, brought in once and never twice.

use creel_tests::{Connection, Creel, Github, Request, until};
use serde_json::{Value, json};

use crate::github_hooks::{PLACE, connect, draft, hook, push, there};
use crate::tunnel_ways::{command, now, start, wait_for};

/// A Creel whose hook is made and whose ping has arrived.
fn connected(github: &Github) -> (Creel, String) {
    let creel = github.signed_in();
    let trigger = connect(&creel, github);
    until("the ping", || Some(hook(&creel)["ping"].clone()).filter(|ping| !ping.is_null()));
    (creel, trigger)
}

/// A push that nobody else sends, with `options` of the stand-in.
fn sends(github: &Github, number: u32, options: Value) -> Value {
    let repository = json!({ "id": 1, "full_name": "octocat/hello-world" });
    let payload = json!({ "ref": format!("refs/heads/{number}"), "size": 1.5, "repository": repository });
    let happens = json!({ "place": PLACE, "event": "push", "payload": payload, "options": options });
    github.control(json!({ "happens": happens }))["sent"][0].clone()
}

/// A push that gets lost on its way.
fn lose(github: &Github, number: u32) -> Value {
    sends(github, number, json!({ "lost": true }))
}

fn look(creel: &Creel, trigger: &str) -> Value {
    creel.rpc("github_missed_look", json!({ "trigger_id": trigger }))["missed"].clone()
}

fn list(creel: &Creel, trigger: &str) -> Vec<Value> {
    creel.rpc("github_missed", json!({ "trigger_id": trigger })).as_array().unwrap().clone()
}

fn work(creel: &Creel, trigger: &str, how: &str) {
    creel.rpc("github_missed_work", json!({ "trigger_id": trigger, "how": how }));
    until("the work's end", || Some(()).filter(|()| hook(creel)["missed"]["at_work"].is_null()));
}

#[test]
fn what_was_sent_while_creel_was_dead_is_found_told_and_brought_in_once() {
    let github = Github::start();
    let (mut creel, trigger) = connected(&github);
    creel.kill();
    let sent: Vec<_> = (0..3).map(|number| sends(&github, number, json!({}))).collect();
    assert!(sent.iter().all(|one| one["status_code"] == 502), "{sent:?}");
    creel.start_again();
    let missed = until("what was missed, found by itself", || {
        Some(hook(&creel)["missed"].clone()).filter(|missed| missed["count"] == 3)
    });
    assert_eq!(missed["away"]["cause"], "closed", "{missed}");
    assert!(missed["away"]["to"].as_i64() > missed["away"]["from"].as_i64(), "{missed}");
    assert!(creel.tasks().is_empty(), "nothing is brought in by itself");
    let items = list(&creel, &trigger);
    let guids: Vec<_> = items.iter().map(|item| item["sent"]["guid"].clone()).collect();
    assert_eq!(guids, sent.iter().map(|one| one["guid"].clone()).collect::<Vec<_>>(), "oldest first");

    work(&creel, &trigger, "bring_in");
    assert_eq!(creel.tasks().len(), 3);
    assert_eq!(hook(&creel)["missed"]["count"], 0);
    let imported = creel.deliveries("is:imported");
    assert_eq!(imported.len(), 3);
    for one in &imported {
        assert_eq!((one["signature"].as_str(), one["outcome"].as_str()), (Some("valid"), Some("accepted")), "{one}");
        assert!(one["peer"].is_null(), "nobody called");
    }
    let id = &items[0]["sent"]["id"];
    let again = creel.rpc("github_import", json!({ "trigger_id": trigger, "id": id }));
    assert_eq!((again["outcome"].as_str(), again["imported"].as_bool()), (Some("duplicate"), Some(true)), "{again}");
    assert_eq!(creel.tasks().len(), 3, "never a second task");
    let record = creel.rpc("github_record", json!({ "trigger_id": trigger }))["items"].clone();
    assert_eq!(record[0]["side"], "brought_in", "{}", record[0]);
    assert_eq!(record[0]["away"]["cause"], "closed", "{}", record[0]);
    assert_eq!(look(&creel, &trigger)["count"], 0, "what is here is not missed");
    github.was_right();
}

#[test]
fn only_what_fits_its_signature_is_valid_and_the_rest_waits_for_the_user() {
    let github = Github::start();
    let (creel, trigger) = connected(&github);
    let import =
        |sent: &Value| creel.rpc("github_import", json!({ "trigger_id": trigger, "id": sent["id"].to_string() }));
    github.set(json!({ "payloads": "spaced" }));
    let spaced = import(&lose(&github, 1));
    assert_eq!(spaced["signature"], "valid", "the compact form is what was signed: {spaced}");
    let body = creel.body(spaced["id"].as_str().unwrap());
    assert!(!body.contains(&b'\n'), "exactly the bytes that were signed are kept");
    assert_eq!(creel.tasks().len(), 1);

    github.set(json!({ "payloads": "other" }));
    let lost = lose(&github, 2);
    let kept = import(&lost);
    assert_eq!((kept["signature"].as_str(), kept["reason_code"].as_str()), (Some("unchecked"), Some("not_checkable")));
    assert!(kept["reason"].as_str().unwrap().contains("not the bytes"), "{kept}");
    assert_eq!(creel.tasks().len(), 1, "nothing ran");
    assert_eq!(import(&lost)["id"], kept["id"], "no second copy");
    creel.rpc("replay_send", json!({ "delivery_id": kept["id"], "target": "original", "signing": "target" }));
    until("its task, once the user said so", || (creel.tasks().len() == 2).then_some(()));
    github.was_right();
}

#[test]
fn what_arrives_meanwhile_leaves_the_list_and_what_is_left_is_not_offered_again() {
    let github = Github::start();
    let (mut creel, trigger) = connected(&github);
    lose(&github, 1);
    assert_eq!(look(&creel, &trigger)["count"], 1);
    work(&creel, &trigger, "send_again");
    until("the list to be empty", || Some(()).filter(|()| hook(&creel)["missed"]["count"] == 0));
    assert_eq!(creel.tasks().len(), 1);
    assert_eq!(creel.deliveries("is:imported").len(), 0, "GitHub sent it again");
    lose(&github, 2);
    assert_eq!(look(&creel, &trigger)["count"], 1);
    creel.rpc("github_missed_leave", json!({ "trigger_id": trigger }));
    assert_eq!(look(&creel, &trigger)["count"], 0);
    creel.terminate();
    creel.start_again();
    assert_eq!(look(&creel, &trigger)["count"], 0, "also after a start");
    github.was_right();
}

#[test]
fn each_ones_trouble_stands_with_it_and_a_limit_breaks_off() {
    let github = Github::start();
    let (creel, trigger) = connected(&github);
    let lost: Vec<_> = (0..3).map(|number| lose(&github, number)).collect();
    assert_eq!(look(&creel, &trigger)["count"], 3);
    let call = format!("GET /{PLACE}/hooks/{}/deliveries/{}", there(&github)["id"], lost[1]["id"]);
    github.set(json!({ "faults": [{ "call": call, "status": 404, "body": { "message": "Not Found" } }] }));
    work(&creel, &trigger, "bring_in");
    let left = list(&creel, &trigger);
    assert_eq!((creel.tasks().len(), left.len()), (2, 1));
    assert_eq!(left[0]["sent"]["id"], lost[1]["id"].to_string());
    assert!(left[0]["trouble"]["message"].as_str().unwrap().contains("gone"), "{}", left[0]);
    let limited = json!({ "status": 403, "body": { "message": "You have exceeded a secondary rate limit" } });
    let mut limited = limited;
    limited["call"] = json!(call);
    github.set(json!({ "faults": [limited] }));
    let only = json!({ "trigger_id": trigger, "how": "bring_in", "ids": [lost[1]["id"].to_string()] });
    creel.rpc("github_missed_work", only);
    let missed = until("the limit", || {
        Some(hook(&creel)["missed"].clone()).filter(|missed| missed["trouble"]["code"] == "rate_limited")
    });
    assert_eq!(missed["count"], 1, "it is still offered: {missed}");
}

#[test]
fn who_said_always_is_not_asked() {
    let github = Github::start();
    let (mut creel, trigger) = connected(&github);
    creel.rpc("github_missed_rule", json!({ "trigger_id": trigger, "always": true, "asks_every": null }));
    creel.terminate();
    push(&github);
    creel.start_again();
    until("the task of what was missed", || (creel.tasks().len() == 1).then_some(()));
    assert_eq!(creel.deliveries("is:imported").len(), 1);
    assert_eq!(hook(&creel)["missed"]["always"], true);
    let refused =
        creel.try_rpc("github_missed_rule", json!({ "trigger_id": trigger, "always": true, "asks_every": 1 }));
    assert_eq!(refused.status, 422, "{}", refused.text());
}

#[test]
fn a_kill_while_it_is_brought_in_leaves_nothing_or_the_whole_and_one_task_in_the_end() {
    for when in ["before", "after"] {
        for at in 1..=2 {
            let github = Github::start();
            let (mut creel, trigger) = connected(&github);
            (0..2).for_each(|number| drop(lose(&github, number)));
            assert_eq!(look(&creel, &trigger)["count"], 2);
            github.set(json!({ "kill": { "pid": creel.pid(), "at": at, "when": when, "reading": true } }));
            let ask = json!({ "trigger_id": trigger, "how": "bring_in" });
            let request = Request::post("/rpc/github_missed_work", ask.to_string())
                .header("Authorization", format!("Bearer {}", creel.token));
            drop(Connection::open(&creel.control).and_then(|mut connection| connection.send(&request)));
            until("the kill", || (!creel_tests::tools::lives(&creel.pid().to_string())).then_some(()));
            creel.kill();
            creel.start_again();
            for one in creel.deliveries("is:imported") {
                assert_eq!(one["signature"], "valid", "whole: {one}");
                assert!(!creel.body(one["id"].as_str().unwrap()).is_empty());
            }
            let (here, tasks) = (creel.deliveries("is:imported").len(), creel.tasks().len());
            assert_eq!(here, tasks, "with what it makes, killed {when} call {at}");
            assert_eq!(look(&creel, &trigger)["count"], 2 - here, "killed {when} call {at}");
            work(&creel, &trigger, "bring_in");
            assert_eq!(creel.tasks().len(), 2, "killed {when} call {at}");
        }
    }
}

#[test]
fn the_tunnels_outage_is_told_and_kept() {
    let github = Github::start();
    let creel = github.signed_in();
    creel.rpc("github_address", json!({ "address": "" }));
    start(&creel, &command(&creel), &[]);
    wait_for(&creel, "online");
    let trigger = connect(&creel, &github);
    until("the ping", || Some(hook(&creel)["ping"].clone()).filter(|ping| !ping.is_null()));
    let program = format!("{}/my-tunnel", creel.folder().display());
    let found = std::process::Command::new("pgrep").args(["-f", &program]).output().unwrap();
    for pid in String::from_utf8_lossy(&found.stdout).lines() {
        std::process::Command::new("kill").args(["-KILL", pid]).status().unwrap();
    }
    lose(&github, 1);
    let missed = until("what was missed, found by itself", || {
        Some(hook(&creel)["missed"].clone()).filter(|missed| missed["count"] == 1 && !missed["away"].is_null())
    });
    assert_eq!(missed["away"]["cause"], "tunnel", "{missed}");
    assert!(missed["away"]["why"].is_string(), "{missed}");
    creel.rpc("tunnel_stop", json!({}));
    assert_eq!(now(&creel)["state"], "off");
    lose(&github, 2);
    look(&creel, &trigger);
    // The first is kept though no tunnel is on any more.
    until("both reasons", || {
        let listed = list(&creel, &trigger);
        let causes: Vec<_> = listed.iter().map(|item| item["sent"]["away"]["cause"].clone()).collect();
        Some(()).filter(|()| causes == ["tunnel", "no_tunnel"])
    });
    github.was_right();
}

#[test]
fn without_an_address_github_is_asked_until_there_is_one() {
    let github = Github::start();
    let creel = github.signed_in();
    creel.rpc("github_address", json!({ "address": "" }));
    let mut wish = draft(&github);
    wish["asks_every"] = json!(10);
    let plan = creel.rpc("github_plan", wish.clone());
    assert!(plan["also"].to_string().contains("every 10 seconds"), "{plan}");
    creel.rpc("github_connect", wish);
    assert!(there(&github)["config"]["url"].as_str().unwrap().starts_with("https://creel.invalid/hooks/"));
    until("the ping, from GitHub's record", || Some(hook(&creel)["ping"].clone()).filter(|ping| !ping.is_null()));
    lose(&github, 1);
    until("the push, from GitHub's record", || (creel.tasks().len() == 1).then_some(()));
    assert_eq!(creel.deliveries("is:imported sig:good").len(), 2);
    let used = || github.control(json!({}))["used"].as_u64().unwrap();
    let calls = || github.calls().iter().filter(|call| call.ends_with("/deliveries")).count();
    let (before, asked) = (used(), calls());
    until("one more question", || (calls() > asked).then_some(()));
    assert!(used() <= before + 1, "a question that finds nothing new costs nothing: {} after {before}", used());
    creel.rpc("github_address", json!({ "address": creel.receiver }));
    until("the hook at its address", || {
        there(&github)["config"]["url"].as_str().unwrap().starts_with(&creel.receiver).then_some(())
    });
    assert_eq!(push(&github)["status_code"], 202);
    assert_eq!(creel.tasks().len(), 2);
    github.was_right();
}
