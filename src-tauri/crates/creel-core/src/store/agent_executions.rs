//! Table `agent_executions`. An input that is a delivery's whole body is kept as packed as there: a blob is a zstd frame,
//! a text is the JSON itself.

use rusqlite::types::{FromSqlError, ToSqlOutput, Type, ValueRef};
use rusqlite::{Connection, OptionalExtension, Row};

use crate::agent::{AgentExecution, AgentExecutionStatus};
use crate::ids::{AgentExecutionId, AgentId};
use crate::raw_json::RawJson;
use crate::store::StoreError;
use crate::store::contents::PackedBody;
use crate::store::words::{Json, Word};

const COLUMNS: &str = "seq, id, agent_id, trigger_id, source_delivery, status, input, output, error, created_at, started_at, completed_at, execution_id, token_usage";

/// Adds a row; its position comes back in it. `packed`: its input, where that is a body that is packed already.
pub fn insert(db: &Connection, run: &mut AgentExecution, packed: Option<&PackedBody>) -> Result<(), StoreError> {
    let frame = packed.map(PackedBody::coded).filter(|(coding, _)| *coding == "zstd");
    let input = frame.map_or(ValueRef::Text(run.input.as_str().as_bytes()), |(_, frame)| ValueRef::Blob(frame));
    db.prepare_cached(
        "INSERT INTO agent_executions (id, agent_id, trigger_id, source_delivery, status, input, created_at,
           execution_id) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?
    .execute((
        &run.id,
        &run.agent_id,
        &run.trigger_id,
        &run.source_delivery,
        Word(run.status),
        ToSqlOutput::Borrowed(input),
        run.created_at,
        &run.execution_id,
    ))?;
    run.seq = db.last_insert_rowid();
    Ok(())
}

fn read(row: &Row<'_>) -> rusqlite::Result<AgentExecution> {
    Ok(AgentExecution {
        seq: row.get(0)?,
        id: row.get(1)?,
        agent_id: row.get(2)?,
        trigger_id: row.get(3)?,
        source_delivery: row.get(4)?,
        status: row.get::<_, Word<_>>(5)?.0,
        input: read_input(row, 6)?,
        output: row.get::<_, Option<Json<_>>>(7)?.map(|json| json.0),
        error: row.get(8)?,
        created_at: row.get(9)?,
        started_at: row.get(10)?,
        completed_at: row.get(11)?,
        execution_id: row.get(12)?,
        token_usage: row.get::<_, Option<Json<_>>>(13)?.map(|json| json.0),
    })
}

fn read_input(row: &Row<'_>, column: usize) -> rusqlite::Result<RawJson> {
    let ValueRef::Blob(frame) = row.get_ref(column)? else { return Ok(row.get::<_, Json<_>>(column)?.0) };
    let text = zstd::decode_all(frame)
        .map_err(|error| rusqlite::Error::FromSqlConversionFailure(column, Type::Blob, Box::new(error)))?;
    let damaged = || rusqlite::Error::FromSqlConversionFailure(column, Type::Blob, Box::new(FromSqlError::InvalidType));
    RawJson::of(&text).ok_or_else(damaged)
}

/// The run with this id.
pub fn get(db: &Connection, id: &AgentExecutionId) -> Result<Option<AgentExecution>, StoreError> {
    Ok(db
        .prepare_cached(&format!("SELECT {COLUMNS} FROM agent_executions WHERE id = ?1"))?
        .query_row([id], read)
        .optional()?)
}

/// One page of those before `before`, newest first, and how many there are in all. Missing filters take everything.
pub fn page(
    db: &Connection,
    agent: Option<&AgentId>,
    status: Option<AgentExecutionStatus>,
    before: i64,
    limit: u32,
    offset: u32,
) -> Result<(Vec<AgentExecution>, i64), StoreError> {
    let status = status.map(Word);
    let from = "FROM agent_executions WHERE (?1 IS NULL OR agent_id = ?1) AND (?2 IS NULL OR status = ?2)";
    let total = db.prepare_cached(&format!("SELECT COUNT(*) {from}"))?.query_row((agent, &status), |row| row.get(0))?;
    let mut rows =
        db.prepare_cached(&format!("SELECT {COLUMNS} {from} AND seq < ?3 ORDER BY seq DESC LIMIT ?4 OFFSET ?5"))?;
    let found = rows.query_map((agent, &status, before, limit, offset), read)?.collect::<Result<_, _>>()?;
    Ok((found, total))
}
