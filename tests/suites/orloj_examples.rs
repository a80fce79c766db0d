//! The Orloj guide followed with `creel` in place of `orlojctl`: its own shell lines, unchanged but for the address.
//!
//! The guide's `curl` sends no token; the test's `.curlrc` does. Before the inner quotes of its second delivery the guide
//! prints backslashes that no shell takes; they are left out.

use std::process::{Command, Output};

use creel_tests::{Creel, tools};
use serde_json::Value;

use crate::orloj::runs;

fn cli(creel: &Creel, arguments: &[&str]) -> String {
    let output = creel.cli(arguments);
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{arguments:?}: {}{}", text(&output.stdout), text(&output.stderr));
    text(&output.stdout)
}

fn apply(creel: &Creel, file: &str) -> String {
    cli(creel, &["apply", "-f", &tools::here("fixtures/orloj").join(file).display().to_string()])
}

/// Runs the guide's lines against the control listener, which takes deliveries too: one base address, as the guide has.
fn follow(creel: &Creel, script: &str) -> Output {
    let text = tools::fixture(&format!("orloj/{script}")).replace("http://127.0.0.1:8080", &creel.control);
    let path = creel.folder().join(script);
    std::fs::write(&path, text.replace("\\\"", "\"")).unwrap();
    let curlrc = format!("header = \"Authorization: Bearer {}\"\n", creel.token);
    std::fs::write(creel.folder().join(".curlrc"), curlrc).unwrap();
    tools::run(Command::new("bash").arg(path).env("CURL_HOME", creel.folder()))
}

fn answer(output: &Output) -> (String, Value) {
    let text = String::from_utf8_lossy(&output.stdout).replace('\r', "");
    let (head, body) = text.split_once("\n\n").expect("head and body");
    (head.lines().next().unwrap().to_owned(), serde_json::from_str(body).unwrap())
}

#[test]
fn the_guide_works_with_creel_in_place_of_orlojctl() {
    let creel = Creel::start();
    assert_eq!(apply(&creel, "weekly_report_template_task.yaml"), "task/weekly-report-template created\n");
    assert_eq!(apply(&creel, "webhook_shared_secret.yaml"), "secret/webhook-shared-secret created\n");
    assert_eq!(apply(&creel, "generic_webhook.yaml"), "taskwebhook/report-generic-webhook created\n");
    let (first, body) = answer(&follow(&creel, "generic-delivery.sh"));
    assert_eq!(first, "HTTP/1.1 202 Accepted");
    assert_eq!((&body["accepted"], &body["duplicate"]), (&Value::Bool(true), &Value::Bool(false)));
    let (_, again) = answer(&follow(&creel, "generic-delivery.sh"));
    assert_eq!(again["duplicate"], true);
    apply(&creel, "github_webhook.yaml");
    let (first, body) = answer(&follow(&creel, "github-delivery.sh"));
    assert_eq!((first.as_str(), &body["accepted"]), ("HTTP/1.1 202 Accepted", &Value::Bool(true)));
    let listed = cli(&creel, &["get", "tasks"]);
    assert!(listed.contains("report-generic-webhook-") && listed.contains("report-github-push-"), "{listed}");
    for run in runs(&creel) {
        for input in ["webhook_payload", "webhook_event_id", "webhook_received_at", "webhook_source"] {
            assert!(run["spec"]["input"][input].is_string(), "{input}: {run}");
        }
    }
    let hook = cli(&creel, &["get", "task-webhook", "report-generic-webhook", "-o", "yaml"]);
    assert!(hook.contains("acceptedCount: 1") && hook.contains("lastError"), "{hook}");
}

#[test]
fn apply_is_all_or_nothing_shows_the_difference_and_names_line_and_column() {
    let creel = Creel::start();
    let file = creel.folder().join("all.yaml");
    let path = file.display().to_string();
    let good = ["weekly_report_template_task", "webhook_shared_secret", "generic_webhook"]
        .map(|name| tools::fixture(&format!("orloj/{name}.yaml")))
        .join("---\n");
    std::fs::write(&file, good.replace("profile: generic", "profile: gitlab")).unwrap();
    let refused = creel.cli(&["apply", "-f", &path]);
    let words = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success());
    assert!(words.contains("line 30, column 14") && words.contains("use generic or github"), "{words}");
    assert!(!cli(&creel, &["get", "tasks"]).contains("weekly-report"), "nothing of it was applied");
    std::fs::write(&file, &good).unwrap();
    let dry = cli(&creel, &["apply", "-f", &path, "--dry-run"]);
    assert!(dry.contains("task/weekly-report-template created (dry run)\n  + spec."), "{dry}");
    assert!(!dry.contains("replace-me"), "no secret is shown: {dry}");
    assert!(!cli(&creel, &["get", "secrets"]).contains("webhook-shared-secret"), "and nothing was made");
    cli(&creel, &["apply", "-f", &path]);
    let same = cli(&creel, &["apply", "-f", &path]);
    assert_eq!(same.matches(" unchanged\n").count(), 3, "{same}");
    std::fs::write(&file, good.replace("priority: high", "priority: low").replace("replace-me", "other")).unwrap();
    let dry = cli(&creel, &["apply", "-f", &path, "--dry-run"]);
    assert!(dry.contains("configured (dry run)\n  ~ spec.priority: high -> low\n"), "{dry}");
    assert!(dry.contains("~ spec.data.value: another value") && !dry.contains("other\n"), "{dry}");
    let json = cli(&creel, &["get", "tasks", "weekly-report-template", "-o", "json"]);
    std::fs::write(&file, &json).unwrap();
    assert_eq!(
        cli(&creel, &["apply", "-f", &path]),
        "task/weekly-report-template unchanged\n",
        "what get prints applies"
    );
    let yaml = cli(&creel, &["get", "task-webhooks", "-o", "yaml"]);
    std::fs::write(&file, &yaml).unwrap();
    assert_eq!(cli(&creel, &["apply", "-f", &path]), "taskwebhook/report-generic-webhook unchanged\n", "{yaml}");
}
