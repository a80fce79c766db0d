//! Starts, stops and changes that meet: whatever is pressed when, one tunnel runs or none, and every window sees which.

use std::net::{TcpListener, TcpStream};
use std::time::Instant;

use creel_tests::{Connection, Creel, Request, free_port, until};
use serde_json::{Value, json};

use crate::tunnel_programs::STOPS_IN;
use crate::tunnel_ways::{command, now, running, start, tell_stand_in, wait_for};

fn listener_of(creel: &Creel) -> u16 {
    std::fs::read_to_string(creel.folder().join("stand-in.to")).unwrap().parse().unwrap()
}

fn own(port: u16) -> Value {
    json!({ "own": { "address": format!("http://127.0.0.1:{port}"), "port": port } })
}

#[test]
fn of_many_starts_at_once_one_tunnel_is_left() {
    let creel = Creel::start();
    let kind = command(&creel);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| creel.rpc("tunnel_start", json!({ "kind": kind })));
        }
    });
    wait_for(&creel, "online");
    assert_eq!(running(&creel).len(), 1, "the others ended");
    creel.rpc("tunnel_stop", json!({}));
    assert_eq!(running(&creel), Vec::<String>::new());
}

#[test]
fn a_stop_while_it_starts_is_a_stop() {
    let creel = Creel::start();
    tell_stand_in(&creel, &json!({ "mode": "mute" }));
    let kind = command(&creel);
    creel.rpc("tunnel_start", json!({ "kind": kind }));
    until("the program to run", || (!running(&creel).is_empty()).then_some(()));
    let begun = Instant::now();
    creel.rpc("tunnel_stop", json!({}));
    assert!(begun.elapsed() < STOPS_IN, "{:?}", begun.elapsed());
    assert_eq!(now(&creel)["state"], "off");
    until("the program to end", || running(&creel).is_empty().then_some(()));
}

#[test]
fn another_kind_takes_the_place_of_the_one_that_runs() {
    let creel = Creel::start();
    start(&creel, &command(&creel), &[]);
    wait_for(&creel, "online");
    let before = listener_of(&creel);
    let port = free_port();
    start(&creel, &own(port), &[]);
    wait_for(&creel, "online");
    assert_eq!(now(&creel)["name"], "your own address");
    assert_eq!(running(&creel), Vec::<String>::new(), "the program ended");
    assert!(TcpStream::connect(("127.0.0.1", before)).is_err(), "and its listener");
    // The same port again, in place of itself.
    start(&creel, &own(port), &[]);
    wait_for(&creel, "online");
    creel.rpc("tunnel_stop", json!({}));
    assert!(TcpStream::connect(("127.0.0.1", port)).is_err(), "nobody listens there any more");
}

#[test]
fn a_choice_that_cannot_start_leaves_the_tunnel_that_runs() {
    let creel = Creel::start();
    start(&creel, &command(&creel), &[]);
    let online = wait_for(&creel, "online");
    let squatter = TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = own(squatter.local_addr().unwrap().port());
    for kind in [taken, json!({ "own": { "address": "nonsense", "port": 1 } }), json!({ "ssh": { "service": "own" } })]
    {
        let refused = creel.try_rpc("tunnel_start", json!({ "kind": kind }));
        assert!(refused.status >= 400, "{}", refused.text());
        let now = now(&creel);
        assert_eq!((&now["state"], &now["address"]), (&json!("online"), &online["address"]), "{kind}");
    }
    let kept = creel.rpc("tunnel_get", json!({}))["kept"].clone();
    assert!(kept["kind"]["command"].is_object(), "and what is kept: {kept}");
}

#[test]
fn every_window_hears_of_the_tunnel() {
    let creel = Creel::start();
    let ask = Request::get("/events").header("Authorization", format!("Bearer {}", creel.token));
    let mut windows = [(); 2].map(|()| Connection::open(&creel.control).unwrap());
    let host = creel.control.trim_start_matches("http://").to_owned();
    for window in &mut windows {
        window.write(&ask.bytes(&host)).unwrap();
        window.read_line_with("HTTP/1.1 200").unwrap();
    }
    start(&creel, &command(&creel), &[]);
    for window in &mut windows {
        for state in ["starting", "checking", "online"] {
            window.read_line_with(&format!(r#"{{"tunnel":"{state}"}}"#)).unwrap();
        }
    }
    creel.rpc("tunnel_stop", json!({}));
    for window in &mut windows {
        window.read_line_with(r#"{"tunnel":"off"}"#).unwrap();
    }
}
