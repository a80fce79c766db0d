//! The lines that the window offers to copy: each runs as it is, and what it sends is genuine.

use std::process::Command;

use creel_tests::Creel;
use serde_json::json;

use crate::deliver::{newest, task_trigger};

/// Secrets are what the shell and the programs have to pass on untouched.
const SECRET: &str = "a secret $x 'of' ours";
/// Standard Webhooks keys are base64.
const STANDARD: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// Runs the lines of one language.
fn run(language: &str, text: &str, secret: &str) -> std::process::Output {
    let mut command = match language {
        "python" => Command::new("python3"),
        "fetch" => Command::new("node"),
        _ => Command::new("bash"),
    };
    match language {
        "fetch" => command.args(["--input-type=module", "-e", text]),
        _ => command.args(["-c", text]),
    };
    command.env("SECRET", secret).env("TOKEN", secret).output().expect("the language is installed")
}

/// The schemes of every form that the lines can compute: prefix, list, base64, SHA-1, with and without a time, tokens.
const WRITTEN: [&str; 20] = [
    "github",
    "opengate",
    "opshift",
    "octipus",
    "promptrails",
    "standard-webhooks",
    "stripe",
    "slack",
    "hmac-generic",
    "plain-secret",
    "gitlab-token",
    "orloj-generic",
    "orloj-github",
    "none",
    "vercel",
    "shopify",
    "paddle",
    "circleci",
    "alertmanager",
    "zoom",
];

#[test]
fn the_lines_for_a_trigger_send_what_it_takes_in_every_language_and_scheme() {
    let creel = Creel::start();
    let mut sent = 0;
    for scheme in WRITTEN {
        let secret = if scheme == "standard-webhooks" { STANDARD } else { SECRET };
        let mut more = json!({ "dedup": { "by_event_id": true, "by_body": false, "window_hours": 1 } });
        if scheme != "none" {
            more["secret"] = json!(secret);
        }
        let trigger = task_trigger(&creel, &format!("to-{scheme}"), scheme, more);
        for language in ["curl", "python", "fetch"] {
            let text = creel.rpc("trigger_snippet", json!({ "id": trigger.id, "language": language }));
            let text = text["text"].as_str().unwrap();
            assert!(!text.contains("a secret") && !text.contains(STANDARD), "{scheme}, {language}: {text}");
            let output = run(language, text, secret);
            sent += 1;
            let row = newest(&creel);
            let said = String::from_utf8_lossy(&output.stderr);
            assert_eq!(creel.deliveries("").len(), sent, "{scheme}, {language}: {text}\n{said}");
            assert_eq!((&row["outcome"], &row["endpoint"]), (&json!("accepted"), &json!(trigger.id)), "{text}\n{row}");
            let proved = if scheme == "none" { "unsigned" } else { "valid" };
            assert_eq!(row["signature"], proved, "{scheme}, {language}: {text}\n{row}");
        }
    }
    assert!(sent >= 3 * 8, "{sent}");
}
