//! The inbox's list: a search as SQL, newest first, page by page.
//!
//! Words go through the full-text index, which hands rows out newest first; everything else is a condition on
//! `deliveries`. What SQL cannot decide (a value at a path, a header) is decided on the bytes, row by row.

use bytes::Bytes;
use rusqlite::types::Value as Sql;
use rusqlite::{Connection, params_from_iter};

use crate::clock::UnixMs;
use crate::delivery::{Delivery, Outcome, SignatureState};
use crate::search::{Ask, Column, Is, Pattern, Query, Term, Test};
use crate::store::words::word;
use crate::store::{StoreError, contents, deliveries};
use crate::template::{Scope, ScopeOf};

/// Rows fetched at once when the bytes have to be looked at.
const CHUNK: u32 = 200;
/// Rows whose bytes are looked at for one page; the next page goes on where this one ended.
const LOOKED_AT_MOST: usize = 5_000;
/// Received times and positions may disagree by so many rows where the clock was set back.
const DISORDER: i64 = 1_000;

/// A page of a search.
pub struct Found {
    /// The rows, newest first.
    pub rows: Vec<Delivery>,
    /// Go on below this position; `None`: there are no more.
    pub next: Option<i64>,
}

/// At most `size` deliveries below position `before` that `query` asks for.
pub fn page(db: &Connection, query: &Query, before: i64, size: u32) -> Result<Found, StoreError> {
    let plan = Plan::of(db, query)?;
    if plan.checks.is_empty() {
        let mut rows = plan.fetch(db, before, size + 1)?;
        let more = rows.len() > size as usize;
        rows.truncate(size as usize);
        let next = if more { rows.last().map(|row| row.seq) } else { None };
        return Ok(Found { rows, next });
    }
    let (mut rows, mut cursor, mut looked_at) = (Vec::new(), before, 0);
    while looked_at < LOOKED_AT_MOST {
        let chunk = plan.fetch(db, cursor, CHUNK)?;
        let last = chunk.len() < CHUNK as usize;
        for row in chunk {
            (cursor, looked_at) = (row.seq, looked_at + 1);
            if plan.checked(db, &row)? {
                rows.push(row);
                if rows.len() == size as usize {
                    return Ok(Found { rows, next: Some(cursor) });
                }
            }
        }
        if last {
            return Ok(Found { rows, next: None });
        }
    }
    Ok(Found { rows, next: Some(cursor) })
}

/// Whether a search needs the full-text index.
pub fn needs_index(query: &Query) -> bool {
    query.terms.iter().any(|term| needle(term).is_some())
}

/// What a term asks of the index.
fn needle(term: &Term) -> Option<&str> {
    match &term.ask {
        Ask::Text(text) => Some(text),
        Ask::Body { test, .. } if !term.negated => test.needle(),
        _ => None,
    }
}

/// A query as SQL.
struct Plan<'q> {
    conditions: Vec<String>,
    params: Vec<Sql>,
    /// The full-text expression, where words are wanted.
    text: Option<String>,
    /// What has to be looked up in the bytes.
    checks: Vec<Check<'q>>,
}

enum Check<'q> {
    Body(bool, &'q str, &'q Test),
    Header(bool, &'q str, &'q Test),
}

impl<'q> Plan<'q> {
    fn of(db: &Connection, query: &'q Query) -> Result<Self, StoreError> {
        let mut plan = Self { conditions: Vec::new(), params: Vec::new(), text: None, checks: Vec::new() };
        let wanted: Vec<_> = query.terms.iter().filter(|term| !term.negated).filter_map(needle).map(phrase).collect();
        if !wanted.is_empty() {
            plan.text = Some(wanted.join(" AND "));
        }
        for term in &query.terms {
            plan.add(db, term)?;
        }
        Ok(plan)
    }

    fn add(&mut self, db: &Connection, term: &'q Term) -> Result<(), StoreError> {
        let condition = match &term.ask {
            Ask::Text(_) if !term.negated => return Ok(()),
            Ask::Text(text) => {
                let n = self.param(phrase(text));
                format!("d.seq IN (SELECT rowid FROM search.bodies WHERE bodies MATCH ?{n})")
            }
            Ask::Signature(asked) => signature(&asked.states()),
            Ask::Outcome(outcomes) => among("d.outcome", outcomes),
            Ask::Status(ranges) => {
                any(ranges.iter().map(|r| format!("d.answer_status BETWEEN {} AND {}", r.start(), r.end())))
            }
            Ask::Column(column, patterns) => self.column(*column, patterns),
            Ask::Is(property) => is(*property).to_owned(),
            Ask::After { at, .. } => {
                let from = first_at(db, *at)?.saturating_sub(DISORDER);
                format!("d.seq >= {from} AND d.received_at >= {}", at.0)
            }
            Ask::Before { at, .. } => format!("d.received_at < {}", at.0),
            Ask::Body { path, test } => {
                self.checks.push(Check::Body(term.negated, path, test));
                return Ok(());
            }
            Ask::Header { name, test } => {
                self.checks.push(Check::Header(term.negated, name, test));
                return Ok(());
            }
        };
        self.conditions.push(if term.negated {
            format!("NOT COALESCE(({condition}), 0)")
        } else {
            format!("({condition})")
        });
        Ok(())
    }

    fn param(&mut self, value: String) -> usize {
        self.params.push(Sql::Text(value));
        self.params.len()
    }

    fn column(&mut self, column: Column, patterns: &[Pattern]) -> String {
        let each: Vec<_> = patterns.iter().map(|pattern| self.pattern(column, pattern)).collect();
        any(each.into_iter())
    }

