//! Octipus: `POST /api/webhooks/:path`, `X-Hub-Signature-256: sha256=<hex HMAC-SHA256 of the raw body>`.
//!
//! From the service's page "Webhooks" (its sections in brackets): every enabled hook on the path whose own secret fits
//! fires [How It Works; Per-hook secrets]; a hook without a secret is refused with 401 [Webhook Secret; Security]; an
//! unknown path is 404 [Troubleshooting]; the event's type comes from `X-GitHub-Event` or `X-GitLab-Event` [Webhook
//! Context in Agent Prompts]. GitLab's guide sends the secret itself in `X-Gitlab-Token` [Setup Guide: GitLab]: it is
//! compared in constant time where `X-Gitlab-Event` comes with it and no signature does, and the delivery says so.
//!
//! Order of checks: a hook is there → enabled → caller's address → has a secret → rate → signature → room in the queue →
//! not taken before → conditions → cooldown → maxExecutions.
//!
//! Where the page is silent: a disabled hook is as good as none; another method than POST is 405; `hooks` counts the
//! hooks that took the delivery, those that a gate then stops included; a duplicate that only some hooks had is taken by
//! the others; deliveries without any of the known id headers are never duplicates; a missing field leaves its
//! placeholder as it stands. A hook can name another provider's scheme (`triggerConfig.webhookScheme`).

mod answers;
mod conditions;
mod firing;
pub mod management;
mod settings;
mod shown;

use std::sync::Arc;

use answers::accepted;
use firing::{Fired, Firing};
pub use settings::{HookCondition, HookOperator, OctipusHook};
pub(crate) use shown::draft;

use super::fault::{fault, refusal};
use super::{Done, Face, Foreseen, Found, OwnSecret, Refused};
use crate::answer_as::Fault;
use crate::app::App;
use crate::authenticate::{Scheme, schemes};
use crate::commit::Settle;
use crate::delivery::{Delivery, ReasonCode};
use crate::error::ApiError;
use crate::pipeline::{Genuine, Stop, Way, steps};
use crate::receive::Answered;
use crate::registry::Listening;
use crate::template::Scope;
use crate::trigger::{ContractSettings, Dedup, MissingPolicy, NO_SCHEME, Trigger};

/// For how long a delivery id counts as taken: 24 hours.
const CLAIM_MS: i64 = 24 * 3_600_000;
/// Runs that may wait before senders are asked to come again.
const QUEUE_MOST: u32 = 1_000;
/// What they are told to wait, in seconds.
const RETRY_AFTER_S: u32 = 30;

/// The contract `octipus`.
pub struct Octipus;

impl Face for Octipus {
    fn take(&self, app: &App, found: &Found, way: &mut Way) -> Result<Box<dyn Settle>, Stop> {
        let first = steps::there(found, way)?;
        found.iter().try_for_each(|at| steps::answering(app, at, way))?;
        steps::method(&first, way)?;
        let hooks = each(found.to_vec(), steps::enabled)?;
        let hooks = each(hooks, |at| steps::allowed(at, way))?;
        let hooks = each(hooks, has_secret)?;
        let hooks = each(hooks, |at| steps::within_rate(at, way))?;
        let fit = fitting(app, hooks, way)?;
        let note = (way.delivery.source == GITLAB_TOKEN).then_some("token, not signature");
        let hooks = fit.iter().map(|(at, genuine)| fired(app, at, genuine, way)).collect();
        Ok(Box::new(Firing { hooks, note, by_hand: way.is_fired_by_hand() }))
    }

    fn refuse(&self, refused: &Refused<'_>) -> Answered {
        answers::refuse(refused)
    }

    fn faults(&self) -> Vec<(Fault, Answered)> {
        let of = |code, about| refusal(self, code, None, about);
        vec![
            of(ReasonCode::NoSuchEndpoint, "no hook is on the path"),
            of(ReasonCode::SecretMissing, "the hook has no secret"),
            of(ReasonCode::SignatureMismatch, "the signature is missing or does not fit"),
            of(ReasonCode::QueueFull, "too many runs wait"),
            fault("duplicate", "the delivery id came before", answers::duplicate()),
        ]
    }

    fn answer(&self, _: &Trigger, done: &Done) -> Answered {
        if done.duplicate { answers::duplicate() } else { accepted(1) }
    }

