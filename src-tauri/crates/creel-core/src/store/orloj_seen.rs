//! Table `orloj_seen`: which event made which run task.

use rusqlite::{Connection, OptionalExtension};

use crate::clock::UnixMs;
use crate::store::StoreError;

/// Rows forgotten at a time: everybody waits for the writer.
const FORGOTTEN_AT_ONCE: u32 = 10_000;

/// The run task that this event made at this endpoint, while that counts.
pub fn task(db: &Connection, endpoint: &str, event_id: &str, now: UnixMs) -> Result<Option<String>, StoreError> {
    let query = "SELECT task FROM orloj_seen WHERE endpoint = ?1 AND event_id = ?2 AND expires_at > ?3";
    Ok(db.prepare_cached(query)?.query_row((endpoint, event_id, now), |row| row.get(0)).optional()?)
}

/// Notes it until `ends`.
pub fn note(db: &Connection, endpoint: &str, event_id: &str, task: &str, ends: UnixMs) -> Result<(), StoreError> {
    db.prepare_cached(
        "INSERT INTO orloj_seen (endpoint, event_id, task, expires_at) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (endpoint, event_id) DO UPDATE SET task = ?3, expires_at = ?4",
    )?
    .execute((endpoint, event_id, task, ends))?;
    Ok(())
}

/// Forgets what does not count any more.
pub fn tidy(db: &Connection, now: UnixMs) -> Result<(), StoreError> {
    db.prepare_cached(
        "DELETE FROM orloj_seen WHERE (endpoint, event_id) IN
           (SELECT endpoint, event_id FROM orloj_seen WHERE expires_at <= ?1 LIMIT ?2)",
    )?
    .execute((now, FORGOTTEN_AT_ONCE))?;
    Ok(())
}
