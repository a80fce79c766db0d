//! OpShift: `POST /api/alerts/trigger/{webhookUrl}`, JSON, `X-Webhook-Signature: <bare hex HMAC-SHA256 of the raw body>`
//! under the team's one secret.
//!
//! From the service's page "Trigger alert" (its sections in brackets). Order of checks: webhook there and enabled, else
//! 404 [errors] → caller's address → signature, else 401 [headers; errors] → `Content-Type: application/json` and the
//! body's limits, else 400 [headers; body; errors] → the webhook's rate and the month's quota, else 429 [errors] → rules
//! [response: filtered] → the group: created, occurrence_added, reopened [response].
//!
//! Where the page is silent: an unknown and a disabled webhook answer alike; only genuine requests with a good body count
//! against the rate, 60 a minute; suppressed alerts do not count against the quota; identical bodies are occurrences, never
//! duplicates. Metadata is measured as compact JSON. An open alert keeps its title and the worst severity reported.
//! `403` (subscription expired) has no cause on one's own machine.

use serde_json::json;

use super::fault::{fault, refusal};
use super::{Done, Face, Foreseen, Found, Made, Refused};
use crate::actions::{ActionKind, Effect, Outside, Planned};
use crate::alerts::{AlertId, AlertPlan, BodyTrouble, How, Judgement, OpshiftSettings, read_body, rule_by_rule};
use crate::answer_as::Fault;
use crate::app::App;
use crate::authenticate::Scheme;
use crate::commit::Settle;
use crate::delivery::{Delivery, ReasonCode};
use crate::error::ApiError;
use crate::ids::{ExecutionId, TriggerId};
use crate::pipeline::{Genuine, Stop, Way, steps};
use crate::receive::Answered;
use crate::registry::Listening;
use crate::template::Scope;
use crate::trigger::{ContractSettings, Dedup, Rate, Trigger};

/// Owner of the secret that all webhooks of this contract share.
pub const TEAM: &str = "team_local";
/// Alerts a minute of one webhook, unless told otherwise.
const PER_MINUTE: u32 = 60;

/// The contract `opshift`.
pub struct Opshift;

impl Face for Opshift {
    fn take(&self, app: &App, found: &Found, way: &mut Way) -> Result<Box<dyn Settle>, Stop> {
        let at = steps::there(found, way)?;
        steps::answering(app, &at, way)?;
        steps::method(&at, way)?;
        steps::enabled(&at)?;
        steps::allowed(&at, way)?;
        let genuine = steps::authenticate(app, &at, way)?;
        let alert = alert(app, &at, &genuine, way)?;
        steps::within_rate(&at, way)?;
        let mut taking = steps::examine(app, &at, &genuine, way);
        match alert {
            Err(reason) => {
                taking.planned.clear();
                taking.filtered = Some(reason);
            }
            Ok(planned) if taking.filtered.is_none() => taking.planned.insert(0, planned),
            Ok(_) => {}
        }
        Ok(Box::new(taking))
    }

    fn refuse(&self, refused: &Refused<'_>) -> Answered {
        let (status, words) = match refused.code {
            ReasonCode::NoSuchEndpoint | ReasonCode::TriggerDisabled => (404, "Webhook not found"),
            ReasonCode::SignatureMissing => (401, "Missing webhook signature"),
            ReasonCode::SignatureMalformed | ReasonCode::SignatureMismatch => (401, "Invalid webhook signature"),
            ReasonCode::InvalidJson | ReasonCode::InvalidInput => (400, refused.told.unwrap_or("Invalid body")),
            ReasonCode::RateLimited => (429, "Webhook rate limit exceeded"),
            ReasonCode::QuotaExhausted => (429, QUOTA),
            _ => refused.plain(),
        };
        refused.in_json(status, words)
    }

    fn faults(&self) -> Vec<(Fault, Answered)> {
        let of = |code, about| refusal(self, code, None, about);
        let expired = json!({ "error": "Team subscription expired" }).to_string();
        vec![
            refusal(self, ReasonCode::InvalidInput, Some("title is required"), "a value of the body is wrong"),
            of(ReasonCode::SignatureMissing, "the signature is missing"),
            of(ReasonCode::SignatureMismatch, "the signature does not fit"),
            fault("subscription_expired", "the team's subscription expired", Answered::json(403, expired)),
            of(ReasonCode::NoSuchEndpoint, "there is no such webhook, or it is disabled"),
            of(ReasonCode::RateLimited, "over the webhook's rate"),
            of(ReasonCode::QuotaExhausted, "over the month's quota"),
        ]
    }

    fn answer(&self, _: &Trigger, done: &Done) -> Answered {
        match &done.first {
            Some(Made::Alert { id, how, count }) => raised(id, *how, *count),
            Some(Made::OverQuota { seconds_left }) => {
                Answered::json(429, json!({ "error": QUOTA }).to_string()).retry_after(*seconds_left)
            }
            Some(Made::Failed(reason)) => Answered::json(500, json!({ "error": reason }).to_string()),
            Some(Made::Task { .. } | Made::Run { .. } | Made::Pipeline { .. } | Made::AgentExecution(_)) | None => {
                Answered::json(200, r#"{"status":"accepted"}"#)
            }
        }
    }

    fn filtered(&self, _: &Trigger, done: &Done) -> Answered {
        let reason = done.filtered.as_deref().unwrap_or_default();
        let said = json!({ "status": "filtered", "message": "Alert suppressed by filter rule", "reason": reason });
        Answered::json(200, said.to_string())
    }

    fn first_slug(&self, id: &TriggerId) -> String {
        id.0.to_ascii_lowercase().replace('_', "-")
    }

    fn chooses_slug(&self) -> bool {
        true
    }

    fn scheme(&self) -> &'static str {
        "opshift"
    }

