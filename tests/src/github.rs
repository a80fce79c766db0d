//! The stand-in of GitHub's API, `journeys/github-api.js`: its answers are held against GitHub's published description, its
//! hooks really send, and it can kill a Creel between two calls.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Stdio};

use serde_json::{Value, json};

use crate::wire::{self, Request};
use crate::{Creel, Setup, tools};

/// A running stand-in. Dropping it ends it.
pub struct Github {
    child: Child,
    _held: Option<ChildStdin>,
    /// `http://127.0.0.1:port`
    pub base: String,
}

impl Github {
    /// Starts one.
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    /// Starts one with more environment, such as a moved clock's.
    pub fn start_with(environment: &[(String, String)]) -> Self {
        let mut command = tools::node("github-api.js");
        command.envs(environment.iter().cloned()).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("node starts");
        let held = child.stdin.take();
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("it is piped")).read_line(&mut line).expect("it says where it is");
        let ready: Value = serde_json::from_str(&line).unwrap_or_else(|e| panic!("{e}: {line:?}"));
        Self { child, _held: held, base: ready["base"].as_str().expect("it has an address").to_owned() }
    }

    /// The API's address, as an account has it.
    pub fn api(&self) -> String {
        format!("{}/api/v3", self.base)
    }

    /// Asks it something; what it knows comes back.
    pub fn control(&self, ask: Value) -> Value {
        wire::send(&self.base, &Request::post("/stand-in", ask.to_string())).json()
    }

    /// Sets some of its fields.
    pub fn set(&self, fields: Value) {
        self.control(json!({ "set": fields }));
    }

    /// The hooks of a place, such as `repos/octocat/hello-world`.
    pub fn hooks(&self, place: &str) -> Vec<Value> {
        self.control(json!({}))["hooks"][place].as_array().cloned().unwrap_or_default()
    }

    /// The calls so far.
    pub fn calls(&self) -> Vec<String> {
        let known = self.control(json!({}));
        let calls = known["calls"].as_array().expect("it counts its calls");
        calls.iter().map(|call| call["call"].as_str().unwrap_or_default().to_owned()).collect()
    }

    /// Something happens at a place: its hooks send it.
    pub fn happens(&self, place: &str, event: &str, payload: Value) -> Value {
        self.control(json!({ "happens": { "place": place, "event": event, "payload": payload } }))["sent"].clone()
    }

    /// Nothing that was asked or answered is against GitHub's description.
    pub fn was_right(&self) {
        assert_eq!(self.control(json!({}))["problems"], json!([]), "against GitHub's published description");
    }

    /// How a Creel is started that finds a `gh` with the stand-in's token, and no other program of that name.
    pub fn setup(&self, folder: &Path) -> Setup {
        let programs = program(folder);
        let path = std::env::var("PATH").unwrap_or_default();
        Setup {
            environment: vec![
                ("CREEL_GITHUB".to_owned(), self.base.clone()),
                ("PATH".to_owned(), format!("{}:{path}", programs.display())),
            ],
            ..Setup::default()
        }
    }

    /// A Creel that is signed in here and whose public address is its receiver's own.
    pub fn signed_in(&self) -> Creel {
        let folder = std::sync::Arc::new(tempfile::tempdir().expect("a temp folder"));
        let creel = Creel::start_in(std::sync::Arc::clone(&folder), self.setup(folder.path()));
        creel.rpc("github_sign_in", json!({}));
        creel.rpc("github_address", json!({ "address": creel.receiver }));
        creel
    }
}

impl Drop for Github {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A program `gh` that says the stand-in's token.
fn program(folder: &Path) -> PathBuf {
    use std::os::unix::fs::PermissionsExt as _;
    let programs = folder.join("programs");
    std::fs::create_dir_all(&programs).expect("a folder for programs");
    let file = programs.join("gh");
    let script = "#!/bin/sh\n[ \"$1 $2\" = 'auth token' ] && echo ghp_standin0123456789abcdefghijklmnopqrst\n";
    std::fs::write(&file, script).expect("the program can be written");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755)).expect("and run");
    programs
}
