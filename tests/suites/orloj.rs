//! Orloj's resources and signed deliveries as the suites use them.

use creel_tests::tools::fixture;
use creel_tests::{Creel, Request, Response, sign};
use serde_json::Value;

/// What the guide calls the secret's value.
pub const SECRET: &str = "replace-me";

/// Posts a manifest; panics unless it is taken.
pub fn apply(creel: &Creel, route: &str, manifest: &str) -> Value {
    let made = creel.manage(Request::post(route, manifest));
    assert_eq!(made.status, 201, "{route}: {}", made.text());
    made.json()
}

/// The guide's template, secret and both webhooks.
pub fn guide(creel: &Creel) {
    apply(creel, "/v1/tasks", &fixture("orloj/weekly_report_template_task.yaml"));
    apply(creel, "/v1/secrets", &fixture("orloj/webhook_shared_secret.yaml"));
    apply(creel, "/v1/task-webhooks", &fixture("orloj/generic_webhook.yaml"));
    apply(creel, "/v1/task-webhooks", &fixture("orloj/github_webhook.yaml"));
}

/// A resource, as the control listener shows it.
pub fn get(creel: &Creel, path: &str) -> Value {
    let answer = creel.manage(Request::get(path));
    assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    answer.json()
}

pub fn status(creel: &Creel, webhook: &str) -> Value {
    get(creel, &format!("/v1/task-webhooks/{webhook}?namespace=default"))["status"].clone()
}

pub fn path(creel: &Creel, webhook: &str) -> String {
    status(creel, webhook)["endpointPath"].as_str().unwrap().to_owned()
}

/// Runs that webhooks made, newest first.
pub fn runs(creel: &Creel) -> Vec<Value> {
    let all = get(creel, "/v1/tasks?limit=500");
    all["items"].as_array().unwrap().iter().filter(|task| task["spec"]["mode"] == "run").cloned().collect()
}

/// Profile `generic`, signed for a time as it is written.
pub fn generic(path: &str, secret: &str, time: &str, id: &str, body: &str) -> Request {
    let signature = sign::hex(secret, format!("{time}.{body}").as_bytes());
    Request::post(path, body)
        .header("X-Timestamp", time)
        .header("X-Event-Id", id)
        .header("X-Signature", format!("sha256={signature}"))
}

/// Profile `github`.
pub fn github(path: &str, secret: &str, id: &str, body: &str) -> Request {
    Request::post(path, body)
        .header("X-GitHub-Delivery", id)
        .header("X-Hub-Signature-256", sign::github(secret, body.as_bytes()))
}

/// A good one of now to the guide's generic webhook.
pub fn send(creel: &Creel, path: &str, id: &str, body: &str) -> Response {
    creel.deliver(&generic(path, SECRET, &sign::now().to_string(), id, body))
}
