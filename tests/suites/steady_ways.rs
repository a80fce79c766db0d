//! Every kind of tunnel whose address can change: the hook follows, through each. A tailnet's name and a typed address stay.

use std::process::Command;

use creel_tests::ngrok_edge::NgrokEdge;
use creel_tests::{Creel, Github, Sshd, until};
use serde_json::{Value, json};

use crate::github_hooks::{PLACE, connect, there};
use crate::tunnel_ways::{STRANGER, command, now, put_stand_in, ssh, wait_for};

/// Connects through the tunnel that runs, has its address changed by `change`, and looks at GitHub's hook.
fn follows(kind: &str, creel: &Creel, github: &Github, mut change: impl FnMut()) {
    let before = wait_for(creel, "online")["address"].as_str().unwrap().to_owned();
    connect(creel, github);
    let made = there(github);
    let leads_to = |hook: &Value, address: &str| {
        let url = hook["config"]["url"].as_str().unwrap_or_default();
        url.starts_with(&format!("{address}/hooks/"))
    };
    assert!(leads_to(&made, &before), "{kind}: {made}");
    assert_eq!(push(github, 1), 202, "{kind}: through the first address");
    change();
    let moved = until(&format!("{kind}: the hook at the new address"), || {
        // A person who does not want to wait; refused while nothing runs.
        creel.try_rpc("tunnel_check", json!({}));
        let now = now(creel);
        let address = now["address"].as_str().filter(|address| *address != before && now["state"] == "online")?;
        Some(there(github)).filter(|hook| leads_to(hook, address))
    });
    let same = |hook: &Value| (hook["id"].clone(), hook["config"]["secret"].clone(), hook["active"].clone());
    assert_eq!(same(&moved), same(&made), "{kind}: it is the same hook");
    assert_eq!(push(github, 2), 202, "{kind}: through the new address");
    assert_eq!(creel.tasks().len(), 2, "{kind}");
    github.was_right();
}

/// A push that no other is like: the same bytes under another id are taken for a replay.
fn push(github: &Github, number: u32) -> Value {
    let payload = json!({ "number": number, "repository": { "id": 1296269, "full_name": "octocat/hello-world" } });
    github.happens(PLACE, "push", payload)[0]["status_code"].clone()
}

/// Kills the program at this path, which only this test runs.
fn kill(program: &str) {
    let found = Command::new("pgrep").args(["-f", program]).output().unwrap();
    for pid in String::from_utf8_lossy(&found.stdout).lines() {
        Command::new("kill").args(["-KILL", pid]).status().unwrap();
    }
}

#[test]
fn through_cloudflared() {
    let github = Github::start();
    let creel = github.signed_in();
    let program = creel.folder().join("programs/cloudflared");
    put_stand_in(&program);
    creel.rpc("tunnel_start", json!({ "kind": "cloudflared" }));
    follows("cloudflared", &creel, &github, || kill(&program.display().to_string()));
}

#[test]
fn through_a_command() {
    let github = Github::start();
    let creel = github.signed_in();
    creel.rpc("tunnel_start", json!({ "kind": command(&creel) }));
    let program = creel.folder().join("my-tunnel").display().to_string();
    follows("command", &creel, &github, || kill(&program));
}

#[test]
fn through_ssh() {
    let (github, mut sshd) = (Github::start(), Sshd::start());
    let creel = github.signed_in();
    creel.rpc("tunnel_start", json!({ "kind": ssh(&sshd) }));
    let asked = wait_for(&creel, "needs_you")["host_key"].clone();
    creel.rpc("tunnel_trust_key", json!({ "host": asked["host"], "fingerprint": asked["fingerprint"] }));
    follows("ssh", &creel, &github, || {
        // The host gives any free port; it is another one after its restart.
        sshd.stop();
        wait_for(&creel, "waiting");
        sshd.start_again();
    });
}

#[test]
fn through_ngrok() {
    let (github, edge) = (Github::start(), NgrokEdge::start(&format!("{STRANGER}:40000")));
    let creel = github.signed_in();
    creel.rpc("tunnel_token", json!({ "token": "tok_secret_1" }));
    creel.rpc("tunnel_start", json!({ "kind": { "ngrok": { "server": edge.server, "server_ca": edge.ca } } }));
    follows("ngrok", &creel, &github, || {
        edge.moves();
        edge.breaks();
    });
}
