//! Table `answer_as`: which triggers answer a fault in place of their work, and for how many requests.

use rusqlite::{Connection, OptionalExtension, Row};

use crate::answer_as::{AnswerAs, Standing, Stored};
use crate::clock::UnixMs;
use crate::ids::TriggerId;
use crate::store::StoreError;
use crate::store::words::Json;

/// Switches it on, from now on with its whole count.
pub fn put(db: &Connection, trigger: &TriggerId, asked: &AnswerAs, now: UnixMs) -> Result<(), StoreError> {
    db.prepare_cached(
        "INSERT INTO answer_as (trigger_id, asked, since, left) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (trigger_id) DO UPDATE SET asked = ?2, since = ?3, left = ?4",
    )?
    .execute((trigger, Json(asked), now, asked.count))?;
    Ok(())
}

/// Switches it off.
pub fn delete(db: &Connection, trigger: &TriggerId) -> Result<(), StoreError> {
    db.prepare_cached("DELETE FROM answer_as WHERE trigger_id = ?1")?.execute([trigger])?;
    Ok(())
}

/// One request was answered so. The last one switches it off.
pub fn spend(db: &Connection, trigger: &TriggerId) -> Result<(), StoreError> {
    db.prepare_cached("UPDATE answer_as SET left = left - 1 WHERE trigger_id = ?1 AND left IS NOT NULL")?
        .execute([trigger])?;
    db.prepare_cached("DELETE FROM answer_as WHERE trigger_id = ?1 AND left <= 0")?.execute([trigger])?;
    Ok(())
}

/// All that are on.
pub fn all(db: &Connection) -> Result<Vec<Stored>, StoreError> {
    let mut rows = db.prepare_cached("SELECT asked, since, left, trigger_id FROM answer_as")?;
    let found = rows.query_map([], |row| {
        let (asked, since, left) = read(row)?;
        Ok(Stored { trigger: row.get(3)?, standing: Standing::new(asked, since, left) })
    })?;
    Ok(found.collect::<Result<_, _>>()?)
}

/// What `trigger` answers now; its count is what is left.
pub fn of(db: &Connection, trigger: &TriggerId) -> Result<Option<AnswerAs>, StoreError> {
    let found = db
        .prepare_cached("SELECT asked, since, left FROM answer_as WHERE trigger_id = ?1")?
        .query_row([trigger], read)
        .optional()?;
    Ok(found.map(|(asked, _, left)| AnswerAs { count: left, ..asked }))
}

fn read(row: &Row<'_>) -> rusqlite::Result<(AnswerAs, UnixMs, Option<u32>)> {
    Ok((row.get::<_, Json<AnswerAs>>(0)?.0, row.get(1)?, row.get(2)?))
}
