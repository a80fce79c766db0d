//! What a contract costs beside Creel's own: every contract's accepted delivery against `/hooks` making a task.
//!
//! PromptRails takes 30 requests a minute from one address. So all contracts, the main job too, are called in the same
//! way: by so many callers, each with an address of its own and connected before the clock starts, that none passes that
//! limit; 64 of them at a time. Opening connections is then nobody's cost. Every round begins when the search index and the
//! queue have caught up: what one contract leaves to be done behind its answers (PromptRails's agent runs) is not the next
//! one's cost, and what is done of it during its own round is its own. Octipus's hook tells nobody: its run is written as
//! skipped. One that waited would be answered 503 from the 1,001st on, as that service does.

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::creel::{Creel, Setup};
use crate::load;
use crate::numbers::median;
use crate::table::{Goal, Table};
use crate::{Scale, push};

/// What the services' own examples use as a secret.
const SECRET: &str = "bench-secret-of-thirty-two-bytes";
/// PromptRails counts by address: 30 a minute.
const PROMPTRAILS_A_MINUTE: usize = 30;

/// One contract under load.
struct Face {
    name: &'static str,
    path: String,
    secret: String,
    headers: fn(&Self, u64, &str) -> Vec<(&'static str, String)>,
}

/// Each contract's rate as a part of the main job's, in turns.
pub fn measure(table: &mut Table, scale: Scale) -> Result<()> {
    let creel = Creel::start(Setup::default())?;
    let faces = faces(&creel)?;
    let (mut next, mut parts, mut cpu_us) = (1, vec![Vec::new(); faces.len()], vec![Vec::new(); faces.len()]);
    for _ in 0..scale.rounds {
        let mut main = None;
        for ((face, parts), cpu_us) in faces.iter().zip(&mut parts).zip(&mut cpu_us) {
            creel.wait_until_idle()?;
            let before = creel.process.cpu_seconds()?;
            let rate = face.round(&creel, &mut next, scale.many)?;
            cpu_us.push((creel.process.cpu_seconds()? - before) * 1e6 / scale.many as f64);
            parts.push(rate / *main.get_or_insert(rate));
        }
    }
    for (face, cpu_us) in faces.iter().zip(cpu_us) {
        table.add(&format!("{}: CPU a delivery", face.name), median(cpu_us), "µs", Goal::None);
    }
    // The first is the main job itself.
    for (face, parts) in faces.iter().zip(parts).skip(1) {
        let what = format!("{}: accepted deliveries as a part of the main job", face.name);
        table.add(&what, median(parts), "", Goal::Least(0.85));
    }
    Ok(())
}

/// The main job first: GitHub's push makes a task.
fn faces(creel: &Creel) -> Result<Vec<Face>> {
    let list = creel.rpc("lists_list", &json!({}))?[0]["id"].clone();
    let task = json!([{ "create_task": { "list_id": list, "title": "{{payload.pusher.name}} pushed" } }]);
    let face = |name, path: &str, secret: &str, headers| Face {
        name,
        path: path.to_owned(),
        secret: secret.to_owned(),
        headers,
    };
    let text = |value: &Value| value.as_str().map(str::to_owned).with_context(|| format!("a text, not {value}"));
    let main =
        creel.rpc("trigger_create", &json!({ "name": "m", "slug": "bench", "scheme": "github", "actions": task }))?;
    let opengate = creel.rpc("trigger_create", &json!({ "name": "o", "contract": "opengate", "actions": task }))?;
    let hook = json!({ "name": "h", "trigger": "webhook", "action": "notify",
        "triggerConfig": { "webhookPath": "bench", "webhookSecret": SECRET },
        "actionConfig": { "notifyMessage": "{{webhook.body.pusher.name}} pushed" } });
    creel.manage("/api/hooks", &hook)?;
    let agent = creel.manage("/api/v1/agents", &json!({ "name": "a", "type": "simple" }))?["data"]["id"].clone();
    let rails = creel.manage("/api/v1/webhook-triggers", &json!({ "name": "p", "agent_id": agent }))?;
    let orloj = orloj(creel)?;
    let alerts = creel.manage("/api/alert-webhooks", &json!({ "name": "s", "slug": "bench", "rate_per_minute": 0 }))?;
    let rails = face("promptrails", "/api/v1/webhook/trigger", &text(&rails["data"]["token"])?, |face, _, _| {
        vec![("Authorization", format!("Bearer {}", face.secret))]
    });
    Ok(vec![
        face("creel", "/hooks/bench", &text(&main["secret"])?, |face, number, body| {
            let signature = format!("sha256={}", push::hmac(&face.secret, body.as_bytes()));
            vec![("X-GitHub-Delivery", number.to_string()), ("X-Hub-Signature-256", signature)]
        }),
        face("opengate", &text(&opengate["row"]["path"])?, &text(&opengate["secret"])?, |face, _, body| {
            vec![("X-OpenGate-Secret", push::hmac(&face.secret, body.as_bytes()))]
        }),
        face("octipus", "/api/webhooks/bench", SECRET, |face, number, body| {
            let signature = format!("sha256={}", push::hmac(&face.secret, body.as_bytes()));
            vec![("X-GitHub-Delivery", number.to_string()), ("X-Hub-Signature-256", signature)]
        }),
        rails,
        face("orloj", &orloj, SECRET, |face, number, body| {
            let signature = format!("sha256={}", push::hmac(&face.secret, body.as_bytes()));
            vec![("X-GitHub-Delivery", number.to_string()), ("X-Hub-Signature-256", signature)]
        }),
        face("opshift", &text(&alerts["path"])?, &text(&alerts["team_secret"])?, |face, _, body| {
            vec![("X-Webhook-Signature", push::hmac(&face.secret, body.as_bytes()))]
        }),
    ])
}

/// A task template with its secret and a webhook of profile `github`; the webhook's path.
fn orloj(creel: &Creel) -> Result<String> {
    let resource = |kind: &str, name: &str, more: Value| {
        let mut manifest = json!({ "apiVersion": "orloj.dev/v1", "kind": kind, "metadata": { "name": name } });
        manifest["spec"] = more;
        manifest
    };
    creel.manage("/v1/tasks", &resource("Task", "template", json!({ "mode": "template", "system": "s" })))?;
    creel.manage("/v1/secrets", &resource("Secret", "shared", json!({ "stringData": { "value": SECRET } })))?;
    let hook = json!({ "task_ref": "template", "auth": { "profile": "github", "secret_ref": "shared" } });
    let made = creel.manage("/v1/task-webhooks", &resource("TaskWebhook", "bench", hook))?;
    made["status"]["endpointPath"].as_str().map(str::to_owned).with_context(|| format!("an endpoint in {made}"))
}

impl Face {
    /// Deliveries a second in a round of `count`.
    fn round(&self, creel: &Creel, next: &mut u64, count: usize) -> Result<f64> {
        let requests = self.requests(next, count);
        Ok(load::run_from_callers(&creel.receiver, requests, 64, PROMPTRAILS_A_MINUTE)?.rate)
    }

    fn requests(&self, next: &mut u64, count: usize) -> Vec<Vec<u8>> {
        let from = *next;
        *next += count as u64;
        (from..*next).map(|number| self.request(number)).collect()
    }

    /// A push; as an alert it has a title and belongs to one of a hundred groups.
    fn request(&self, number: u64) -> Vec<u8> {
        let push = push::body(number);
        let body = match self.name {
            "opshift" => format!(r#"{{"title":"push","group_key":"g{}","metadata":{push}}}"#, number % 100),
            _ => push,
        };
        push::post(&self.path, &(self.headers)(self, number, &body), &body)
    }
}
