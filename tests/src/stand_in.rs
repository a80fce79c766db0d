//! A stand-in of a sender's API, a program of `journeys/`: its answers are held against what the sender documents, its hooks
//! really send, and it can kill a Creel between two calls.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, ChildStdin, Stdio};

use serde_json::{Value, json};

use crate::tools;
use crate::wire::{self, Request};

/// A running stand-in. Dropping it ends it.
pub struct StandIn {
    child: Child,
    _held: Option<ChildStdin>,
    /// `http://127.0.0.1:port`
    pub base: String,
}

impl StandIn {
    /// Starts a program, with more environment, such as a moved clock's.
    pub fn start(program: &str, environment: &[(String, String)]) -> Self {
        let mut command = tools::node(program);
        command.envs(environment.iter().cloned()).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("node starts");
        let held = child.stdin.take();
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("it is piped")).read_line(&mut line).expect("it says where it is");
        let ready: Value = serde_json::from_str(&line).unwrap_or_else(|e| panic!("{e}: {line:?}"));
        Self { child, _held: held, base: ready["base"].as_str().expect("it has an address").to_owned() }
    }

    /// Asks it something; what it knows comes back.
    pub fn control(&self, ask: Value) -> Value {
        wire::send(&self.base, &Request::post("/stand-in", ask.to_string())).json()
    }

    /// Sets some of its fields.
    pub fn set(&self, fields: Value) {
        self.control(json!({ "set": fields }));
    }

    /// The hooks of a place, such as `repos/octocat/hello-world` or `projects/7`.
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

    /// Nothing that was asked or answered is against what its sender documents.
    pub fn was_right(&self) {
        assert_eq!(self.control(json!({}))["problems"], json!([]), "against the sender's documented shapes");
    }
}

impl Drop for StandIn {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
