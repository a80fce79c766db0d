//! Tables `pipelines` and `pipeline_instances`.

use rusqlite::{Connection, OptionalExtension, Row};

use crate::ids::{PipelineId, PipelineInstanceId};
use crate::pipelines::{Pipeline, PipelineInstance, PipelineStatus, StepState};
use crate::store::StoreError;
use crate::store::words::{Json, Word};

/// Adds a pipeline.
pub fn insert(db: &Connection, pipeline: &Pipeline) -> Result<(), StoreError> {
    db.prepare_cached("INSERT INTO pipelines (id, name, created_at, definition) VALUES (?1, ?2, ?3, ?4)")?
        .execute((&pipeline.id, &pipeline.name, pipeline.created_at, Json(pipeline)))?;
    Ok(())
}

/// Replaces what the pipeline of this id says.
pub fn replace(db: &Connection, pipeline: &Pipeline) -> Result<(), StoreError> {
    db.prepare_cached("UPDATE pipelines SET name = ?2, definition = ?3 WHERE id = ?1")?.execute((
        &pipeline.id,
        &pipeline.name,
        Json(pipeline),
    ))?;
    Ok(())
}

/// All pipelines, oldest first. There are few.
pub fn all(db: &Connection) -> Result<Vec<Pipeline>, StoreError> {
    let mut rows = db.prepare_cached("SELECT definition FROM pipelines ORDER BY created_at, id")?;
    let found =
        rows.query_map([], |row| row.get::<_, Json<Pipeline>>(0).map(|json| json.0))?.collect::<Result<_, _>>()?;
    Ok(found)
}

/// The pipeline with this id.
pub fn get(db: &Connection, id: &PipelineId) -> Result<Option<Pipeline>, StoreError> {
    Ok(db
        .prepare_cached("SELECT definition FROM pipelines WHERE id = ?1")?
        .query_row([id], |row| row.get::<_, Json<Pipeline>>(0).map(|json| json.0))
        .optional()?)
}

/// Deletes a pipeline; its instances stay. Whether there was one.
pub fn delete(db: &Connection, id: &PipelineId) -> Result<bool, StoreError> {
    Ok(db.prepare_cached("DELETE FROM pipelines WHERE id = ?1")?.execute([id])? > 0)
}

const COLUMNS: &str =
    "seq, id, pipeline_id, variables, steps, status, source_delivery, created_at, execution_id, progress";

/// Adds an instance; its position comes back in it.
pub fn insert_instance(db: &Connection, instance: &mut PipelineInstance) -> Result<(), StoreError> {
    db.prepare_cached(
        "INSERT INTO pipeline_instances (id, pipeline_id, variables, steps, status, source_delivery, created_at,
           execution_id) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?
    .execute((
        &instance.id,
        &instance.pipeline_id,
        Json(&instance.variables),
        Json(&instance.steps),
        Word(instance.status),
        &instance.source_delivery,
        instance.created_at,
        &instance.execution_id,
    ))?;
    instance.seq = db.last_insert_rowid();
    Ok(())
}

fn read(row: &Row<'_>) -> rusqlite::Result<PipelineInstance> {
    let status = row.get::<_, Word<_>>(5)?.0;
    let mut progress: Vec<StepState> = row.get::<_, Json<_>>(9)?.0;
    if !matches!(status, PipelineStatus::Pending | PipelineStatus::Running) {
        progress.iter_mut().for_each(StepState::interrupt);
    }
    Ok(PipelineInstance {
        execution_id: row.get(8)?,
        progress,
        seq: row.get(0)?,
        id: row.get(1)?,
        pipeline_id: row.get(2)?,
        variables: row.get::<_, Json<_>>(3)?.0,
        steps: row.get::<_, Json<_>>(4)?.0,
        status,
        source_delivery: row.get(6)?,
        created_at: row.get(7)?,
    })
}

/// The instance with this id.
pub fn instance(db: &Connection, id: &PipelineInstanceId) -> Result<Option<PipelineInstance>, StoreError> {
    Ok(db
        .prepare_cached(&format!("SELECT {COLUMNS} FROM pipeline_instances WHERE id = ?1"))?
        .query_row([id], read)
        .optional()?)
}

/// Instances older than `before`, newest first.
pub fn instances(
    db: &Connection,
    pipeline: Option<&PipelineId>,
    before: i64,
    limit: u32,
) -> Result<Vec<PipelineInstance>, StoreError> {
    let mut rows = db.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM pipeline_instances WHERE (?1 IS NULL OR pipeline_id = ?1) AND seq < ?2
         ORDER BY seq DESC LIMIT ?3"
    ))?;
    let found = rows.query_map((pipeline, before, limit), read)?.collect::<Result<_, _>>()?;
    Ok(found)
}

/// Keeps where the steps of an instance stand.
pub fn keep_progress(db: &Connection, id: &PipelineInstanceId, progress: &[StepState]) -> Result<(), StoreError> {
    db.prepare_cached("UPDATE pipeline_instances SET progress = ?2 WHERE id = ?1")?.execute((id, Json(progress)))?;
    Ok(())
}

/// An instance that waits is taken back. Whether it waited.
pub fn cancel(db: &Connection, id: &PipelineInstanceId) -> Result<bool, StoreError> {
    let changed = db
        .prepare_cached("UPDATE pipeline_instances SET status = ?2 WHERE id = ?1 AND status = ?3")?
        .execute((id, Word(PipelineStatus::Cancelled), Word(PipelineStatus::Pending)))?;
    Ok(changed > 0)
}
