//! From text to a [`Query`]. What is not understood is an error that points at its place, never an empty list.

use std::ops::RangeInclusive;

use jiff::tz::TimeZone;

use super::key::Key;
use super::query::{Ask, Column, Compare, Is, Pattern, Query, SignatureAsk, Term, Test};
use super::tokens::{Token, error, tokens};
use super::when;
use crate::api::search::QueryError;
use crate::clock::UnixMs;
use crate::delivery::{Outcome, SignatureState};
use crate::template::nearest::nearest;

/// A longer query was pasted, not typed.
const MAX_QUERY_BYTES: usize = 2048;

/// More terms than a person reads; a bound on the statement.
const MAX_TERMS: usize = 32;

/// Understands a query at `now`; dates are days of the system's time zone.
pub fn parse(query: &str, now: UnixMs) -> Result<Query, QueryError> {
    parse_in(query, now, &TimeZone::system())
}

/// Understands a query at `now`; dates are days of `zone`.
pub fn parse_in(query: &str, now: UnixMs, zone: &TimeZone) -> Result<Query, QueryError> {
    let refused = |message| Err(error(query, &(0..query.len()), message, None));
    if query.len() > MAX_QUERY_BYTES {
        return refused(format!("the query is longer than {MAX_QUERY_BYTES} bytes"));
    }
    let tokens = tokens(query);
    if tokens.len() > MAX_TERMS {
        return refused(format!("the query has more than {MAX_TERMS} terms"));
    }
    let terms = tokens.iter().map(|token| {
        let ask = ask(token, now, zone).map_err(|wrong| {
            let at = if wrong.key { &token.key_at } else { &token.at };
            error(query, at, wrong.message, wrong.hint)
        })?;
        Ok(Term { negated: token.negated, ask })
    });
    Ok(Query { terms: terms.collect::<Result<_, QueryError>>()? })
}

/// What is wrong with a token.
struct Wrong {
    message: String,
    hint: Option<String>,
    /// It is its key.
    key: bool,
}

fn wrong<T>(message: impl Into<String>, hint: impl Into<Option<String>>) -> Result<T, Wrong> {
    Err(Wrong { message: message.into(), hint: hint.into(), key: false })
}

fn ask(token: &Token, now: UnixMs, zone: &TimeZone) -> Result<Ask, Wrong> {
    if token.unclosed {
        return wrong("a quote is not closed", "put a \" at the end".to_owned());
    }
    let Some(name) = &token.key else {
        return match token.value.trim() {
            "" if token.quoted => wrong("there is nothing between the quotes", None),
            "" => wrong("there is nothing to negate", "write !source:github or -word".to_owned()),
            _ => Ok(Ask::Text(token.value.clone())),
        };
    };
    if let Some((key, path)) = below(name) {
        return with_path(key, path, token);
    }
    let key = Key::of(name).ok_or_else(|| unknown(name, token))?;
    if token.value.is_empty() {
        return wrong(format!("{name}: needs a value"), format!("{}: {}", key.name(), key.about()));
    }
    value(key, token, now, zone)
}

fn below(name: &str) -> Option<(Key, &str)> {
    let (root, path) = name.split_once('.')?;
    Some((Key::ALL.into_iter().find(|key| key.has_path() && key.name() == root)?, path))
}

fn with_path(key: Key, path: &str, token: &Token) -> Result<Ask, Wrong> {
    let name = key.name();
    if path.is_empty() || token.value.is_empty() {
        let missing = if path.is_empty() { "a name" } else { "a value" };
        return wrong(format!("{name}.{path}: needs {missing}"), key.about().to_owned());
    }
    let test = test(token)?;
    Ok(match key {
        Key::Header => Ask::Header { name: path.to_ascii_lowercase(), test },
        _ => Ask::Body { path: path.to_owned(), test },
    })
}

fn test(token: &Token) -> Result<Test, Wrong> {
    let value = token.value.as_str();
    let signs =
        [(">=", Compare::GreaterOrEqual), ("<=", Compare::LessOrEqual), (">", Compare::Greater), ("<", Compare::Less)];
    let compared = signs.into_iter().find_map(|(sign, compare)| Some((compare, value.strip_prefix(sign)?)));
    match compared.filter(|_| !token.quoted) {
        None => Ok(Test { compare: Compare::Equal, value: value.to_owned() }),
        Some((compare, number)) if crate::filter::is_number(number) => Ok(Test { compare, value: number.to_owned() }),
        Some((_, text)) => wrong(format!("\"{text}\" is not a number"), "> and < compare numbers".to_owned()),
    }
}

fn unknown(name: &str, token: &Token) -> Wrong {
    let near = nearest(name, Key::ALL.map(Key::name));
    let hint = match near {
        Some(known) => format!("did you mean {known}?"),
        None => format!("to search bodies for it, put it in quotes: \"{name}:{}\"", token.value),
    };
    Wrong { message: format!("unknown key \"{name}\""), hint: Some(hint), key: true }
}

