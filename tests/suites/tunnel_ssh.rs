//! `ssh -R` against a real sshd: the host's key, the way in, a drop, and what is refused.

use std::net::TcpListener;

use creel_tests::{Creel, Request, Sshd, until};
use serde_json::json;

use crate::tunnel_ways::{now, ssh, wait_for};

#[test]
fn an_unknown_key_is_shown_and_trusted_by_the_user_and_another_one_is_not_taken_for_it() {
    let (creel, mut sshd) = (Creel::start(), Sshd::start());
    let kind = ssh(&sshd);
    creel.rpc("tunnel_start", json!({ "kind": kind }));
    let asked = wait_for(&creel, "needs_you");
    let host = format!("[127.0.0.1]:{}", sshd.port);
    assert_eq!(asked["host_key"]["host"], host.as_str());
    assert_eq!(asked["host_key"]["fingerprint"], sshd.fingerprint().as_str(), "as ssh-keygen shows it");
    assert_eq!((&asked["host_key"]["changed"], &asked["address"]), (&json!(false), &json!(null)));
    assert_eq!(asked["last_error"]["message"], "the key of 127.0.0.1 is not known here");

    let wrong = creel.try_rpc("tunnel_trust_key", json!({ "host": host, "fingerprint": "SHA256:another" }));
    assert_eq!(wrong.status, 404, "only what was shown can be trusted");
    creel.rpc("tunnel_trust_key", json!({ "host": host, "fingerprint": sshd.fingerprint() }));
    let online = wait_for(&creel, "online");
    let endpoint = creel.trigger(json!({ "name": "pushes", "slug": "pushes", "scheme": "github" }));
    let push = Request::post(&endpoint.path, "{}").github(&endpoint.secret, "push", "1");
    assert_eq!(creel_tests::wire::send(online["address"].as_str().unwrap(), &push).status, 202);
    assert_eq!(creel.deliveries("")[0]["peer"], json!(null), "ssh does not tell who calls");

    sshd.stop();
    wait_for(&creel, "waiting");
    sshd.change_key();
    sshd.start_again();
    let changed = until("the new key to be noticed", || {
        // Refused once the question is there: then nothing runs.
        creel.try_rpc("tunnel_check", json!({}));
        Some(now(&creel)).filter(|now| now["state"] == "needs_you")
    });
    assert_eq!(changed["host_key"]["changed"], true);
    assert_eq!(changed["host_key"]["fingerprint"], sshd.fingerprint().as_str());
    assert_eq!(changed["last_error"]["message"], "the key of 127.0.0.1 is another one than before");
}

#[test]
fn a_host_that_was_away_is_back_and_nothing_stays_behind() {
    let mut way = crate::tunnel_ways::by_ssh();
    let sshd = way.sshd.as_mut().unwrap();
    sshd.stop();
    let waiting = wait_for(&way.creel, "waiting");
    assert_eq!(waiting["last_error"]["hint"].as_str().map(str::is_empty), Some(false), "{waiting}");
    sshd.start_again();
    let online = until("the tunnel to be back", || {
        // A person who does not want to wait: else up to a minute.
        way.creel.try_rpc("tunnel_check", json!({}));
        Some(now(&way.creel)).filter(|now| now["state"] == "online")
    });
    assert_eq!(online["outages"].as_array().unwrap().len(), 1, "{online}");
    way.creel.rpc("tunnel_stop", json!({}));
    assert_eq!(now(&way.creel)["state"], "off");
}

#[test]
fn a_host_that_lets_nobody_in_and_one_that_is_not_there_are_told_apart() {
    let (creel, sshd) = (Creel::start(), Sshd::start());
    let kind = json!({ "ssh": {
        "service": "own", "host": "127.0.0.1", "port": sshd.port, "user": sshd.user,
        "identity_file": sshd.strangers_key().display().to_string()
    } });
    creel.rpc("tunnel_start", json!({ "kind": kind }));
    let key = wait_for(&creel, "needs_you")["host_key"].clone();
    creel.rpc("tunnel_trust_key", json!({ "host": key["host"], "fingerprint": key["fingerprint"] }));
    let denied = until("the refusal", || {
        Some(now(&creel)).filter(|now| now["state"] == "needs_you" && now["host_key"].is_null())
    });
    assert_eq!(denied["last_error"]["message"], "127.0.0.1 does not let you in");
    assert!(denied["last_error"]["hint"].as_str().unwrap().contains("your public key"), "{denied}");
    let port = sshd.port;
    drop(sshd);
    creel.rpc("tunnel_start", json!({ "kind": { "ssh": { "service": "own", "host": "127.0.0.1", "port": port } } }));
    let waiting = wait_for(&creel, "waiting");
    assert_eq!(waiting["last_error"]["message"], "127.0.0.1 is not reached by ssh");
}

#[test]
fn a_port_of_ones_choice_is_opened_and_one_that_is_taken_is_told() {
    let (creel, sshd) = (Creel::start(), Sshd::start());
    let mut kind = ssh(&sshd);
    let squatter = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = squatter.local_addr().unwrap().port();
    // sshd is content with either of the two loopback addresses.
    let squatters = (squatter, TcpListener::bind(("::1", port)).unwrap());
    kind["ssh"]["remote_port"] = json!(port);
    kind["ssh"]["address"] = json!("http://127.0.0.1:{port}");
    creel.rpc("tunnel_start", json!({ "kind": kind }));
    let key = wait_for(&creel, "needs_you")["host_key"].clone();
    creel.rpc("tunnel_trust_key", json!({ "host": key["host"], "fingerprint": key["fingerprint"] }));
    let taken = wait_for(&creel, "waiting");
    let said = "127.0.0.1 does not open the port: it is taken, or not allowed";
    assert_eq!(taken["last_error"]["message"], said);
    drop(squatters);
    let online = until("the port to be opened", || {
        creel.rpc("tunnel_check", json!({}));
        Some(now(&creel)).filter(|now| now["state"] == "online")
    });
    assert_eq!(online["address"], format!("http://127.0.0.1:{port}"));
}
