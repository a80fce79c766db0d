//! Table `steps`: the log of an execution, line by line.

use rusqlite::Connection;

use crate::execution::Step;
use crate::store::StoreError;

/// Steps kept of one execution: eight attempts of a forward write about five each.
pub const STEPS_MOST: i64 = 500;

/// Adds a line at the end of the log of execution `seq`; beyond [`STEPS_MOST`] it is left out.
pub fn append(db: &Connection, execution_seq: i64, step: &Step) -> Result<(), StoreError> {
    db.prepare_cached(
        "INSERT INTO steps (execution_seq, number, attempt, name, ok, at, duration_us, words, detail)
         SELECT ?1, COALESCE(MAX(number), 0) + 1, ?2, ?3, ?4, ?5, ?6, ?7, ?8 FROM steps WHERE execution_seq = ?1
         HAVING COUNT(*) < ?9",
    )?
    .execute(rusqlite::params![
        execution_seq,
        step.attempt,
        step.name,
        step.ok,
        step.at,
        step.duration_us,
        step.words,
        step.detail,
        STEPS_MOST,
    ])?;
    Ok(())
}

/// The log, oldest first.
pub fn of(db: &Connection, execution_seq: i64) -> Result<Vec<Step>, StoreError> {
    let mut rows = db.prepare_cached(
        "SELECT attempt, name, ok, at, duration_us, words, detail FROM steps WHERE execution_seq = ?1 ORDER BY number",
    )?;
    let found = rows
        .query_map([execution_seq], |row| {
            Ok(Step {
                attempt: row.get(0)?,
                name: row.get(1)?,
                ok: row.get(2)?,
                at: row.get(3)?,
                duration_us: row.get(4)?,
                words: row.get(5)?,
                detail: row.get(6)?,
            })
        })?
        .collect::<Result<_, _>>()?;
    Ok(found)
}
