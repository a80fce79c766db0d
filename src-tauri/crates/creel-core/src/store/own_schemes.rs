//! Table `own_schemes`: the records that users wrote. There are few; the registry holds them all in memory.

use rusqlite::{Connection, OptionalExtension};

use crate::clock::UnixMs;
use crate::store::StoreError;

/// A record as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnScheme {
    /// What triggers call it.
    pub key: String,
    /// Its YAML.
    pub record: String,
}

/// Adds a record or replaces the one with its key.
pub fn put(db: &Connection, scheme: &OwnScheme, now: UnixMs) -> Result<(), StoreError> {
    db.prepare_cached(
        "INSERT INTO own_schemes (key, record, changed_at) VALUES (?1, ?2, ?3)
         ON CONFLICT (key) DO UPDATE SET record = ?2, changed_at = ?3",
    )?
    .execute((&scheme.key, &scheme.record, now))?;
    Ok(())
}

/// All of them by key.
pub fn all(db: &Connection) -> Result<Vec<OwnScheme>, StoreError> {
    let mut rows = db.prepare_cached("SELECT key, record FROM own_schemes ORDER BY key")?;
    let found = rows.query_map([], |row| Ok(OwnScheme { key: row.get(0)?, record: row.get(1)? }))?;
    Ok(found.collect::<Result<_, _>>()?)
}

/// The record with this key.
pub fn get(db: &Connection, key: &str) -> Result<Option<OwnScheme>, StoreError> {
    Ok(db
        .prepare_cached("SELECT key, record FROM own_schemes WHERE key = ?1")?
        .query_row([key], |row| Ok(OwnScheme { key: row.get(0)?, record: row.get(1)? }))
        .optional()?)
}

/// How many there are.
pub fn count(db: &Connection) -> Result<i64, StoreError> {
    Ok(db.prepare_cached("SELECT COUNT(*) FROM own_schemes")?.query_row([], |row| row.get(0))?)
}

/// Deletes a record. Whether there was one.
pub fn delete(db: &Connection, key: &str) -> Result<bool, StoreError> {
    Ok(db.prepare_cached("DELETE FROM own_schemes WHERE key = ?1")?.execute([key])? > 0)
}
