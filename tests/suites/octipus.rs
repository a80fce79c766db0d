//! What the suites of the Octipus contract share: a hook through its API, and a signed delivery.

use creel_tests::{Creel, Request, Response, sign};
use serde_json::{Value, json};

use crate::deliver::merge;

pub const SECRET: &str = "4f9c2e1ab07d4f9c2e1ab07d";

/// Makes a hook as its API takes it: `notify` on path `deploy` with [`SECRET`], and `more` over that.
pub fn hook(creel: &Creel, more: Value) -> Value {
    let mut draft = json!({
        "name": "Deploys", "trigger": "webhook",
        "triggerConfig": { "webhookPath": "deploy", "webhookSecret": SECRET },
        "action": "notify", "actionConfig": { "notifyMessage": "{{webhook.body.event}}" },
    });
    merge(&mut draft, more);
    let made = creel.manage(Request::post("/api/hooks", draft.to_string()));
    assert_eq!(made.status, 201, "{}", made.text());
    made.json()
}

/// `body` for `path`, signed with `secret` as the page says.
pub fn request(path: &str, body: &str, secret: &str) -> Request {
    let signature = format!("sha256={}", sign::hex(secret, body.as_bytes()));
    Request::post(&format!("/api/webhooks/{path}"), body).header("X-Hub-Signature-256", signature)
}

/// Sends a signed delivery to the path `deploy`.
pub fn deploy(creel: &Creel, body: &str) -> Response {
    creel.deliver(&request("deploy", body, SECRET))
}

/// The runs of a hook as its API lists them.
pub fn runs(creel: &Creel, hook: &Value) -> Vec<Value> {
    let path = format!("/api/hooks/{}/executions", hook["id"].as_str().unwrap());
    let answer = creel.manage(Request::get(&path));
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()["executions"].as_array().unwrap().clone()
}
