//! Octipus's answers, word for word.

use crate::contracts::Refused;
use crate::delivery::ReasonCode;
use crate::receive::Answered;

/// Status and `{"error": …}` of a refusal.
pub(super) fn refuse(refused: &Refused<'_>) -> Answered {
    let (status, words) = match refused.code {
        ReasonCode::NoSuchEndpoint | ReasonCode::TriggerDisabled => (404, "Webhook not found"),
        ReasonCode::SecretMissing => (401, "Webhook secret not configured. Set a webhookSecret on this hook."),
        ReasonCode::SignatureMissing
        | ReasonCode::SignatureMalformed
        | ReasonCode::SignatureMismatch
        | ReasonCode::TimestampInvalid
        | ReasonCode::TimestampOutsideWindow => (401, "Invalid or missing webhook signature"),
        ReasonCode::QueueFull => (503, "Webhook run queue is full; retry later"),
        _ => refused.plain(),
    };
    refused.in_json(status, words)
}

/// The same delivery id again.
pub(super) fn duplicate() -> Answered {
    Answered::json(200, r#"{"received":true,"duplicate":true}"#)
}

/// So many hooks take it.
pub(super) fn accepted(hooks: usize) -> Answered {
    Answered::json(202, format!(r#"{{"received":true,"accepted":true,"hooks":{hooks}}}"#))
}
