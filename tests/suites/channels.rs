//! Channels: linked, verified by the code that arrived, told by `notify`, by agents and by alerts; never flooded.

use std::sync::Arc;

use creel_tests::recorder::plain;
use creel_tests::{Creel, Recorder, Setup, ShiftedClock, tools, until};
use serde_json::{Value, json};

use crate::agents::{agent, ended};
use crate::octipus::{deploy, hook};
use crate::opshift_contract::{signed, webhook};

/// The text of the `nth` message that came to a recorder, from 0.
pub fn text(server: &Recorder, nth: usize) -> String {
    let body: Value = serde_json::from_slice(&server.wait_for(nth + 1)[nth].body).unwrap();
    body["text"].as_str().or_else(|| body["content"].as_str()).unwrap_or_else(|| panic!("{body}")).to_owned()
}

/// The code in a message.
pub fn code(text: &str) -> String {
    text.split(|c: char| !c.is_ascii_digit())
        .find(|word| word.len() == 6)
        .unwrap_or_else(|| panic!("{text}"))
        .to_owned()
}

/// A verified webhook channel at `server`; the code was its first message.
pub fn linked(creel: &Creel, server: &Recorder, more: Value) -> Value {
    let mut draft = json!({ "name": "Me", "kind": "webhook", "secret": format!("{}/canary-path", server.base) });
    crate::deliver::merge(&mut draft, more);
    let channel = creel.rpc("channel_link", draft);
    let code = code(&text(server, 0));
    creel.rpc("channel_verify", json!({ "id": channel["id"], "code": code }))
}

pub fn notifies(creel: &Creel, more: Value) -> Value {
    let mut config = json!({ "notifyOwner": true, "notifyMessage": "Webhook received: {{webhook.body.event}}" });
    crate::deliver::merge(&mut config, more);
    hook(creel, json!({ "action": "notify", "actionConfig": config }))
}

