//! Table `agents`.

use rusqlite::{Connection, OptionalExtension};

use crate::agent::Agent;
use crate::ids::AgentId;
use crate::store::StoreError;
use crate::store::words::Json;

/// Adds an agent or replaces the one with its id.
pub fn put(db: &Connection, agent: &Agent) -> Result<(), StoreError> {
    db.prepare_cached(
        "INSERT INTO agents (id, name, kind, definition) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (id) DO UPDATE SET name = ?2, kind = ?3, definition = ?4",
    )?
    .execute((&agent.id, &agent.name, &agent.kind, Json(agent)))?;
    Ok(())
}

/// All agents, oldest first. There are few.
pub fn all(db: &Connection) -> Result<Vec<Agent>, StoreError> {
    let mut rows = db.prepare_cached("SELECT definition FROM agents ORDER BY seq")?;
    let found = rows.query_map([], |row| row.get::<_, Json<Agent>>(0).map(|json| json.0))?.collect::<Result<_, _>>()?;
    Ok(found)
}

/// The agent with this id.
pub fn get(db: &Connection, id: &AgentId) -> Result<Option<Agent>, StoreError> {
    Ok(db
        .prepare_cached("SELECT definition FROM agents WHERE id = ?1")?
        .query_row([id], |row| row.get::<_, Json<Agent>>(0).map(|json| json.0))
        .optional()?)
}

/// Whether there is such an agent.
pub fn exists(db: &Connection, id: &AgentId) -> Result<bool, StoreError> {
    Ok(db.prepare_cached("SELECT 1 FROM agents WHERE id = ?1")?.exists([id])?)
}

/// What the agent with this id is called.
pub fn name(db: &Connection, id: &AgentId) -> Result<Option<String>, StoreError> {
    Ok(db.prepare_cached("SELECT name FROM agents WHERE id = ?1")?.query_row([id], |row| row.get(0)).optional()?)
}

/// One page, newest first, and how many there are in all. Missing filters take everything.
pub fn page(
    db: &Connection,
    kind: Option<&str>,
    name: Option<&str>,
    limit: u32,
    offset: u32,
) -> Result<(Vec<Agent>, i64), StoreError> {
    let from = "FROM agents WHERE (?1 IS NULL OR kind = ?1) AND (?2 IS NULL OR instr(lower(name), lower(?2)) > 0)";
    let total = db.prepare_cached(&format!("SELECT COUNT(*) {from}"))?.query_row((kind, name), |row| row.get(0))?;
    let mut rows = db.prepare_cached(&format!("SELECT definition {from} ORDER BY seq DESC LIMIT ?3 OFFSET ?4"))?;
    let found = rows
        .query_map((kind, name, limit, offset), |row| row.get::<_, Json<Agent>>(0).map(|json| json.0))?
        .collect::<Result<_, _>>()?;
    Ok((found, total))
}

/// Deletes an agent; its executions stay. Whether there was one.
pub fn delete(db: &Connection, id: &AgentId) -> Result<bool, StoreError> {
    Ok(db.prepare_cached("DELETE FROM agents WHERE id = ?1")?.execute([id])? > 0)
}
