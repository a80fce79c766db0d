//! What was captured, for suggestions: counted values of keys, and paths and values out of the newest bodies.

use std::collections::HashMap;

use rusqlite::Connection;
use serde_json::Value;

use crate::search::{Fact, Facts, Key};
use crate::store::{StoreError, activity, contents, find, words};
use crate::template::text_of;

/// Newest deliveries whose rows are looked at.
const ROWS: u32 = 500;
/// Newest deliveries whose bodies and headers are looked at: a few milliseconds.
const BODIES: u32 = 60;
/// How deep paths are offered.
const DEPTH: usize = 5;
/// Longer values are no suggestions.
const VALUE_MOST: usize = 80;

/// Suggestions from the store behind a reader.
pub struct Captured<'a>(pub &'a Connection);

impl Facts for Captured<'_> {
    fn known(&self, fact: Fact<'_>, begin: &str, most: usize) -> Vec<(String, i64)> {
        known(self.0, fact, begin, most).unwrap_or_else(|error| {
            tracing::warn!(%error, "suggestions");
            Vec::new()
        })
    }
}

fn known(db: &Connection, fact: Fact<'_>, begin: &str, most: usize) -> Result<Vec<(String, i64)>, StoreError> {
    let most_rows = u32::try_from(most).unwrap_or(u32::MAX);
    match fact {
        Fact::Value(Key::Source) => activity::facts(db, "source", begin, most_rows),
        Fact::Value(Key::Event) => activity::facts(db, "event", begin, most_rows),
        Fact::Value(key) => Ok(top(column(db, key)?, begin, most)),
        Fact::BodyPath | Fact::BodyValue(_) | Fact::HeaderName | Fact::HeaderValue(_) => {
            Ok(top(in_bytes(db, fact)?, begin, most))
        }
    }
}

/// Values of a key in the newest rows.
fn column(db: &Connection, key: Key) -> Result<Vec<String>, StoreError> {
    let of = |row: crate::delivery::Delivery| match key {
        Key::Path => Some(row.path),
        Key::Method => Some(row.method),
        Key::Ip => row.peer,
        Key::EventId => row.event_id,
        Key::Id => Some(row.id.0),
        Key::Status => Some(row.answer_status.to_string()),
        Key::Outcome => Some(words::word(&row.outcome)),
        Key::Source
        | Key::Event
        | Key::Sig
        | Key::Trigger
        | Key::Is
        | Key::After
        | Key::Before
        | Key::Body
        | Key::Header => None,
    };
    if key == Key::Trigger {
        return Ok(super::triggers::all(db)?.into_iter().map(|trigger| trigger.slug).collect());
    }
    Ok(find::newest(db, ROWS)?.into_iter().filter_map(of).collect())
}

fn in_bytes(db: &Connection, fact: Fact<'_>) -> Result<Vec<String>, StoreError> {
    let mut found = Vec::new();
    for row in find::newest(db, BODIES)? {
        match fact {
            Fact::HeaderName | Fact::HeaderValue(_) => {
                let Some(contents) = contents::get(db, row.seq)? else { continue };
                found.extend(contents.headers.0.iter().filter_map(|(name, value)| {
                    match fact {
                        Fact::HeaderValue(wanted) => name
                            .eq_ignore_ascii_case(wanted)
                            .then(|| String::from_utf8_lossy(value).into_owned())
                            .filter(|_| !crate::headers::is_credential(name)),
                        _ => Some(name.to_ascii_lowercase()),
                    }
                }));
            }
            Fact::BodyPath | Fact::BodyValue(_) | Fact::Value(_) => {
                let body = contents::body(db, row.seq)?.unwrap_or_default();
                let Ok(payload) = serde_json::from_slice::<Value>(&body) else { continue };
                match fact {
                    Fact::BodyValue(path) => found.extend(value_at(&payload, path)),
                    _ => paths(&payload, "", 0, &mut found),
                }
            }
        }
    }
    Ok(found)
}

fn value_at(payload: &Value, path: &str) -> Option<String> {
    let value = path.split('.').try_fold(payload, |value, segment| match value {
        Value::Array(items) => items.get(segment.parse::<usize>().ok()?),
        other => other.get(segment),
    })?;
    (!value.is_object() && !value.is_array()).then(|| text_of(value).into_owned())
}

fn paths(value: &Value, above: &str, depth: usize, found: &mut Vec<String>) {
    let Value::Object(members) = value else { return };
    for (name, below) in members {
        let path = if above.is_empty() { name.clone() } else { format!("{above}.{name}") };
        if depth + 1 < DEPTH {
            paths(below, &path, depth + 1, found);
        }
        found.push(path);
    }
}

/// The most frequent of `found` that begin with `begin`.
fn top(found: Vec<String>, begin: &str, most: usize) -> Vec<(String, i64)> {
    let begin = begin.to_lowercase();
    let mut counts: HashMap<String, i64> = HashMap::new();
    for value in found.into_iter().filter(|value| value.len() <= VALUE_MOST && value.to_lowercase().starts_with(&begin))
    {
        *counts.entry(value).or_default() += 1;
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    counts.truncate(most);
    counts
}
