//! Tunnels over real sockets: what is exposed, a drop and the way back, and each bad input in plain words.

use std::net::TcpListener;
use std::process::Command;
use std::sync::Mutex;
use std::time::Duration;

use creel_tests::creel::Endpoint;
use creel_tests::ngrok_edge::NgrokEdge;
use creel_tests::wait::until_within;
use creel_tests::{Connection, Creel, Recorder, Request, Response, free_port, until};
use serde_json::{Value, json};

use crate::tunnel_ways::{
    STRANGER, by_command, by_program, command, creel_with_stand_ins, now, running, start, tell_stand_in, wait_for,
};

/// On the allowlist of every trigger here that has one.
const FRIEND: &str = "203.0.113.7";
fn listed(creel: &Creel) -> Endpoint {
    creel.trigger(json!({ "name": "listed", "slug": "listed", "scheme": "github", "ip_allowlist": [FRIEND] }))
}

fn push(endpoint: &Endpoint, id: &str) -> Request {
    Request::post(&endpoint.path, format!(r#"{{"id":"{id}"}}"#)).github(&endpoint.secret, "push", id)
}

#[test]
fn only_enabled_triggers_that_check_a_signature_are_exposed_and_others_by_a_tick() {
    let way = by_command();
    let creel = &way.creel;
    let signed = creel.trigger(json!({ "name": "signed", "slug": "signed", "scheme": "github" }));
    let open = creel.trigger(json!({ "name": "open", "slug": "open", "scheme": "none" }));
    let off = creel.trigger(json!({ "name": "off", "slug": "off", "scheme": "github", "enabled": false }));
    assert_eq!(way.send(&push(&signed, "1")).status, 202);
    for endpoint in [&open, &off] {
        assert_eq!(way.send(&push(endpoint, "2")).status, 404, "{}", endpoint.path);
    }
    assert_eq!(way.send(&Request::post("/hooks/test", "{}")).status, 404, "the test endpoint stays here");
    let rows = creel.deliveries("");
    let because = rows.iter().find(|row| row["path"] == open.path.as_str()).map(|row| row["reason"].clone());
    let words = r#"the trigger "open" is not exposed: it checks no signature, and was not ticked for the tunnel"#;
    assert_eq!(because, Some(json!(words)), "the record says why");
    assert_eq!(creel.deliver(&Request::post(&open.path, "{}")).status, 202, "on this machine it is there");

    let view = creel.rpc("tunnel_tick", json!({ "ticked": [open.id] }));
    let reached: Vec<_> = view["exposure"]["reached"].as_array().unwrap().iter().map(|one| &one["name"]).collect();
    assert_eq!(reached, ["open", "signed"]);
    assert_eq!(view["exposure"]["kept_back"][0]["why"], "it is switched off");
    assert_eq!(way.send(&Request::post(&open.path, "{}")).status, 202, "ticked");
    creel.rpc("tunnel_tick", json!({ "ticked": [] }));
    assert_eq!(way.send(&Request::post(&open.path, "{}")).status, 404, "the tick is gone");
    creel.rpc("tunnel_tick", json!({ "ticked": [open.id] }));
    let from_page = Request::post(&open.path, "{}").header("Origin", "https://evil.example");
    assert_eq!(way.send(&from_page).status, 403);
    creel.rpc("trigger_delete", json!({ "id": open.id }));
    let view = creel.rpc("tunnel_get", json!({}));
    assert_eq!((&view["running"]["ticked"], &view["kept"]["ticked"]), (&json!([]), &json!([])), "it is gone: {view}");
    creel.rpc("tunnel_start", view["kept"].clone());
}

#[test]
fn the_round_trip_is_shown_and_a_killed_program_comes_back() {
    let creel = Creel::start();
    let kind = command(&creel);
    start(&creel, &kind, &[]);
    let online = wait_for(&creel, "online");
    assert!(online["round_trip_ms"].is_u64() && online["checked_at"].is_i64(), "{online}");
    let endpoint = creel.trigger(json!({ "name": "pushes", "slug": "pushes", "scheme": "github" }));
    let send =
        |id: &str| creel_tests::wire::send(now(&creel)["address"].as_str().unwrap(), &push(&endpoint, id)).status;
    assert_eq!(send("1"), 202);

    for pid in running(&creel) {
        Command::new("kill").args(["-KILL", &pid]).status().unwrap();
    }
    let back = until("the tunnel to be back", || {
        Some(now(&creel)).filter(|now| now["state"] == "online" && now["outages"].as_array().unwrap().len() == 1)
    });
    assert!(back["address_before"].is_string(), "its address changed, and that is told: {back}");
    assert!(back["outages"][0]["to"].is_i64(), "{back}");
    assert_eq!(send("2"), 202);

    creel.rpc("tunnel_stop", json!({}));
    assert_eq!(now(&creel)["state"], "off");
    until("the program to end", || running(&creel).is_empty().then_some(()));
}

#[test]
fn it_is_off_unless_the_user_said_so_and_what_was_chosen_is_kept() {
    let mut creel = Creel::start();
    assert_eq!(now(&creel)["state"], "off");
    let kind = command(&creel);
    start(&creel, &kind, &[]);
    creel.terminate();
    creel.start_again();
    let view = creel.rpc("tunnel_get", json!({}));
    assert_eq!(view["now"]["state"], "off");
    assert_eq!(view["kept"]["kind"]["command"]["command"], kind["command"]["command"]);
    assert!(view["running"].is_null(), "{view}");
    creel.rpc("tunnel_start", json!({ "kind": kind, "at_start": true, "off_after_hours": 8 }));
    let hours = now(&creel)["off_at"].as_i64().unwrap() - now(&creel)["since"].as_i64().unwrap();
    assert!((7 * 3_600_000..=8 * 3_600_000).contains(&hours), "{hours}");
    creel.terminate();
    creel.start_again();
    wait_for(&creel, "online");
}

/// A sentence and the next step, word by word where they are Creel's own.
fn trouble(now: &Value) -> (String, String) {
    let text = |key: &str| now["last_error"][key].as_str().unwrap_or_default().to_owned();
    (text("message"), text("hint"))
}

#[test]
fn bad_input_is_a_plain_sentence_with_the_next_step() {
    let creel = Creel::start();
    let refused = |kind: Value| {
        let answer = creel.try_rpc("tunnel_start", json!({ "kind": kind }));
        let error = answer.json();
        assert!(answer.status >= 400 && error["hint"].is_string(), "{} {error}", answer.status);
        (error["field"].clone(), error["message"].as_str().unwrap_or_default().to_owned())
    };
    let field = |kind| refused(kind).0;
    assert_eq!(field(json!({ "own": { "address": "hooks.example", "port": 4000 } })), "kind.own.address");
    assert_eq!(field(json!({ "own": { "address": "https://hooks.example", "port": 0 } })), "kind.own.port");
    assert_eq!(field(json!({ "command": { "command": "bore local", "pattern": "x" } })), "kind.command.command");
    assert_eq!(field(json!({ "command": { "command": "bore {port} 'x", "pattern": "x" } })), "kind.command.command");
    assert_eq!(field(json!({ "command": { "command": "bore {port}", "pattern": "(" } })), "kind.command.pattern");
    assert_eq!(field(json!({ "ssh": { "service": "own", "host": "-oProxyCommand=x" } })), "kind.ssh.host");
    assert_eq!(field(json!({ "ngrok": { "domain": "https://x" } })), "kind.ngrok.domain");
    let squatter = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = squatter.local_addr().unwrap().port();
    let taken = refused(json!({ "own": { "address": "https://hooks.example", "port": port } }));
    assert_eq!(taken, (json!("kind.own.port"), format!("port {port} is taken")));
    let receiver: u16 = creel.receiver.rsplit(':').next().unwrap().parse().unwrap();
    let own = refused(json!({ "own": { "address": "https://hooks.example", "port": receiver } }));
    assert_eq!(own.1, format!("port {receiver} is Creel's own"));
    let unknown = creel.try_rpc("tunnel_start", json!({ "kind": "cloudflared", "ticked": ["trg_nobody"] }));
    assert_eq!(unknown.status, 404);
    assert_eq!(now(&creel)["state"], "off", "nothing of it was started");

    creel.rpc("tunnel_start", json!({ "kind": { "ngrok": {} } }));
    let (message, hint) = trouble(&wait_for(&creel, "needs_you"));
    assert_eq!((message.as_str(), hint.as_str()), ("no ngrok authtoken is kept", "paste the account's token"));
    if Command::new("which").arg("cloudflared").output().unwrap().stdout.is_empty() {
        creel.rpc("tunnel_start", json!({ "kind": "cloudflared" }));
        let (message, hint) = trouble(&wait_for(&creel, "needs_you"));
        assert_eq!(message, "the program cloudflared is not on this machine");
        assert!(hint.starts_with("install it"), "{hint}");
    }
    // A name that nobody has: the address leads nowhere.
    let port = free_port();
    creel.rpc("tunnel_start", json!({ "kind": { "own": { "address": "https://nobody.invalid", "port": port } } }));
    let doubts = |message: &str| {
        until(message, || {
            let said = trouble(&now(&creel));
            (said.0 == message && !said.1.is_empty()).then_some(())
        });
    };
    doubts("the name nobody.invalid is not found");
    // A server whose certificate nobody here trusts, and a port at which nobody listens.
    let edge = NgrokEdge::start(STRANGER);
    creel.rpc(
        "tunnel_start",
        json!({ "kind": { "own": { "address": format!("https://{}", edge.server), "port": port } } }),
    );
    until("the certificate to be doubted", || {
        trouble(&now(&creel)).0.starts_with(&format!("the certificate of {} is not trusted", edge.server)).then_some(())
    });
    let closed = format!("127.0.0.1:{}", free_port());
    creel.rpc("tunnel_start", json!({ "kind": { "own": { "address": format!("http://{closed}"), "port": port } } }));
    doubts(&format!("{closed} takes no connection"));
    // Somebody answers there, and it is not this Creel.
    let other = Recorder::answering(200);
    creel.rpc("tunnel_start", json!({ "kind": { "own": { "address": other.base, "port": port } } }));
    doubts(&format!("127.0.0.1:{} answers 200, and it is not this Creel that answers", other.port));
}

#[test]
fn a_program_that_runs_and_prints_nothing_is_given_up_and_told() {
    let creel = creel_with_stand_ins();
    tell_stand_in(&creel, &json!({ "mode": "mute" }));
    creel.rpc("tunnel_start", json!({ "kind": "cloudflared" }));
    // It waits for a second only, and is started again: what is looked for is what stays.
    let waiting = until_within(Duration::from_secs(120), "the end of patience", || {
        Some(now(&creel)).filter(|now| now["last_error"].is_object())
    });
    assert_eq!(trouble(&waiting).0, "cloudflared printed no address in 30 s");
    assert!(trouble(&waiting).1.starts_with("try in a terminal"), "{waiting}");
}

#[test]
fn a_program_that_ends_or_says_nothing_is_explained_and_tried_again() {
    let creel = creel_with_stand_ins();
    for (kind, told, message) in [
        (json!("cloudflared"), json!({ "mode": "silent" }), "cloudflared ended and printed nothing"),
        (json!("cloudflared"), json!({ "mode": "offline" }), "cloudflared does not reach Cloudflare"),
    ] {
        tell_stand_in(&creel, &told);
        creel.rpc("tunnel_start", json!({ "kind": kind }));
        let waiting = wait_for(&creel, "waiting");
        assert_eq!(trouble(&waiting).0, message);
        assert!(waiting["next_at"].is_i64() && !trouble(&waiting).1.is_empty(), "{waiting}");
    }
    tell_stand_in(&creel, &json!({ "mode": "not allowed" }));
    creel.rpc("tunnel_start", json!({ "kind": { "tailscale": {} } }));
    let (message, hint) = trouble(&wait_for(&creel, "needs_you"));
    assert_eq!(message, "Funnel is not allowed for this machine");
    assert!(hint.contains("https://login.tailscale.com/f/funnel?node=nXYZ"), "{hint}");
    tell_stand_in(&creel, &json!({ "backend": "NeedsLogin" }));
    let cards = creel.rpc("tunnels_list", json!({}));
    let card = cards.as_array().unwrap().iter().find(|card| card["key"] == "tailscale").unwrap().clone();
    assert_eq!(card["needs"]["missing"]["message"], "Tailscale is signed out");
}

#[test]
fn a_flood_through_a_tunnel_is_held_back_and_told_when_to_come_again() {
    let way = by_program(&json!("cloudflared"));
    let endpoint = listed(&way.creel);
    let held = Mutex::new(None);
    // Twenty a second become free again meanwhile: one sender alone may be no faster.
    std::thread::scope(|scope| {
        (0..8).for_each(|_| drop(scope.spawn(|| send_until_held(&way.public, &endpoint, &held))));
    });
    let held = held.into_inner().unwrap();
    let held = held.expect("1,200 a minute and 600 at once are the most");
    assert!(held.header("Retry-After").is_some(), "{}", held.text());
}

/// Sends what is refused at once, over and over, until one of all senders is told to come again later.
fn send_until_held(public: &str, to: &Endpoint, held: &Mutex<Option<Response>>) {
    let mut connection = None;
    for _ in 0..1_000 {
        let open = connection.get_or_insert_with(|| Connection::open(public).unwrap());
        let answer = open.send(&Request::post(&to.path, "")).unwrap();
        if answer.header("connection") == Some("close") {
            connection = None;
        }
        let mut held = held.lock().unwrap();
        if answer.status == 429 {
            *held = Some(answer);
        }
        if held.is_some() {
            return;
        }
    }
}
