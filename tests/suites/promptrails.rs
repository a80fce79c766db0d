//! What the suites of the PromptRails contract share: an agent, a trigger, a request.

use creel_tests::{Creel, Request, Response};
use serde_json::{Value, json};

/// A trigger as its create answer shows it.
pub struct Made {
    pub row: Value,
    pub token: String,
    pub secret: String,
}

/// Makes an agent with this input schema.
pub fn agent(creel: &Creel, schema: Value) -> String {
    let draft = json!({ "name": "Reviewer", "type": "simple", "description": "", "input_schema": schema });
    let made = creel.manage(Request::post("/api/v1/agents", draft.to_string()));
    assert_eq!(made.status, 201, "{}", made.text());
    made.json()["data"]["id"].as_str().unwrap().to_owned()
}

/// Makes a trigger for the agent.
pub fn trigger(creel: &Creel, agent: &str, more: Value) -> Made {
    let mut draft = json!({ "name": "GitHub PR Review", "agent_id": agent });
    crate::deliver::merge(&mut draft, more);
    let made = creel.manage(Request::post("/api/v1/webhook-triggers", draft.to_string()));
    assert_eq!(made.status, 201, "{}", made.text());
    let row = made.json()["data"].clone();
    let text = |name: &str| row[name].as_str().unwrap_or_default().to_owned();
    Made { token: text("token"), secret: text("secret"), row }
}

/// Sends `body` with a token.
pub fn fire(creel: &Creel, token: &str, body: &str) -> Response {
    creel.deliver(&request(body).header("Authorization", format!("Bearer {token}")))
}

/// `body` for the one route there is.
pub fn request(body: &str) -> Request {
    Request::post("/api/v1/webhook/trigger", body)
}
