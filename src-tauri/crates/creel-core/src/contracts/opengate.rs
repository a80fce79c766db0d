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

use super::fault::refusal;
use super::{Done, Face, Found, Made, Refused};
use crate::answer_as::Fault;
use crate::app::App;
use crate::authenticate::Scheme;
use crate::commit::Settle;
use crate::delivery::ReasonCode;
use crate::error::ApiError;
use crate::pipeline::{Stop, Way, steps};
use crate::receive::Answered;
use crate::trigger::{Dedup, Trigger};

/// The contract `opengate`.
pub struct Opengate;

impl Face for Opengate {
    fn take(&self, app: &App, found: &Found, way: &mut Way) -> Result<Box<dyn Settle>, Stop> {
        let at = steps::there(found, way)?;
        steps::answering(app, &at, way)?;
        steps::method(&at, way)?;
        steps::enabled(&at)?;
        steps::allowed(&at, way)?;
        steps::within_rate(&at, way)?;
        let genuine = steps::authenticate(app, &at, way)?;
        steps::json(&genuine, way)?;
        Ok(Box::new(steps::examine(app, &at, &genuine, way)))
    }

    fn refuse(&self, refused: &Refused<'_>) -> Answered {
        let (status, words) = match refused.code {
            ReasonCode::NoSuchEndpoint => (404, "Trigger not found"),
            ReasonCode::TriggerDisabled => (403, "Trigger is disabled"),
            ReasonCode::AddressNotAllowed | ReasonCode::AddressUnknown => (403, "IP address not allowed"),
            ReasonCode::InvalidJson => return invalid_json(refused.told.unwrap_or("not JSON")),
            ReasonCode::ActionFailed => (500, "Action failed"),
            _ => refused.plain(),
        };
        refused.in_json(status, words)
    }

    fn faults(&self) -> Vec<(Fault, Answered)> {
        let of = |code, about| refusal(self, code, None, about);
        let place = "expected value at line 1 column 1";
        vec![
            of(ReasonCode::SignatureMismatch, "the signature is missing or does not fit"),
            of(ReasonCode::AddressNotAllowed, "the caller is not on the allowlist"),
            of(ReasonCode::TriggerDisabled, "the trigger is disabled"),
            of(ReasonCode::NoSuchEndpoint, "there is no such trigger"),
            refusal(self, ReasonCode::InvalidJson, Some(place), "the body is no JSON"),
            of(ReasonCode::ActionFailed, "the action failed"),
        ]
    }

    /// What the action made.
    fn answer(&self, _: &Trigger, done: &Done) -> Answered {
        match &done.first {
            Some(Made::Task { id, title, .. }) => {
                Answered::json(200, json!({ "task_id": id, "task_title": title, "status": "created" }).to_string())
            }
            Some(Made::Pipeline { id, pipeline }) => {
                let made = json!({ "pipeline_instance_id": id, "pipeline_id": pipeline, "status": "pending" });
                Answered::json(200, made.to_string())
            }
            Some(Made::Failed(reason)) => Answered::json(500, json!({ "error": reason }).to_string()),
            Some(Made::Alert { .. } | Made::Run { .. } | Made::AgentExecution(_) | Made::OverQuota { .. }) | None => {
                Answered::json(200, json!({ "status": "accepted" }).to_string())
            }
        }
    }

    fn filtered(&self, _: &Trigger, _: &Done) -> Answered {
        Answered::json(200, r#"{"status":"filtered"}"#)
    }

    fn scheme(&self) -> &'static str {
        "opengate"
    }

    fn dedup(&self, _: Option<&Scheme>) -> Dedup {
        Dedup { by_event_id: false, by_body: false, window_hours: 24 }
    }

    fn check(&self, trigger: &Trigger) -> Result<(), ApiError> {
        super::face::without_settings(trigger)?;
        match trigger.scheme.as_str() {
            "none" => Err(ApiError::invalid("scheme", "OpenGate checks a signature on every request")),
            _ => Ok(()),
        }
    }
}

fn invalid_json(error: &str) -> Answered {
    Answered::json(400, json!({ "error": format!("Invalid JSON: {error}") }).to_string())
}
