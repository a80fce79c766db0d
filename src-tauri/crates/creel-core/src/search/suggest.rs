//! What could come next, from the language and from what was captured.

use super::key::Key;
use super::parse::parse;
use super::tokens::{Token, byte_of, tokens, units};
use crate::api::search::{Suggestion, Suggestions};
use crate::clock::UnixMs;

/// More is a list to read, not a help to type.
const MOST: usize = 12;

/// What captured values are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fact<'a> {
    /// Values of a key: sources, events, paths, statuses, triggers (their slugs) …
    Value(Key),
    /// Paths in JSON bodies: `repository.name`.
    BodyPath,
    /// Values at a path of JSON bodies.
    BodyValue(&'a str),
    /// Names of headers, lower case.
    HeaderName,
    /// Values of a header.
    HeaderValue(&'a str),
}

/// What was captured. The store answers from its newest deliveries.
pub trait Facts {
    /// Values that begin with `begin` (case does not matter), with how many deliveries have each, the most frequent first,
    /// at most `most`.
    fn known(&self, fact: Fact<'_>, begin: &str, most: usize) -> Vec<(String, i64)>;
}

/// What `query` means, and what the word at `caret` (UTF-16 units) could become.
pub fn suggest(query: &str, caret: u32, now: UnixMs, facts: &dyn Facts) -> Suggestions {
    let parsed = parse(query, now);
    let caret = byte_of(query, caret);
    let token = tokens(query).into_iter().find(|token| token.at.start <= caret && caret <= token.at.end);
    let (at, items) = match &token {
        Some(token) => (token.at.clone(), for_token(token, facts)),
        None => (caret..caret, keys("", "")),
    };
    Suggestions {
        meaning: parsed.as_ref().ok().map(|query| query.meaning()),
        error: parsed.err(),
        from: units(query, at.start),
        to: units(query, at.end),
        items: items.into_iter().take(MOST).collect(),
    }
}

fn for_token(token: &Token, facts: &dyn Facts) -> Vec<Suggestion> {
    let not = if token.negated { "!" } else { "" };
    let Some(name) = &token.key else {
        let mut items = if token.quoted { Vec::new() } else { keys(not, &token.value) };
        items.extend(paths(not, &token.value, facts));
        if !token.value.is_empty() {
            let text = format!("{not}\"{}\"", escaped(&token.value));
            items.push(Suggestion { text, about: "search bodies for these words".to_owned() });
        }
        return items;
    };
    let offer = |fact| offered(&format!("{not}{name}"), fact, token, facts);
    match name.split_once('.') {
        Some(("body", path)) => offer(Fact::BodyValue(path)),
        Some(("header", header)) => offer(Fact::HeaderValue(&header.to_ascii_lowercase())),
        _ => match Key::of(name) {
            None => Vec::new(),
            Some(key) if key.words().is_empty() => offer(Fact::Value(key)),
            Some(key) => words(not, key, &token.value, facts),
        },
    }
}

fn keys(not: &str, begin: &str) -> Vec<Suggestion> {
    let known = Key::ALL.into_iter().filter(|key| key.name().starts_with(&begin.to_ascii_lowercase()));
    known
        .map(|key| {
            let end = if key.has_path() { '.' } else { ':' };
            Suggestion { text: format!("{not}{}{end}", key.name()), about: key.about().to_owned() }
        })
        .collect()
}

/// `body.re` goes on with the paths of captured bodies.
fn paths(not: &str, begin: &str, facts: &dyn Facts) -> Vec<Suggestion> {
    let (root, fact, rest) = match begin.split_once('.') {
        Some((root @ "body", rest)) => (root, Fact::BodyPath, rest),
        Some((root @ "header", rest)) => (root, Fact::HeaderName, rest),
        _ => return Vec::new(),
    };
    let known = facts.known(fact, rest, MOST).into_iter();
    known.map(|(path, count)| Suggestion { text: format!("{not}{root}.{path}:"), about: deliveries(count) }).collect()
}

fn words(not: &str, key: Key, begin: &str, facts: &dyn Facts) -> Vec<Suggestion> {
    let counts = facts.known(Fact::Value(key), "", MOST);
    let count = |word: &str| counts.iter().find(|(known, _)| known == word).map(|(_, count)| *count);
    let fitting = key.words().iter().filter(|(word, _)| word.starts_with(&begin.to_ascii_lowercase()));
    fitting
        .map(|(word, about)| {
            let about = count(word).map_or_else(|| (*about).to_owned(), |n| format!("{about} ({})", grouped(n)));
            Suggestion { text: format!("{not}{}:{word}", key.name()), about }
        })
        .collect()
}

fn offered(name: &str, fact: Fact<'_>, token: &Token, facts: &dyn Facts) -> Vec<Suggestion> {
    let known = facts.known(fact, &token.value, MOST).into_iter();
    known
        .map(|(value, count)| Suggestion { text: format!("{name}:{}", plain(&value)), about: deliveries(count) })
        .collect()
}

/// A value as it is typed: in quotes where a blank, a quote, a comma or a star would be understood.
fn plain(value: &str) -> String {
    let special = value.is_empty() || value.contains(|c: char| c.is_whitespace() || "\",*<>\\".contains(c));
    if special { format!("\"{}\"", escaped(value)) } else { value.to_owned() }
}

fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"")
}

fn deliveries(count: i64) -> String {
    format!("{} {}", grouped(count), if count == 1 { "delivery" } else { "deliveries" })
}

/// `1204` as `1,204`.
fn grouped(count: i64) -> String {
    let digits = count.unsigned_abs().to_string();
    let mut out = String::new();
    for (n, digit) in digits.chars().enumerate() {
        if n > 0 && (digits.len() - n).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}
