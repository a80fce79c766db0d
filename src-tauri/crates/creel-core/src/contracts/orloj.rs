//! Orloj: `POST /v1/webhook-deliveries/{endpoint_id}`; errors are plain text, and each one's cause is kept in the webhook's
//! `status.lastError`.
//!
//! From the service's guide "Webhook Triggers" (its sections in brackets). Order of checks: method → endpoint there, else
//! 404 [troubleshooting] → not suspended, else 409 → body of at most 1 MiB → secret resolves → signature and, in profile
//! `generic`, time, else 401 [profile notes; troubleshooting] → event id, else 400 [troubleshooting] → seen before: 202,
//! `duplicate: true` [rotation and operations] → a run task out of the template, else 400 [troubleshooting] → 202
//! [expected response].
//!
//! Where the guide is silent, as the service's public code does: 405, 409 `webhook is suspended`, the texts of the other
//! 400s, `task` as `namespace/name`, and an event that comes again after its window names the run task it had made.
//! The dedup entry is written with the run task and never without one.

use std::borrow::Cow;
use std::sync::Arc;

use bytes::Bytes;
use serde_json::json;

use super::fault::refusal;
use super::{Done, Face, Foreseen, Found, Made, Refused};
use crate::actions::{ActionKind, Effect, Planned, RunPlan};
use crate::answer_as::Fault;
use crate::app::App;
use crate::authenticate::{Catalogue, Scheme, schemes};
use crate::commit::{Effects, Settle, run_local};
use crate::delivery::{Delivery, Outcome, ReasonCode};
use crate::error::ApiError;
use crate::ids::{ExecutionId, TriggerId};
use crate::orloj::{Named, TaskWebhookManifest, endpoint_id, rejection, run_name};
use crate::pipeline::{Genuine, Stop, Way, steps};
use crate::receive::Answered;
use crate::registry::Listening;
use crate::store::contents::PackedBody;
use crate::store::{SeenKeys, StoreError, Turn, orloj_secrets, orloj_seen, orloj_webhooks};
use crate::template::Scope;
use crate::trigger::{ContractSettings, Dedup, Trigger};

/// "Body ≤ 1 MiB", whatever the receiver takes besides.
const BODY_MOST: usize = 1024 * 1024;

/// The contract `orloj`.
pub struct Orloj;

impl Face for Orloj {
    fn take(&self, app: &App, found: &Found, way: &mut Way) -> Result<Box<dyn Settle>, Stop> {
        if let Some(at) = found.first() {
            way.reach(at);
        }
        post(way)?;
        let at = steps::there(found, way)?;
        steps::answering(app, &at, way)?;
        steps::enabled(&at).map_err(|stop| stop.worded("webhook is suspended"))?;
        steps::allowed(&at, way)?;
        within_size(way)?;
        let hook = resolved(&at)?;
        let genuine = steps::authenticate(app, &at, way).map_err(|stop| {
            let words = rejection(&hook.spec, &way.incoming.headers, stop.code());
            words.map_or_else(|| stop.clone(), |words| stop.clone().worded(words))
        })?;
        identified(&hook, way)?;
        steps::within_rate(&at, way)?;
        Ok(Box::new(running(app, &at, hook, &genuine, way)))
    }

    fn refuse(&self, refused: &Refused<'_>) -> Answered {
        let (status, words) = match refused.code {
            ReasonCode::NoSuchEndpoint => (404, "webhook endpoint not found"),
            ReasonCode::MethodNotAllowed => (405, "method not allowed"),
            ReasonCode::TriggerDisabled => (409, "webhook is suspended"),
            ReasonCode::BodyTooLarge | ReasonCode::BodyTooSlow => (400, "invalid webhook payload"),
            ReasonCode::SecretMissing => (400, "webhook secret resolution failed"),
            ReasonCode::SignatureMissing
            | ReasonCode::SignatureMalformed
            | ReasonCode::SignatureMismatch
            | ReasonCode::TimestampInvalid
            | ReasonCode::TimestampOutsideWindow => (401, "signature verification failed"),
            ReasonCode::EventIdMissing => (400, "missing event id"),
            ReasonCode::ActionFailed => (400, "webhook task creation failed"),
            _ => refused.plain(),
        };
        let answer = plain(status, words);
        match refused.retry_after {
            Some(seconds) => answer.retry_after(seconds),
            None => answer,
        }
    }

    fn faults(&self) -> Vec<(Fault, Answered)> {
        let of = |code, about| refusal(self, code, None, about);
        vec![
            of(ReasonCode::SignatureMismatch, "the signature does not fit, or the time is off"),
            of(ReasonCode::EventIdMissing, "there is no event id"),
            of(ReasonCode::ActionFailed, "no run task can be made out of the template"),
            of(ReasonCode::SecretMissing, "the Secret is not there"),
            of(ReasonCode::BodyTooLarge, "the body is larger than 1 MiB"),
            of(ReasonCode::NoSuchEndpoint, "there is no such endpoint"),
            of(ReasonCode::TriggerDisabled, "the webhook is suspended"),
        ]
    }

