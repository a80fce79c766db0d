//! Tables `hook_runs`, `hook_claims` and `hook_tests`: what Octipus's gates and its duplicate check ask, and which
//! deliveries were fired by hand.

use rusqlite::{Connection, OptionalExtension};

use crate::clock::UnixMs;
use crate::execution::Execution;
use crate::ids::TriggerId;
use crate::store::{StoreError, executions};

/// How often a hook ran.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Runs {
    /// Since it was made.
    pub runs: u32,
    /// When last; `None`: never.
    pub last_at: Option<UnixMs>,
}

/// How often `hook` ran.
pub fn runs(db: &Connection, hook: &TriggerId) -> Result<Runs, StoreError> {
    let found = db
        .prepare_cached("SELECT runs, last_at FROM hook_runs WHERE hook = ?1")?
        .query_row([hook], |row| Ok(Runs { runs: row.get(0)?, last_at: row.get(1)? }))
        .optional()?;
    Ok(found.unwrap_or_default())
}

/// It runs now.
pub fn note_run(db: &Connection, hook: &TriggerId, now: UnixMs) -> Result<(), StoreError> {
    db.prepare_cached(
        "INSERT INTO hook_runs (hook, runs, last_at) VALUES (?1, 1, ?2)
         ON CONFLICT (hook) DO UPDATE SET runs = runs + 1, last_at = ?2",
    )?
    .execute((hook, now))?;
    Ok(())
}

/// Whether `hook` took a delivery with this id after `since`.
pub fn claimed(db: &Connection, hook: &TriggerId, id: &str, since: UnixMs) -> Result<bool, StoreError> {
    Ok(db
        .prepare_cached("SELECT 1 FROM hook_claims WHERE hook = ?1 AND delivery_id = ?2 AND at > ?3")?
        .exists((hook, id, since))?)
}

/// The hook takes it now. Claims that are older than `since` go.
pub fn claim(db: &Connection, hook: &TriggerId, id: &str, now: UnixMs, since: UnixMs) -> Result<(), StoreError> {
    db.prepare_cached("DELETE FROM hook_claims WHERE at <= ?1")?.execute([since])?;
    db.prepare_cached("INSERT OR REPLACE INTO hook_claims (hook, delivery_id, at) VALUES (?1, ?2, ?3)")?
        .execute((hook, id, now))?;
    Ok(())
}

/// The delivery at this position, which is being committed, was fired by hand.
pub fn note_test(db: &Connection, delivery_seq: i64) -> Result<(), StoreError> {
    db.prepare_cached("INSERT INTO hook_tests (delivery_seq) VALUES (?1)")?.execute([delivery_seq])?;
    Ok(())
}

/// Whether the delivery at this position was fired by hand.
pub fn is_test(db: &Connection, delivery_seq: i64) -> Result<bool, StoreError> {
    Ok(db.prepare_cached("SELECT 1 FROM hook_tests WHERE delivery_seq = ?1")?.exists([delivery_seq])?)
}

/// Forgets what a hook did: it is deleted.
pub fn delete_of(db: &Connection, hook: &TriggerId) -> Result<(), StoreError> {
    db.prepare_cached("DELETE FROM hook_runs WHERE hook = ?1")?.execute([hook])?;
    db.prepare_cached("DELETE FROM hook_claims WHERE hook = ?1")?.execute([hook])?;
    Ok(())
}

/// Runs of one hook or of every hook that ended, newest first, and how many there are.
pub fn ended(
    db: &Connection,
    hook: Option<&TriggerId>,
    limit: u32,
    offset: u32,
) -> Result<(Vec<Execution>, i64), StoreError> {
    let wanted = match hook {
        Some(_) => "e.trigger_id = ?1",
        None => "?1 IS NULL AND e.trigger_id IN (SELECT id FROM triggers WHERE contract = 'octipus')",
    };
    let from = format!("FROM executions e WHERE {wanted} AND e.status NOT IN ('queued', 'running')");
    let total = db.prepare_cached(&format!("SELECT COUNT(*) {from}"))?.query_row([hook], |row| row.get(0))?;
    let mut rows =
        db.prepare_cached(&format!("SELECT {} {from} ORDER BY e.seq DESC LIMIT ?2 OFFSET ?3", executions::COLUMNS))?;
    let found = rows.query_map((hook, limit, offset), executions::read)?.collect::<Result<_, _>>()?;
    Ok((found, total))
}

/// Whether at least `most` executions wait. No more rows than that are looked at.
pub fn queue_is_full(db: &Connection, most: u32) -> Result<bool, StoreError> {
    let waiting: u32 = db
        .prepare_cached("SELECT COUNT(*) FROM (SELECT 1 FROM executions WHERE status = 'queued' LIMIT ?1)")?
        .query_row([most], |row| row.get(0))?;
    Ok(waiting >= most)
}
