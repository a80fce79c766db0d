//! The Octipus page's own commands, run by a shell: unchanged but for address, ids, token and secret.

use std::process::Command;

use creel_tests::{Creel, Request, tools};
use serde_json::{Value, json};

use crate::octipus::{hook, runs};

/// As the page's `openssl rand -hex 20` prints one.
const GENERATED: &str = "ec0a6f34ab07d4f9c2e1ec0a6f34ab07d4f9c2e1";

/// Runs one of the page's commands against this Creel.
fn shell(creel: &Creel, name: &str, more: &[(&str, &str)]) -> Value {
    let mut text = tools::fixture(&format!("octipus/{name}"))
        .replace("http://localhost:3005", &creel.control)
        .replace("https://app.your-domain.com", &creel.receiver)
        .replace("<token>", &creel.token);
    for (placeholder, value) in more {
        text = text.replace(placeholder, value);
    }
    let output = tools::run(Command::new("bash").arg("-c").arg(text));
    serde_json::from_slice(&output.stdout).unwrap_or_else(|e| panic!("{e}: {output:?}"))
}

#[test]
fn the_github_guide_makes_a_hook_that_takes_githubs_ping_and_push() {
    let creel = Creel::start();
    let made = shell(&creel, "create-github-hook.sh", &[("<your-secret>", GENERATED)]);
    assert_eq!((made["name"].as_str(), made["action"].as_str()), (Some("GitHub Notifications"), Some("spawn_agent")));
    crate::agents::agent(&creel, json!({ "name": "Octi", "topic": made["actionConfig"]["agentTopic"] }));
    for (nth, event) in [(1, "ping"), (2, "push")] {
        let sent = Request::post("/api/webhooks/github", r#"{"zen":"Design for failure."}"#);
        let answer = creel.deliver(&sent.github(GENERATED, event, event));
        assert_eq!(answer.json(), json!({ "received": true, "accepted": true, "hooks": 1 }), "{event}");
        creel_tests::until("the run", || Some(()).filter(|()| runs(&creel, &made).len() == nth));
        let newest = shell(&creel, "execution-log.sh", &[("<hook-id>", made["id"].as_str().unwrap())]);
        assert_eq!(newest["triggerContext"]["webhook"]["headers"]["x-github-event"], event, "{newest}");
        assert_eq!(newest["status"], "success", "the agent ran: {newest}");
    }
    assert_eq!(runs(&creel, &made).len(), 2);
}

#[test]
fn the_manual_test_is_accepted() {
    let creel = Creel::start();
    let config = json!({ "webhookPath": "deploy", "webhookSecret": "your-webhook-secret" });
    let made = hook(&creel, json!({ "triggerConfig": config }));
    let answer = shell(&creel, "manual-test.sh", &[]);
    assert_eq!(answer, json!({ "received": true, "accepted": true, "hooks": 1 }));
    assert_eq!(runs(&creel, &made)[0]["triggerContext"]["webhook"]["body"]["status"], "success");
}

#[test]
fn each_path_of_the_page_has_a_hook_of_its_own() {
    let creel = Creel::start();
    for path in ["github", "gitlab", "stripe", "deploy", "monitoring"] {
        let secret = format!("the secret of {path} alone");
        hook(&creel, json!({ "name": path, "triggerConfig": { "webhookPath": path, "webhookSecret": secret } }));
        assert_eq!(creel.deliver(&crate::octipus::request(path, "{}", &secret)).status, 202, "{path}");
        assert_eq!(creel.deliver(&crate::octipus::request(path, "{}", "another path's secret")).status, 401, "{path}");
    }
}
