//! Table `lists`.

use rusqlite::{Connection, OptionalExtension, Row};

use crate::clock::UnixMs;
use crate::ids::ListId;
use crate::store::StoreError;
use crate::task::TaskList;

const SELECT: &str = "SELECT l.id, l.name, l.created_at,
    (SELECT COUNT(*) FROM tasks t WHERE t.list_id = l.id AND t.status = 'open'),
    (SELECT COUNT(*) FROM tasks t WHERE t.list_id = l.id AND t.status = 'done') FROM lists l";

fn read(row: &Row<'_>) -> rusqlite::Result<TaskList> {
    Ok(TaskList { id: row.get(0)?, name: row.get(1)?, created_at: row.get(2)?, open: row.get(3)?, done: row.get(4)? })
}

/// All lists, oldest first. There are few.
pub fn all(db: &Connection) -> Result<Vec<TaskList>, StoreError> {
    let mut rows = db.prepare_cached(&format!("{SELECT} ORDER BY l.created_at, l.id"))?;
    let found = rows.query_map([], read)?.collect::<Result<_, _>>()?;
    Ok(found)
}

/// The list with this id.
pub fn get(db: &Connection, id: &ListId) -> Result<Option<TaskList>, StoreError> {
    Ok(db.prepare_cached(&format!("{SELECT} WHERE l.id = ?1"))?.query_row([id], read).optional()?)
}

/// Whether there is such a list.
pub fn exists(db: &Connection, id: &ListId) -> Result<bool, StoreError> {
    Ok(db.prepare_cached("SELECT 1 FROM lists WHERE id = ?1")?.exists([id])?)
}

/// Whether a list other than `id` has this name.
pub fn name_taken(db: &Connection, name: &str, id: Option<&ListId>) -> Result<bool, StoreError> {
    Ok(db.prepare_cached("SELECT 1 FROM lists WHERE name = ?1 AND id IS NOT ?2")?.exists((name, id))?)
}

/// Adds a list.
pub fn insert(db: &Connection, id: &ListId, name: &str, at: UnixMs) -> Result<(), StoreError> {
    db.prepare_cached("INSERT INTO lists (id, name, created_at) VALUES (?1, ?2, ?3)")?.execute((id, name, at))?;
    Ok(())
}

/// Renames a list.
pub fn rename(db: &Connection, id: &ListId, name: &str) -> Result<(), StoreError> {
    db.prepare_cached("UPDATE lists SET name = ?2 WHERE id = ?1")?.execute((id, name))?;
    Ok(())
}

/// Deletes a list with its tasks. Whether there was one.
pub fn delete(db: &Connection, id: &ListId) -> Result<bool, StoreError> {
    Ok(db.prepare_cached("DELETE FROM lists WHERE id = ?1")?.execute([id])? > 0)
}