    fn pattern(&mut self, column: Column, pattern: &Pattern) -> String {
        let (operator, value) = match pattern {
            Pattern::Equals(value) => ("=", value.clone()),
            Pattern::Like(value) => ("GLOB", glob(value)),
        };
        let n = self.param(value);
        let name = match column {
            Column::Source => "d.source",
            Column::Event => {
                let below = format!("substr(d.event, 1, length(?{n}) + 1) = ?{n} || '.'");
                return format!("d.event {operator} ?{n} OR {below}");
            }
            Column::Path => "d.path",
            Column::Method => "d.method",
            Column::Trigger => {
                return format!(
                    "d.endpoint IN (SELECT id FROM triggers WHERE id {operator} ?{n} OR slug {operator} ?{n}
                       OR lower(definition ->> 'name') {operator} lower(?{n}))"
                );
            }
            Column::Id => "d.id",
            Column::EventId => "d.event_id",
            Column::Ip => "d.peer",
        };
        format!("{name} {operator} ?{n}")
    }

    fn fetch(&self, db: &Connection, before: i64, limit: u32) -> Result<Vec<Delivery>, StoreError> {
        let mut params = self.params.clone();
        params.push(Sql::Integer(before));
        let below = params.len();
        let (from, mut conditions) = match &self.text {
            Some(text) => {
                params.push(Sql::Text(text.clone()));
                let from = "search.bodies f CROSS JOIN deliveries d ON d.seq = f.rowid";
                (from, vec![format!("f.bodies MATCH ?{}", params.len()), format!("f.rowid < ?{below}")])
            }
            None => ("deliveries d", vec![format!("d.seq < ?{below}")]),
        };
        conditions.extend(self.conditions.iter().cloned());
        let order = if self.text.is_some() { "f.rowid" } else { "d.seq" };
        let sql = format!(
            "SELECT {} FROM {from} WHERE {} ORDER BY {order} DESC LIMIT {limit}",
            deliveries::COLUMNS,
            conditions.join(" AND ")
        );
        let mut rows = db.prepare_cached(&sql)?;
        let found = rows.query_map(params_from_iter(params), deliveries::read)?.collect::<Result<_, _>>()?;
        Ok(found)
    }

    /// Whether the bytes of a row hold what the query asks of them.
    fn checked(&self, db: &Connection, row: &Delivery) -> Result<bool, StoreError> {
        let Some(contents) = contents::get(db, row.seq)? else { return Ok(false) };
        let body = Bytes::from(contents::body(db, row.seq)?.unwrap_or_default());
        let scope = Scope::new(ScopeOf {
            delivery_id: row.id.as_str(),
            received_at: row.received_at,
            method: &row.method,
            path: &row.path,
            source: &row.source,
            event: row.event.as_deref(),
            event_id: row.event_id.as_deref(),
            headers: &contents.headers,
            body: &body,
            trigger_id: "",
            trigger_name: "",
        });
        Ok(self.checks.iter().all(|check| match check {
            Check::Body(negated, path, test) => test.holds(scope.payload(), path) != *negated,
            Check::Header(negated, name, test) => test.holds_header(&contents.headers, name) != *negated,
        }))
    }
}

/// Words one after the other, as the index wants them: inside quotes nothing is an operator.
fn phrase(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

/// `*` stays; the other characters that GLOB knows stand for themselves.
fn glob(pattern: &str) -> String {
    pattern.chars().map(|c| if matches!(c, '?' | '[') { format!("[{c}]") } else { c.to_string() }).collect()
}

fn any(conditions: impl Iterator<Item = String>) -> String {
    let all: Vec<_> = conditions.map(|condition| format!("({condition})")).collect();
    if all.is_empty() { "0".to_owned() } else { all.join(" OR ") }
}

/// One of these outcomes. Naming `<> 'accepted'` lets the partial index serve it.
fn among(column: &str, outcomes: &[Outcome]) -> String {
    let partial = if outcomes.contains(&Outcome::Accepted) { "" } else { " AND d.outcome <> 'accepted'" };
    match outcomes {
        [one] => format!("{column} = '{}'{partial}", word(one)),
        many => {
            let words: Vec<_> = many.iter().map(|outcome| format!("'{}'", word(outcome))).collect();
            format!("{column} IN ({}){partial}", words.join(", "))
        }
    }
}

/// One of these states. A bad or missing signature is always a rejection, which the partial index knows.
fn signature(states: &[SignatureState]) -> String {
    let refused = states.iter().all(|state| matches!(state, SignatureState::Bad | SignatureState::Missing));
    let words: Vec<_> = states.iter().map(|state| format!("'{}'", word(state))).collect();
    let partial = if refused { " AND d.outcome = 'rejected' AND d.outcome <> 'accepted'" } else { "" };
    format!("d.signature IN ({}){partial}", words.join(", "))
}

fn is(property: Is) -> &'static str {
    match property {
        Is::Replay => "d.replay_of IS NOT NULL",
        Is::Pinned => "d.pinned = 1",
        Is::Duplicate => "d.outcome = 'duplicate' AND d.outcome <> 'accepted'",
        Is::Conflict => "d.conflict = 1",
        Is::Identical => "d.identical = 1",
    }
}

/// The first position that was received at `at` or later, by bisection: times grow with positions.
fn first_at(db: &Connection, at: UnixMs) -> Result<i64, StoreError> {
    let (mut low, mut high): (i64, i64) = db
        .prepare_cached("SELECT COALESCE(MIN(seq), 0), COALESCE(MAX(seq), 0) + 1 FROM deliveries")?
        .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let mut probe = db.prepare_cached("SELECT received_at FROM deliveries WHERE seq >= ?1 ORDER BY seq LIMIT 1")?;
    while low < high {
        let middle = low + (high - low) / 2;
        let received: i64 = probe.query_row([middle], |row| row.get(0))?;
        if received >= at.0 {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    Ok(low)
}
