//! Table `approvals`: commands that wanted to run, and which of them the user approved. The text is the key, so that a
//! command that changed is another one.

use rusqlite::Connection;

use crate::api::approvals::Approval;
use crate::clock::UnixMs;
use crate::ids::TriggerId;
use crate::store::StoreError;

/// Commands of one trigger that may wait for approval; the oldest go. An agent's model would not make more.
const ASKED_MOST: u32 = 50;

/// Whether this very command was approved for this trigger.
pub fn is_given(db: &Connection, trigger: &TriggerId, command: &str) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM approvals WHERE trigger_id = ?1 AND command = ?2 AND approved_at IS NOT NULL";
    Ok(db.prepare_cached(sql)?.exists((trigger, command))?)
}

/// Notes that a command wanted to run.
pub fn ask(db: &Connection, trigger: &TriggerId, command: &str, now: UnixMs) -> Result<(), StoreError> {
    db.prepare_cached(
        "INSERT INTO approvals (trigger_id, command, asked_at) VALUES (?1, ?2, ?3)
         ON CONFLICT (trigger_id, command) DO UPDATE SET asked_at = ?3",
    )?
    .execute((trigger, command, now))?;
    db.prepare_cached(
        "DELETE FROM approvals WHERE trigger_id = ?1 AND approved_at IS NULL AND command NOT IN
           (SELECT command FROM approvals WHERE trigger_id = ?1 AND approved_at IS NULL ORDER BY asked_at DESC LIMIT ?2)",
    )?
    .execute((trigger, ASKED_MOST))?;
    Ok(())
}

/// Approves a command.
pub fn give(db: &Connection, trigger: &TriggerId, command: &str, now: UnixMs) -> Result<(), StoreError> {
    db.prepare_cached(
        "INSERT INTO approvals (trigger_id, command, asked_at, approved_at) VALUES (?1, ?2, ?3, ?3)
         ON CONFLICT (trigger_id, command) DO UPDATE SET approved_at = ?3",
    )?
    .execute((trigger, command, now))?;
    Ok(())
}

/// Takes an approval back. Whether there was such a row.
pub fn take_back(db: &Connection, trigger: &TriggerId, command: &str) -> Result<bool, StoreError> {
    let sql = "DELETE FROM approvals WHERE trigger_id = ?1 AND command = ?2";
    Ok(db.prepare_cached(sql)?.execute((trigger, command))? > 0)
}

/// All, those that wait first.
pub fn all(db: &Connection) -> Result<Vec<Approval>, StoreError> {
    let sql = "SELECT trigger_id, command, asked_at, approved_at FROM approvals
               ORDER BY approved_at IS NOT NULL, asked_at DESC";
    let mut rows = db.prepare_cached(sql)?;
    let found = rows
        .query_map([], |row| {
            Ok(Approval {
                trigger_id: row.get(0)?,
                command: row.get(1)?,
                asked_at: row.get(2)?,
                approved_at: row.get(3)?,
            })
        })?
        .collect::<Result<_, _>>()?;
    Ok(found)
}

/// Deletes what concerns a trigger.
pub fn delete_of(db: &Connection, trigger: &TriggerId) -> Result<(), StoreError> {
    db.prepare_cached("DELETE FROM approvals WHERE trigger_id = ?1")?.execute([trigger])?;
    Ok(())
}
