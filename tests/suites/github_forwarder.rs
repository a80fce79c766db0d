//! `gh webhook forward` kept up by Creel, with a stand-in of `gh` that makes its hook at the stand-in of GitHub's API and
//! passes on what that sends.

use std::path::Path;
use std::sync::Arc;

use creel_tests::creel::Endpoint;
use creel_tests::{Creel, Github, Request, until};
use serde_json::{Value, json};

use crate::github_hooks::{PLACE, push};

const STAND_IN: &str = include_str!("../fixtures/gh_stand_in.py");

/// A Creel that finds the stand-in of `gh`, told `more` beside where GitHub is.
fn start(github: &Github, more: Value) -> Creel {
    let folder = Arc::new(tempfile::tempdir().unwrap());
    let setup = github.setup(folder.path());
    creel_tests::program::put(&folder.path().join("programs/gh"), &format!("#!/usr/bin/env python3\n{STAND_IN}"));
    tell(github, folder.path(), more);
    Creel::start_in(folder, setup)
}

fn tell(github: &Github, home: &Path, more: Value) {
    let mut told = json!({ "github": github.base });
    told.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    // It may read at any moment, and never half of it.
    std::fs::write(home.join("gh-stand-in.new"), told.to_string()).unwrap();
    std::fs::rename(home.join("gh-stand-in.new"), home.join("gh-stand-in.json")).unwrap();
}

fn trigger(creel: &Creel, more: Value) -> Endpoint {
    let mut draft = json!({ "name": "Forwarded", "slug": "forwarded", "scheme": "github" });
    draft.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    creel.trigger(draft)
}

fn choice(to: &Endpoint) -> Value {
    let place = json!({ "kind": "repository", "name": "octocat/hello-world" });
    json!({ "trigger_id": to.id, "place": place, "events": ["push"] })
}

fn stands(creel: &Creel, state: &str) -> Value {
    let look = || Some(creel.rpc("forwarder_get", json!({}))["now"].clone()).filter(|now| now["state"] == state);
    until(&format!("the forwarder to be {state}"), look)
}

