//! Deleting by age, count and size. Pinned deliveries stay, and so do those with executions that still wait.

use rusqlite::OptionalExtension;

use crate::clock::UnixMs;
use crate::ids::DeliveryId;
use crate::store::tally::add_to_totals;
use crate::store::{StoreError, Turn, meta};

/// What is to be kept. `None`: no bound.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Older ones go.
    pub older_than: Option<UnixMs>,
    /// More than this many go, oldest first.
    pub deliveries: Option<i64>,
    /// Stored bodies of more than this many bytes go, oldest first.
    pub stored_bytes: Option<i64>,
}

/// A delivery that was deleted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gone {
    /// Its position.
    pub seq: i64,
    /// Its id.
    pub id: DeliveryId,
}

/// A delivery that may go: not pinned, nothing queued or running for it.
const MAY_GO: &str = "d.pinned = 0 AND NOT EXISTS (SELECT 1 FROM executions e WHERE e.delivery_seq = d.seq AND e.status IN ('queued', 'running'))";

/// Deletes at most `most` deliveries beyond the bounds. How many went.
pub fn delete_some(turn: &mut Turn<'_>, bounds: &Bounds, most: u32) -> Result<usize, StoreError> {
    let (pending, pending_bytes) = turn.tally.pending();
    let kept = meta::number(turn.db, "deliveries")?.unwrap_or(0) + pending;
    let bytes = meta::number(turn.db, "stored_bytes")?.unwrap_or(0) + pending_bytes;
    let over = bounds.deliveries.map_or(0, |keep| (kept - keep).max(0)).min(most.into());
    let heavy = bounds.stored_bytes.is_some_and(|keep| bytes > keep);
    let before = bounds.older_than.map_or(i64::MIN, |at| at.0);
    let by_force = if heavy { i64::from(most) } else { over };
    let seqs = oldest(turn, before, by_force, most)?;
    Ok(delete(turn, &seqs)?)
}

/// The oldest ones: all older than `before`, and `by_force` of them whatever their age.
fn oldest(turn: &Turn<'_>, before: i64, by_force: i64, most: u32) -> Result<Vec<i64>, StoreError> {
    let mut rows = turn.db.prepare_cached(&format!(
        "SELECT d.seq, d.received_at FROM deliveries d WHERE {MAY_GO} ORDER BY d.seq LIMIT ?1"
    ))?;
    let found = rows.query_map([most], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?)))?;
    let mut seqs = Vec::new();
    for (index, row) in (0i64..).zip(found) {
        let (seq, at) = row?;
        if at >= before && index >= by_force {
            break;
        }
        seqs.push(seq);
    }
    Ok(seqs)
}

/// Deletes these and keeps the counts true. How many there were; the writer tells which, once they are gone for good.
pub fn delete(turn: &mut Turn<'_>, seqs: &[i64]) -> rusqlite::Result<usize> {
    if seqs.is_empty() {
        return Ok(0);
    }
    // Counts that wait in memory would be lost with their rows if Creel crashed now.
    turn.tally.flush(turn.db, turn.now)?;
    let before = turn.gone.len();
    let mut bytes = 0;
    for seq in seqs {
        bytes += delete_one(turn, *seq)?;
    }
    let count = turn.gone.len() - before;
    meta::set_number(turn.db, "last_deliveries", turn.next.delivery)?;
    meta::set_number(turn.db, "last_executions", turn.next.execution)?;
    add_to_totals(turn.db, -i64::try_from(count).unwrap_or(0), -bytes)?;
    Ok(count)
}

/// The stored bytes that it had.
fn delete_one(turn: &mut Turn<'_>, seq: i64) -> rusqlite::Result<i64> {
    let stored: Option<i64> = turn
        .db
        .prepare_cached("SELECT LENGTH(body) FROM contents WHERE seq = ?1")?
        .query_row([seq], |row| row.get(0))
        .optional()?;
    turn.db.prepare_cached("DELETE FROM seen WHERE seq = ?1")?.execute([seq])?;
    let gone = turn
        .db
        .prepare_cached("DELETE FROM deliveries WHERE seq = ?1 RETURNING id, endpoint")?
        .query_row([seq], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    if let Some((id, endpoint)) = gone {
        turn.refused.forget(&endpoint, seq);
        turn.gone.push(Gone { seq, id });
    }
    Ok(stored.unwrap_or(0))
}

/// Forgets counts and keys that nothing asks for any more.
pub fn tidy(turn: &Turn<'_>) -> Result<(), StoreError> {
    let month_ago = turn.now.plus_ms(-crate::store::seen::LONGEST_WINDOW_MS);
    turn.db.prepare_cached("DELETE FROM minutes WHERE at < ?1")?.execute([month_ago])?;
    turn.db
        .prepare_cached("DELETE FROM seen WHERE at < ?1 AND seq IN (SELECT seq FROM seen ORDER BY seq LIMIT 10000)")?
        .execute([month_ago])?;
    crate::store::orloj_seen::tidy(turn.db, turn.now)?;
    turn.db.prepare_cached("DELETE FROM secrets WHERE slot = 'previous' AND expires_at <= ?1")?.execute([turn.now])?;
    turn.db
        .prepare_cached(
            "DELETE FROM facts WHERE (key, value) IN (
               SELECT key, value FROM (SELECT key, value, ROW_NUMBER() OVER (PARTITION BY key ORDER BY last_at DESC) AS place FROM facts)
               WHERE place > ?1)",
        )?
        .execute([FACTS_KEPT])?;
    Ok(())
}

/// Values of one key that suggestions remember.
const FACTS_KEPT: i64 = 500;
