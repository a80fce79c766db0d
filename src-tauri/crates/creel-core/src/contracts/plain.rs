//! Status and words of every reason, where a contract has none of its own. Nothing in them helps to forge a signature.

use serde_json::json;

use super::Refused;
use crate::delivery::ReasonCode;
use crate::receive::Answered;

impl Refused<'_> {
    /// The status to answer, and why in a few words.
    pub(super) fn plain(&self) -> (u16, &'static str) {
        let (status, words) = plain(self.code);
        (self.door.unwrap_or(status), words)
    }

    /// The answer of the contracts whose errors are `{"error": words}`. Creel's own trouble is said in one way by all.
    pub(super) fn in_json(&self, status: u16, words: &str) -> Answered {
        let answer = Answered::json(status, json!({ "error": words }).to_string());
        match self.retry_after {
            Some(seconds) => answer.retry_after(seconds),
            None if status == 503 => super::unavailable(),
            None => answer,
        }
    }
}

fn plain(code: ReasonCode) -> (u16, &'static str) {
    match code {
        ReasonCode::NoSuchEndpoint | ReasonCode::TriggerDisabled => (404, "Not found"),
        ReasonCode::MethodNotAllowed => (405, "Method not allowed"),
        ReasonCode::AddressNotAllowed | ReasonCode::AddressUnknown => (403, "Address not allowed"),
        ReasonCode::FromBrowser => (403, "Not for browsers"),
        ReasonCode::RateLimited | ReasonCode::QuotaExhausted => (429, "Too many requests"),
        ReasonCode::MalformedHttp | ReasonCode::RepeatedHeader => (400, "Malformed request"),
        ReasonCode::EventIdMissing => (400, "Missing event id"),
        ReasonCode::InvalidJson => (400, "Invalid JSON"),
        ReasonCode::InvalidInput => (400, "Invalid input"),
        ReasonCode::BodyTooLarge => (413, "Body too large"),
        ReasonCode::BodyTooSlow => (408, "Body too slow"),
        ReasonCode::UnsupportedEncoding => (415, "Unsupported content encoding"),
        ReasonCode::TokenUnknown => (401, "Invalid or missing token"),
        ReasonCode::SecretMissing
        | ReasonCode::HandshakeRefused
        | ReasonCode::NotCheckable
        | ReasonCode::SignatureMissing
        | ReasonCode::SignatureMalformed
        | ReasonCode::SignatureMismatch
        | ReasonCode::TimestampInvalid
        | ReasonCode::TimestampOutsideWindow => (401, "Invalid or missing signature"),
        // Never asked: what was chosen has its own answer.
        ReasonCode::AnsweredAs | ReasonCode::Handshake => (503, "Temporarily unavailable"),
        ReasonCode::Paused | ReasonCode::Overloaded | ReasonCode::SecretUnavailable | ReasonCode::QueueFull => {
            (503, "Temporarily unavailable")
        }
        ReasonCode::DuplicateId
        | ReasonCode::DuplicateBody
        | ReasonCode::FilterNotMet
        | ReasonCode::CooledDown
        | ReasonCode::RunsUsedUp
        | ReasonCode::ActionFailed => (202, "Accepted"),
    }
}
