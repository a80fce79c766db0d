//! Table `occurrences`.

use rusqlite::{Connection, Row};

use crate::alerts::Occurrence;
use crate::store::StoreError;
use crate::store::words::Word;

fn read(row: &Row<'_>) -> rusqlite::Result<Occurrence> {
    Ok(Occurrence {
        number: row.get(0)?,
        at: row.get(1)?,
        severity: row.get::<_, Word<_>>(2)?.0,
        delivery_id: row.get(3)?,
    })
}

/// Adds one to the alert at `alert`.
pub fn insert(db: &Connection, alert: i64, occurrence: &Occurrence) -> Result<(), StoreError> {
    db.prepare_cached(
        "INSERT INTO occurrences (alert_seq, number, at, severity, delivery_id) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute((alert, occurrence.number, occurrence.at, Word(occurrence.severity), &occurrence.delivery_id))?;
    Ok(())
}

/// Those of an alert before the number `before`, newest first.
pub fn page(db: &Connection, alert: i64, before: i64, limit: u32) -> Result<Vec<Occurrence>, StoreError> {
    let mut rows = db.prepare_cached(
        "SELECT number, at, severity, delivery_id FROM occurrences WHERE alert_seq = ?1 AND number < ?2
         ORDER BY number DESC LIMIT ?3",
    )?;
    let found = rows.query_map((alert, before, limit), read)?.collect::<Result<_, _>>()?;
    Ok(found)
}
