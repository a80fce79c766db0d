//! Names that Creel makes: of endpoints and of run tasks.

use sha2::{Digest, Sha256};

/// Hex digits of an endpoint id.
const ENDPOINT_DIGITS: usize = 24;
/// Characters of the webhook's name that a run task's name begins with.
const BASE_MOST: usize = 42;
/// Hex digits of the event id's digest behind it.
const EVENT_DIGITS: usize = 16;

/// The endpoint of a task webhook: it stays as long as namespace and name do, and another name is another endpoint.
pub fn endpoint_id(namespace: &str, name: &str) -> String {
    digits(&format!("{namespace}/{name}"), ENDPOINT_DIGITS)
}

/// The name of the run task that `webhook` makes for one event.
pub fn run_name(webhook: &str, event_id: &str) -> String {
    let base: String = webhook.chars().take(BASE_MOST).collect();
    format!("{base}-{}", event_digits(event_id))
}

/// The event id as a label can hold it.
pub(super) fn event_digits(event_id: &str) -> String {
    digits(event_id, EVENT_DIGITS)
}

fn digits(text: &str, most: usize) -> String {
    let mut digits = hex::encode(Sha256::digest(text));
    digits.truncate(most);
    digits
}
