//! What Octipus's actions become: the context they see, the prompt, the request that goes on.

use creel_tests::{Creel, Recorder, Request, sign};
use serde_json::{Value, json};

use crate::octipus::{SECRET, deploy, hook, request, runs};

/// The plan of the newest execution, which runs for the `nth` delivery.
fn plan(creel: &Creel, nth: usize) -> Value {
    let all = creel_tests::until("the execution", || Some(creel.executions(json!({}))).filter(|all| all.len() == nth));
    let detail = creel.rpc("execution_get", json!({ "id": all[0]["id"] }));
    serde_json::from_str(detail["plan"].as_str().unwrap()).unwrap()
}

#[test]
fn an_agents_prompt_has_the_payload_and_the_events_type_behind_it() {
    let creel = Creel::start();
    let config = json!({ "agentPrompt": "Analyze {{webhook.body.action}}.", "agentTopic": "devops",
        "orchestrated": true, "notifyOwner": true });
    hook(&creel, json!({ "action": "spawn_agent", "actionConfig": config }));
    let body = r#"{"action":"opened","n":1.50}"#;
    for (nth, header, value) in [(1, "X-GitHub-Event", "pull_request"), (2, "X-GitLab-Event", "Push Hook")] {
        creel.deliver(&request("deploy", body, SECRET).header(header, value));
        let planned = plan(&creel, nth);
        let prompt = format!("Analyze opened.\n\n--- Webhook Payload ---\n{body}\nEvent type: {value}");
        assert_eq!(planned["prompt"], prompt);
        assert_eq!((&planned["topic"], &planned["orchestrated"]), (&json!("devops"), &json!(true)));
    }
    deploy(&creel, body);
    let prompt = plan(&creel, 3)["prompt"].as_str().unwrap().to_owned();
    assert!(!prompt.contains("Event type"), "no header, no line: {prompt}");
}

#[test]
fn every_content_type_is_read_as_the_page_says_and_a_missing_field_keeps_its_placeholder() {
    let creel = Creel::start();
    let message =
        json!({ "notifyMessage": "{{webhook.body.event}} {{webhook.body}} {{webhook.method}} {{webhook.body.gone}}" });
    hook(&creel, json!({ "actionConfig": message }));
    let table = [
        ("application/json", r#"{"event":"a"}"#, r#"a {"event":"a"} POST {{webhook.body.gone}}"#),
        (
            "application/x-www-form-urlencoded",
            "payload=%7B%22event%22%3A%22b%22%7D",
            r#"b {"event":"b"} POST {{webhook.body.gone}}"#,
        ),
        ("application/x-www-form-urlencoded", "event=c&x=1", r#"c {"event":"c","x":"1"} POST {{webhook.body.gone}}"#),
        ("text/plain", "event d", "{{webhook.body.event}} event d POST {{webhook.body.gone}}"),
    ];
    for (nth, (kind, body, message)) in (1..).zip(table) {
        let signature = format!("sha256={}", sign::hex(SECRET, body.as_bytes()));
        let sent =
            Request::new("POST", "/api/webhooks/deploy").with_body(body).header("X-Hub-Signature-256", signature);
        assert_eq!(creel.deliver(&sent.header("Content-Type", kind)).status, 202);
        assert_eq!(plan(&creel, nth)["message"], message, "{kind}");
    }
}

#[test]
fn a_forward_sends_the_whole_context_without_credentials_unless_it_has_a_body() {
    let (creel, upstream) = (Creel::start(), Recorder::answering(200));
    let to = |more: Value| {
        let mut config = json!({ "webhookUrl": format!("{}/in", upstream.base), "webhookAllowPrivate": true });
        crate::deliver::merge(&mut config, more);
        hook(&creel, json!({ "action": "webhook", "actionConfig": config }))
    };
    let forward = to(json!({}));
    let sent = request("deploy", r#"{"event":"deploy"}"#, SECRET).header("X-Api-Key", "sesame");
    assert_eq!(creel.deliver(&sent).status, 202);
    let got = upstream.wait_for(1).remove(0);
    let context: Value = serde_json::from_slice(&got.body).unwrap();
    assert_eq!((got.method.as_str(), got.header("content-type")), ("POST", Some("application/json")));
    assert_eq!(context["webhook"]["body"], json!({ "event": "deploy" }));
    assert_eq!(context["webhook"]["method"], "POST");
    assert_eq!(context["webhook"]["headers"]["content-type"], "application/json", "names are lower case");
    assert!(!got.body.windows(6).any(|part| part == b"sesame"), "{context}");
    let run = creel_tests::until("the run", || runs(&creel, &forward).first().cloned());
    assert_eq!((run["status"].as_str(), run["actionType"].as_str()), (Some("success"), Some("webhook")), "{run}");
    creel.manage(Request::new("DELETE", &format!("/api/hooks/{}", forward["id"].as_str().unwrap())));

    let own = json!({ "webhookMethod": "PUT", "webhookHeaders": { "X-Env": "{{webhook.body.event}}" }, "webhookBody": "e={{webhook.body.event}}" });
    to(own);
    deploy(&creel, r#"{"event":"deploy"}"#);
    let got = upstream.wait_for(2).remove(1);
    assert_eq!(
        (got.method.as_str(), got.header("x-env"), got.body.as_slice()),
        ("PUT", Some("deploy"), &b"e=deploy"[..])
    );
}

#[test]
fn a_forward_that_is_not_answered_2xx_is_an_error() {
    let (creel, upstream) = (Creel::start(), Recorder::answering(404));
    let config = json!({ "webhookUrl": format!("{}/in", upstream.base), "webhookAllowPrivate": true });
    let forward = hook(&creel, json!({ "action": "webhook", "actionConfig": config }));
    deploy(&creel, "{}");
    let run = creel_tests::until("the run", || runs(&creel, &forward).first().cloned());
    assert_eq!(run["status"], "error", "{run}");
}

#[test]
fn a_value_is_never_part_of_a_command() {
    let creel = Creel::start();
    let params = json!({ "command": "deploy {{webhook.body.ref}}" });
    let config = json!({ "toolId": "shell", "toolAction": "execute", "toolParams": params });
    hook(&creel, json!({ "action": "execute_tool", "actionConfig": config }));
    deploy(&creel, r#"{"ref":"{{webhook.method}}; main"}"#);
    let planned = plan(&creel, 1);
    assert_eq!(planned["params"]["command"], "deploy \"${CREEL_WEBHOOK_BODY_REF}\"");
    let environment = json!({ "CREEL_WEBHOOK_BODY_REF": "{{webhook.method}}; main" });
    assert_eq!(planned["params"]["environment"], environment, "what is put in is not read again");
}