    /// An accepted delivery, or the same event again: `done.first` has the run task either way.
    fn answer(&self, _: &Trigger, done: &Done) -> Answered {
        let Some(Made::Run { task, event_id }) = &done.first else {
            return plain(400, "webhook task creation failed");
        };
        let message = if done.duplicate { "duplicate delivery" } else { "delivery accepted" };
        let said = json!({ "accepted": true, "duplicate": done.duplicate, "event_id": event_id, "task": task,
            "message": message });
        Answered::json(202, said.to_string())
    }

    fn scheme(&self) -> &'static str {
        "orloj-generic"
    }

    fn record(&self, trigger: &Trigger, _: &Catalogue) -> Option<&'static Scheme> {
        manifest(trigger).map(|hook| schemes::orloj(&hook.spec))
    }

    /// Kept by the contract itself, event by event.
    fn dedup(&self, _: Option<&Scheme>) -> Dedup {
        Dedup { by_event_id: true, by_body: false, window_hours: 24 }
    }

    fn foresee(&self, trigger: &Trigger, delivery: &Delivery, scope: &Scope<'_>) -> Foreseen {
        let Some(hook) = manifest(trigger) else { return Foreseen::default() };
        let template = match hook.spec.task_ref.as_str() {
            "" => "a template".to_owned(),
            _ => hook.template().key(),
        };
        let event = delivery.event_id.clone().unwrap_or_else(|| "the event's id".to_owned());
        let values = vec![
            (hook.spec.payload.input_key.clone(), String::from_utf8_lossy(scope.body()).into_owned()),
            ("webhook_event_id".to_owned(), event),
            ("webhook_received_at".to_owned(), delivery.received_at.rfc3339()),
            ("webhook_source".to_owned(), hook.spec.auth.profile.word().to_owned()),
        ];
        let own = Foreseen::own(ActionKind::RunTask, format!("makes a run task out of {template}"), values);
        Foreseen { own: Some(own), ..Foreseen::default() }
    }

    fn check(&self, trigger: &Trigger) -> Result<(), ApiError> {
        let Some(hook) = manifest(trigger) else {
            return Err(ApiError::invalid("settings", "an Orloj webhook is made by a TaskWebhook manifest")
                .hint("creel apply -f webhook.yaml, or POST /v1/task-webhooks"));
        };
        if trigger.slug != endpoint_id(&hook.metadata.namespace, &hook.metadata.name) {
            return Err(ApiError::invalid("slug", "an Orloj webhook's address is made of its namespace and name"));
        }
        if !trigger.actions.is_empty() || !trigger.filter.rows.is_empty() {
            return Err(ApiError::invalid("actions", "an Orloj webhook makes a run task out of its template, no more"));
        }
        Ok(())
    }

    fn secret_owner(&self, trigger: &Trigger) -> TriggerId {
        let owner = manifest(trigger).map(|hook| orloj_secrets::owners(&hook.secret()));
        owner.map_or_else(|| trigger.id.clone(), |[first, _]| first)
    }

    /// An accepted one was noted together with its run task.
    fn committed(&self, turn: &Turn<'_>, delivery: &Delivery) -> Result<(), StoreError> {
        match delivery.outcome {
            Outcome::Accepted => Ok(()),
            _ => orloj_webhooks::note(turn.db, delivery, None),
        }
    }
}

/// The manifest of a trigger of this contract.
pub fn manifest(trigger: &Trigger) -> Option<&TaskWebhookManifest> {
    match &trigger.settings {
        ContractSettings::Orloj(manifest) => Some(manifest),
        _ => None,
    }
}

fn plain(status: u16, words: &'static str) -> Answered {
    let kind = (Cow::Borrowed("content-type"), Cow::Borrowed("text/plain; charset=utf-8"));
    // Go's server ends its error texts with a line end.
    let body = Bytes::from(format!("{words}\n"));
    Answered { status, headers: vec![kind], body, ..Answered::default() }
}

/// It is asked before anything else, also where nobody listens.
fn post(way: &Way) -> Result<(), Stop> {
    match way.incoming.method.as_str() {
        "POST" => Ok(()),
        other => Err(Stop::new(ReasonCode::MethodNotAllowed, format!("{other} is not POST"))),
    }
}

fn within_size(way: &Way) -> Result<(), Stop> {
    let bytes = way.incoming.body.len();
    if bytes <= BODY_MOST {
        return Ok(());
    }
    Err(Stop::new(ReasonCode::BodyTooLarge, format!("invalid payload: {bytes} bytes, at most {BODY_MOST}")))
}

