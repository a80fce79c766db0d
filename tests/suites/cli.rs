//! `creel send`, `replay`, `deliveries`, `show`, `triggers`, `executions`: what a person at a terminal gets.

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

use creel_tests::creel::{Creel, binary};
use serde_json::{Value, json};

/// A payload whose title paints, rings, hides and turns round.
const NASTY: &str = "{\"title\":\"\\u001b[31mred\\u0007 \\u009b2J \\u202efdp\"}";

struct Terminal(Creel);

impl Terminal {
    fn run_with(&self, arguments: &[&str], stdin: &str) -> Output {
        let mut command = Command::new(binary());
        command
            .args(arguments)
            .arg("--data-dir")
            .arg(self.0.data_dir())
            .env("HOOK_SECRET", "It's a Secret to Everybody");
        let pipe = Stdio::piped;
        let mut child = command.stdin(pipe()).stdout(pipe()).stderr(pipe()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(stdin.as_bytes()).unwrap();
        child.wait_with_output().unwrap()
    }

    /// What it prints; it must go well, and nothing in it may steer a terminal.
    fn says(&self, arguments: &[&str]) -> String {
        let output = self.run_with(arguments, "");
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        harmless(&output.stdout)
    }

    fn json(&self, arguments: &[&str]) -> Value {
        let mut all = arguments.to_vec();
        all.push("--json");
        serde_json::from_str(&self.says(&all)).unwrap()
    }

    /// What it prints when it fails, with exit code 1.
    fn fails(&self, arguments: &[&str]) -> String {
        let output = self.run_with(arguments, "");
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {}", String::from_utf8_lossy(&output.stdout));
        harmless(&output.stderr)
    }
}

fn harmless(bytes: &[u8]) -> String {
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    let steers = |c: char| (c.is_control() && c != '\n') || ('\u{202a}'..='\u{202e}').contains(&c);
    assert!(!text.chars().any(steers), "{text:?}");
    text
}

fn terminal() -> (Terminal, String) {
    let creel = Creel::start();
    let action = json!({"create_task": {"list_id": creel.inbox_list(), "title": "{{payload.title}}"}});
    let github = creel.trigger(json!({"name": "Pushes", "slug": "pushes", "scheme": "github", "actions": [action]}));
    creel.trigger(json!({"name": "Payments", "slug": "payments", "scheme": "stripe"}));
    (Terminal(creel), github.id)
}

#[test]
fn what_is_sent_is_listed_shown_and_fired_again() {
    let (terminal, trigger) = terminal();
    assert!(terminal.says(&["triggers"]).contains("/hooks/pushes"));
    let sent = terminal.json(&["send", "--to", "pushes"]);
    assert_eq!((&sent["answer"]["status"], &sent["delivery"]["endpoint"]), (&json!(202), &json!(trigger)), "{sent}");
    let id = sent["delivery"]["id"].as_str().unwrap();
    assert!(terminal.says(&["deliveries", "event:push"]).contains(id));
    let shown = terminal.says(&["show", id]);
    assert!(shown.contains("Accepted. Signature valid. Taken by \"Pushes\"."), "{shown}");
    assert!(terminal.says(&["show", id, "--headers"]).contains("X-GitHub-Event: push"));
    let body = terminal.run_with(&["show", id, "--body"], "").stdout;
    assert_eq!(body.len(), usize::try_from(sent["delivery"]["bytes"].as_i64().unwrap()).unwrap());
    assert!(terminal.says(&["replay", id, "--plan"]).contains("note: Creel answers \"duplicate\""));
    let twice = terminal.says(&["replay", id]);
    assert!(twice.contains("duplicate, the original accepted") && twice.contains("--new-id"), "{twice}");
    let again = terminal.json(&["replay", id, "--new-id", "--times", "3"]);
    let outcomes: Vec<_> = again["results"].as_array().unwrap().iter().map(|one| &one["delivery"]["outcome"]).collect();
    assert_eq!(outcomes, [&json!("accepted"); 3]);
    let executions = terminal.says(&["executions", "--status", "succeeded"]);
    assert_eq!(executions.lines().count(), 1 + 4, "{executions}");
    let broken = terminal.says(&["replay", id, "--broken", "wrong-secret"]);
    assert!(broken.contains("answered 401") && broken.contains("the original 202"), "{broken}");
}

#[test]
fn a_file_a_secret_an_id_and_an_event_are_sent_as_given() {
    let (terminal, _) = terminal();
    let body = "{\"title\":  \"kept as it is\"}\n";
    let arguments =
        ["send", "--to", "/hooks/pushes", "--file", "-", "--id", "mine-1", "--event", "deployment", "--json"];
    let output = terminal.run_with(&arguments, body);
    let sent: Value = serde_json::from_slice(&output.stdout).unwrap();
    let delivery = &sent["delivery"];
    assert_eq!((&delivery["event"], &delivery["event_id"]), (&json!("deployment"), &json!("mine-1")), "{sent}");
    let id = delivery["id"].as_str().unwrap();
    assert_eq!(terminal.run_with(&["show", id, "--body"], "").stdout, body.as_bytes());
    let wrong = terminal.json(&["send", "--to", "pushes", "--secret-env", "HOOK_SECRET"]);
    assert_eq!(wrong["delivery"]["reason_code"], "signature_mismatch", "the given secret signs, not the stored one");
    let unsigned = terminal.json(&["send", "--to", "pushes", "--unsigned", "--header", "X-A: b"]);
    assert_eq!(unsigned["delivery"]["reason_code"], "signature_missing");
    let stale = terminal.json(&["send", "--to", "Payments", "--broken", "stale-time"]);
    assert_eq!(stale["delivery"]["reason_code"], "timestamp_outside_window");
}

#[test]
fn what_is_sent_anew_runs_outside_effects_and_what_is_fired_again_does_not_unless_told() {
    let (terminal, upstream) = (Terminal(Creel::start()), creel_tests::Recorder::answering(200));
    let forward = json!({ "forward": { "url": upstream.base, "allow_private": true } });
    terminal.0.trigger(json!({ "name": "Out", "slug": "out", "scheme": "github", "actions": [forward] }));
    let status = |sent: &Value| {
        let rows = terminal.0.executions(json!({ "delivery": sent["delivery"]["id"] }));
        if rows[0]["status"] == "skipped" { "planned" } else { "runs" }
    };
    let sent = terminal.json(&["send", "--to", "out"]);
    let id = sent["delivery"]["id"].as_str().unwrap();
    let again = |more: &str| {
        let mut arguments = vec!["replay", id, "--new-id"];
        arguments.extend(Some(more).filter(|more| !more.is_empty()));
        terminal.json(&arguments)["results"][0].clone()
    };
    let statuses = [
        status(&sent),
        status(&terminal.json(&["send", "--to", "out", "--no-outside"])),
        status(&again("")),
        status(&again("--outside")),
    ];
    assert_eq!(statuses, ["runs", "planned", "planned", "runs"]);
    upstream.wait_for(2);
}

#[test]
fn nothing_of_a_payload_steers_the_terminal() {
    let (terminal, _) = terminal();
    let output =
        terminal.run_with(&["send", "--to", "pushes", "--file", "-", "--header", "X-A: \u{202e}a\u{9b}2J"], NASTY);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    harmless(&output.stdout);
    let found = terminal.json(&["deliveries", "--limit", "1"]);
    let id = found["page"]["items"][0]["id"].as_str().unwrap();
    for arguments in [vec!["show", id], vec!["show", id, "--headers"], vec!["executions"], vec!["replay", id, "--plan"]]
    {
        terminal.says(&arguments);
        terminal.json(&arguments);
    }
}

#[test]
fn a_mistake_is_named_and_the_exit_code_says_so() {
    let (mut terminal, _) = terminal();
    assert_eq!(terminal.fails(&["deliveries", "is:replay", "sgi:bad"]).lines().count(), 3);
    let pointed = terminal.fails(&["deliveries", "is:replay", "sgi:bad"]);
    assert!(pointed.ends_with("  is:replay sgi:bad\n            ^^^\n"), "{pointed}");
    for (arguments, words) in [
        (vec!["show", "dlv_none"], "no delivery dlv_none"),
        (vec!["replay", "dlv_none"], "no delivery dlv_none"),
        (vec!["send", "--to", "nobody"], "no trigger \"nobody\": creel triggers"),
        (vec!["send", "--as", "nope"], "no scheme or sample \"nope\""),
        (vec!["send", "--as", "slack"], "no trigger checks slack"),
        (vec!["send", "--as", "slack", "--to", "pushes"], "not one for slack: give --secret"),
        (vec!["send", "--to", "payments", "--event", "x"], "stripe has no header for the event"),
        (vec!["send", "--file", "/no/such/file"], "cannot read /no/such/file"),
        (vec!["send", "--broken", "stale-time"], "has no time that could be stale"),
        (vec!["send", "--to", "https://127.0.0.1:1/"], "no secret to sign it with"),
        (vec!["send", "--to", "http://127.0.0.1:1/", "--unsigned"], "no connection to 127.0.0.1:1"),
    ] {
        let said = terminal.fails(&arguments);
        assert!(said.contains(words), "{arguments:?}: {said}");
    }
    let data = terminal.0.data_dir();
    terminal.0.terminate();
    let output = Command::new(binary()).arg("deliveries").arg("--data-dir").arg(&data).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("start the app, or run creel serve"));
}
