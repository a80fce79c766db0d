//! One sentence about a delivery, and the reason words of refusals. What the screen says, nothing else says.

use crate::delivery::{Delivery, Outcome, ReasonCode, SignatureState};
use crate::template::ROOTS;

/// `Accepted. Signature valid. No trigger matched.`
pub fn sentence(delivery: &Delivery, trigger_name: Option<&str>) -> String {
    let outcome = match delivery.outcome {
        Outcome::Accepted => "Accepted.",
        Outcome::Filtered => "Filtered.",
        Outcome::Duplicate => "Duplicate.",
        Outcome::Rejected if delivery.reason_code == Some(ReasonCode::NotCheckable) => "Kept.",
        Outcome::Rejected => "Rejected.",
        Outcome::Unmatched => "Unmatched.",
        Outcome::Limited => "Rate limited.",
        Outcome::Disabled => "Refused: the trigger is off.",
    };
    let said = signature(delivery).map(str::to_owned);
    let parts = [Some(outcome.to_owned()), said, tail(delivery, trigger_name)];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// What the check said, unless the reason that follows is about nothing else.
fn signature(delivery: &Delivery) -> Option<&'static str> {
    let told = delivery.reason_code.and_then(ReasonCode::stage) == Some("verified");
    match delivery.signature {
        SignatureState::Valid => Some("Signature valid."),
        SignatureState::Previous => Some("Signature valid under the previous secret."),
        SignatureState::Bad | SignatureState::Missing if told => None,
        SignatureState::Bad => Some("Signature not valid."),
        SignatureState::Missing => Some("Signature missing."),
        SignatureState::Unsigned => Some("No signature is checked here."),
        SignatureState::Unchecked => None,
    }
}

fn tail(delivery: &Delivery, trigger_name: Option<&str>) -> Option<String> {
    match (&delivery.reason, delivery.outcome, trigger_name) {
        (Some(reason), ..) if delivery.reason_code == Some(ReasonCode::InvalidJson) => {
            Some(format!("The body is not JSON: {reason}."))
        }
        (Some(reason), Outcome::Filtered, _) if names_a_field(reason) => Some(format!("{reason}.")),
        (Some(reason), ..) => Some(closed(reason)),
        (None, Outcome::Accepted, Some(name)) if delivery.trigger_ids.is_empty() => {
            Some(format!("\"{name}\" answered it; it sets nothing off."))
        }
        (None, Outcome::Accepted, Some(name)) => Some(format!("Taken by \"{name}\".")),
        (None, Outcome::Accepted, None) => Some("No trigger matched.".to_owned()),
        (None, ..) => None,
    }
}

/// As a sentence.
fn closed(reason: &str) -> String {
    let mut chars = reason.chars();
    let first = chars.next().map(|c| c.to_uppercase().collect::<String>()).unwrap_or_default();
    let dot = if reason.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{first}{}{dot}", chars.as_str())
}

/// A field keeps its name at the beginning of a sentence: `payload.environment`, not `Payload.environment`.
fn names_a_field(reason: &str) -> bool {
    let root = reason.split([' ', '.', '[']).next().unwrap_or_default();
    ROOTS.contains(&root)
}

#[cfg(test)]
mod tests {
    use super::{closed, names_a_field};

    #[test]
    fn a_reason_becomes_a_sentence() {
        assert_eq!(closed("the timestamp is 400 s old"), "The timestamp is 400 s old.");
        assert_eq!(closed("is it?"), "Is it?");
    }

    #[test]
    fn a_field_at_the_beginning_is_told_from_a_word() {
        assert!(names_a_field("payload.environment is \"dev\", not \"production\""));
        assert!(names_a_field("event is \"star\", not \"push\""));
        assert!(names_a_field("headers[\"x-a\"] is missing"));
        assert!(!names_a_field("no condition of 2 holds"));
        assert!(!names_a_field("payloads are odd"));
    }
}
