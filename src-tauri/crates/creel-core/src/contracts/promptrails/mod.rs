//! PromptRails: `POST /api/v1/webhook/trigger`, `Authorization: Bearer wht_…`; the token selects the trigger.
//!
//! From the service's page "Webhook Triggers" (its sections in brackets). Order of checks:
//! 30 requests a minute per IP address, else 429 [Rate Limiting] → the token is there and known [Token Authentication] →
//! the trigger is active, else 403 [Activate / Deactivate] → `X-Webhook-Signature: sha256=<hex of the raw body>`, where
//! the trigger has a secret [HMAC Secret Signing] → the payload is JSON and fits the agent's input schema [Input Mapping]
//! → 201 with the execution, which waits as `pending`.
//!
//! Where the page is silent: an unknown token is 401 `unauthorized`, a signature that is missing or does not fit 401
//! `invalid_signature`, a payload that is no JSON or does not fit 400 `bad_request` with the field, an agent that is gone
//! 500 `internal_error`, another method than POST 405 `method_not_allowed`; there is no event id, and the same body twice
//! is two executions. Every answer says `{"data": …}` or `{"error":{"code","message"}}`.

mod described;
pub mod management;
mod settings;
mod shown;

use serde_json::json;

pub use described::described;
pub use settings::PromptrailsTrigger;

use super::fault::refusal;
use super::{Done, Face, Found, Made, OwnSecret, Refused};
use crate::actions::{Effect, Planned};
use crate::answer_as::Fault;
use crate::app::App;
use crate::authenticate::Scheme;
use crate::commit::Settle;
use crate::delivery::ReasonCode;
use crate::error::ApiError;
use crate::pipeline::{Genuine, Stop, Way, steps};
use crate::receive::Answered;
use crate::registry::Listening;
use crate::trigger::{ContractSettings, Dedup, Trigger};

/// Requests a minute from one address.
const A_MINUTE: usize = 30;

/// The contract `promptrails`.
pub struct Promptrails;

impl Face for Promptrails {
    fn take(&self, app: &App, found: &Found, way: &mut Way) -> Result<Box<dyn Settle>, Stop> {
        steps::post(way)?;
        steps::within_callers_rate(app, way, A_MINUTE)?;
        let now = way.incoming.received_at;
        let (at, token) =
            steps::by_token(app, found, way, |trigger, token| kept(trigger).is_some_and(|kept| kept.is(token, now)))?;
        steps::answering(app, &at, way)?;
        steps::enabled(&at)?;
        steps::allowed(&at, way)?;
        steps::within_rate(&at, way)?;
        let genuine = if at.locked || !at.keys.is_empty() { steps::authenticate(app, &at, way)? } else { token };
        let mut taking = steps::examine(app, &at, &genuine, way);
        if !shared(&mut taking.planned, way) {
            steps::json(&genuine, way)?;
        }
        fits(app, &at, &genuine, way)?;
        Ok(Box::new(taking))
    }

    fn refuse(&self, refused: &Refused<'_>) -> Answered {
        let (status, words) = refused.plain();
        let (status, code, words) = match refused.code {
            ReasonCode::RateLimited => (429, "rate_limited", "Rate limit exceeded"),
            ReasonCode::TokenUnknown => (401, "unauthorized", "Invalid or missing webhook token"),
            ReasonCode::TriggerDisabled => (403, "forbidden", "Webhook trigger is inactive"),
            ReasonCode::SignatureMissing | ReasonCode::SignatureMalformed | ReasonCode::SignatureMismatch => {
                (401, "invalid_signature", "Invalid or missing webhook signature")
            }
            ReasonCode::InvalidJson | ReasonCode::InvalidInput => {
                (400, "bad_request", refused.told.unwrap_or("Invalid payload"))
            }
            _ => (status, shown::code(status), words),
        };
        let answer = error(status, code, words);
        refused.retry_after.map_or(answer.clone(), |seconds| answer.retry_after(seconds))
    }

    fn faults(&self) -> Vec<(Fault, Answered)> {
        let of = |code, about| refusal(self, code, None, about);
        vec![
            of(ReasonCode::RateLimited, "over 30 requests a minute"),
            of(ReasonCode::TokenUnknown, "the token is missing or unknown"),
            of(ReasonCode::TriggerDisabled, "the trigger is not active"),
            of(ReasonCode::SignatureMismatch, "the signature is missing or does not fit"),
            refusal(self, ReasonCode::InvalidInput, Some("message: it is missing"), "the payload does not fit"),
        ]
    }

    fn answer(&self, _: &Trigger, done: &Done) -> Answered {
        match &done.first {
            Some(Made::AgentExecution(run)) => Answered::json(201, shown::created(run)),
            Some(Made::Failed(reason)) => error(500, "internal_error", reason),
            Some(
                Made::Task { .. }
                | Made::Alert { .. }
                | Made::Run { .. }
                | Made::Pipeline { .. }
                | Made::OverQuota { .. },
            )
            | None => Answered::json(201, json!({ "data": null }).to_string()),
        }
    }

    fn address<'t>(&self, _: &'t Trigger) -> &'t str {
        ""
    }

    fn scheme(&self) -> &'static str {
        "promptrails"
    }

    fn own_secret(&self) -> OwnSecret {
        OwnSecret::Optional
    }

    fn settings(&self) -> ContractSettings {
        ContractSettings::Promptrails(PromptrailsTrigger::default())
    }

    fn token(&self, trigger: &mut Trigger) -> Option<String> {
        let (token, kept) = PromptrailsTrigger::fresh();
        trigger.settings = ContractSettings::Promptrails(kept);
        Some(token)
    }

    fn carry(&self, before: &Trigger, after: &mut Trigger) {
        after.settings = before.settings.clone();
    }

    fn dedup(&self, _: Option<&Scheme>) -> Dedup {
        Dedup { by_event_id: false, by_body: false, window_hours: 24 }
    }

    fn check(&self, trigger: &Trigger) -> Result<(), ApiError> {
        match trigger.scheme.as_str() {
            "promptrails" => Ok(()),
            other => {
                Err(ApiError::invalid("scheme", format!("PromptRails has one scheme of its own, not \"{other}\"")))
            }
        }
    }
}

fn kept(trigger: &Trigger) -> Option<&PromptrailsTrigger> {
    match &trigger.settings {
        ContractSettings::Promptrails(kept) => Some(kept),
        _ => None,
    }
}

fn error(status: u16, code: &str, words: &str) -> Answered {
    Answered::json(status, json!({ "error": { "code": code, "message": words } }).to_string())
}

/// The runs whose input is the whole body keep it as the delivery does. Whether there is one: then the body is JSON.
fn shared(planned: &mut [Planned], way: &mut Way) -> bool {
    let (sent, packed) = (way.incoming.body.clone(), way.packed());
    let share = |planned: &mut Planned| match &mut planned.effect {
        Effect::Agent { plan, .. } => plan.share(&sent, packed),
        _ => false,
    };
    planned.iter_mut().map(share).filter(|whole| *whole).count() > 0
}

/// The input fits the schema of the agent that gets it. The first field that does not is named.
fn fits(app: &App, at: &Listening, _: &Genuine, way: &Way) -> Result<(), Stop> {
    let scope = way.scope(at);
    let routes = app.registry.now();
    for action in &at.trigger.actions {
        let crate::actions::Action::RunAgent(config) = action else { continue };
        let input = || config.input(&scope, at.trigger.missing).value();
        if let Some(words) = routes.misfit(&config.agent_id, input) {
            return Err(Stop::new(ReasonCode::InvalidInput, words).told());
        }
    }
    Ok(())
}
