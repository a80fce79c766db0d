//! Table `triggers`: the definitions. There are few; the registry holds them all in memory.

use rusqlite::{Connection, OptionalExtension};

use crate::ids::TriggerId;
use crate::store::StoreError;
use crate::store::words::{Json, Word};
use crate::trigger::{Contract, Trigger};

/// Adds a trigger or replaces the one with its id.
pub fn put(db: &Connection, trigger: &Trigger) -> Result<(), StoreError> {
    db.prepare_cached(
        "INSERT INTO triggers (id, contract, slug, definition) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (id) DO UPDATE SET contract = ?2, slug = ?3, definition = ?4",
    )?
    .execute((&trigger.id, Word(trigger.contract), &trigger.slug, Json(trigger)))?;
    Ok(())
}

/// All triggers.
pub fn all(db: &Connection) -> Result<Vec<Trigger>, StoreError> {
    let mut rows = db.prepare_cached("SELECT definition FROM triggers ORDER BY id")?;
    let found =
        rows.query_map([], |row| row.get::<_, Json<Trigger>>(0).map(|json| json.0))?.collect::<Result<_, _>>()?;
    Ok(found)
}

/// The trigger with this id.
pub fn get(db: &Connection, id: &TriggerId) -> Result<Option<Trigger>, StoreError> {
    Ok(db
        .prepare_cached("SELECT definition FROM triggers WHERE id = ?1")?
        .query_row([id], |row| row.get::<_, Json<Trigger>>(0).map(|json| json.0))
        .optional()?)
}

/// The trigger of a contract with this slug.
pub fn at(db: &Connection, contract: Contract, slug: &str) -> Result<Option<Trigger>, StoreError> {
    Ok(db
        .prepare_cached("SELECT definition FROM triggers WHERE contract = ?1 AND slug = ?2")?
        .query_row((Word(contract), slug), |row| row.get::<_, Json<Trigger>>(0).map(|json| json.0))
        .optional()?)
}

/// Whether a trigger other than `id` has this address.
pub fn address_taken(db: &Connection, contract: Contract, slug: &str, id: &TriggerId) -> Result<bool, StoreError> {
    Ok(db.prepare_cached("SELECT 1 FROM triggers WHERE contract = ?1 AND slug = ?2 AND id <> ?3")?.exists((
        Word(contract),
        slug,
        id,
    ))?)
}

/// Deletes a trigger. Whether there was one.
pub fn delete(db: &Connection, id: &TriggerId) -> Result<bool, StoreError> {
    Ok(db.prepare_cached("DELETE FROM triggers WHERE id = ?1")?.execute([id])? > 0)
}
