//! Triggers and signed deliveries as the suites use them.

use creel_tests::creel::Endpoint;
use creel_tests::{Creel, Request, sign};
use serde_json::{Value, json};

/// The six schemes and the header that carries each one's signature.
pub const SCHEMES: [(&str, &str); 6] = [
    ("github", "X-Hub-Signature-256"),
    ("opengate", "X-OpenGate-Secret"),
    ("standard-webhooks", "webhook-signature"),
    ("stripe", "Stripe-Signature"),
    ("slack", "X-Slack-Signature"),
    ("hmac-generic", "X-Signature"),
];

/// A trigger `/hooks/{slug}` that makes a task from each delivery; `more` changes its fields.
pub fn task_trigger(creel: &Creel, slug: &str, scheme: &str, more: Value) -> Endpoint {
    let mut draft =
        json!({ "name": slug, "slug": slug, "scheme": scheme, "actions": [make_task(creel, "{{payload.title}}")] });
    merge(&mut draft, more);
    creel.trigger(draft)
}

/// An OpenGate trigger that makes the document's task.
pub fn opengate_trigger(creel: &Creel, more: Value) -> Endpoint {
    let task = make_task(creel, "[{{payload.environment}}] {{payload.title}}");
    let mut draft = json!({ "name": "deploys", "contract": "opengate", "actions": [task] });
    merge(&mut draft, more);
    creel.trigger(draft)
}

/// The action `create_task` with a title, in the list that is there from the start.
pub fn make_task(creel: &Creel, title: &str) -> Value {
    json!({ "create_task": { "list_id": creel.inbox_list(), "title": title } })
}

/// The action `forward` to an address, body as received, private addresses allowed.
pub fn forward_to(url: &str, more: Value) -> Value {
    let mut config = json!({ "url": url, "allow_private": true });
    merge(&mut config, more);
    json!({ "forward": config })
}

/// The value of one delivery's signature header under a scheme.
pub fn signature(scheme: &str, secret: &str, id: &str, body: &[u8]) -> String {
    let now = sign::now();
    match scheme {
        "github" => sign::github(secret, body),
        "opengate" | "hmac-generic" => sign::hex(secret, body),
        "standard-webhooks" => sign::standard(secret, id, now, body),
        "stripe" => sign::stripe(secret, now, body),
        "slack" => sign::slack(secret, now, body),
        other => panic!("no signer for {other}"),
    }
}

/// A delivery with everything but its signature.
pub fn unsigned(scheme: &str, path: &str, id: &str, body: &[u8]) -> Request {
    let request = Request::post(path, body);
    let now = sign::now().to_string();
    match scheme {
        "github" => request.header("X-GitHub-Event", "push").header("X-GitHub-Delivery", id),
        "standard-webhooks" => request.header("webhook-id", id).header("webhook-timestamp", now),
        "slack" => request.header("X-Slack-Request-Timestamp", now),
        "hmac-generic" => request.header("X-Event-Id", id),
        _ => request,
    }
}

/// A delivery signed by its scheme's rule.
pub fn signed(scheme: &str, endpoint: &Endpoint, id: &str, body: &[u8]) -> Request {
    let (_, header) = SCHEMES.iter().find(|(key, _)| *key == scheme).expect("a known scheme");
    unsigned(scheme, &endpoint.path, id, body).header(header, signature(scheme, &endpoint.secret, id, body))
}

/// The newest delivery.
pub fn newest(creel: &Creel) -> Value {
    creel.rpc("deliveries_list", json!({ "limit": 1 }))["page"]["items"][0].clone()
}

/// Puts the fields of `more` into `draft`.
pub fn merge(draft: &mut Value, more: Value) {
    let Value::Object(more) = more else { return };
    for (name, value) in more {
        draft[name] = value;
    }
}
