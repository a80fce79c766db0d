//! Tables `minutes` and `facts`: the counts that `tally` keeps, read back.

use rusqlite::Connection;

use crate::api::deliveries::ActivityBucket;
use crate::clock::UnixMs;
use crate::ids::TriggerId;
use crate::store::{MINUTE_MS, StoreError, meta};

/// Deliveries minute by minute from the minute of `since` to that of `now`, with empty minutes.
pub fn minutes(db: &Connection, since: UnixMs, now: UnixMs) -> Result<Vec<ActivityBucket>, StoreError> {
    let first = since.0.div_euclid(MINUTE_MS) * MINUTE_MS;
    let count = ((now.0 - first) / MINUTE_MS + 1).max(1);
    let mut buckets: Vec<_> =
        (0..count).map(|n| ActivityBucket { at: UnixMs(first + n * MINUTE_MS), total: 0, rejected: 0 }).collect();
    let mut rows = db.prepare_cached(
        "SELECT at, SUM(n), SUM(CASE WHEN outcome IN ('rejected', 'limited', 'disabled') THEN n ELSE 0 END)
         FROM minutes WHERE at >= ?1 GROUP BY at",
    )?;
    let found = rows.query_map([first], |row| Ok((row.get::<_, i64>(0)?, row.get(1)?, row.get(2)?)))?;
    for row in found {
        let (at, total, rejected) = row?;
        let place = usize::try_from((at - first) / MINUTE_MS).ok().and_then(|n| buckets.get_mut(n));
        if let Some(bucket) = place {
            (bucket.total, bucket.rejected) = (total, rejected);
        }
    }
    Ok(buckets)
}

/// What one endpoint took and refused since `since`.
pub fn of_endpoint(db: &Connection, endpoint: &TriggerId, since: UnixMs) -> Result<(i64, i64), StoreError> {
    Ok(db
        .prepare_cached(
            "SELECT COALESCE(SUM(CASE WHEN outcome = 'accepted' THEN n END), 0),
                    COALESCE(SUM(CASE WHEN outcome IN ('rejected', 'limited', 'disabled') THEN n END), 0)
             FROM minutes WHERE at >= ?2 AND endpoint = ?1",
        )?
        .query_row((endpoint, since), |row| Ok((row.get(0)?, row.get(1)?)))?)
}

/// When an endpoint last took a delivery.
pub fn last_fired(db: &Connection, endpoint: &TriggerId) -> Result<Option<UnixMs>, StoreError> {
    use rusqlite::OptionalExtension;
    Ok(db
        .prepare_cached(
            "SELECT received_at FROM deliveries WHERE endpoint = ?1 AND outcome = 'accepted' ORDER BY seq DESC LIMIT 1",
        )?
        .query_row([endpoint], |row| row.get(0))
        .optional()?)
}

/// How many executions of a trigger failed since `since`.
pub fn failed(db: &Connection, trigger: &TriggerId, since: UnixMs) -> Result<i64, StoreError> {
    Ok(db
        .prepare_cached(
            "SELECT COUNT(*) FROM executions INDEXED BY executions_troubled
             WHERE status IN ('failed', 'skipped', 'cancelled', 'interrupted', 'quarantined')
               AND status IN ('failed', 'quarantined') AND trigger_id = ?1 AND created_at >= ?2",
        )?
        .query_row((trigger, since), |row| row.get(0))?)
}

/// Captured values of a key that begin with `start`, the most frequent first, with their counts.
pub fn facts(db: &Connection, key: &str, start: &str, most: u32) -> Result<Vec<(String, i64)>, StoreError> {
    let mut rows = db.prepare_cached(
        "SELECT value, n FROM facts WHERE key = ?1 AND substr(value, 1, length(?2)) = ?2 COLLATE NOCASE ORDER BY n DESC LIMIT ?3",
    )?;
    let found = rows.query_map((key, start, most), |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?;
    Ok(found)
}

/// How many deliveries are kept, and the bytes of their bodies as stored.
pub fn kept(db: &Connection) -> Result<(i64, i64), StoreError> {
    Ok((meta::number(db, "deliveries")?.unwrap_or(0), meta::number(db, "stored_bytes")?.unwrap_or(0)))
}
