//! Deleting by age, count and size. Pinned deliveries stay, and so do those with executions that still wait.

use crate::clock::UnixMs;
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
    /// Refused ones kept at one endpoint.
    pub refused_at_one: u32,
    /// Unmatched ones kept.
    pub unmatched: u32,
}

/// A delivery that may go: not pinned, nothing queued or running for it.
const MAY_GO: &str = "d.pinned = 0 AND NOT EXISTS (SELECT 1 FROM executions e WHERE e.delivery_seq = d.seq AND e.status IN ('queued', 'running'))";

/// Deletes at most `most` deliveries beyond the bounds; their positions.
pub fn delete_some(turn: &mut Turn<'_>, bounds: &Bounds, most: u32) -> Result<Vec<i64>, StoreError> {
    let (pending, pending_bytes) = turn.tally.pending();
    let kept = meta::number(turn.db, "deliveries")?.unwrap_or(0) + pending;
    let bytes = meta::number(turn.db, "stored_bytes")?.unwrap_or(0) + pending_bytes;
    let over = bounds.deliveries.map_or(0, |keep| (kept - keep).max(0)).min(most.into());
    let heavy = bounds.stored_bytes.is_some_and(|keep| bytes > keep);
    let mut seqs = unmatched_over(turn, bounds.unmatched, most)?;
    if seqs.is_empty() {
        seqs = refused_over(turn, bounds.refused_at_one, most)?;
    }
    if seqs.is_empty() {
        let before = bounds.older_than.map_or(i64::MIN, |at| at.0);
        let by_force = if heavy { i64::from(most) } else { over };
        seqs = oldest(turn, before, by_force, most)?;
    }
    delete(turn, &seqs)?;
    Ok(seqs)
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

fn unmatched_over(turn: &Turn<'_>, keep: u32, most: u32) -> Result<Vec<i64>, StoreError> {
    let mut rows = turn.db.prepare_cached(&format!(
        "SELECT d.seq FROM deliveries d WHERE d.outcome = 'unmatched' AND {MAY_GO} ORDER BY d.seq DESC LIMIT ?1 OFFSET ?2"
    ))?;
    let found = rows.query_map([most, keep], |row| row.get(0))?.collect::<Result<_, _>>()?;
    Ok(found)
}

/// Refused ones beyond the bound at the endpoints that have so many.
fn refused_over(turn: &Turn<'_>, keep: u32, most: u32) -> Result<Vec<i64>, StoreError> {
    let mut rows = turn.db.prepare_cached(&format!(
        "WITH refused AS (
           SELECT d.seq, d.pinned, ROW_NUMBER() OVER (PARTITION BY d.endpoint ORDER BY d.seq DESC) AS place
           FROM deliveries d WHERE d.outcome IN ('rejected', 'limited', 'disabled'))
         SELECT d.seq FROM refused d WHERE d.place > ?2 AND {MAY_GO} LIMIT ?1"
    ))?;
    let found = rows.query_map([most, keep], |row| row.get(0))?.collect::<Result<_, _>>()?;
    Ok(found)
}

/// Deletes these and keeps the counts true.
pub fn delete(turn: &mut Turn<'_>, seqs: &[i64]) -> Result<(), StoreError> {
    if seqs.is_empty() {
        return Ok(());
    }
    let mut bytes = 0;
    for seq in seqs {
        let stored: Option<i64> = turn
            .db
            .prepare_cached("SELECT LENGTH(body) FROM contents WHERE seq = ?1")?
            .query_row([seq], |row| row.get(0))
            .unwrap_or(None);
        bytes += stored.unwrap_or(0);
        turn.db.prepare_cached("DELETE FROM seen WHERE seq = ?1")?.execute([seq])?;
        turn.db.prepare_cached("DELETE FROM deliveries WHERE seq = ?1")?.execute([seq])?;
    }
    meta::set_number(turn.db, "last_deliveries", turn.next.delivery)?;
    meta::set_number(turn.db, "last_executions", turn.next.execution)?;
    add_to_totals(turn.db, -i64::try_from(seqs.len()).unwrap_or(0), -bytes)?;
    Ok(())
}

/// Forgets counts and keys that nothing asks for any more.
pub fn tidy(turn: &Turn<'_>) -> Result<(), StoreError> {
    let month_ago = turn.now.plus_ms(-crate::store::seen::LONGEST_WINDOW_MS);
    turn.db.prepare_cached("DELETE FROM minutes WHERE at < ?1")?.execute([month_ago])?;
    turn.db
        .prepare_cached("DELETE FROM seen WHERE at < ?1 AND seq IN (SELECT seq FROM seen ORDER BY seq LIMIT 10000)")?
        .execute([month_ago])?;
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
