//! Table `learning`: triggers that wait for the request that brings their key, and what came of the last waiting.

use rusqlite::{Connection, OptionalExtension, Row};

use crate::clock::UnixMs;
use crate::ids::TriggerId;
use crate::learning::{Learning, Learnt};
use crate::store::StoreError;

const COLUMNS: &str = "began_at, until, learnt_at, learnt_from, delivery_id, shown";

fn read(row: &Row<'_>) -> rusqlite::Result<Learning> {
    let learnt = match row.get::<_, Option<UnixMs>>(2)? {
        Some(at) => Some(Learnt { at, from: row.get(3)?, delivery_id: row.get(4)?, shown: row.get(5)? }),
        None => None,
    };
    Ok(Learning { began_at: row.get(0)?, until: row.get(1)?, learnt })
}

/// Writes how it stands with `trigger`.
pub fn put(db: &Connection, trigger: &TriggerId, learning: &Learning) -> Result<(), StoreError> {
    let Learning { began_at, until, learnt } = learning;
    let learnt = learnt.as_ref();
    db.prepare_cached(&format!(
        "INSERT OR REPLACE INTO learning (trigger_id, {COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"
    ))?
    .execute((
        trigger,
        began_at,
        until,
        learnt.map(|learnt| learnt.at),
        learnt.and_then(|learnt| learnt.from.as_deref()),
        learnt.map(|learnt| &learnt.delivery_id),
        learnt.is_some_and(|learnt| learnt.shown),
    ))?;
    Ok(())
}

/// How it stands with `trigger`; `None`: nobody ever waited.
pub fn of(db: &Connection, trigger: &TriggerId) -> Result<Option<Learning>, StoreError> {
    Ok(db
        .prepare_cached(&format!("SELECT {COLUMNS} FROM learning WHERE trigger_id = ?1"))?
        .query_row([trigger], read)
        .optional()?)
}

/// How it stands with every trigger that waits or waited.
pub fn all(db: &Connection) -> Result<Vec<(TriggerId, Learning)>, StoreError> {
    let mut rows = db.prepare_cached(&format!("SELECT {COLUMNS}, trigger_id FROM learning"))?;
    let found = rows.query_map([], |row| Ok((row.get(6)?, read(row)?)))?.collect::<Result<_, _>>()?;
    Ok(found)
}

/// Nobody waits, and nothing was learnt.
pub fn delete(db: &Connection, trigger: &TriggerId) -> Result<(), StoreError> {
    db.prepare_cached("DELETE FROM learning WHERE trigger_id = ?1")?.execute([trigger])?;
    Ok(())
}
