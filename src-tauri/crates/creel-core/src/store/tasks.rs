//! Table `tasks`.

use rusqlite::{Connection, OptionalExtension, Row};

use crate::ids::{ListId, TaskId};
use crate::store::StoreError;
use crate::store::words::{Json, Word};
use crate::task::{Task, TaskStatus};

const COLUMNS: &str =
    "seq, id, list_id, title, description, assignees, priority, tags, status, source_delivery, created_at, updated_at";

/// Adds a row, or replaces the one with the same `seq`.
pub fn put(db: &Connection, task: &Task) -> Result<(), StoreError> {
    db.prepare_cached(&format!(
        "INSERT OR REPLACE INTO tasks ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)"
    ))?
    .execute(rusqlite::params![
        task.seq,
        task.id,
        task.list_id,
        task.title,
        task.description,
        Json(&task.assignees),
        Word(task.priority),
        Json(&task.tags),
        Word(task.status),
        task.source_delivery,
        task.created_at,
        task.updated_at,
    ])?;
    Ok(())
}

fn read(row: &Row<'_>) -> rusqlite::Result<Task> {
    Ok(Task {
        seq: row.get(0)?,
        id: row.get(1)?,
        list_id: row.get(2)?,
        title: row.get(3)?,
        description: row.get(4)?,
        assignees: row.get::<_, Json<_>>(5)?.0,
        priority: row.get::<_, Word<_>>(6)?.0,
        tags: row.get::<_, Json<_>>(7)?.0,
        status: row.get::<_, Word<_>>(8)?.0,
        source_delivery: row.get(9)?,
        created_at: row.get(10)?,
        updated_at: row.get(11)?,
    })
}

/// The task with this id.
pub fn get(db: &Connection, id: &TaskId) -> Result<Option<Task>, StoreError> {
    Ok(db.prepare_cached(&format!("SELECT {COLUMNS} FROM tasks WHERE id = ?1"))?.query_row([id], read).optional()?)
}

/// Tasks older than `before`, newest first.
pub fn page(
    db: &Connection,
    list: Option<&ListId>,
    status: Option<TaskStatus>,
    before: i64,
    limit: u32,
) -> Result<Vec<Task>, StoreError> {
    let mut rows = db.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM tasks WHERE (?1 IS NULL OR list_id = ?1) AND (?2 IS NULL OR status = ?2) AND seq < ?3
         ORDER BY seq DESC LIMIT ?4"
    ))?;
    let found = rows.query_map((list, status.map(Word), before, limit), read)?.collect::<Result<_, _>>()?;
    Ok(found)
}

/// Deletes a task. Whether there was one.
pub fn delete(db: &Connection, id: &TaskId) -> Result<bool, StoreError> {
    Ok(db.prepare_cached("DELETE FROM tasks WHERE id = ?1")?.execute([id])? > 0)
}