#[test]
fn a_channel_gets_nothing_but_its_code_until_that_is_typed_back() {
    let (creel, server) = (Creel::start(), Recorder::answering(200));
    notifies(&creel, json!({}));
    let draft = json!({ "name": "Me", "kind": "slack", "secret": format!("{}/services/canary-path", server.base) });
    let channel = creel.rpc("channel_link", draft);
    assert!(channel["verified_at"].is_null() && !channel.to_string().contains("canary"), "{channel}");
    deploy(&creel, r#"{"event":"deploy"}"#);
    let failed = ended(&creel, "failed");
    assert_eq!(failed["execution"]["error"]["message"], "no channel is verified");
    let code = code(&text(&server, 0));
    let verify = |code: &str| creel.try_rpc("channel_verify", json!({ "id": channel["id"], "code": code }));
    let wrong = if code == "000000" { "000001" } else { "000000" };
    assert_eq!((verify(wrong).status, verify(&code).status, verify(&code).status), (422, 200, 422));
    creel.rpc("execution_retry", json!({ "id": failed["execution"]["id"] }));
    assert_eq!(text(&server, 1), "Webhook received: deploy");
    assert_eq!(server.seen()[1].target, "/services/canary-path");
    let detail = ended(&creel, "succeeded");
    for said in [
        detail.to_string(),
        creel.log(),
        creel.rpc("channels_list", json!({})).to_string(),
        creel.rpc("secrets_list", json!({})).to_string(),
    ] {
        assert!(!said.contains("canary-path"), "the address is a secret: {said}");
    }
    let moved = creel.rpc("channel_update", json!({ "id": channel["id"], "secret": format!("{}/other", server.base) }));
    assert!(moved["verified_at"].is_null(), "another end is verified anew: {moved}");
}

#[test]
fn five_wrong_codes_are_enough() {
    let (creel, server) = (Creel::start(), Recorder::answering(200));
    let draft = json!({ "name": "Me", "kind": "webhook", "secret": server.base });
    let channel = creel.rpc("channel_link", draft);
    let right = code(&text(&server, 0));
    let verify = |code: &str| creel.try_rpc("channel_verify", json!({ "id": channel["id"], "code": code })).status;
    let wrong = if right == "000000" { "000001" } else { "000000" };
    assert_eq!([wrong; 5].map(verify), [422; 5]);
    assert_eq!(verify(&right), 422, "nobody guesses on");
    creel.rpc("channel_send_code", json!({ "id": channel["id"] }));
    assert_eq!(verify(&code(&text(&server, 1))), 200);
}

#[test]
fn each_service_gets_a_message_in_its_own_form() {
    let (creel, server) = (Creel::start(), Recorder::answering(200));
    let telegram = json!({ "telegram": { "chat_id": "42", "api": server.base } });
    for (nth, kind, secret, path, field) in [
        (0, json!("discord"), format!("{}/api/webhooks/1/abc", server.base), "/api/webhooks/1/abc", "content"),
        (1, telegram, "123:ABC-def".to_owned(), "/bot123:ABC-def/sendMessage", "text"),
    ] {
        let channel = creel.rpc("channel_link", json!({ "name": format!("c{nth}"), "kind": kind, "secret": secret }));
        let got = server.wait_for(nth + 1)[nth].clone();
        let body: Value = serde_json::from_slice(&got.body).unwrap();
        assert_eq!((got.method.as_str(), got.target.as_str()), ("POST", path));
        creel.rpc("channel_verify", json!({ "id": channel["id"], "code": code(body[field].as_str().unwrap()) }));
    }
    let telegram: Value = serde_json::from_slice(&server.seen()[1].body).unwrap();
    assert_eq!(telegram["chat_id"], "42");
    notifies(&creel, json!({ "notifyOwner": false, "notifyChannels": ["C1"] }));
    deploy(&creel, r#"{"event":"\u001b[31mred\u202e"}"#);
    assert_eq!(text(&server, 2), "Webhook received: [31mred", "only the named channel, and nothing that steers");
    ended(&creel, "succeeded");
    assert_eq!(server.seen().len(), 3);
}

#[test]
fn a_wrong_token_and_an_unreachable_end_say_so_without_the_secret() {
    let creel = Creel::start();
    let server = Recorder::start(|_, out| plain(out, 401, &[], br#"{"ok":false,"description":"Unauthorized"}"#));
    let kind = json!({ "telegram": { "chat_id": "42", "api": server.base } });
    let refused = creel.try_rpc("channel_link", json!({ "name": "Me", "kind": kind, "secret": "123:canary" }));
    assert_eq!(refused.status, 502, "{}", refused.text());
    assert!(refused.text().contains("Unauthorized") && refused.text().contains("look at the bot's token"));
    assert!(!refused.text().contains("canary"), "{}", refused.text());
    let nobody = format!("127.0.0.1:{}", creel_tests::free_port());
    let draft = json!({ "name": "Other", "kind": "webhook", "secret": format!("http://{nobody}/canary") });
    let refused = creel.try_rpc("channel_link", draft);
    assert!(refused.text().contains("no connection to") && !refused.text().contains("canary"), "{}", refused.text());
    for secret in ["not an address", "http://169.254.169.254/x", "ftp://x/y"] {
        let refused = creel.try_rpc("channel_link", json!({ "name": "x", "kind": "slack", "secret": secret }));
        assert_eq!((refused.status, &refused.json()["field"]), (422, &json!("secret")), "{secret}");
    }
}

#[test]
fn more_than_three_a_minute_become_one() {
    let (clock, server) = (Arc::new(ShiftedClock::new()), Recorder::answering(200));
    let creel = Creel::start_with(Setup { clock: Some(Arc::clone(&clock)), ..Setup::default() });
    linked(&creel, &server, json!({}));
    notifies(&creel, json!({}));
    for n in 0..8 {
        deploy(&creel, &json!({ "event": n }).to_string());
    }
    until("five that wait", || {
        let waits = creel.executions(json!({ "status": ["queued"] })).into_iter().filter(|row| row["next_at"].is_i64());
        Some(()).filter(|()| waits.count() == 5)
    });
    assert_eq!(server.seen().len(), 1 + 3, "the code and three messages");
    clock.shift_to(61);
    deploy(&creel, r#"{"event":8}"#);
    let digest = text(&server, 4);
    until("the end of all", || Some(()).filter(|()| creel.executions(json!({ "status": ["succeeded"] })).len() == 9));
    let all: String = (4..server.seen().len()).map(|nth| text(&server, nth)).collect();
    assert!(digest.contains("messages:"), "{digest}");
    assert!((3..9).all(|n| all.matches(&format!("received: {n}")).count() == 1), "each once: {all}");
    assert!(server.seen().len() <= 4 + 3, "and not more than three a minute");
}

#[test]
fn a_channel_that_has_the_message_does_not_get_it_again_when_another_fails() {
    let (creel, good) = (Creel::start(), Recorder::answering(200));
    let count = std::sync::atomic::AtomicUsize::new(0);
    let bad = Recorder::start(move |_, out| match count.fetch_add(1, std::sync::atomic::Ordering::SeqCst) {
        0 => plain(out, 200, &[], b""),
        1 => plain(out, 500, &[], b""),
        _ => plain(out, 200, &[], b""),
    });
    linked(&creel, &good, json!({ "name": "good" }));
    linked(&creel, &bad, json!({ "name": "bad" }));
    notifies(&creel, json!({}));
    deploy(&creel, r#"{"event":"x"}"#);
    ended(&creel, "succeeded");
    assert_eq!((good.seen().len(), bad.seen().len()), (2, 3), "a code and a message each, and one that failed");
}

#[test]
fn quiet_hours_hold_messages_back() {
    let (creel, server) = (Creel::start(), Recorder::answering(200));
    // Quiet but for the minute that was twelve hours ago, as the machine's zone counts minutes.
    let zone = tools::run(std::process::Command::new("date").arg("+%H %M")).stdout;
    let now: Vec<u32> = String::from_utf8(zone).unwrap().split_whitespace().map(|part| part.parse().unwrap()).collect();
    let other = (now[0] * 60 + now[1] + 720) % 1_440;
    linked(&creel, &server, json!({ "quiet": { "from": (other + 1) % 1_440, "to": other } }));
    notifies(&creel, json!({}));
    deploy(&creel, r#"{"event":"night"}"#);
    let row = until("it waits", || {
        creel.executions(json!({ "status": ["queued"] })).into_iter().find(|row| row["next_at"].is_i64())
    });
    assert!(row["error"].is_null(), "waiting is no failure: {row}");
    assert_eq!(server.seen().len(), 1, "the code alone");
}

#[test]
fn a_spawned_agents_answer_goes_to_the_owner() {
    let (creel, server) = (Creel::start(), Recorder::answering(200));
    linked(&creel, &server, json!({}));
    agent(&creel, json!({ "name": "Olga", "topic": "devops" }));
    let config = json!({ "agentPrompt": "Analyze this deployment event and summarize.", "agentTopic": "devops",
        "orchestrated": false, "notifyOwner": true });
    hook(&creel, json!({ "action": "spawn_agent", "actionConfig": config }));
    deploy(&creel, r#"{"event":"deploy"}"#);
    let message = text(&server, 1);
    assert!(
        message.starts_with("Olga: Analyze this deployment event and summarize.\n\n--- Webhook Payload ---"),
        "{message}"
    );
}

/// The line of the log that says whom an agent's answer goes to.
fn told(creel: &Creel) -> String {
    let all = creel.executions(json!({}));
    let run = all.iter().find(|row| row["action"] == "spawn_agent").unwrap();
    let detail = creel.rpc("execution_get", json!({ "id": run["id"] }));
    let step = detail["steps"].as_array().unwrap().iter().find(|step| step["name"] == "notify");
    step.unwrap_or_else(|| panic!("{detail}"))["words"].as_str().unwrap().to_owned()
}

#[test]
fn without_a_channel_of_the_owner_the_log_says_that_nobody_is_told() {
    let (creel, server) = (Creel::start(), Recorder::answering(200));
    agent(&creel, json!({ "name": "Olga", "topic": "devops" }));
    let config = json!({ "agentPrompt": "Look.", "agentTopic": "devops", "notifyOwner": true });
    hook(&creel, json!({ "action": "spawn_agent", "actionConfig": config }));
    deploy(&creel, "{}");
    ended(&creel, "succeeded");
    let nobody = "Skipped: no verified channel is the owner's, so nobody is told. Link one under Channels.";
    assert_eq!(told(&creel), nobody);
    let channel = linked(&creel, &server, json!({ "owner": false }));
    deploy(&creel, r#"{"n":1}"#);
    until("the second run", || Some(()).filter(|()| creel.executions(json!({ "status": ["succeeded"] })).len() == 2));
    assert_eq!(told(&creel), nobody, "the user said that this one is not for the owner");
    creel.rpc("channel_update", json!({ "id": channel["id"], "owner": true }));
    deploy(&creel, r#"{"n":2}"#);
    assert!(text(&server, 1).starts_with("Olga: Look."));
    assert_eq!(told(&creel), "The answer goes to Me.");
}

#[test]
fn a_screen_that_is_open_hears_of_every_change_to_a_channel() {
    let (creel, server) = (Creel::start(), Recorder::answering(200));
    let address = creel.control.trim_start_matches("http://");
    let mut stream = std::net::TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(std::time::Duration::from_secs(60))).unwrap();
    let head = format!("GET /events HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {}\r\n\r\n", creel.token);
    std::io::Write::write_all(&mut stream, head.as_bytes()).unwrap();
    let mut lines = std::io::BufRead::lines(std::io::BufReader::new(stream)).map(Result::unwrap);
    lines.by_ref().find(|line| line.is_empty()).unwrap();
    // The stream says now and then that it is alive: its end is not waited for.
    let end = std::time::Instant::now() + creel_tests::wait::LIMIT;
    let mut heard = |id: &Value| {
        let line = lines.by_ref().take_while(|_| std::time::Instant::now() < end);
        let told = line.into_iter().any(|line| line.contains(&format!("{{\"channel\":{id}}}")));
        assert!(told, "nothing was told of {id}");
    };
    let channel = linked(&creel, &server, json!({}));
    let id = &channel["id"];
    // Linked, verified, changed, unlinked.
    heard(id);
    heard(id);
    creel.rpc("channel_update", json!({ "id": id, "name": "Mine" }));
    heard(id);
    creel.rpc("channel_unlink", json!({ "id": id }));
    heard(id);
}

#[test]
fn an_alert_is_told_where_its_severity_is_wanted_and_not_for_each_occurrence() {
    let (creel, server) = (Creel::start(), Recorder::answering(200));
    linked(&creel, &server, json!({ "severities": ["sev0", "sev1"] }));
    let made = webhook(&creel, "prod", json!({}));
    let raise = |severity: &str, title: &str| {
        let body = json!({ "title": title, "severity": severity }).to_string();
        assert_eq!(creel.deliver(&signed(&made.path, &made.secret, &body)).status, 200);
    };
    raise("sev3", "Disk is half full");
    raise("sev1", "Database down");
    raise("sev1", "Database down");
    raise("sev0", "All down");
    assert_eq!([text(&server, 1), text(&server, 2)], ["[sev1] Database down", "[sev0] All down"]);
    until("the queue's end", || {
        Some(()).filter(|()| creel.executions(json!({ "status": ["queued", "running"] })).is_empty())
    });
    assert_eq!(server.seen().len(), 3);
}