fn value(key: Key, token: &Token, now: UnixMs, zone: &TimeZone) -> Result<Ask, Wrong> {
    let typed = token.value.clone();
    let time = || when::parse(&typed, now, zone).ok_or_else(|| no_time(&typed));
    let column =
        |column, pattern: fn(&str) -> Vec<Pattern>| Ok(Ask::Column(column, parts(token).flat_map(pattern).collect()));
    match key {
        Key::Sig => one_of(key, &typed).map(|word| Ask::Signature(signature(word))),
        Key::Outcome => {
            Ok(Ask::Outcome(parts(token).map(|part| one_of(key, part).map(outcome)).collect::<Result<_, _>>()?))
        }
        Key::Is => one_of(key, &typed).map(|word| Ask::Is(property(word))),
        Key::Status => Ok(Ask::Status(parts(token).map(status).collect::<Result<_, _>>()?)),
        Key::After => Ok(Ask::After { at: time()?, typed: typed.clone() }),
        Key::Before => Ok(Ask::Before { at: time()?, typed: typed.clone() }),
        Key::Source => column(Column::Source, exact),
        Key::Event => column(Column::Event, family),
        Key::Path => column(Column::Path, within),
        Key::Method => column(Column::Method, |method| exact(&method.to_ascii_uppercase())),
        Key::Trigger => column(Column::Trigger, exact),
        Key::Id => column(Column::Id, exact),
        Key::EventId => column(Column::EventId, exact),
        Key::Ip => column(Column::Ip, exact),
        // Both have a path behind them and were read before.
        Key::Body | Key::Header => Err(unknown(key.name(), token)),
    }
}

/// The comma-separated parts of a value: any of them will do. In quotes a comma is a comma.
fn parts(token: &Token) -> impl Iterator<Item = &str> {
    let separator = if token.quoted { '\0' } else { ',' };
    token.value.split(separator).filter(|part| !part.is_empty())
}

fn no_time(typed: &str) -> Wrong {
    let hint = "write 30m, 1h, 2d, today, 2026-11-20 or 2026-11-20T14:05".to_owned();
    Wrong { message: format!("\"{typed}\" is no time"), hint: Some(hint), key: false }
}

fn one_of(key: Key, typed: &str) -> Result<&'static str, Wrong> {
    let words = || key.words().iter().map(|(word, _)| *word);
    let known = words().find(|word| word.eq_ignore_ascii_case(typed));
    known.map_or_else(
        || {
            let hint = match nearest(typed, words()) {
                Some(word) => format!("did you mean {word}?"),
                None => format!("one of {}", words().collect::<Vec<_>>().join(", ")),
            };
            wrong(format!("{}: does not know \"{typed}\"", key.name()), hint)
        },
        Ok,
    )
}

fn signature(word: &str) -> SignatureAsk {
    SignatureAsk::State(match word {
        "valid" => SignatureState::Valid,
        "previous" => SignatureState::Previous,
        "bad" => SignatureState::Bad,
        "missing" => SignatureState::Missing,
        "unsigned" => SignatureState::Unsigned,
        "unchecked" => SignatureState::Unchecked,
        _ => return SignatureAsk::Good,
    })
}

fn outcome(word: &str) -> Outcome {
    match word {
        "filtered" => Outcome::Filtered,
        "duplicate" => Outcome::Duplicate,
        "rejected" => Outcome::Rejected,
        "unmatched" => Outcome::Unmatched,
        "limited" => Outcome::Limited,
        "disabled" => Outcome::Disabled,
        _ => Outcome::Accepted,
    }
}

fn property(word: &str) -> Is {
    match word {
        "replay" => Is::Replay,
        "imported" => Is::Imported,
        "pinned" => Is::Pinned,
        "conflict" => Is::Conflict,
        "identical" => Is::Identical,
        _ => Is::Duplicate,
    }
}

/// The statuses that HTTP knows.
const STATUSES: RangeInclusive<u16> = 100..=599;

fn status(typed: &str) -> Result<RangeInclusive<u16>, Wrong> {
    let number = |text: &str| text.parse::<u16>().ok().filter(|n| STATUSES.contains(n));
    let class = typed.strip_suffix("xx").and_then(|class| number(&format!("{class}00")));
    let range = match typed.as_bytes() {
        _ if class.is_some() => class.map(|from| from..=from + 99),
        [b'>', b'=', ..] => number(&typed[2..]).map(|n| n..=*STATUSES.end()),
        [b'<', b'=', ..] => number(&typed[2..]).map(|n| *STATUSES.start()..=n),
        [b'>', ..] => number(&typed[1..]).map(|n| n + 1..=*STATUSES.end()),
        [b'<', ..] => number(&typed[1..]).map(|n| *STATUSES.start()..=n - 1),
        _ => number(typed).map(|n| n..=n),
    };
    range.map_or_else(|| wrong(format!("\"{typed}\" is no status"), "write 401, 4xx or >=400".to_owned()), Ok)
}

fn exact(text: &str) -> Vec<Pattern> {
    vec![if text.contains('*') { Pattern::Like(text.to_owned()) } else { Pattern::Equals(text.to_owned()) }]
}

/// `pull_request` and everything below it.
fn family(event: &str) -> Vec<Pattern> {
    let mut patterns = exact(event);
    if !event.contains('*') {
        patterns.push(Pattern::Like(format!("{event}.*")));
    }
    patterns
}

/// A path is typed from its beginning, or a part of it.
fn within(path: &str) -> Vec<Pattern> {
    vec![Pattern::Like(match path {
        starred if starred.contains('*') => starred.to_owned(),
        begin if begin.starts_with('/') => format!("{begin}*"),
        part => format!("*{part}*"),
    })]
}