/// The webhook's manifest, when its Secret is there.
fn resolved(at: &Listening) -> Result<TaskWebhookManifest, Stop> {
    let hook = manifest(&at.trigger).cloned();
    let hook = hook.ok_or_else(|| Stop::new(ReasonCode::SecretMissing, "the webhook has no manifest"))?;
    if at.keys.is_empty() && !at.locked {
        let words = format!("secret \"{}\" not found, so it has no key to verify with", hook.spec.auth.secret_ref);
        return Err(Stop::new(ReasonCode::SecretMissing, words));
    }
    Ok(hook)
}

/// The event has an id.
fn identified(hook: &TaskWebhookManifest, way: &Way) -> Result<(), Stop> {
    match way.delivery.event_id.as_deref().map(str::trim) {
        Some(id) if !id.is_empty() => Ok(()),
        _ => {
            let words = format!("missing event id header {}", hook.spec.idempotency.event_id_header);
            Err(Stop::new(ReasonCode::EventIdMissing, words))
        }
    }
}

/// A genuine delivery that makes a run task, unless its event has made one.
struct Running {
    at: Arc<Listening>,
    planned: Planned,
    event_id: String,
    /// The run that the event makes or made.
    run: Named,
    window_s: u32,
    check: bool,
}

fn running(app: &App, at: &Arc<Listening>, hook: TaskWebhookManifest, _: &Genuine, way: &mut Way) -> Running {
    let event_id = way.delivery.event_id.clone().unwrap_or_default();
    let window_s = hook.spec.idempotency.dedupe_window_seconds;
    let name = run_name(&hook.metadata.name, &event_id);
    let run = Named { namespace: hook.template().namespace, name: name.clone() };
    let plan = RunPlan {
        endpoint: at.trigger.slug.clone(),
        event_id: event_id.clone(),
        received_at: way.delivery.received_at,
        hook,
    };
    let planned = Planned {
        id: ExecutionId::new(app.ids.as_ref()),
        position: 0,
        action: ActionKind::RunTask,
        summary: name,
        plan: plan.shown(),
        max_attempts: 1,
        effect: Effect::Run(Box::new(plan)),
    };
    way.rendered();
    Running { at: Arc::clone(at), planned, event_id, run, window_s, check: way.checks_repeats() }
}

impl Running {
    /// The run task that the event made before.
    fn earlier(&self, turn: &Turn<'_>) -> Result<Option<String>, StoreError> {
        if !self.check {
            return Ok(None);
        }
        orloj_seen::task(turn.db, &self.at.trigger.slug, &self.event_id, &self.run, turn.now)
    }

    fn repeated(&self) -> String {
        format!("event id {} came before within {} seconds", self.event_id, self.window_s)
    }
}

impl Settle for Running {
    fn settle(
        self: Box<Self>,
        turn: &mut Turn<'_>,
        delivery: &mut Delivery,
        _: &PackedBody,
        made: &mut Effects,
    ) -> Result<(Answered, Option<SeenKeys>), StoreError> {
        let trigger = &self.at.trigger;
        let mut done = Done { delivery: delivery.id.clone(), duplicate: false, filtered: None, first: None };
        if let Some(task) = self.earlier(turn)? {
            delivery.outcome = Outcome::Duplicate;
            delivery.reason_code = Some(ReasonCode::DuplicateId);
            delivery.reason = Some(self.repeated());
            done.duplicate = true;
            done.first = Some(Made::Run { task, event_id: self.event_id });
            return Ok((Orloj.answer(trigger, &done), None));
        }
        done.first = run_local(turn, delivery, trigger, self.planned, made)?;
        match &done.first {
            Some(Made::Run { task, .. }) => {
                delivery.outcome = Outcome::Accepted;
                delivery.trigger_ids = vec![trigger.id.clone()];
                orloj_webhooks::note(turn.db, delivery, Some(task))?;
            }
            Some(Made::Failed(reason)) => {
                delivery.outcome = Outcome::Rejected;
                delivery.reason_code = Some(ReasonCode::ActionFailed);
                delivery.reason = Some(reason.clone());
            }
            Some(_) | None => {}
        }
        Ok((Orloj.answer(trigger, &done), None))
    }

    fn quiet(&self, turn: &Turn<'_>, _: &mut Delivery, _: &PackedBody) -> Result<Option<String>, StoreError> {
        Ok(self.earlier(turn)?.map(|task| format!("Creel answers \"duplicate\": {}; it made {task}", self.repeated())))
    }

    fn acts(self: Box<Self>) -> Vec<(Arc<Listening>, Vec<Planned>)> {
        vec![(self.at, vec![self.planned])]
    }
}
