//! Any query, at any place of the caret: understood, or an error that points into it.

use creel_core::api::search::QueryError;
use creel_core::search::{Fact, Facts, parse_in, suggest};
use jiff::tz::TimeZone;

use super::signature::NOW;
use super::text;

/// A store that knows a few values, some that have to be quoted.
struct Known;

impl Facts for Known {
    fn known(&self, _: Fact<'_>, begin: &str, most: usize) -> Vec<(String, i64)> {
        let all = ["github", "pull_request.opened", "a \"quoted\" one", "é\u{202e}x", ""];
        let found = all.into_iter().filter(|value| value.starts_with(begin));
        found.take(most).map(|value| (value.to_owned(), 1)).collect()
    }
}

/// The caret (two bytes), then the query.
pub fn run(data: &[u8]) {
    let Some((caret, query)) = data.split_first_chunk::<2>() else { return };
    let query = text(query);
    let parsed = parse_in(&query, NOW, &TimeZone::UTC);
    match &parsed {
        Ok(understood) => assert!(understood.meaning().len() < 64 * 1024, "a meaning without end"),
        Err(error) => points_into(&query, error),
    }
    let found = suggest(&query, u32::from(u16::from_le_bytes(*caret)), NOW, &Known);
    assert!(found.from <= found.to && found.to <= units(&query), "{}..{} in {query:?}", found.from, found.to);
    if let Some(error) = &found.error {
        points_into(&query, error);
    }
}

fn points_into(query: &str, error: &QueryError) {
    assert!(error.from <= error.to && error.to <= units(query), "{error:?} in {query:?}");
    assert!(!error.message.is_empty());
}

fn units(query: &str) -> u32 {
    u32::try_from(query.encode_utf16().count()).unwrap_or(u32::MAX)
}
