//! One page of a search, in bounded time.

use std::ops::ControlFlow;
use std::time::Duration;

use rusqlite::{Connection, OptionalExtension};

use super::check;
use super::plan::{Plan, Slice};
use super::span::Span;
use crate::clock::UnixMs;
use crate::delivery::Delivery;
use crate::search::Query;
use crate::store::StoreError;
use crate::store::search_index::BLOCK;

/// How long a page is looked for. What it has then is the page; the next one goes on where it stopped. A slice that was
/// begun is finished, and a busy machine takes its share: a fifth of the 50 ms in which a page has to be there.
pub const BUDGET: Duration = Duration::from_millis(10);
/// Positions in a page's first slice: a few milliseconds where none of them fits.
const FIRST_SLICE: i64 = 8_192;
/// A slice is at most so much larger than the one before: how fast it went may have been luck.
const GROWTH: f64 = 8.0;
/// When the time that is left is enough only for fewer positions, it is up.
const SMALLEST_SLICE: i64 = 512;

/// A page of a search.
#[derive(Debug)]
pub struct Found {
    /// The rows, newest first.
    pub rows: Vec<Delivery>,
    /// Go on below this position; `None`: there are no more.
    pub next: Option<i64>,
    /// Its time was up before the page was full: only what was received since then was looked at.
    pub searched_to: Option<UnixMs>,
}

/// At most `size` deliveries below position `before` that `query` asks for. `elapsed` says how long it has looked.
pub fn page(
    db: &Connection,
    query: &Query,
    before: i64,
    size: u32,
    elapsed: &dyn Fn() -> Duration,
) -> Result<Found, StoreError> {
    // One view of both databases: the index may drop a block between two statements.
    let db = &*db.unchecked_transaction()?;
    let plan = Plan::of(query);
    let span = Span::of(db, query)?;
    let mut page = Page { db, plan: &plan, rows: Vec::new(), size: size as usize, elapsed };
    let (mut at, mut width) = (before.min(span.end), FIRST_SLICE);
    while at > span.start {
        let slice = plan.slice(db, at.saturating_sub(width).max(span.start), at, span.start)?;
        let began = elapsed();
        match page.look_through(&slice)? {
            Looked::Full => return Ok(page.full()),
            Looked::Down(to) => at = to,
        }
        let took = elapsed().saturating_sub(began);
        // The index takes as long for a part of a block as for the whole.
        let (done, least) = if plan.asks_index() { (BLOCK, BLOCK / 2) } else { (slice.to - at, SMALLEST_SLICE) };
        width = next_width(done, took, BUDGET.saturating_sub(elapsed()));
        if width < least && at > span.start {
            return page.cut_short(at);
        }
    }
    Ok(Found { rows: page.rows, next: None, searched_to: None })
}

/// The newest `count` deliveries, whatever they are.
pub fn newest(db: &Connection, count: u32) -> Result<Vec<Delivery>, StoreError> {
    Ok(page(db, &Query::default(), i64::MAX, count, &|| Duration::ZERO)?.rows)
}

/// How many positions to look through next, when `width` of them took so long and so much time is left: half of that,
/// since older ones may be slower.
fn next_width(width: i64, took: Duration, left: Duration) -> i64 {
    let share = left.as_secs_f64() / 2.0 / took.as_secs_f64().max(f64::EPSILON);
    #[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss)] // at most GROWTH times a position
    let next = (width as f64 * share.min(GROWTH)) as i64;
    next
}

/// How far a slice was looked through.
enum Looked {
    /// The page has one row more than it holds.
    Full,
    /// Everything from this position on.
    Down(i64),
}

struct Page<'p> {
    db: &'p Connection,
    plan: &'p Plan<'p>,
    rows: Vec<Delivery>,
    size: usize,
    elapsed: &'p dyn Fn() -> Duration,
}

impl Page<'_> {
    fn look_through(&mut self, slice: &Slice) -> Result<Looked, StoreError> {
        let mut looked = Looked::Down(slice.from);
        self.plan.each(self.db, slice, |row| {
            let position = row.seq;
            if check::all_hold(&self.plan.checks, self.db, &row)? {
                self.rows.push(row);
            }
            if self.rows.len() > self.size {
                looked = Looked::Full;
                return Ok(ControlFlow::Break(()));
            }
            // Bytes are slow to look at: such a slice is left where the time is up.
            if !self.plan.checks.is_empty() && (self.elapsed)() >= BUDGET {
                looked = Looked::Down(position);
                return Ok(ControlFlow::Break(()));
            }
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(looked)
    }

    fn full(mut self) -> Found {
        self.rows.truncate(self.size);
        Found { next: self.rows.last().map(|row| row.seq), rows: self.rows, searched_to: None }
    }

    fn cut_short(self, at: i64) -> Result<Found, StoreError> {
        let since = self
            .db
            .prepare_cached("SELECT received_at FROM deliveries WHERE seq >= ?1 ORDER BY seq LIMIT 1")?
            .query_row([at], |row| row.get(0))
            .optional()?;
        Ok(Found { rows: self.rows, next: Some(at), searched_to: since })
    }
}
