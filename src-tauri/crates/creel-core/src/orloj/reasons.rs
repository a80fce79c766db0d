//! Why a signature was refused, in the words that Orloj keeps in `status.lastError`, and in its order.

use super::TaskWebhookSpec;
use crate::delivery::ReasonCode;
use crate::receive::Headers;

/// The reason for a refusal that the check found; `None`: it is none of the signature's.
pub fn rejection(spec: &TaskWebhookSpec, headers: &Headers, code: ReasonCode) -> Option<String> {
    match code {
        ReasonCode::SignatureMissing
        | ReasonCode::SignatureMalformed
        | ReasonCode::SignatureMismatch
        | ReasonCode::TimestampInvalid
        | ReasonCode::TimestampOutsideWindow => Some(of_signature(spec, headers, code)),
        _ => None,
    }
}

fn of_signature(spec: &TaskWebhookSpec, headers: &Headers, code: ReasonCode) -> String {
    let name = &spec.auth.signature_header;
    let received = headers.text(name).unwrap_or_default().trim();
    if received.is_empty() {
        return format!("missing signature header {name}");
    }
    let prefix = &spec.auth.signature_prefix;
    let Some(digits) = behind(received, prefix) else { return "invalid signature prefix".to_owned() };
    if digits.trim().is_empty() {
        return "signature is empty".to_owned();
    }
    if let Some(time) = spec.auth.timestamp_header.as_ref() {
        match (headers.text(time).unwrap_or_default().trim(), code) {
            ("", _) => return format!("missing timestamp header {time}"),
            (_, ReasonCode::TimestampInvalid) => {
                return "invalid timestamp: neither seconds, milliseconds nor RFC 3339".to_owned();
            }
            (_, ReasonCode::TimestampOutsideWindow) => return "timestamp outside allowed skew".to_owned(),
            _ => {}
        }
    }
    match code {
        ReasonCode::SignatureMalformed if !is_hex(digits.trim()) => "signature must be hex".to_owned(),
        _ => "signature mismatch".to_owned(),
    }
}

fn behind<'t>(text: &'t str, prefix: &str) -> Option<&'t str> {
    let begins = text.get(..prefix.len())?;
    begins.eq_ignore_ascii_case(prefix).then(|| &text[prefix.len()..])
}

fn is_hex(digits: &str) -> bool {
    digits.len().is_multiple_of(2) && digits.bytes().all(|b| b.is_ascii_hexdigit())
}
