//! Table `occurrences`: appended in the order in which reports come, each naming the earlier one of its alert.
//!
//! A report writes at the end of the table, whatever alert it belongs to; reading walks back from an alert's latest.

use rusqlite::{Connection, Row};

use crate::alerts::Occurrence;
use crate::store::StoreError;
use crate::store::words::Word;

fn read(row: &Row<'_>) -> rusqlite::Result<Occurrence> {
    Ok(Occurrence {
        seq: row.get(0)?,
        number: row.get(1)?,
        at: row.get(2)?,
        severity: row.get::<_, Word<_>>(3)?.0,
        delivery_id: row.get(4)?,
    })
}

/// Adds one that comes after the occurrence at `earlier`; its position comes back.
pub fn insert(db: &Connection, occurrence: &Occurrence, earlier: Option<i64>) -> Result<i64, StoreError> {
    db.prepare_cached(
        "INSERT INTO occurrences (number, at, severity, delivery_id, earlier) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute((occurrence.number, occurrence.at, Word(occurrence.severity), &occurrence.delivery_id, earlier))?;
    Ok(db.last_insert_rowid())
}

/// Those of the alert at `alert`, newest first; `after`: those that came before the occurrence at this position.
pub fn page(db: &Connection, alert: i64, after: Option<i64>, limit: u32) -> Result<Vec<Occurrence>, StoreError> {
    let mut rows = db.prepare_cached(
        "WITH RECURSIVE chain (seq, number, at, severity, delivery_id, earlier) AS (
           SELECT seq, number, at, severity, delivery_id, earlier FROM occurrences WHERE seq =
             CASE WHEN ?2 IS NULL THEN (SELECT last_occurrence FROM alerts WHERE seq = ?1)
                  ELSE (SELECT earlier FROM occurrences WHERE seq = ?2) END
           UNION ALL
           SELECT o.seq, o.number, o.at, o.severity, o.delivery_id, o.earlier
             FROM chain JOIN occurrences o ON o.seq = chain.earlier LIMIT ?3)
         SELECT seq, number, at, severity, delivery_id FROM chain",
    )?;
    let found = rows.query_map((alert, after, limit), read)?.collect::<Result<_, _>>()?;
    Ok(found)
}
