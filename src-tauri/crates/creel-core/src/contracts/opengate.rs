//! OpenGate: `POST /api/webhooks/trigger/:trigger_id`, JSON, `X-OpenGate-Secret: <hex HMAC-SHA256 of the raw body>`.
//!
//! From the service's page "Triggers" (its sections in brackets). Order of checks:
//! trigger there [endpoint] → enabled → caller's address, even if the signature is valid [IP allowlist] → signature
//! under the current secret or the previous one until its 24 hours end [signatures; rotation] → body is JSON [request
//! body] → action [actions].
//!
//! Where the page is silent: an unknown trigger is 404, a disabled one 403, a body that is no JSON 400 with line and
//! column, an action that fails 500; a filter that does not pass answers 200 with `{"status":"filtered"}`. There is no
//! event id, and the same body twice makes two tasks.

use serde_json::json;

use super::{Done, Made, Refused};
use crate::delivery::ReasonCode;
use crate::receive::Answered;

/// Status and `{"error": …}` of a refusal.
pub fn refuse(refused: &Refused<'_>) -> Answered {
    let (status, words) = match refused.code {
        ReasonCode::NoSuchEndpoint => (404, "Trigger not found"),
        ReasonCode::MethodNotAllowed => (405, "Method not allowed"),
        ReasonCode::TriggerDisabled => (403, "Trigger is disabled"),
        ReasonCode::AddressNotAllowed | ReasonCode::AddressUnknown => (403, "IP address not allowed"),
        ReasonCode::FromBrowser => (403, "Requests from browsers are not allowed"),
        ReasonCode::RateLimited => (429, "Too many requests"),
        ReasonCode::MalformedHttp | ReasonCode::RepeatedHeader | ReasonCode::EventIdMissing => {
            (400, "Malformed request")
        }
        ReasonCode::InvalidJson => return invalid_json(refused.json_error.unwrap_or("not JSON")),
        ReasonCode::BodyTooLarge => (413, "Request body too large"),
        ReasonCode::BodyTooSlow => (408, "Request timeout"),
        ReasonCode::UnsupportedEncoding => (415, "Unsupported content encoding"),
        ReasonCode::SignatureMissing
        | ReasonCode::SignatureMalformed
        | ReasonCode::SignatureMismatch
        | ReasonCode::TimestampInvalid
        | ReasonCode::TimestampOutsideWindow => (401, "Invalid or missing signature"),
        ReasonCode::Paused | ReasonCode::Overloaded | ReasonCode::SecretUnavailable => return super::unavailable(),
        ReasonCode::ActionFailed => (500, "Action failed"),
        ReasonCode::DuplicateId | ReasonCode::DuplicateBody | ReasonCode::FilterNotMet => (200, "Accepted"),
    };
    let answer = Answered::json(status, json!({ "error": words }).to_string());
    match refused.retry_after {
        Some(seconds) => answer.retry_after(seconds),
        None => answer,
    }
}

fn invalid_json(error: &str) -> Answered {
    Answered::json(400, json!({ "error": format!("Invalid JSON: {error}") }).to_string())
}

/// What the action made.
pub fn answer(done: &Done) -> Answered {
    match &done.first {
        Some(Made::Task { id, title, .. }) => {
            Answered::json(200, json!({ "task_id": id, "task_title": title, "status": "created" }).to_string())
        }
        Some(Made::Failed(reason)) => Answered::json(500, json!({ "error": reason }).to_string()),
        None => Answered::json(200, json!({ "status": "accepted" }).to_string()),
    }
}
