//! Table `agent_days`: what each agent used on a day, for its budget.

use rusqlite::{Connection, OptionalExtension};

use crate::ids::AgentId;
use crate::store::StoreError;

/// Days that are kept: a month to look back.
const DAYS_KEPT: &str = "-31 days";

/// Runs and tokens of one day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Used {
    /// Attempts that began.
    pub runs: u32,
    /// Tokens in and out.
    pub tokens: u32,
}

/// What the agent used on `day` (`2026-11-21`).
pub fn of(db: &Connection, agent: &AgentId, day: &str) -> Result<Used, StoreError> {
    let found = db
        .prepare_cached("SELECT runs, tokens FROM agent_days WHERE agent_id = ?1 AND day = ?2")?
        .query_row((agent, day), |row| Ok(Used { runs: row.get(0)?, tokens: row.get(1)? }))
        .optional()?;
    Ok(found.unwrap_or_default())
}

/// Adds to the day; days of long ago go.
pub fn add(db: &Connection, agent: &AgentId, day: &str, more: Used) -> Result<(), StoreError> {
    db.prepare_cached(
        "INSERT INTO agent_days (agent_id, day, runs, tokens) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (agent_id, day) DO UPDATE SET runs = runs + ?3, tokens = tokens + ?4",
    )?
    .execute((agent, day, more.runs, more.tokens))?;
    db.prepare_cached("DELETE FROM agent_days WHERE agent_id = ?1 AND day < date(?2, ?3)")?
        .execute((agent, day, DAYS_KEPT))?;
    Ok(())
}
