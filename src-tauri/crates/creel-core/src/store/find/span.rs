//! Between which positions a search can find anything.

use rusqlite::Connection;

use crate::clock::UnixMs;
use crate::search::{Ask, Query};
use crate::store::StoreError;

/// Received times and positions may disagree by so many rows where the clock was set back.
const DISORDER: i64 = 1_000;

/// Positions from `start` up to, not including, `end`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The lowest.
    pub start: i64,
    /// Above the highest.
    pub end: i64,
}

impl Span {
    /// All that is stored, narrowed down by the times that `query` asks for.
    pub fn of(db: &Connection, query: &Query) -> Result<Self, StoreError> {
        let stored = Self::stored(db)?;
        let mut span = stored;
        for term in &query.terms {
            match (&term.ask, term.negated) {
                (Ask::After { at, .. }, false) | (Ask::Before { at, .. }, true) => {
                    span.start = span.start.max(stored.first_at(db, *at)?.saturating_sub(DISORDER));
                }
                (Ask::Before { at, .. }, false) | (Ask::After { at, .. }, true) => {
                    span.end = span.end.min(stored.first_at(db, *at)?.saturating_add(DISORDER));
                }
                _ => {}
            }
        }
        Ok(span)
    }

    /// Two statements: one that asks for both ends reads the whole table.
    fn stored(db: &Connection) -> Result<Self, StoreError> {
        let end =
            |sql: &str| -> Result<i64, StoreError> { Ok(db.prepare_cached(sql)?.query_row([], |row| row.get(0))?) };
        Ok(Self {
            start: end("SELECT COALESCE(MIN(seq), 0) FROM deliveries")?,
            end: end("SELECT COALESCE(MAX(seq), 0) + 1 FROM deliveries")?,
        })
    }

    /// The first position that was received at `at` or later, by bisection: times grow with positions.
    fn first_at(self, db: &Connection, at: UnixMs) -> Result<i64, StoreError> {
        let Self { start: mut low, end: mut high } = self;
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
}