    fn address<'t>(&self, trigger: &'t Trigger) -> &'t str {
        hook_of(trigger).map_or("", |hook| &hook.path)
    }

    fn scheme(&self) -> &'static str {
        "octipus"
    }

    fn own_secret(&self) -> OwnSecret {
        OwnSecret::Optional
    }

    fn missing(&self) -> MissingPolicy {
        MissingPolicy::Keep
    }

    fn dedup(&self, _: Option<&Scheme>) -> Dedup {
        Dedup { by_event_id: true, by_body: false, window_hours: 24 }
    }

    fn foresee(&self, trigger: &Trigger, _: &Delivery, scope: &Scope<'_>) -> Foreseen {
        let conditions = hook_of(trigger).map_or(&[][..], |hook| &hook.conditions);
        Foreseen {
            gates: conditions::each(conditions, scope),
            stopped: conditions::unmet(conditions, scope),
            own: None,
        }
    }

    fn check(&self, trigger: &Trigger) -> Result<(), ApiError> {
        let hook = hook_of(trigger)
            .ok_or_else(|| ApiError::invalid("settings", "a hook needs its settings: {\"octipus\":{\"path\":…}}"))?;
        if trigger.scheme == NO_SCHEME {
            return Err(ApiError::invalid("scheme", "Octipus checks a signature on every request"));
        }
        hook.validate()
    }

    fn priority(&self, trigger: &Trigger) -> i64 {
        hook_of(trigger).map_or(0, |hook| i64::from(hook.priority))
    }
}

/// Key of GitLab's token as a scheme.
const GITLAB_TOKEN: &str = "gitlab-token";

fn hook_of(trigger: &Trigger) -> Option<&OctipusHook> {
    match &trigger.settings {
        ContractSettings::Octipus(hook) => Some(hook),
        _ => None,
    }
}

/// The hooks that pass a check; when none does, the last one's reason.
fn each(
    hooks: Vec<Arc<Listening>>,
    check: impl Fn(&Listening) -> Result<(), Stop>,
) -> Result<Vec<Arc<Listening>>, Stop> {
    let mut last = None;
    let mut passed = hooks;
    passed.retain(|at| check(at).map_err(|stop| last = Some(stop)).is_ok());
    match last {
        Some(stop) if passed.is_empty() => Err(stop),
        Some(_) | None => Ok(passed),
    }
}

fn has_secret(at: &Listening) -> Result<(), Stop> {
    if at.locked || !at.keys.is_empty() {
        return Ok(());
    }
    let words = format!("the hook \"{}\" has no webhookSecret", at.trigger.name);
    Err(Stop::new(ReasonCode::SecretMissing, words))
}

/// The hooks whose own secret fits, each with its proof.
fn fitting(app: &App, hooks: Vec<Arc<Listening>>, way: &mut Way) -> Result<Vec<(Arc<Listening>, Genuine)>, Stop> {
    let (mut fit, mut last) = (Vec::new(), None);
    for at in hooks {
        let scheme = if by_token(&at, way) { schemes::find(GITLAB_TOKEN) } else { at.scheme };
        match steps::prove(app, &at, scheme, way) {
            Ok(genuine) => {
                if fit.is_empty() {
                    way.reach(&at);
                    steps::proved(app, scheme, way);
                }
                fit.push((at, genuine));
            }
            Err(stop) => last = Some(stop),
        }
    }
    match last {
        Some(stop) if fit.is_empty() => Err(stop),
        Some(_) | None => Ok(fit),
    }
}

/// GitLab's guide as the page prints it: the token and the event's header, no signature, at a hook of Octipus's own scheme.
fn by_token(at: &Listening, way: &Way) -> bool {
    let headers = &way.incoming.headers;
    let has = |name| headers.first(name).is_some();
    at.trigger.scheme == "octipus" && has("X-Gitlab-Token") && has("X-Gitlab-Event") && !has("X-Hub-Signature-256")
}

fn fired(app: &App, at: &Arc<Listening>, genuine: &Genuine, way: &mut Way) -> Fired {
    let unmet = hook_of(&at.trigger).and_then(|hook| conditions::unmet(&hook.conditions, &way.scope(at)));
    Fired { taking: steps::examine_all(app, at, genuine, way), unmet }
}
