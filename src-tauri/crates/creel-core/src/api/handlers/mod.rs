//! What each command does. The shapes stand in `api/`, the list in `api/commands/`.

mod act;
mod agents;
mod alerts;
mod answer_as;
mod approvals;
mod channels;
mod deliveries;
mod doctor;
mod executions;
mod forge;
mod forwarder;
mod github;
mod gitlab;
mod hooks;
mod imports;
mod inspect;
mod learning;
mod lists;
mod pipelines;
mod replays;
mod resources;
mod rotation;
mod scheme_trial;
mod schemes;
mod secrets;
mod settings;
mod signature;
mod snippets;
mod tasks;
mod team;
mod tools;
mod trigger_changes;
mod trigger_deletion;
mod trigger_token;
mod triggers;
mod tunnels;
mod verifiers;
mod views;

pub use act::*;
pub use agents::*;
pub use alerts::*;
pub use answer_as::*;
pub use approvals::*;
pub use channels::*;
pub use deliveries::*;
pub use doctor::*;
pub use executions::*;
pub use forwarder::*;
pub use github::*;
pub use gitlab::*;
pub use hooks::*;
pub use imports::*;
pub use inspect::*;
pub use learning::*;
pub use lists::*;
pub use pipelines::*;
pub use replays::*;
pub use resources::*;
pub use rotation::*;
pub use scheme_trial::*;
pub use schemes::*;
pub use secrets::*;
pub use settings::*;
pub use signature::*;
pub use snippets::*;
pub use tasks::*;
pub use team::*;
pub use tools::*;
pub use trigger_changes::*;
pub use trigger_deletion::*;
pub use trigger_token::*;
pub use triggers::*;
pub use tunnels::*;
pub use verifiers::*;
pub use views::*;

use crate::api::page::{PAGE, PAGE_MOST, Page};
use crate::error::ApiError;

/// Rows of a page as asked.
fn page_size(asked: Option<u32>) -> u32 {
    asked.unwrap_or(PAGE).clamp(1, PAGE_MOST)
}

/// The cursor as asked: everything older than it.
fn before(after: Option<i64>) -> i64 {
    after.unwrap_or(i64::MAX)
}

/// A page of `size` out of the rows found, of which one more than `size` was asked for.
fn page<T>(mut rows: Vec<T>, size: u32, seq: impl Fn(&T) -> i64) -> Page<T> {
    let more = rows.len() > size as usize;
    rows.truncate(size as usize);
    let next = if more { rows.last().map(seq) } else { None };
    Page { items: rows, next }
}

/// A name of 1 to `most` characters, trimmed.
fn name(field: &str, text: &str, most: usize) -> Result<String, ApiError> {
    let text = text.trim();
    match text.chars().count() {
        0 => Err(ApiError::invalid(field, format!("{field} is empty"))),
        n if n > most => Err(ApiError::invalid(field, format!("{field} has {n} characters; at most {most}"))),
        _ => Ok(text.to_owned()),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
