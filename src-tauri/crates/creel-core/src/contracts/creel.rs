//! Creel's own face: `/hooks/{slug}`, any scheme, and a reply of the user's choice.
//!
//! An unknown and a disabled trigger answer alike (`trust.md` 5.1), and nothing in an answer helps to forge a signature.

use std::borrow::Cow;

use super::fault::{fault, refusal};
use super::{Done, Face, Found, Refused};
use crate::answer_as::Fault;
use crate::app::App;
use crate::authenticate::Scheme;
use crate::commit::Settle;
use crate::delivery::ReasonCode;
use crate::error::ApiError;
use crate::ids::TriggerId;
use crate::pipeline::{Stop, Way, learn, steps};
use crate::receive::Answered;
use crate::trigger::{Dedup, Trigger};

/// The contract `creel`.
pub struct Creel;

impl Face for Creel {
    fn take(&self, app: &App, found: &Found, way: &mut Way) -> Result<Box<dyn Settle>, Stop> {
        let at = steps::there(found, way)?;
        steps::answering(app, &at, way)?;
        let challenge = steps::challenge(&at, way);
        if challenge.is_none() {
            steps::method(&at, way)?;
        }
        steps::enabled(&at)?;
        steps::allowed(&at, way)?;
        steps::within_rate(&at, way)?;
        challenge.map_or(Ok(()), Err)?;
        if let Some(key) = learn::learn(app, &at, way)? {
            return Ok(key);
        }
        let genuine = steps::authenticate(app, &at, way)?;
        Ok(Box::new(steps::examine(app, &at, &genuine, way)))
    }

    fn refuse(&self, refused: &Refused<'_>) -> Answered {
        let (status, words) = refused.plain();
        refused.in_json(status, words)
    }

    fn faults(&self) -> Vec<(Fault, Answered)> {
        let of = |code, about| refusal(self, code, None, about);
        vec![
            of(ReasonCode::SignatureMismatch, "the signature does not fit"),
            of(ReasonCode::AddressNotAllowed, "the caller is not on the allowlist"),
            of(ReasonCode::TriggerDisabled, "nobody listens there, or the trigger is off"),
            of(ReasonCode::MalformedHttp, "the request is malformed"),
            of(ReasonCode::BodyTooLarge, "the body is too large"),
            of(ReasonCode::UnsupportedEncoding, "the content encoding is not taken"),
            of(ReasonCode::RateLimited, "too many requests"),
            fault("server_error", "the receiver failed", Answered::json(500, r#"{"error":"Internal error"}"#)),
            of(ReasonCode::Overloaded, "the receiver is not ready"),
        ]
    }

    /// The configured reply, or 202 with the delivery's id.
    fn answer(&self, trigger: &Trigger, done: &Done) -> Answered {
        let reply = &trigger.reply;
        let body = reply
            .body
            .clone()
            .unwrap_or_else(|| format!(r#"{{"delivery":"{}","duplicate":{}}}"#, done.delivery, done.duplicate));
        let mut answered =
            Answered { status: reply.status, body: body.into(), delay_ms: reply.delay_ms, ..Answered::default() };
        let own_type = reply.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type"));
        if !own_type {
            let kind = if reply.body.is_none() { "application/json" } else { "text/plain; charset=utf-8" };
            answered.headers.push((Cow::Borrowed("content-type"), Cow::Borrowed(kind)));
        }
        let own = reply.headers.iter().map(|(name, value)| (Cow::Owned(name.clone()), Cow::Owned(value.clone())));
        answered.headers.extend(own);
        answered
    }

    fn first_slug(&self, _: &TriggerId) -> String {
        String::new()
    }

    fn chooses_slug(&self) -> bool {
        true
    }

    fn scheme(&self) -> &'static str {
        "github"
    }

    /// A body alone counts only where neither a time nor a signed id tells repeats apart.
    fn dedup(&self, record: Option<&Scheme>) -> Dedup {
        let timed = record.is_some_and(|scheme| scheme.timestamp.is_some());
        let has_id = record.is_some_and(|scheme| scheme.id.is_some());
        Dedup { by_event_id: true, by_body: has_id && !timed, window_hours: if timed { 24 } else { 72 } }
    }

    fn check(&self, trigger: &Trigger) -> Result<(), ApiError> {
        super::face::without_settings(trigger)?;
        let slug = &trigger.slug;
        let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        if (1..=64).contains(&slug.len()) && slug.bytes().all(fits) {
            return Ok(());
        }
        Err(ApiError::invalid("slug", format!("slug \"{slug}\" is not 1 to 64 of a-z, 0-9 and -")))
    }
}
