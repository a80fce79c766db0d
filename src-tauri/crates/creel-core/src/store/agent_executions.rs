//! Table `agent_executions`.

use rusqlite::{Connection, OptionalExtension, Row};

use crate::agent::{AgentExecution, AgentExecutionStatus};
use crate::ids::{AgentExecutionId, AgentId};
use crate::store::StoreError;
use crate::store::words::{Json, Word};

const COLUMNS: &str = "seq, id, agent_id, trigger_id, source_delivery, status, input, output, error, created_at, started_at, completed_at, execution_id, token_usage";

/// Adds a row; its position comes back in it.
pub fn insert(db: &Connection, run: &mut AgentExecution) -> Result<(), StoreError> {
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
        run.input.as_str(),
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
        input: row.get::<_, Json<_>>(6)?.0,
        output: row.get::<_, Option<Json<_>>>(7)?.map(|json| json.0),
        error: row.get(8)?,
        created_at: row.get(9)?,
        started_at: row.get(10)?,
        completed_at: row.get(11)?,
        execution_id: row.get(12)?,
        token_usage: row.get::<_, Option<Json<_>>>(13)?.map(|json| json.0),
    })
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
