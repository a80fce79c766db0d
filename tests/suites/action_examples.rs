//! Every action example that the five documents print and no other suite follows to its end: from the sender's signed
//! delivery to what a person sees of it. The table `documents/actions.md` names the others.

use std::process::Command;

use creel_tests::{Creel, Recorder, Request, tools, until};
use serde_json::{Value, json};

use crate::agents::{agent, ended};
use crate::channels::{linked, text};
use crate::deliver::make_task;
use crate::octipus::{deploy, hook};
use crate::opshift_contract::webhook;
use crate::promptrails::{Made, trigger};

/// OpenGate's payload, as its page prints it.
const PAYLOAD: &str =
    r#"{ "title": "Deploy failed", "environment": "production", "commit": "a1b2c3d", "author": "jane" }"#;

#[test]
fn opengates_pipeline_runs_with_the_variables_of_its_example_and_leaves_its_task() {
    let creel = Creel::start();
    let title = "Roll back {{variables.commit_sha}} in {{variables.environment}}, asks {{variables.triggered_by}}";
    let steps = json!([{ "name": "ticket", "task": make_task(&creel, title)["create_task"] }]);
    let pipeline = creel.rpc("pipeline_create", json!({ "name": "Deploy", "steps": steps }))["id"].clone();
    let text = tools::fixture("opengate/pipeline.json").replace("pip_def456", pipeline.as_str().unwrap());
    let mut draft: Value = serde_json::from_str(&text).unwrap();
    draft["name"] = json!("Deploys");
    let made = creel.manage(Request::post("/api/projects/local/triggers", draft.to_string())).json();
    let path = format!("/api/webhooks/trigger/{}", made["id"].as_str().unwrap_or_else(|| panic!("{made}")));
    let answer = creel.deliver(&Request::post(&path, PAYLOAD).opengate(made["secret"].as_str().unwrap()));
    assert_eq!((answer.status, &answer.json()["pipeline_id"]), (200, &pipeline), "{}", answer.text());
    let task = until("the pipeline's task", || creel.tasks().pop());
    assert_eq!(task["title"], "Roll back a1b2c3d in production, asks jane");
}

#[test]
fn octipus_tells_the_owner_what_the_agent_makes_of_a_push_after_the_github_guide() {
    let (creel, server) = (Creel::start(), Recorder::answering(200));
    linked(&creel, &server, json!({}));
    agent(&creel, json!({ "name": "Octi", "topic": "communication" }));
    let guide = tools::fixture("octipus/create-github-hook.sh")
        .replace("http://localhost:3005", &creel.control)
        .replace("<token>", &creel.token)
        .replace("<your-secret>", "ec0a6f34ab07d4f9c2e1");
    tools::run(Command::new("bash").arg("-c").arg(guide));
    let push = Request::post("/api/webhooks/github", r#"{"ref":"refs/heads/main"}"#);
    assert_eq!(creel.deliver(&push.github("ec0a6f34ab07d4f9c2e1", "push", "one")).status, 202);
    assert_eq!(
        text(&server, 1),
        "Octi: A GitHub webhook event was received. Analyze the payload and produce a concise summary.\n\n\
         --- Webhook Payload ---\n{\"ref\":\"refs/heads/main\"}\nEvent type: push"
    );
}

#[test]
fn octipus_notifies_every_verified_channel_of_the_owner() {
    let (creel, one, other) = (Creel::start(), Recorder::answering(200), Recorder::answering(200));
    linked(&creel, &one, json!({ "name": "one" }));
    linked(&creel, &other, json!({ "name": "other" }));
    let config = json!({ "notifyOwner": true, "notifyMessage": "Webhook received: {{webhook.body.event}}" });
    hook(&creel, json!({ "action": "notify", "actionConfig": config }));
    deploy(&creel, r#"{"event": "deploy", "status": "success"}"#);
    for server in [one, other] {
        assert_eq!(text(&server, 1), "Webhook received: deploy");
    }
}

#[test]
fn octipus_forwards_the_event_to_another_service() {
    let (creel, service) = (Creel::start(), Recorder::answering(200));
    let config = json!({ "webhookUrl": format!("{}/api/events", service.base), "webhookMethod": "POST",
        "webhookAllowPrivate": true });
    hook(&creel, json!({ "action": "webhook", "actionConfig": config }));
    deploy(&creel, r#"{"event": "deploy", "status": "success"}"#);
    let got = service.wait_for(1).remove(0);
    let body: Value = serde_json::from_slice(&got.body).unwrap();
    assert_eq!((got.method.as_str(), got.target.as_str()), ("POST", "/api/events"));
    assert_eq!(body["webhook"]["body"], json!({ "event": "deploy", "status": "success" }));
    ended(&creel, "succeeded");
}

/// The answer of the execution that PromptRails's printed lines start.
fn run(creel: &Creel, made: &Made, name: &str) -> Value {
    let lines = tools::fixture(&format!("promptrails/{name}"))
        .replace("https://api.promptrails.ai", &creel.receiver)
        .replace("wht_abc123...", &made.token);
    let output = tools::run(Command::new("bash").arg("-c").arg(lines));
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    let path = format!("/api/v1/executions/{}", answer["data"]["id"].as_str().unwrap_or_else(|| panic!("{answer}")));
    let read = || creel.manage(Request::get(&path)).json()["data"].clone();
    until("the agent's answer", || Some(read()).filter(|run| run["status"] == "completed"))["output"].clone()
}

#[test]
fn promptrails_agents_answer_both_printed_payloads() {
    let creel = Creel::start();
    let made = trigger(&creel, &agent(&creel, json!({ "name": "Reviewer" })), json!({}));
    assert_eq!(run(&creel, &made, "token.sh"), json!({ "message": "Review this PR", "pr_number": 42 }));
    let schema = json!({ "type": "object", "required": ["message", "priority"],
        "properties": { "message": { "type": "string" }, "priority": { "type": "string" } } });
    let expects = agent(&creel, json!({ "name": "Triage", "input_schema": schema }));
    let made = trigger(&creel, &expects, json!({ "name": "Alerts" }));
    let mapped = json!({ "message": "Server CPU usage exceeded 90%", "priority": "high" });
    assert_eq!(run(&creel, &made, "mapping.sh"), mapped);
}

#[test]
fn opshifts_alert_is_open_and_in_the_slack_channel_of_its_severity() {
    let (creel, slack, mail) = (Creel::start(), Recorder::answering(200), Recorder::answering(200));
    linked(&creel, &slack, json!({ "name": "slack", "kind": "slack", "severities": ["sev0", "sev1"] }));
    linked(&creel, &mail, json!({ "name": "later", "severities": ["sev3", "sev4"] }));
    let hook = webhook(&creel, "deploy-failures", json!({}));
    let lines = tools::fixture("opshift/trigger-alert.sh").replace("https://www.opshift.io", &creel.receiver);
    let mut shell = Command::new("bash");
    tools::run(shell.arg("-c").arg(lines).env("OPSHIFT_SECRET", &hook.secret));
    assert_eq!(text(&slack, 1), "[sev1] Deploy failed: api-gateway");
    let alert = creel.manage(Request::get("/api/alerts")).json()["items"][0].clone();
    assert_eq!((&alert["status"], &alert["title"]), (&json!("open"), &json!("Deploy failed: api-gateway")));
    ended(&creel, "succeeded");
    assert_eq!(mail.seen().len(), 1, "the other severities' channel got its code alone");
}
