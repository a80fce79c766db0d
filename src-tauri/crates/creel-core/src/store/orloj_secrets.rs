//! Table `orloj_secrets`, and the rows of `secrets` that hold its values.

use rusqlite::{Connection, OptionalExtension, Row};

use crate::clock::UnixMs;
use crate::ids::TriggerId;
use crate::orloj::{Named, ResourceMetadata};
use crate::store::StoreError;
use crate::store::secrets::{self, SealedSecret};
use crate::store::words::Json;

/// A Secret without its values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredSecret {
    /// Cursor of lists.
    pub seq: i64,
    /// Its place.
    pub metadata: ResourceMetadata,
    /// When it was made.
    pub created_at: UnixMs,
}

const COLUMNS: &str = "seq, namespace, name, labels, created_at";

fn read(row: &Row<'_>) -> rusqlite::Result<StoredSecret> {
    let metadata = ResourceMetadata { namespace: row.get(1)?, name: row.get(2)?, labels: row.get::<_, Json<_>>(3)?.0 };
    Ok(StoredSecret { seq: row.get(0)?, metadata, created_at: row.get(4)? })
}

/// Whose rows of `secrets` hold the first value in the keys' order, and whose the others.
pub fn owners(at: &Named) -> [TriggerId; 2] {
    let first = format!("orloj/{}", at.key());
    let others = format!("{first}#more");
    [TriggerId(first), TriggerId(others)]
}

/// Adds a Secret, or replaces the one of this name, with its sealed values.
pub fn put(
    db: &Connection,
    metadata: &ResourceMetadata,
    values: &[SealedSecret],
    at: UnixMs,
) -> Result<(), StoreError> {
    db.prepare_cached(
        "INSERT INTO orloj_secrets (namespace, name, labels, created_at) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (namespace, name) DO UPDATE SET labels = ?3",
    )?
    .execute((&metadata.namespace, &metadata.name, Json(&metadata.labels), at))?;
    forget(db, &Named::of(metadata))?;
    values.iter().try_for_each(|value| secrets::insert(db, value))
}

fn forget(db: &Connection, at: &Named) -> Result<(), StoreError> {
    owners(at).iter().try_for_each(|owner| secrets::delete_of(db, owner))
}

/// The Secret at this place.
pub fn get(db: &Connection, at: &Named) -> Result<Option<StoredSecret>, StoreError> {
    let query = format!("SELECT {COLUMNS} FROM orloj_secrets WHERE namespace = ?1 AND name = ?2");
    Ok(db.prepare_cached(&query)?.query_row((&at.namespace, &at.name), read).optional()?)
}

/// Its sealed values; the one that signs is first.
pub fn values(db: &Connection, at: &Named) -> Result<Vec<SealedSecret>, StoreError> {
    let mut all = Vec::new();
    for owner in owners(at) {
        all.extend(secrets::of(db, &owner)?);
    }
    Ok(all)
}

/// Secrets made before `before`, newest first.
pub fn page(
    db: &Connection,
    namespace: Option<&str>,
    before: i64,
    limit: u32,
) -> Result<Vec<StoredSecret>, StoreError> {
    let mut rows = db.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM orloj_secrets WHERE seq < ?2 AND (?1 IS NULL OR namespace = ?1) ORDER BY seq DESC LIMIT ?3"
    ))?;
    let found = rows.query_map((namespace, before, limit), read)?.collect::<Result<_, _>>()?;
    Ok(found)
}

/// Deletes a Secret with its values. Whether there was one.
pub fn delete(db: &Connection, at: &Named) -> Result<bool, StoreError> {
    forget(db, at)?;
    let mut gone = db.prepare_cached("DELETE FROM orloj_secrets WHERE namespace = ?1 AND name = ?2")?;
    Ok(gone.execute((&at.namespace, &at.name))? > 0)
}
