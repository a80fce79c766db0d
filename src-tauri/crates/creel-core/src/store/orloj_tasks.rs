//! Table `orloj_tasks`.

use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Row};

use crate::clock::UnixMs;
use crate::ids::DeliveryId;
use crate::orloj::{Named, ResourceMetadata, TaskManifest, TaskMode, TaskSpec};
use crate::store::StoreError;
use crate::store::contents::unpack;
use crate::store::orloj_seen::SeenEvent;
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

/// A run's body is its delivery's, or the run's own when that delivery is gone.
const FROM: &str = "t.seq, t.namespace, t.name, t.labels, t.spec, t.created_at, t.source_delivery, t.payload_key, \
    COALESCE(t.payload_coding, c.coding), COALESCE(t.payload_kept, c.body_kept), COALESCE(t.payload, c.body) \
    FROM orloj_tasks t LEFT JOIN deliveries d ON t.payload_key IS NOT NULL AND t.payload IS NULL AND d.id = t.source_delivery \
    LEFT JOIN contents c ON c.seq = d.seq";

fn read(row: &Row<'_>) -> rusqlite::Result<StoredTask> {
    let metadata = ResourceMetadata { namespace: row.get(1)?, name: row.get(2)?, labels: row.get::<_, Json<_>>(3)?.0 };
    let mut spec: TaskSpec = row.get::<_, Json<_>>(4)?.0;
    spec.input.extend(payload(row)?);
    Ok(StoredTask {
        seq: row.get(0)?,
        task: TaskManifest { metadata, spec },
        created_at: row.get(5)?,
        source_delivery: row.get(6)?,
    })
}

/// The body of the delivery that made it, as text, under the name that its webhook gives it. A run whose body is nowhere
/// any more is shown without it: one such must not hide the others of its page.
fn payload(row: &Row<'_>) -> rusqlite::Result<Option<(String, String)>> {
    let (Some(key), Some(coding)) = (row.get::<_, Option<String>>(7)?, row.get::<_, Option<String>>(8)?) else {
        return Ok(None);
    };
    let body = unpack(&coding, row.get(9)?, row.get(10)?);
    let body = body.map_err(|error| rusqlite::Error::FromSqlConversionFailure(10, Type::Blob, Box::new(error)))?;
    Ok(Some((key, String::from_utf8_lossy(&body).into_owned())))
}

/// What a delivery gives to the run that it makes.
#[derive(Clone, Copy, Debug)]
pub struct RunSource<'s> {
    /// The delivery.
    pub delivery: &'s DeliveryId,
    /// The input that its body becomes. The body itself is written with the delivery alone.
    pub payload_key: &'s str,
    /// Its event, which counts as seen from now on.
    pub event: SeenEvent<'s>,
}

/// Adds a run. `false`: there is a task of its name already, and nothing was changed.
pub fn add_run(db: &Connection, task: &TaskManifest, at: UnixMs, from: RunSource<'_>) -> Result<bool, StoreError> {
    let metadata = &task.metadata;
    let added = db
        .prepare_cached(
            "INSERT INTO orloj_tasks (namespace, name, labels, spec, created_at, source_delivery, payload_key, endpoint,
               event_id, seen_until)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) ON CONFLICT (namespace, name) DO NOTHING",
        )?
        .execute(rusqlite::params![
            metadata.namespace,
            metadata.name,
            Json(&metadata.labels),
            Json(&task.spec),
            at,
            from.delivery,
            from.payload_key,
            from.event.endpoint,
            from.event.event_id,
            from.event.until,
        ])?;
    Ok(added > 0)
}

/// Adds a task, or replaces what the one of this name says.
pub fn put(db: &Connection, task: &TaskManifest, at: UnixMs, from: Option<&DeliveryId>) -> Result<(), StoreError> {
    let metadata = &task.metadata;
    db.prepare_cached(
        "INSERT INTO orloj_tasks (namespace, name, labels, spec, created_at, source_delivery)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (namespace, name) DO UPDATE SET labels = ?3, spec = ?4,
           payload_key = NULL, payload_coding = NULL, payload_kept = NULL, payload = NULL",
    )?
    .execute((&metadata.namespace, &metadata.name, Json(&metadata.labels), Json(&task.spec), at, from))?;
    Ok(())
}

/// The task at this place.
pub fn get(db: &Connection, at: &Named) -> Result<Option<StoredTask>, StoreError> {
    let query = format!("SELECT {FROM} WHERE t.namespace = ?1 AND t.name = ?2");
    Ok(db.prepare_cached(&query)?.query_row((&at.namespace, &at.name), read).optional()?)
}

/// Tasks of a mode (`None`: of both) made before `before`, newest first. What no delivery made is little among many runs
/// and has an index of its own, by which templates are found; runs are found by walking all.
pub fn page(
    db: &Connection,
    namespace: Option<&str>,
    mode: Option<TaskMode>,
    before: i64,
    limit: u32,
) -> Result<Vec<StoredTask>, StoreError> {
    let wanted = match mode {
        None => "",
        Some(TaskMode::Template) => "AND t.payload_key IS NULL AND json_extract(t.spec, '$.mode') = 'template'",
        Some(TaskMode::Run) => "AND json_extract(t.spec, '$.mode') <> 'template'",
    };
    let mut rows = db.prepare_cached(&format!(
        "SELECT {FROM} WHERE t.seq < ?2 AND (?1 IS NULL OR t.namespace = ?1) {wanted} ORDER BY t.seq DESC LIMIT ?3"
    ))?;
    let found = rows.query_map((namespace, before, limit), read)?.collect::<Result<_, _>>()?;
    Ok(found)
}

/// Deletes a task. Whether there was one.
pub fn delete(db: &Connection, at: &Named) -> Result<bool, StoreError> {
    let mut gone = db.prepare_cached("DELETE FROM orloj_tasks WHERE namespace = ?1 AND name = ?2")?;
    Ok(gone.execute((&at.namespace, &at.name))? > 0)
}