/// The runs of the program so far: what each was started with.
fn runs(creel: &Creel) -> Vec<Value> {
    let log = std::fs::read_to_string(creel.folder().join("gh-stand-in.log")).unwrap_or_default();
    log.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Whether the hook of the last run sends: it is switched on last.
fn sends(github: &Github) {
    until("the hook to be switched on", || github.hooks(PLACE).last().filter(|hook| hook["active"] == true).cloned());
}

#[test]
fn what_github_sends_arrives_verified_by_a_secret_of_this_run_alone() {
    let github = Github::start();
    let creel = start(&github, json!({}));
    assert_eq!(creel.rpc("forwarder_needs", json!({}))["needs"]["ready"], true);
    let to = trigger(&creel, json!({}));
    creel.rpc("forwarder_start", choice(&to));
    stands(&creel, "online");
    sends(&github);
    assert_eq!(push(&github)["status_code"], 202);
    let got = &creel.deliveries("")[0];
    assert_eq!(
        (&got["signature"], &got["event"], &got["outcome"]),
        (&json!("valid"), &json!("push"), &json!("accepted"))
    );

    let run = runs(&creel)[0].clone();
    assert_eq!(run["url"], format!("{}{}", creel.receiver, to.path));
    let lent = run["secret"].as_str().unwrap().to_owned();
    assert_ne!(lent, to.secret, "the trigger's own secret is in no command line");
    let own = creel.deliver(&Request::post(&to.path, "{}").github(&to.secret, "push", "own"));
    assert_eq!(own.status, 202, "the trigger's own secret counts beside it");
    creel.rpc("forwarder_stop", json!({}));
    let after = creel.deliver(&Request::post(&to.path, "{}").github(&lent, "push", "after"));
    assert_eq!(after.status, 401, "the run's secret ended with the run");
    assert_eq!(creel.rpc("forwarder_get", json!({}))["kept"]["place"], choice(&to)["place"], "it is offered again");
    assert!(!creel.log().contains(&lent), "it is in no log");
    github.was_right();
}

#[test]
fn it_comes_back_when_it_ends_and_nothing_of_it_outlives_a_killed_creel() {
    let github = Github::start();
    let mut creel = start(&github, json!({}));
    let to = trigger(&creel, json!({}));
    creel.rpc("forwarder_start", choice(&to));
    stands(&creel, "online");
    sends(&github);
    let pid = runs(&creel)[0]["pid"].to_string();
    creel_tests::tools::run(std::process::Command::new("kill").args(["-KILL", &pid]));
    until("a second run", || (runs(&creel).len() == 2).then_some(()));
    let now = stands(&creel, "online");
    assert!(now["last_error"]["message"].as_str().unwrap().starts_with("gh ended"), "{now}");
    let second = runs(&creel)[1].clone();
    creel.kill();
    let gone = || (!Path::new(&format!("/proc/{}", second["pid"])).exists()).then_some(());
    until("the program to end with Creel", gone);
    creel.start_again();
    let late = creel.deliver(&Request::post(&to.path, "{}").github(second["secret"].as_str().unwrap(), "push", "late"));
    assert_eq!(late.status, 401, "its secret was nowhere but in memory");
    assert_eq!(creel.rpc("forwarder_get", json!({}))["now"]["state"], "off");
}

#[test]
fn every_refusal_is_a_plain_sentence_with_the_next_step() {
    let github = Github::start();
    let creel = start(&github, json!({ "extension": false }));
    let needs = creel.rpc("forwarder_needs", json!({}));
    assert_eq!(needs["install"], "gh extension install cli/gh-webhook");
    let to = trigger(&creel, json!({}));
    let refused = |told: Value, fault: Value, state: &str| {
        tell(&github, creel.folder(), told);
        let faults = if fault.is_null() { json!([]) } else { json!([fault]) };
        github.set(json!({ "faults": faults }));
        creel.rpc("forwarder_start", choice(&to));
        let error = stands(&creel, state)["last_error"].clone();
        creel.rpc("forwarder_stop", json!({}));
        format!("{}: {}", error["message"].as_str().unwrap(), error["hint"].as_str().unwrap())
    };
    let fault = |status: u16, message: &str, more: Value| json!({ "call": "POST /repos/octocat/hello-world/hooks", "status": status, "body": { "message": message, "errors": more } });
    let none = json!([]);
    let exists = json!([{ "message": "Hook already exists on this repository" }]);
    for (told, fault, state, words) in [
        (
            json!({ "extension": false }),
            Value::Null,
            "needs_you",
            "gh has no extension gh-webhook: gh extension install",
        ),
        (
            json!({ "signed_in": false }),
            Value::Null,
            "needs_you",
            "gh is not signed in to github.com: run `gh auth login",
        ),
        (json!({}), fault(403, "Forbidden", none.clone()), "needs_you", "GitHub does not let this account forward"),
        (json!({}), fault(404, "Not Found", none.clone()), "needs_you", "the repository octocat/hello-world is not at"),
        (json!({}), fault(401, "Bad credentials", none), "needs_you", "github.com refuses gh's token"),
        (
            json!({}),
            fault(422, "Validation Failed", exists),
            "waiting",
            "another forwarder already runs for the repository",
        ),
    ] {
        let said = refused(told, fault, state);
        assert!(said.contains(words), "{said}");
    }
}

#[test]
fn a_trigger_that_would_refuse_it_is_refused_before_anything_starts() {
    let github = Github::start();
    let creel = start(&github, json!({}));
    for (more, words) in [
        (json!({ "slug": "open", "scheme": "none" }), "does not check GitHub's signature"),
        (json!({ "slug": "off", "enabled": false }), "is switched off"),
        (json!({ "slug": "list", "ip_allowlist": ["192.30.252.0/22"] }), "refuses this machine"),
    ] {
        let to = trigger(&creel, more);
        let answer = creel.try_rpc("forwarder_start", choice(&to));
        assert_eq!((answer.status, answer.json()["field"].as_str()), (422, Some("trigger_id")), "{}", answer.text());
        assert!(answer.text().contains(words), "{}", answer.text());
    }
    let to = trigger(&creel, json!({ "slug": "good" }));
    for (field, value) in [("events", json!(["push,x --url=http://evil"])), ("host", json!("--secret=x"))] {
        let mut bad = choice(&to);
        bad[field] = value;
        assert_eq!(creel.try_rpc("forwarder_start", bad).json()["field"], field);
    }
    assert!(runs(&creel).is_empty());
}
