//! Table `secrets`: sealed values. Only `secrets/` can open them.

use rusqlite::{Connection, OptionalExtension, Row};

use crate::clock::UnixMs;
use crate::ids::{SecretId, TriggerId};
use crate::store::StoreError;

/// One row.
#[derive(Clone, Debug)]
pub struct SealedSecret {
    /// `sec_…`
    pub id: SecretId,
    /// The trigger, or an empty id for a named secret.
    pub owner: TriggerId,
    /// What it is for.
    pub slot: Slot,
    /// For people.
    pub name: String,
    /// Nonce and ciphertext.
    pub sealed: Vec<u8>,
    /// Length of the value in bytes.
    pub bytes: u32,
    /// When it was stored.
    pub created_at: UnixMs,
    /// When it stops working.
    pub expires_at: Option<UnixMs>,
    /// When it last verified a delivery.
    pub last_used_at: Option<UnixMs>,
}

/// What a secret is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slot {
    /// Verifies and signs.
    Current,
    /// Verifies until it expires.
    Previous,
    /// Signs forwards that name it.
    Named,
}

impl Slot {
    /// Its word in the table.
    pub fn word(self) -> &'static str {
        match self {
            Self::Current => "current",
            Self::Previous => "previous",
            Self::Named => "named",
        }
    }
}

const COLUMNS: &str = "id, owner, slot, name, sealed, bytes, created_at, expires_at, last_used_at";

fn read(row: &Row<'_>) -> rusqlite::Result<SealedSecret> {
    let slot = match row.get_ref(2)?.as_str()? {
        "current" => Slot::Current,
        "previous" => Slot::Previous,
        _ => Slot::Named,
    };
    Ok(SealedSecret {
        id: row.get(0)?,
        owner: row.get(1)?,
        slot,
        name: row.get(3)?,
        sealed: row.get(4)?,
        bytes: row.get(5)?,
        created_at: row.get(6)?,
        expires_at: row.get(7)?,
        last_used_at: row.get(8)?,
    })
}

/// Whose row holds the bearer token of a trigger, beside the trigger's own secrets: it selects, and never signs.
pub fn token_owner(trigger: &TriggerId) -> TriggerId {
    TriggerId(format!("{trigger}#token"))
}

/// Adds a secret.
pub fn insert(db: &Connection, secret: &SealedSecret) -> Result<(), StoreError> {
    db.prepare_cached(&format!("INSERT INTO secrets ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"))?
        .execute(rusqlite::params![
            secret.id,
            secret.owner,
            secret.slot.word(),
            secret.name,
            secret.sealed,
            secret.bytes,
            secret.created_at,
            secret.expires_at,
            secret.last_used_at,
        ])?;
    Ok(())
}

/// Whether the owner has a secret that signs.
pub fn has_current(db: &Connection, owner: &TriggerId) -> Result<bool, StoreError> {
    Ok(db.prepare_cached("SELECT 1 FROM secrets WHERE owner = ?1 AND slot = 'current'")?.exists([owner])?)
}

/// Adds a secret unless its owner has one that signs. Whether it was added.
pub fn insert_first(db: &Connection, secret: &SealedSecret) -> Result<bool, StoreError> {
    if has_current(db, &secret.owner)? {
        return Ok(false);
    }
    insert(db, secret)?;
    Ok(true)
}

/// The secrets of one owner by name.
pub fn of(db: &Connection, owner: &TriggerId) -> Result<Vec<SealedSecret>, StoreError> {
    let mut rows = db.prepare_cached(&format!("SELECT {COLUMNS} FROM secrets WHERE owner = ?1 ORDER BY name"))?;
    let found = rows.query_map([owner], read)?.collect::<Result<_, _>>()?;
    Ok(found)
}

/// All secrets, current ones first.
pub fn all(db: &Connection) -> Result<Vec<SealedSecret>, StoreError> {
    let mut rows = db.prepare_cached(&format!("SELECT {COLUMNS} FROM secrets ORDER BY slot, created_at DESC"))?;
    let found = rows.query_map([], read)?.collect::<Result<_, _>>()?;
    Ok(found)
}

/// The secret with this id.
pub fn get(db: &Connection, id: &SecretId) -> Result<Option<SealedSecret>, StoreError> {
    Ok(db.prepare_cached(&format!("SELECT {COLUMNS} FROM secrets WHERE id = ?1"))?.query_row([id], read).optional()?)
}

/// The current secret becomes a previous one until `expires_at`; earlier previous ones go.
pub fn retire(db: &Connection, owner: &TriggerId, expires_at: UnixMs) -> Result<(), StoreError> {
    db.prepare_cached("DELETE FROM secrets WHERE owner = ?1 AND slot = 'previous'")?.execute([owner])?;
    db.prepare_cached(
        "UPDATE secrets SET slot = 'previous', name = 'previous', expires_at = ?2 WHERE owner = ?1 AND slot = 'current'",
    )?
    .execute((owner, expires_at))?;
    Ok(())
}

/// Sets when a previous secret of `owner` stops working. Whether there is one.
pub fn set_end(db: &Connection, owner: &TriggerId, id: &SecretId, at: UnixMs) -> Result<bool, StoreError> {
    let changed = db
        .prepare_cached("UPDATE secrets SET expires_at = ?3 WHERE owner = ?1 AND id = ?2 AND slot = 'previous'")?
        .execute((owner, id, at))?;
    Ok(changed > 0)
}

/// Notes when secrets last verified a delivery.
pub fn note_use(db: &Connection, id: &SecretId, at: UnixMs) -> Result<(), StoreError> {
    db.prepare_cached("UPDATE secrets SET last_used_at = ?2 WHERE id = ?1")?.execute((id, at))?;
    Ok(())
}

/// Deletes an owner's secrets.
pub fn delete_of(db: &Connection, owner: &TriggerId) -> Result<(), StoreError> {
    db.prepare_cached("DELETE FROM secrets WHERE owner = ?1")?.execute([owner])?;
    Ok(())
}
