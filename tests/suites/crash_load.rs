//! A mixed load of every action there is: one Creel, one machine that writes down what reaches it from outside.

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use creel_tests::creel::Endpoint;
use creel_tests::recorder::{Recorded, plain};
use creel_tests::{Connection, Creel, Recorder, Request, Response, sign};
use serde_json::{Value, json};

use crate::agents::agent;
use crate::agents_program::script;
use crate::deliver::{forward_to, make_task};
use crate::opshift_contract::{Webhook, signed, webhook};
use crate::{orloj, promptrails};

/// Positions of the actions of the trigger `mix`.
pub mod at {
    pub const TASK: u64 = 0;
    pub const FORWARD: u64 = 1;
    pub const REQUEST: u64 = 2;
    pub const APPEND: u64 = 3;
    pub const WRITE: u64 = 4;
    pub const SHELL: u64 = 5;
    pub const ECHO: u64 = 6;
    pub const CHAT: u64 = 7;
    pub const PROGRAM: u64 = 8;
    /// How many there are.
    pub const ALL: usize = 9;
}

/// Where senders send, and where effects arrive.
pub struct Load {
    pub upstream: Recorder,
    /// Holds `shell`, `program`, `step` and what the file tools write.
    pub folder: tempfile::TempDir,
    mix: Endpoint,
    tell: Endpoint,
    poke: Endpoint,
    pipeline: Endpoint,
    bound: String,
    alerts: Webhook,
    run: String,
}

impl Load {
    /// Everything that the load needs, made and approved.
    pub fn new(creel: &Creel) -> Self {
        let (upstream, folder) = (Recorder::start(answer), tempfile::tempdir().unwrap());
        let mut settings = creel.rpc("settings_get", json!({}));
        settings["tool_folder"] = json!(folder.path().join("files"));
        std::fs::create_dir(folder.path().join("files")).unwrap();
        creel.rpc("settings_set", settings);
        agents(creel, &upstream, folder.path());
        let mix = mix(creel, &upstream, folder.path());
        let forward = |name: &str| json!([forward_to(&format!("{}/{name}", upstream.base), json!({}))]);
        let poke = creel.trigger(draft("poke", forward("poke")));
        let bound = promptrails::trigger(creel, &agent(creel, unbounded("Bound", "bound", json!("echo"))), json!({}));
        linked(creel, &upstream);
        let tell = json!([{ "notify": { "message": "{{payload.name}}", "channels": ["Me"] } }]);
        let tell = creel.trigger(draft("tell", tell));
        let pipeline = pipeline(creel, &upstream, folder.path());
        let alerts = webhook(creel, "alerts", json!({ "rate_per_minute": 0 }));
        orloj::guide(creel);
        let run = orloj::path(creel, "report-generic-webhook");
        Self { upstream, folder, mix, tell, poke, pipeline, bound: bound.token, alerts, run }
    }

    /// The `n`th delivery of a sender: what kind it is, and the request.
    fn request(&self, n: usize, name: &str) -> (&'static str, Request) {
        let body = json!({ "name": name, "title": "same" }).to_string();
        match n % 8 {
            0 | 4 => ("mix", self.github(&self.mix, name)),
            1 => ("pipeline", Request::post(&self.pipeline.path, &body[..]).opengate(&self.pipeline.secret)),
            2 | 6 => ("alert", signed(&self.alerts.path, &self.alerts.secret, &body)),
            3 => ("bound", promptrails::request(&body).header("Authorization", format!("Bearer {}", self.bound))),
            5 => ("run", orloj::generic(&self.run, orloj::SECRET, &sign::now().to_string(), name, &body)),
            _ => ("tell", self.github(&self.tell, name)),
        }
    }

    fn github(&self, to: &Endpoint, name: &str) -> Request {
        let body = json!({ "name": name }).to_string();
        Request::post(&to.path, body).github(&to.secret, "push", name)
    }

    /// Sends until told to stop, until Creel is gone, or `most` deliveries; what was answered 2xx goes into `ledger`.
    pub fn send(
        &self,
        receiver: &str,
        prefix: &str,
        most: usize,
        stop: &AtomicBool,
        ledger: &Mutex<Vec<(&str, String)>>,
    ) {
        let Ok(mut connection) = Connection::open(receiver) else { return };
        // Each sender begins elsewhere, so that every kind is under way at every moment.
        let first: usize = prefix.bytes().map(usize::from).sum();
        for n in first..first + most {
            if stop.load(Ordering::SeqCst) {
                return;
            }
            let name = format!("{prefix}-{n}");
            let (kind, request) = self.request(n, &name);
            let Ok(Response { status, .. }) = connection.send(&request) else { return };
            // PromptRails takes thirty a minute from one address.
            assert!(status < 300 || kind == "bound" && status == 429, "{kind} {name}: {status}");
            if status < 300 {
                ledger.lock().unwrap().push((kind, name));
            }
        }
    }

    /// Sends one delivery of each of the six kinds.
    pub fn send_each(&self, creel: &Creel, name: &str) {
        for n in [0, 1, 2, 3, 5, 7] {
            let (kind, request) = self.request(n, &format!("{name}-{n}"));
            let answer = creel.deliver(&request);
            assert!(answer.status < 300, "{kind}: {}", answer.text());
        }
    }

    /// One more delivery, which makes the queue look at what is due.
    pub fn poke(&self, creel: &Creel, name: &str) {
        assert_eq!(creel.deliver(&self.github(&self.poke, name)).status, 202);
    }

