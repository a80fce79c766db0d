//! Every kind of tunnel as a stranger outside meets it: where it is reached, and what the way in between adds.

use std::path::Path;
use std::sync::Arc;

use creel_tests::wire::{self, Request, Response};
use creel_tests::{Creel, Setup, Sshd, free_port, program, tools, until};
use serde_json::{Value, json};

/// Who calls, as a provider's edge knows it, unless a test says otherwise.
pub const STRANGER: &str = "198.51.100.9";

/// A Creel with a tunnel, and where a stranger reaches it.
pub struct Way {
    /// The Creel.
    pub creel: Creel,
    /// The public end, as far as there is one without the internet.
    pub public: String,
    /// The host in between, where there is one.
    pub sshd: Option<Sshd>,
}

/// A Creel that finds the stand-ins as `cloudflared` and `tailscale`.
pub fn creel_with_stand_ins() -> Creel {
    let folder = Arc::new(tempfile::tempdir().unwrap());
    let programs = folder.path().join("programs");
    std::fs::create_dir(&programs).unwrap();
    for name in ["cloudflared", "tailscale"] {
        put_stand_in(&programs.join(name));
    }
    let path = format!("{}:{}", programs.display(), std::env::var("PATH").unwrap());
    Creel::start_in(folder, Setup { environment: vec![("PATH".to_owned(), path)], ..Setup::default() })
}

/// Puts the program that forwards at `at`; its name says whose words it prints.
pub fn put_stand_in(at: &Path) {
    let text = format!("#!/usr/bin/env python3\n{}", tools::fixture("tunnel_stand_in.py"));
    program::put(at, &text);
}

/// Tells the stand-in what to do.
pub fn tell_stand_in(creel: &Creel, what: &Value) {
    let (new, told) = (creel.folder().join("stand-in.new"), creel.folder().join("stand-in.json"));
    std::fs::write(&new, what.to_string()).unwrap();
    // It may read at any moment, and never half of it.
    std::fs::rename(new, told).unwrap();
}

/// The tunnel's state.
pub fn now(creel: &Creel) -> Value {
    creel.rpc("tunnel_get", json!({}))["now"].clone()
}

/// Waits until the tunnel stands so.
pub fn wait_for(creel: &Creel, state: &str) -> Value {
    until(&format!("the tunnel to be {state}"), || Some(now(creel)).filter(|now| now["state"] == state))
}

/// Starts a tunnel; it has an address when this returns.
pub fn start(creel: &Creel, kind: &Value, ticked: &[&str]) -> Value {
    creel.rpc("tunnel_start", json!({ "kind": kind, "ticked": ticked }));
    until("an address", || {
        let now = now(creel);
        assert!(now["state"] != "needs_you", "{now}");
        Some(now["address"].clone()).filter(|address| !address.is_null())
    })
}

/// A quick tunnel or a funnel, by its stand-in.
pub fn by_program(kind: &Value) -> Way {
    let creel = creel_with_stand_ins();
    start(&creel, kind, &[]);
    let port = std::fs::read_to_string(creel.folder().join("stand-in.port")).unwrap();
    Way { creel, public: format!("http://127.0.0.1:{port}"), sshd: None }
}

/// A program of the user's choice that tells nothing.
pub fn by_command() -> Way {
    let creel = Creel::start();
    let address = start(&creel, &command(&creel), &[]);
    Way { creel, public: address.as_str().unwrap().to_owned(), sshd: None }
}

/// A command that really forwards.
pub fn command(creel: &Creel) -> Value {
    let program = creel.folder().join("my-tunnel");
    put_stand_in(&program);
    json!({ "command": { "command": format!("{} {{port}}", program.display()), "pattern": "listening at (http://\\S+)" } })
}

/// Processes of that command, whose path is this test's own.
pub fn running(creel: &Creel) -> Vec<String> {
    let path = creel.folder().join("my-tunnel");
    let found = std::process::Command::new("pgrep").arg("-f").arg(path).output().unwrap();
    String::from_utf8_lossy(&found.stdout).lines().map(str::to_owned).collect()
}

/// A reverse proxy of the user's own, played by the test: it may send any header itself.
pub fn by_own_address(caller: Option<&str>) -> Way {
    let creel = Creel::start();
    let port = free_port();
    let address = format!("http://127.0.0.1:{port}");
    start(&creel, &json!({ "own": { "address": address, "port": port, "caller": caller } }), &[]);
    Way { creel, public: address, sshd: None }
}

/// `ssh -R` to a real sshd, whose key was trusted.
pub fn by_ssh() -> Way {
    let (creel, sshd) = (Creel::start(), Sshd::start());
    creel.rpc("tunnel_start", json!({ "kind": ssh(&sshd) }));
    let asked = wait_for(&creel, "needs_you")["host_key"].clone();
    creel.rpc("tunnel_trust_key", json!({ "host": asked["host"], "fingerprint": asked["fingerprint"] }));
    let online = wait_for(&creel, "online");
    let public = online["address"].as_str().unwrap().to_owned();
    Way { creel, public, sshd: Some(sshd) }
}

/// A host of the user's own.
pub fn ssh(sshd: &Sshd) -> Value {
    let key = sshd.user_key().display().to_string();
    json!({ "ssh": { "service": "own", "host": "127.0.0.1", "port": sshd.port, "identity_file": key, "user": sshd.user } })
}

impl Way {
    /// Sends a request from outside.
    pub fn send(&self, request: &Request) -> Response {
        wire::send(&self.public, request)
    }

    /// The tunnel's own listener on this machine, which only its program should reach.
    pub fn listener(&self) -> String {
        let port = std::fs::read_to_string(self.creel.folder().join("stand-in.to"));
        port.map_or_else(|_| self.public.clone(), |port| format!("http://127.0.0.1:{port}"))
    }

    /// All kinds but ngrok, each started when it is asked for: an address that does not exist is given up after a minute.
    pub fn all() -> impl Iterator<Item = (&'static str, Self)> {
        let kinds: [(_, fn() -> Self); 5] = [
            ("cloudflared", || by_program(&json!("cloudflared"))),
            ("tailscale", || by_program(&json!({ "tailscale": {} }))),
            ("command", by_command),
            ("own address", || by_own_address(None)),
            ("ssh", by_ssh),
        ];
        kinds.into_iter().map(|(name, start)| (name, start()))
    }
}
