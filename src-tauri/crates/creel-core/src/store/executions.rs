//! Table `executions`: what ran, what runs, and what waits.

use rusqlite::{Connection, OptionalExtension, Row};

use crate::error::ApiError;
use crate::execution::{Execution, ExecutionStatus};
use crate::ids::{DeliveryId, ExecutionId, TriggerId};
use crate::store::StoreError;
use crate::store::words::{Json, Word};

/// The columns in the order of [`read`].
pub const COLUMNS: &str = "e.seq, e.id, e.delivery_id, e.trigger_id, e.trigger_name, e.position, e.action, e.summary, e.status, \
     e.attempts, e.max_attempts, e.next_at, e.created_at, e.started_at, e.finished_at, e.error";

/// What a new row needs beyond the [`Execution`].
#[derive(Clone, Debug)]
pub struct NewExecution {
    /// The row.
    pub execution: Execution,
    /// Position of its delivery.
    pub delivery_seq: i64,
    /// What it is to do, templates resolved, as JSON text.
    pub plan: String,
    /// What it made, for one that is done at once (a local effect).
    pub result: Option<String>,
}

/// Adds a row. Its id is also its idempotency key: the same for every attempt.
pub fn insert(db: &Connection, new: &NewExecution) -> Result<(), StoreError> {
    let e = &new.execution;
    db.prepare_cached(
        "INSERT INTO executions (seq, id, delivery_seq, delivery_id, trigger_id, trigger_name, position, action, summary,
           status, attempts, max_attempts, next_at, created_at, started_at, finished_at, error, plan, result, idempotency_key)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?2)",
    )?
    .execute(rusqlite::params![
        e.seq,
        e.id,
        new.delivery_seq,
        e.delivery_id,
        e.trigger_id,
        e.trigger_name,
        e.position,
        Word(e.action),
        e.summary,
        Word(e.status),
        e.attempts,
        e.max_attempts,
        e.next_at,
        e.created_at,
        e.started_at,
        e.finished_at,
        e.error.as_ref().map(Json),
        new.plan,
        new.result,
    ])?;
    Ok(())
}

/// A row as [`COLUMNS`] lists it.
pub fn read(row: &Row<'_>) -> rusqlite::Result<Execution> {
    Ok(Execution {
        seq: row.get(0)?,
        id: row.get(1)?,
        delivery_id: row.get(2)?,
        trigger_id: row.get(3)?,
        trigger_name: row.get(4)?,
        position: row.get(5)?,
        action: row.get::<_, Word<_>>(6)?.0,
        summary: row.get(7)?,
        status: row.get::<_, Word<_>>(8)?.0,
        attempts: row.get(9)?,
        max_attempts: row.get(10)?,
        next_at: row.get(11)?,
        created_at: row.get(12)?,
        started_at: row.get(13)?,
        finished_at: row.get(14)?,
        error: row.get::<_, Option<Json<ApiError>>>(15)?.map(|json| json.0),
    })
}

/// The row with this id.
pub fn get(db: &Connection, id: &ExecutionId) -> Result<Option<Execution>, StoreError> {
    Ok(db
        .prepare_cached(&format!("SELECT {COLUMNS} FROM executions e WHERE e.id = ?1"))?
        .query_row([id], read)
        .optional()?)
}

/// Plan and result of a row, as JSON text.
pub fn plan_and_result(db: &Connection, id: &ExecutionId) -> Result<Option<(String, Option<String>)>, StoreError> {
    Ok(db
        .prepare_cached("SELECT plan, result FROM executions WHERE id = ?1")?
        .query_row([id], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?)
}

/// The executions of a delivery, in order.
pub fn of_delivery(db: &Connection, seq: i64) -> Result<Vec<Execution>, StoreError> {
    let mut rows =
        db.prepare_cached(&format!("SELECT {COLUMNS} FROM executions e WHERE e.delivery_seq = ?1 ORDER BY e.seq"))?;
    let found = rows.query_map([seq], read)?.collect::<Result<_, _>>()?;
    Ok(found)
}

/// Which rows a page holds.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Only these statuses; empty: all.
    pub status: Vec<ExecutionStatus>,
    /// Only of this delivery.
    pub delivery: Option<DeliveryId>,
    /// Only of this trigger.
    pub trigger: Option<TriggerId>,
}

/// Rows older than `before`, newest first.
pub fn page(db: &Connection, wanted: &Wanted, before: i64, limit: u32) -> Result<Vec<Execution>, StoreError> {
    let statuses = serde_json::to_string(&wanted.status)
        .map_err(|error| StoreError::Unreadable { what: "status", detail: error.to_string() })?;
    let mut conditions = vec!["e.seq < ?1"];
    if !wanted.status.is_empty() {
        conditions.push("e.status IN (SELECT value FROM json_each(?3))");
    }
    if wanted.delivery.is_some() {
        conditions.push("e.delivery_seq = (SELECT seq FROM deliveries WHERE id = ?4)");
    }
    if wanted.trigger.is_some() {
        conditions.push("e.trigger_id = ?5");
    }
    let sql = format!(
        "SELECT {COLUMNS} FROM executions e WHERE {} AND (?3 IS ?3) AND (?4 IS ?4) AND (?5 IS ?5) ORDER BY e.seq DESC LIMIT ?2",
        conditions.join(" AND ")
    );
    let mut rows = db.prepare_cached(&sql)?;
    let found = rows
        .query_map((before, limit, statuses, wanted.delivery.as_ref(), wanted.trigger.as_ref()), read)?
        .collect::<Result<_, _>>()?;
    Ok(found)
}

/// How many are queued or running.
pub fn depth(db: &Connection) -> Result<i64, StoreError> {
    Ok(db
        .prepare_cached(
            "SELECT (SELECT COUNT(*) FROM executions WHERE status = 'queued')
                  + (SELECT COUNT(*) FROM executions WHERE status = 'running')",
        )?
        .query_row([], |row| row.get(0))?)
}