    /// The lines of one of the files in the folder.
    pub fn lines(&self, file: &str) -> Vec<String> {
        let text = std::fs::read_to_string(self.folder.path().join(file)).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }

    /// The trigger `mix`.
    pub fn mix_id(&self) -> &str {
        &self.mix.id
    }
}

/// An answer takes a moment, so that a kill falls between an effect and its end.
fn answer(asked: &Recorded, out: &mut std::net::TcpStream) -> std::io::Result<()> {
    std::thread::sleep(Duration::from_millis(5));
    let said =
        b"data: {\"choices\":[{\"delta\":{\"content\":\"fine\"},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";
    match asked.target.starts_with("/v1/") {
        true => plain(out, 200, &[("Content-Type", "text/event-stream")], said),
        false => plain(out, 200, &[], b""),
    }
}

fn draft(name: &str, actions: Value) -> Value {
    json!({ "name": name, "slug": name, "scheme": "github", "actions": actions })
}

fn unbounded(name: &str, topic: &str, backend: Value) -> Value {
    let limits = json!({ "tokens_a_day": 0, "runs_a_day": 0, "timeout_s": 30 });
    json!({ "name": name, "topic": topic, "backend": backend, "limits": limits })
}

fn agents(creel: &Creel, upstream: &Recorder, folder: &Path) {
    let program =
        script(folder, "agent", &format!("sed -n 's/^Go //p' >> {}; sleep 0.02; echo fine", at_end(folder, "program")));
    agent(creel, unbounded("Echo", "echo", json!("echo")));
    let chat = json!({ "chat": { "base_url": format!("{}/v1", upstream.base), "model": "small" } });
    agent(creel, unbounded("Chat", "chat", chat));
    agent(creel, unbounded("Program", "program", json!({ "command": { "program": program } })));
}

fn at_end(folder: &Path, file: &str) -> String {
    folder.join(file).display().to_string()
}

fn command(folder: &Path, file: &str) -> String {
    format!("echo {{{{payload.name}}}} >> {}; sleep 0.02", at_end(folder, file))
}

/// One trigger with every action that a trigger can have several of.
fn mix(creel: &Creel, upstream: &Recorder, folder: &Path) -> Endpoint {
    let tool = |tool: &str, action: &str, params: Value| json!({ "execute_tool": { "tool": tool, "action": action, "params": params } });
    let spawn = |topic: &str| json!({ "spawn_agent": { "prompt": "Go {{payload.name}}", "topic": topic } });
    let url = format!("{}/request?n={{{{payload.name}}}}", upstream.base);
    let actions: [Value; at::ALL] = [
        make_task(creel, "{{payload.name}}"),
        forward_to(&format!("{}/forward", upstream.base), json!({})),
        tool("http", "request", json!({ "url": url, "allow_private": true })),
        tool("file", "append", json!({ "path": "append", "text": "{{payload.name}}\n" })),
        tool("file", "write", json!({ "path": "write-{{payload.name}}", "text": "{{payload.name}}" })),
        tool("shell", "execute", json!({ "command": command(folder, "shell") })),
        spawn("echo"),
        spawn("chat"),
        spawn("program"),
    ];
    let made = creel.trigger(draft("mix", json!(actions)));
    let variable = command(folder, "shell").replace("{{payload.name}}", "\"${CREEL_PAYLOAD_NAME}\"");
    for command in [variable, at_end(folder, "agent")] {
        creel.rpc("approval_give", json!({ "trigger_id": made.id, "command": command }));
    }
    made
}

fn linked(creel: &Creel, upstream: &Recorder) {
    let draft = json!({ "name": "Me", "kind": "webhook", "secret": format!("{}/notify", upstream.base) });
    let channel = creel.rpc("channel_link", draft);
    let sent = String::from_utf8(upstream.wait_for(1).remove(0).body).unwrap();
    let code = sent.split(|c: char| !c.is_ascii_digit()).find(|word| word.len() == 6).unwrap();
    creel.rpc("channel_verify", json!({ "id": channel["id"], "code": code }));
}

/// Task, request, command, task.
fn pipeline(creel: &Creel, upstream: &Recorder, folder: &Path) -> Endpoint {
    let task = |title: &str| make_task(creel, title)["create_task"].clone();
    let forward = json!({ "url": format!("{}/step", upstream.base), "allow_private": true, "body": { "template": "{{payload.name}}" } });
    let steps = json!([
        { "name": "first", "task": task("first {{payload.name}}") },
        { "name": "send", "forward": forward },
        { "name": "run", "tool": { "tool": "shell", "action": "execute", "params": { "command": command(folder, "step") } } },
        { "name": "last", "task": task("last {{payload.name}}") },
    ]);
    let made = creel.rpc("pipeline_create", json!({ "name": "Steps", "variables": {}, "steps": steps }));
    let action = json!({ "instantiate_pipeline": { "pipeline_id": made["id"], "variables": {} } });
    let draft = json!({ "name": "Steps", "contract": "opengate", "scheme": "opengate", "actions": [action] });
    let at = creel.trigger(draft);
    let variable = command(folder, "step").replace("{{payload.name}}", "\"${CREEL_PAYLOAD_NAME}\"");
    creel.rpc("approval_give", json!({ "trigger_id": at.id, "command": variable }));
    at
}

/// A file below the folder.
pub fn file(load: &Load, name: &str) -> PathBuf {
    load.folder.path().join("files").join(name)
}
