//! Creel's own face: `/hooks/{slug}`, any scheme, and a reply of the user's choice.
//!
//! Order of checks: trigger there → method → enabled → rate → address → signature → filter. An unknown and a disabled
//! trigger answer alike (`trust.md` 5.1), and nothing in an answer helps to forge a signature.

use std::borrow::Cow;

use super::{Done, Refused};
use crate::delivery::ReasonCode;
use crate::receive::Answered;
use crate::trigger::Trigger;

/// Status and body of a refusal.
pub fn refuse(refused: &Refused<'_>) -> Answered {
    let (status, words) = match refused.code {
        ReasonCode::NoSuchEndpoint | ReasonCode::TriggerDisabled => (404, "Not found"),
        ReasonCode::MethodNotAllowed => (405, "Method not allowed"),
        ReasonCode::AddressNotAllowed | ReasonCode::AddressUnknown => (403, "Address not allowed"),
        ReasonCode::FromBrowser => (403, "Not for browsers"),
        ReasonCode::RateLimited => (429, "Too many requests"),
        ReasonCode::MalformedHttp | ReasonCode::RepeatedHeader => (400, "Malformed request"),
        ReasonCode::EventIdMissing => (400, "Missing event id"),
        ReasonCode::InvalidJson => (400, "Invalid JSON"),
        ReasonCode::BodyTooLarge => (413, "Body too large"),
        ReasonCode::BodyTooSlow => (408, "Body too slow"),
        ReasonCode::UnsupportedEncoding => (415, "Unsupported content encoding"),
        ReasonCode::SignatureMissing
        | ReasonCode::SignatureMalformed
        | ReasonCode::SignatureMismatch
        | ReasonCode::TimestampInvalid
        | ReasonCode::TimestampOutsideWindow => (401, "Invalid or missing signature"),
        ReasonCode::Paused | ReasonCode::Overloaded | ReasonCode::SecretUnavailable => return super::unavailable(),
        ReasonCode::DuplicateId | ReasonCode::DuplicateBody | ReasonCode::FilterNotMet | ReasonCode::ActionFailed => {
            (202, "Accepted")
        }
    };
    let answer = Answered::json(status, format!(r#"{{"error":"{words}"}}"#));
    match refused.retry_after {
        Some(seconds) => answer.retry_after(seconds),
        None => answer,
    }
}

/// The configured reply, or 202 with the delivery's id.
pub fn answer(trigger: &Trigger, done: &Done) -> Answered {
    let reply = &trigger.reply;
    let body = reply
        .body
        .clone()
        .unwrap_or_else(|| format!(r#"{{"delivery":"{}","duplicate":{}}}"#, done.delivery, done.duplicate));
    let mut answered =
        Answered { status: reply.status, headers: Vec::new(), body: body.into(), delay_ms: reply.delay_ms };
    let own_type = reply.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type"));
    if !own_type {
        let kind = if reply.body.is_none() { "application/json" } else { "text/plain; charset=utf-8" };
        answered.headers.push((Cow::Borrowed("content-type"), Cow::Borrowed(kind)));
    }
    let own = reply.headers.iter().map(|(name, value)| (Cow::Owned(name.clone()), Cow::Owned(value.clone())));
    answered.headers.extend(own);
    answered
}
