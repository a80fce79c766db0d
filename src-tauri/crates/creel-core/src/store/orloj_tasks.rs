//! Table `orloj_tasks`.

use rusqlite::{Connection, OptionalExtension, Row};

use crate::clock::UnixMs;
use crate::ids::DeliveryId;
use crate::orloj::{Named, ResourceMetadata, TaskManifest, TaskMode};
use crate::store::StoreError;
use crate::store::words::Json;

/// A task as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredTask {
    /// Cursor of lists.
    pub seq: i64,
    /// The task.
    pub task: TaskManifest,
    /// When it was made.
    pub created_at: UnixMs,
    /// The delivery that made it; `None`: it was applied.
    pub source_delivery: Option<DeliveryId>,
}

const COLUMNS: &str = "seq, namespace, name, labels, spec, created_at, source_delivery";

fn read(row: &Row<'_>) -> rusqlite::Result<StoredTask> {
    let metadata = ResourceMetadata { namespace: row.get(1)?, name: row.get(2)?, labels: row.get::<_, Json<_>>(3)?.0 };
    Ok(StoredTask {
        seq: row.get(0)?,
        task: TaskManifest { metadata, spec: row.get::<_, Json<_>>(4)?.0 },
        created_at: row.get(5)?,
        source_delivery: row.get(6)?,
    })
}

/// Adds a task, or replaces what the one of this name says.
pub fn put(db: &Connection, task: &TaskManifest, at: UnixMs, from: Option<&DeliveryId>) -> Result<(), StoreError> {
    let metadata = &task.metadata;
    db.prepare_cached(
        "INSERT INTO orloj_tasks (namespace, name, labels, spec, created_at, source_delivery)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (namespace, name) DO UPDATE SET labels = ?3, spec = ?4",
    )?
    .execute((&metadata.namespace, &metadata.name, Json(&metadata.labels), Json(&task.spec), at, from))?;
    Ok(())
}

/// The task at this place.
pub fn get(db: &Connection, at: &Named) -> Result<Option<StoredTask>, StoreError> {
    let query = format!("SELECT {COLUMNS} FROM orloj_tasks WHERE namespace = ?1 AND name = ?2");
    Ok(db.prepare_cached(&query)?.query_row((&at.namespace, &at.name), read).optional()?)
}

/// Tasks of a mode (`None`: of both) made before `before`, newest first. Templates are few among many runs and have an
/// index of their own; runs are found by walking all.
pub fn page(
    db: &Connection,
    namespace: Option<&str>,
    mode: Option<TaskMode>,
    before: i64,
    limit: u32,
) -> Result<Vec<StoredTask>, StoreError> {
    let wanted = match mode {
        None => "",
        Some(TaskMode::Template) => "AND json_extract(spec, '$.mode') = 'template'",
        Some(TaskMode::Run) => "AND json_extract(spec, '$.mode') <> 'template'",
    };
    let mut rows = db.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM orloj_tasks WHERE seq < ?2 AND (?1 IS NULL OR namespace = ?1) {wanted}
         ORDER BY seq DESC LIMIT ?3"
    ))?;
    let found = rows.query_map((namespace, before, limit), read)?.collect::<Result<_, _>>()?;
    Ok(found)
}

/// Deletes a task. Whether there was one.
pub fn delete(db: &Connection, at: &Named) -> Result<bool, StoreError> {
    let mut gone = db.prepare_cached("DELETE FROM orloj_tasks WHERE namespace = ?1 AND name = ?2")?;
    Ok(gone.execute((&at.namespace, &at.name))? > 0)
}
