//! Tables `alerts` and `alert_months`.

use rusqlite::{Connection, OptionalExtension, Row};

use crate::alerts::{Alert, AlertId, AlertStatus};
use crate::store::StoreError;
use crate::store::words::Word;

const COLUMNS: &str = "seq, id, webhook, severity, status, occurrence_count, first_at, last_at, resolved_at, title, \
    description, group_key";

fn read(row: &Row<'_>) -> rusqlite::Result<Alert> {
    Ok(Alert {
        seq: row.get(0)?,
        id: AlertId(row.get(1)?),
        webhook: row.get(2)?,
        severity: row.get::<_, Word<_>>(3)?.0,
        status: row.get::<_, Word<_>>(4)?.0,
        occurrence_count: row.get(5)?,
        first_at: row.get(6)?,
        last_at: row.get(7)?,
        resolved_at: row.get(8)?,
        title: row.get(9)?,
        description: row.get(10)?,
        group_key: row.get(11)?,
    })
}

/// The newest alert of a group, and the position of its latest occurrence.
pub fn latest_of(db: &Connection, group: &[u8]) -> Result<Option<(Alert, Option<i64>)>, StoreError> {
    let query =
        format!("SELECT {COLUMNS}, last_occurrence FROM alerts WHERE group_digest = ?1 ORDER BY seq DESC LIMIT 1");
    Ok(db.prepare_cached(&query)?.query_row([group], |row| Ok((read(row)?, row.get(12)?))).optional()?)
}

/// Whether no newer alert of its group exists.
pub fn is_latest(db: &Connection, seq: i64) -> Result<bool, StoreError> {
    let query = "SELECT NOT EXISTS (SELECT 1 FROM alerts one JOIN alerts newer USING (group_digest)
       WHERE one.seq = ?1 AND newer.seq > one.seq)";
    Ok(db.prepare_cached(query)?.query_row([seq], |row| row.get(0))?)
}

/// Adds an alert whose first occurrence is at `occurrence`; its `seq` comes back.
pub fn insert(db: &Connection, alert: &Alert, group: &[u8], occurrence: i64) -> Result<i64, StoreError> {
    db.prepare_cached(
        "INSERT INTO alerts (id, webhook, severity, status, occurrence_count, first_at, last_at, resolved_at, title,
           description, group_key, group_digest, last_occurrence)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
    )?
    .execute(rusqlite::params![
        alert.id.as_str(),
        alert.webhook,
        Word(alert.severity),
        Word(alert.status),
        alert.occurrence_count,
        alert.first_at,
        alert.last_at,
        alert.resolved_at,
        alert.title,
        alert.description,
        alert.group_key,
        group,
        occurrence,
    ])?;
    Ok(db.last_insert_rowid())
}

/// Keeps one more report of an alert that stays open, at `occurrence`. Its status is not written: it has an index.
pub fn report(db: &Connection, alert: &Alert, occurrence: i64) -> Result<(), StoreError> {
    db.prepare_cached(
        "UPDATE alerts SET severity = ?2, occurrence_count = ?3, last_at = ?4, last_occurrence = ?5 WHERE seq = ?1",
    )?
    .execute((alert.seq, Word(alert.severity), alert.occurrence_count, alert.last_at, occurrence))?;
    Ok(())
}

/// Keeps what can change of an alert; `occurrence`: the position of one that came just now.
pub fn update(db: &Connection, alert: &Alert, occurrence: Option<i64>) -> Result<(), StoreError> {
    db.prepare_cached(
        "UPDATE alerts SET severity = ?2, status = ?3, occurrence_count = ?4, last_at = ?5, resolved_at = ?6,
           last_occurrence = COALESCE(?7, last_occurrence) WHERE seq = ?1",
    )?
    .execute(rusqlite::params![
        alert.seq,
        Word(alert.severity),
        Word(alert.status),
        alert.occurrence_count,
        alert.last_at,
        alert.resolved_at,
        occurrence,
    ])?;
    Ok(())
}

/// The alert with this id.
pub fn get(db: &Connection, id: &AlertId) -> Result<Option<Alert>, StoreError> {
    let query = format!("SELECT {COLUMNS} FROM alerts WHERE id = ?1");
    Ok(db.prepare_cached(&query)?.query_row([id.as_str()], read).optional()?)
}

/// Alerts raised before `before`, newest first.
pub fn page(db: &Connection, status: Option<AlertStatus>, before: i64, limit: u32) -> Result<Vec<Alert>, StoreError> {
    let only = if status.is_some() { "status = ?1" } else { "?1 IS NULL" };
    let query = format!("SELECT {COLUMNS} FROM alerts WHERE {only} AND seq < ?2 ORDER BY seq DESC LIMIT ?3");
    let mut rows = db.prepare_cached(&query)?;
    let found = rows.query_map((status.map(Word), before, limit), read)?.collect::<Result<_, _>>()?;
    Ok(found)
}

/// Reports of a month so far.
pub fn in_month(db: &Connection, month: &str) -> Result<i64, StoreError> {
    let mut counted = db.prepare_cached("SELECT n FROM alert_months WHERE month = ?1")?;
    Ok(counted.query_row([month], |row| row.get(0)).optional()?.unwrap_or(0))
}

/// Counts one report of a month, unless the month has as many as `most_key` in `meta` says (0, or nothing: any number).
/// Whether it was counted.
pub fn count(db: &Connection, month: &str, most_key: &str) -> Result<bool, StoreError> {
    let counted = db
        .prepare_cached(
            "INSERT INTO alert_months (month, n) VALUES (?1, 1) ON CONFLICT (month) DO UPDATE SET n = n + 1
             WHERE n < COALESCE(NULLIF((SELECT value FROM meta WHERE key = ?2), 0), 9223372036854775807)",
        )?
        .execute([month, most_key])?;
    Ok(counted > 0)
}