    fn dedup(&self, _: Option<&Scheme>) -> Dedup {
        Dedup { by_event_id: false, by_body: false, window_hours: 24 }
    }

    fn rate(&self) -> Rate {
        Rate { per_minute: PER_MINUTE, burst: PER_MINUTE }
    }

    fn settings(&self) -> ContractSettings {
        ContractSettings::Opshift(OpshiftSettings::default())
    }

    fn foresee(&self, trigger: &Trigger, _: &Delivery, scope: &Scope<'_>) -> Foreseen {
        let default = OpshiftSettings::default();
        let settings = settings(trigger).unwrap_or(&default);
        let body = match read_body(scope.body()) {
            Ok(body) => body,
            Err(trouble) => {
                let own = Foreseen::problem(ActionKind::RaiseAlert, "raises no alert of this", trouble.to_string());
                return Foreseen { own: Some(own), ..Foreseen::default() };
            }
        };
        let gates = rule_by_rule(&settings.filter_rules, &body, settings.default_severity);
        match settings.judge(&body) {
            Judgement::Suppress(reason) => Foreseen { gates, stopped: Some(reason), own: None },
            Judgement::Raise(severity) => {
                let words =
                    format!("raises the alert \"{}\" as {}", body.title, format!("{severity:?}").to_lowercase());
                Foreseen { gates, stopped: None, own: Some(Foreseen::own(ActionKind::RaiseAlert, words, Vec::new())) }
            }
        }
    }

    fn check(&self, trigger: &Trigger) -> Result<(), ApiError> {
        if trigger.scheme != self.scheme() {
            return Err(ApiError::invalid("scheme", "OpShift has one scheme: \"opshift\""));
        }
        settings(trigger).ok_or_else(|| ApiError::invalid("settings", "settings of another contract"))?.check()
    }

    fn secret_owner(&self, _: &Trigger) -> TriggerId {
        TriggerId::from(TEAM)
    }
}

const QUOTA: &str = "Monthly alert quota exhausted";

/// The trigger's settings of this contract.
pub fn settings(trigger: &Trigger) -> Option<&OpshiftSettings> {
    match &trigger.settings {
        ContractSettings::Opshift(settings) => Some(settings),
        _ => None,
    }
}

/// The alert that the body asks for, ready for the commit; or why a rule suppresses it.
fn alert(app: &App, at: &Listening, genuine: &Genuine, way: &Way) -> Result<Result<Planned, String>, Stop> {
    let media = way.incoming.headers.text("content-type").unwrap_or_default();
    let media = media.split(';').next().unwrap_or_default().trim();
    if !media.eq_ignore_ascii_case("application/json") {
        return Err(Stop::new(ReasonCode::InvalidInput, "Content-Type must be application/json").told());
    }
    let body = read_body(&way.incoming.body).map_err(|trouble| {
        let code = match trouble {
            BodyTrouble::NotJson(_) => ReasonCode::InvalidJson,
            _ => ReasonCode::InvalidInput,
        };
        Stop::new(code, trouble.to_string()).told()
    })?;
    let default = OpshiftSettings::default();
    let settings = settings(&at.trigger).unwrap_or(&default);
    let severity = match settings.judge(&body) {
        Judgement::Raise(severity) => severity,
        Judgement::Suppress(reason) => return Ok(Err(reason)),
    };
    let plan = AlertPlan {
        id: AlertId::new(app.ids.as_ref(), app.clock.now()),
        webhook: at.trigger.id.clone(),
        title: body.title,
        description: body.description,
        severity,
        group_key: body.group_key,
        reopen_hours: settings.reopen_hours,
    };
    let tells = steps::outside(app, at, genuine, way) == Outside::Run;
    let tell = tells.then(|| ExecutionId::new(app.ids.as_ref()));
    Ok(Ok(planned(app, at, plan, tell)))
}

/// Its place is behind the trigger's own actions, which have the places from 0; it is done before them.
fn planned(app: &App, at: &Listening, plan: AlertPlan, tell: Option<ExecutionId>) -> Planned {
    Planned {
        id: ExecutionId::new(app.ids.as_ref()),
        position: u32::try_from(at.trigger.actions.len()).unwrap_or(u32::MAX),
        action: ActionKind::RaiseAlert,
        summary: plan.title.clone(),
        plan: serde_json::to_string(&plan).unwrap_or_default(),
        max_attempts: 1,
        effect: Effect::Alert { plan, tell },
    }
}

fn raised(id: &AlertId, how: How, count: i64) -> Answered {
    let (status, message) = match how {
        How::Created => ("created", "Alert created"),
        How::Added => ("occurrence_added", "Occurrence added to open alert"),
        How::Reopened => ("reopened", "Alert reopened"),
    };
    let said = json!({ "alertId": id, "status": status, "message": message, "occurrenceCount": count });
    Answered::json(200, said.to_string())
}
