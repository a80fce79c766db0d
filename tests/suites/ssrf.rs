//! Where nothing may go (trust T25): one table of spellings, and everyone who sends requests.

use creel_tests::{Creel, Recorder};
use serde_json::{Value, json};

/// This machine and its networks, as somebody might write them. `{}` is a port at which somebody listens.
const PRIVATE: [&str; 40] = [
    "127.0.0.1:{}",
    "127.1:{}",
    "127.0.1:{}",
    "127.0.0.1.:{}",
    "2130706433:{}",
    "0x7f000001:{}",
    "0X7F.0.0.1:{}",
    "0x7f.1:{}",
    "0177.0.0.1:{}",
    "017700000001:{}",
    "0177.0x0.0.01:{}",
    "127.255.255.254:{}",
    "１２７.0.0.1:{}",
    "①②⑦.⓪.⓪.①:{}",
    "127。0。0。1:{}",
    "127%2e0%2e0%2e1:{}",
    "0:{}",
    "0.0.0.0:{}",
    "0x0:{}",
    "localhost:{}",
    "LOCALHOST:{}",
    "localhost.:{}",
    "app.localhost:{}",
    "[::1]:{}",
    "[0:0:0:0:0:0:0:1]:{}",
    "[::]:{}",
    "[::ffff:127.0.0.1]:{}",
    "[::ffff:7f00:1]:{}",
    "[::127.0.0.1]:{}",
    "[64:ff9b::7f00:1]:{}",
    "[2002:7f00:1::]:{}",
    "10.0.0.1:{}",
    "167772161:{}",
    "172.16.0.1:{}",
    "192.168.1.1:{}",
    "0xc0a80101:{}",
    "100.64.0.1:{}",
    "169.254.1.1:{}",
    "[fe80::1]:{}",
    "[fc00::1]:{}",
];

/// Where clouds hand out credentials: nobody goes there, whatever is ticked.
const METADATA: [&str; 10] = [
    "169.254.169.254",
    "169.254.169.254.",
    "2852039166",
    "0xa9fea9fe",
    "0251.0376.0251.0376",
    "[::ffff:169.254.169.254]",
    "[64:ff9b::a9fe:a9fe]",
    "[2002:a9fe:a9fe::1]",
    "[fd00:ec2::254]",
    "100.100.100.200",
];

/// Saves something that sends requests to an address.
type Save = fn(&Creel, &str) -> creel_tests::Response;

/// Who goes into private networks only where that is ticked.
const ASKS: [(&str, Save); 4] = [
    ("forward", |creel, url| trigger(creel, json!({ "forward": { "url": url } }))),
    ("http request", |creel, url| {
        let params = json!({ "url": url });
        trigger(creel, json!({ "execute_tool": { "tool": "http", "action": "request", "params": params } }))
    }),
    ("forward in a pipeline", |creel, url| step(creel, json!({ "name": "a", "forward": { "url": url } }))),
    ("http request in a pipeline", |creel, url| {
        let tool = json!({ "tool": "http", "action": "request", "params": { "url": url } });
        step(creel, json!({ "name": "a", "tool": tool }))
    }),
];

/// Who may go into private networks: its user types the address himself, and no delivery has a say in it.
const MAY: [(&str, Save); 3] = [
    ("agent", |creel, url| {
        let backend = json!({ "chat": { "base_url": url, "model": "small" } });
        creel.try_rpc("agent_create", json!({ "name": "Olga", "backend": backend }))
    }),
    ("webhook channel", |creel, url| {
        creel.try_rpc("channel_link", json!({ "name": url, "kind": "webhook", "secret": url }))
    }),
    ("telegram channel", |creel, url| {
        let kind = json!({ "telegram": { "chat_id": "1", "api": url } });
        creel.try_rpc("channel_link", json!({ "name": format!("bot {url}"), "kind": kind, "secret": "1:a" }))
    }),
];

fn trigger(creel: &Creel, action: Value) -> creel_tests::Response {
    creel.try_rpc("trigger_create", json!({ "name": "t", "scheme": "github", "actions": [action] }))
}

fn step(creel: &Creel, step: Value) -> creel_tests::Response {
    creel.try_rpc("pipeline_create", json!({ "name": "p", "steps": [step] }))
}

fn refused(who: &str, url: &str, answer: &creel_tests::Response) {
    assert!((400..500).contains(&answer.status), "{who} took {url}: {} {}", answer.status, answer.text());
    assert!(answer.json()["message"].is_string(), "{who}: {url}: {}", answer.text());
}

#[test]
fn private_addresses_are_refused_in_every_spelling_by_everyone_who_asks_for_a_tick() {
    let (creel, listens) = (Creel::start(), Recorder::answering(200));
    for host in PRIVATE {
        let url = format!("http://{}/", host.replace("{}", &listens.port.to_string()));
        for (who, save) in ASKS {
            refused(who, &url, &save(&creel, &url));
        }
    }
    assert!(listens.seen().is_empty(), "nothing arrived: {:?}", listens.seen());
}

#[test]
fn where_credentials_are_handed_out_is_refused_in_every_spelling_by_everyone() {
    let creel = Creel::start();
    for host in METADATA {
        let url = format!("http://{host}/latest/meta-data");
        for (who, save) in ASKS.into_iter().chain(MAY) {
            refused(who, &url, &save(&creel, &url));
        }
    }
}

#[test]
fn creels_own_ports_get_no_message_and_no_code() {
    let creel = Creel::start();
    for base in [&creel.receiver, &creel.control] {
        for host in ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "0.0.0.0", "2130706433"] {
            let url = base.replace("127.0.0.1", host);
            for (who, save) in &MAY[1..] {
                let answer = save(&creel, &url);
                refused(who, &url, &answer);
                assert!(answer.text().contains("Creel itself"), "{who}: {url}: not tried at all: {}", answer.text());
            }
        }
    }
    assert!(creel.deliveries("").is_empty(), "nothing came round");
}
