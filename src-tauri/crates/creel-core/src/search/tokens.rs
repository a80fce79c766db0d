//! A query's text as tokens, each with its place, so that an error can point at it.

use std::ops::Range;

use crate::api::search::QueryError;

/// `!`, a key, a value: one blank-separated piece of a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    /// Its bytes in the query.
    pub at: Range<usize>,
    /// It begins with `!` or `-`.
    pub negated: bool,
    /// What stands before the first colon outside quotes.
    pub key: Option<String>,
    /// The bytes of the key.
    pub key_at: Range<usize>,
    /// The value without quotes.
    pub value: String,
    /// The value, or a part of it, was in quotes: nothing in it is special.
    pub quoted: bool,
    /// A quote is open at the end.
    pub unclosed: bool,
}

/// Takes a query apart. Nothing can fail here; an open quote is marked.
pub(super) fn tokens(query: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = query.char_indices().peekable();
    while let Some(&(start, c)) = rest.peek() {
        if c.is_whitespace() {
            rest.next();
            continue;
        }
        tokens.push(token(&mut rest, start, query.len()));
    }
    tokens
}

fn token(rest: &mut std::iter::Peekable<std::str::CharIndices<'_>>, start: usize, length: usize) -> Token {
    let negated = rest.next_if(|&(_, c)| c == '!' || c == '-').is_some();
    let from = rest.peek().map_or(length, |&(at, _)| at);
    let mut token = Token {
        at: start..length,
        negated,
        key: None,
        key_at: from..from,
        value: String::new(),
        quoted: false,
        unclosed: false,
    };
    while let Some((at, c)) = rest.next_if(|&(_, c)| token.unclosed || !c.is_whitespace()) {
        match c {
            '"' => {
                token.unclosed = !token.unclosed;
                token.quoted = true;
            }
            '\\' if token.unclosed => token.value.extend(rest.next().map(|(_, escaped)| escaped)),
            ':' if token.key.is_none() && !token.quoted => {
                token.key = Some(std::mem::take(&mut token.value));
                token.key_at = from..at;
            }
            c => token.value.push(c),
        }
    }
    token.at.end = rest.peek().map_or(length, |&(at, _)| at);
    token
}

/// An error at `at` (bytes of `query`), told in UTF-16 units.
pub(super) fn error(query: &str, at: &Range<usize>, message: String, hint: Option<String>) -> QueryError {
    QueryError { message, hint, from: units(query, at.start), to: units(query, at.end) }
}

/// How many UTF-16 units stand before a byte.
pub(super) fn units(query: &str, byte: usize) -> u32 {
    u32::try_from(query[..byte].encode_utf16().count()).unwrap_or(u32::MAX)
}

/// The byte at a UTF-16 unit; beyond the end: the end.
pub(super) fn byte_of(query: &str, unit: u32) -> usize {
    let mut units = 0;
    query
        .char_indices()
        .find(|(_, c)| {
            let found = units >= unit;
            units += u32::try_from(c.len_utf16()).unwrap_or(1);
            found
        })
        .map_or(query.len(), |(at, _)| at)
}
