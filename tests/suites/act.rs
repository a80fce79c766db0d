//! `creel act`: the file is the payload byte for byte, and the printed line runs with a stand-in of `act` on PATH.

use std::path::Path;
use std::process::Command;

use creel_tests::{Creel, Request, program};
use serde_json::json;

/// Says with what it was started, and what the file held.
const STAND_IN: &str = "#!/bin/sh\nprintf '%s\\n' \"$@\" > \"$ACT_SAW/arguments\"\nwhile [ \"$1\" != -e ]; do shift; done\ncat \"$2\" > \"$ACT_SAW/event\"\n";

/// Runs a line as a person would paste it; the arguments and the event that `act` saw.
fn run(line: &str, folder: &Path) -> (Vec<String>, Vec<u8>) {
    let act = folder.join("act");
    program::put(&act, STAND_IN);
    let path = format!("{}:{}", folder.display(), std::env::var("PATH").unwrap());
    let mut shell = Command::new("sh");
    shell.args(["-c", line]).env("PATH", path).env("ACT_SAW", folder).current_dir(folder);
    assert!(shell.status().unwrap().success(), "{line}");
    let arguments = std::fs::read_to_string(folder.join("arguments")).unwrap();
    (arguments.lines().map(str::to_owned).collect(), std::fs::read(folder.join("event")).unwrap())
}

#[test]
fn the_printed_line_runs_the_delivery_as_it_came() {
    let creel = Creel::start();
    let to = creel.trigger(json!({ "name": "Pushes", "slug": "pushes", "scheme": "github" }));
    let body = "{ \"ref\" : \"refs/heads/main\",\n\"big\": 12345678901234567890123 }\n";
    creel.deliver(&Request::post(&to.path, body).github(&to.secret, "pull_request", "one"));
    let id = creel.deliveries("")[0]["id"].as_str().unwrap().to_owned();
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("it's here");
    std::fs::create_dir(&out).unwrap();
    let asked = ["act", &id, "--out", out.to_str().unwrap()];
    let printed = creel.cli(&asked);
    assert!(printed.status.success(), "{}", String::from_utf8_lossy(&printed.stderr));
    let (arguments, event) = run(&String::from_utf8(printed.stdout).unwrap(), folder.path());
    assert_eq!(arguments, ["pull_request", "-e", out.join("event.json").to_str().unwrap()]);
    assert_eq!(String::from_utf8(event).unwrap(), body, "no byte is another");

    let again = creel.cli(&asked);
    assert!(String::from_utf8_lossy(&again.stderr).contains("--force"), "a file that is there stays");
    assert!(creel.cli(&[&asked[..], &["--force"]].concat()).status.success());
    let command = creel.rpc("delivery_act", json!({ "id": id }))["command"].clone();
    assert_eq!(command, "act pull_request -e event.json");
}

#[test]
fn a_form_is_decoded_and_what_is_none_of_githubs_says_why() {
    let creel = Creel::start();
    let to = creel.trigger(json!({ "name": "Pushes", "slug": "pushes", "scheme": "github" }));
    let form = Request::new("POST", &to.path).header("Content-Type", "application/x-www-form-urlencoded");
    let form = form.with_body("payload=%7B%22ref%22%3A%22a+b%22%7D").github(&to.secret, "push", "form");
    creel.deliver(&form);
    let made = creel.rpc("delivery_act", json!({ "id": creel.deliveries("")[0]["id"] }));
    assert_eq!((&made["payload"], &made["event"]), (&json!("{\"ref\":\"a b\"}"), &json!("push")));

    let open = creel.trigger(json!({ "name": "Open", "slug": "open", "scheme": "none" }));
    for (request, words) in [
        (Request::post(&open.path, "{}"), "no delivery of GitHub's"),
        (Request::post(&open.path, "{}").header("X-GitHub-Event", "push;id"), "is no event's name"),
        (Request::post(&open.path, "no json").header("X-GitHub-Event", "push"), "its body is no JSON"),
    ] {
        creel.deliver(&request);
        let id = creel.deliveries("")[0]["id"].as_str().unwrap().to_owned();
        let refused = creel.cli(&["act", &id]);
        assert_eq!(refused.status.code(), Some(1));
        assert!(String::from_utf8_lossy(&refused.stderr).contains(words), "{words}: {refused:?}");
    }
}
