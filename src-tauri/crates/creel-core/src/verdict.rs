//! One sentence about a delivery, and the reason words of refusals. What the screen says, nothing else says.

use crate::delivery::{Delivery, Outcome, SignatureState};

/// `Accepted. Signature valid. No trigger matched.`
pub fn sentence(delivery: &Delivery, trigger_name: Option<&str>) -> String {
    let outcome = match delivery.outcome {
        Outcome::Accepted => "Accepted.",
        Outcome::Filtered => "Filtered.",
        Outcome::Duplicate => "Duplicate.",
        Outcome::Rejected => "Rejected.",
        Outcome::Unmatched => "Unmatched.",
        Outcome::Limited => "Rate limited.",
        Outcome::Disabled => "Refused: the trigger is off.",
    };
    let parts =
        [Some(outcome.to_owned()), signature(delivery.signature).map(str::to_owned), tail(delivery, trigger_name)];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

fn signature(state: SignatureState) -> Option<&'static str> {
    match state {
        SignatureState::Valid => Some("Signature valid."),
        SignatureState::Previous => Some("Signature valid under the previous secret."),
        SignatureState::Bad => Some("Signature not valid."),
        SignatureState::Missing => Some("Signature missing."),
        SignatureState::Unsigned => Some("No signature is checked here."),
        SignatureState::Unchecked => None,
    }
}

fn tail(delivery: &Delivery, trigger_name: Option<&str>) -> Option<String> {
    match (&delivery.reason, delivery.outcome, trigger_name) {
        (Some(reason), ..) => Some(capitalised(reason)),
        (None, Outcome::Accepted, Some(name)) if delivery.trigger_ids.is_empty() => {
            Some(format!("\"{name}\" answered it; it sets nothing off."))
        }
        (None, Outcome::Accepted, Some(name)) => Some(format!("Taken by \"{name}\".")),
        (None, Outcome::Accepted, None) => Some("No trigger matched.".to_owned()),
        (None, ..) => None,
    }
}

fn capitalised(reason: &str) -> String {
    let mut chars = reason.chars();
    let first = chars.next().map(|c| c.to_uppercase().collect::<String>()).unwrap_or_default();
    let dot = if reason.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{first}{}{dot}", chars.as_str())
}
