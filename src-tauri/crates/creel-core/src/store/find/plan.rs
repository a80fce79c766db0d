//! A query as SQL, a slice of the positions at a time.

use std::ops::ControlFlow;

use rusqlite::types::Value as Sql;
use rusqlite::{Connection, Statement, params_from_iter};

use super::check::Check;
use super::conditions::{among, any, glob, is, phrase, signature};
use crate::delivery::Delivery;
use crate::search::{Ask, Column, Pattern, Query, Term};
use crate::store::{StoreError, deliveries, search_index};

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

/// Positions that one statement looks through: `from` up to, not including, `to`.
pub struct Slice {
    /// The lowest.
    pub from: i64,
    /// Above the highest.
    pub to: i64,
    /// The block of the index that has them; `None`: nothing of it is indexed, or the index is not asked.
    block: Option<i64>,
}

/// A query as SQL.
pub struct Plan<'q> {
    conditions: Vec<String>,
    params: Vec<Sql>,
    /// Phrases that the body has to have.
    wanted: Vec<String>,
    /// Phrases that it must not have.
    unwanted: Vec<String>,
    /// What has to be looked up in the bytes.
    pub checks: Vec<Check<'q>>,
}

impl<'q> Plan<'q> {
    /// How `query` is asked.
    pub fn of(query: &'q Query) -> Self {
        let (conditions, params, checks) = (Vec::new(), Vec::new(), Vec::new());
        let mut plan = Self { conditions, params, wanted: Vec::new(), unwanted: Vec::new(), checks };
        for term in &query.terms {
            plan.add(term);
        }
        plan
    }

    fn add(&mut self, term: &'q Term) {
        if let Some(text) = needle(term) {
            let phrases = if term.negated { &mut self.unwanted } else { &mut self.wanted };
            phrases.push(phrase(text));
        }
        let negated = term.negated;
        let condition = match &term.ask {
            Ask::Text(_) => return,
            Ask::Signature(asked) => signature(&asked.states()),
            Ask::Outcome(outcomes) => among("d.outcome", outcomes),
            Ask::Status(ranges) => {
                any(ranges.iter().map(|r| format!("d.answer_status BETWEEN {} AND {}", r.start(), r.end())))
            }
            Ask::Column(column, patterns) => self.column(*column, patterns),
            Ask::Is(property) => is(*property).to_owned(),
            Ask::After { at, .. } => format!("d.received_at >= {}", at.0),
            Ask::Before { at, .. } => format!("d.received_at < {}", at.0),
            Ask::Body { path, test } => return self.checks.push(Check::Body { negated, path, test }),
            Ask::Header { name, test } => return self.checks.push(Check::Header { negated, name, test }),
        };
        self.conditions.push(if negated {
            format!("NOT COALESCE(({condition}), 0)")
        } else {
            format!("({condition})")
        });
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

    /// Whether it asks the full-text index.
    pub fn asks_index(&self) -> bool {
        !self.wanted.is_empty() || !self.unwanted.is_empty()
    }

    /// The positions `from` up to `to`; where the index is asked, those of them that are in the newest block, since one
    /// statement asks one block.
    pub fn slice(&self, db: &Connection, from: i64, to: i64, lowest: i64) -> Result<Slice, StoreError> {
        if !self.asks_index() {
            return Ok(Slice { from, to, block: None });
        }
        let block = search_index::block_of(to - 1);
        let from = search_index::first_of(block).max(lowest);
        let block = search_index::has(db, block)?.then_some(block);
        Ok(Slice { from, to, block })
    }

    /// Gives every row of the slice that SQL lets through to `look`, newest first, until it has seen enough.
    pub fn each(
        &self,
        db: &Connection,
        slice: &Slice,
        look: impl FnMut(Delivery) -> Result<ControlFlow<()>, StoreError>,
    ) -> Result<(), StoreError> {
        let mut params = self.params.clone();
        params.extend([Sql::Integer(slice.from), Sql::Integer(slice.to)]);
        let (from, to) = (params.len() - 1, params.len());
        let (mut source, mut position) = ("deliveries d".to_owned(), "d.seq");
        let mut conditions = self.conditions.clone();
        match slice.block {
            None if !self.wanted.is_empty() => return Ok(()),
            None => {}
            Some(block) => {
                params.push(Sql::Text(self.expression()));
                let (table, n) = (search_index::table(block), params.len());
                if self.wanted.is_empty() {
                    conditions.push(format!(
                        "d.seq NOT IN (SELECT rowid FROM search.{table} WHERE {table} MATCH ?{n}
                           AND rowid >= ?{from} AND rowid < ?{to})"
                    ));
                } else {
                    source = format!("search.{table} f CROSS JOIN deliveries d ON d.seq = f.rowid");
                    position = "f.rowid";
                    conditions.push(format!("f.{table} MATCH ?{n}"));
                }
            }
        }
        conditions.push(format!("{position} >= ?{from} AND {position} < ?{to}"));
        let columns = deliveries::COLUMNS;
        let wanted = conditions.join(" AND ");
        let sql = format!("SELECT {columns} FROM {source} WHERE {wanted} ORDER BY {position} DESC");
        // A block's statement is of use for this block only.
        if slice.block.is_some() {
            step(&mut db.prepare(&sql)?, params, look)
        } else {
            step(&mut *db.prepare_cached(&sql)?, params, look)
        }
    }

    /// What the index is asked: the wanted phrases without the unwanted ones; of only unwanted ones, any.
    fn expression(&self) -> String {
        let unwanted = self.unwanted.join(" OR ");
        match (self.wanted.is_empty(), self.unwanted.is_empty()) {
            (true, _) => unwanted,
            (false, true) => self.wanted.join(" AND "),
            (false, false) => format!("({}) NOT ({unwanted})", self.wanted.join(" AND ")),
        }
    }
}

fn step(
    statement: &mut Statement<'_>,
    params: Vec<Sql>,
    mut look: impl FnMut(Delivery) -> Result<ControlFlow<()>, StoreError>,
) -> Result<(), StoreError> {
    let mut rows = statement.query(params_from_iter(params))?;
    while let Some(row) = rows.next()? {
        if look(deliveries::read(row)?)?.is_break() {
            break;
        }
    }
    Ok(())
}
