//! Table `deliveries`: what the inbox lists.

use rusqlite::{Connection, OptionalExtension, Row};

use crate::delivery::Delivery;
use crate::ids::{DeliveryId, TriggerId};
use crate::store::words::{Json, Word};
use crate::store::{StoreError, Turn};

/// The columns in the order of [`read`].
pub const COLUMNS: &str = "d.seq, d.id, d.received_at, d.method, d.path, d.contract, d.endpoint, d.trigger_ids, d.source, d.event, \
     d.event_id, d.peer, d.answer_status, d.outcome, d.signature, d.reason_code, d.reason, d.bytes, d.duration_us, \
     d.identical, d.conflict, d.pinned, d.replay_of, d.cause, d.key_id, d.imported";

/// Adds a row.
pub fn insert(db: &Connection, d: &Delivery) -> Result<(), StoreError> {
    db.prepare_cached(
        "INSERT INTO deliveries (seq, id, received_at, method, path, contract, endpoint, trigger_ids, source, event,
           event_id, peer, answer_status, outcome, signature, reason_code, reason, bytes, duration_us, identical,
           conflict, pinned, replay_of, cause, key_id, imported)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23,
                 ?24, ?25, ?26)",
    )?
    .execute(rusqlite::params![
        d.seq,
        d.id,
        d.received_at,
        d.method,
        d.path,
        d.contract.map(Word),
        d.endpoint,
        join(&d.trigger_ids),
        d.source,
        d.event,
        d.event_id,
        d.peer,
        d.answer_status,
        Word(d.outcome),
        Word(d.signature),
        d.reason_code.map(Word),
        d.reason,
        d.bytes,
        d.duration_us,
        d.identical_body,
        d.conflict,
        d.pinned,
        d.replay_of,
        d.cause,
        d.key_id,
        d.imported,
    ])?;
    Ok(())
}

/// A row as [`COLUMNS`] lists it.
pub fn read(row: &Row<'_>) -> rusqlite::Result<Delivery> {
    Ok(Delivery {
        seq: row.get(0)?,
        id: row.get(1)?,
        received_at: row.get(2)?,
        method: row.get(3)?,
        path: row.get(4)?,
        contract: row.get::<_, Option<Word<_>>>(5)?.map(|word| word.0),
        endpoint: row.get(6)?,
        trigger_ids: split(row.get_ref(7)?.as_str()?),
        source: row.get(8)?,
        event: row.get(9)?,
        event_id: row.get(10)?,
        peer: row.get(11)?,
        answer_status: row.get(12)?,
        outcome: row.get::<_, Word<_>>(13)?.0,
        signature: row.get::<_, Word<_>>(14)?.0,
        reason_code: row.get::<_, Option<Word<_>>>(15)?.map(|word| word.0),
        reason: row.get(16)?,
        bytes: row.get(17)?,
        duration_us: row.get(18)?,
        identical_body: row.get(19)?,
        conflict: row.get(20)?,
        pinned: row.get(21)?,
        replay_of: row.get(22)?,
        cause: row.get(23)?,
        key_id: row.get(24)?,
        imported: row.get(25)?,
    })
}

/// The row with this id.
pub fn get(db: &Connection, id: &DeliveryId) -> Result<Option<Delivery>, StoreError> {
    Ok(db
        .prepare_cached(&format!("SELECT {COLUMNS} FROM deliveries d WHERE d.id = ?1"))?
        .query_row([id], read)
        .optional()?)
}

/// The row at this position.
pub fn at(db: &Connection, seq: i64) -> Result<Option<Delivery>, StoreError> {
    Ok(db
        .prepare_cached(&format!("SELECT {COLUMNS} FROM deliveries d WHERE d.seq = ?1"))?
        .query_row([seq], read)
        .optional()?)
}

/// The newest rows at an endpoint, newest first.
pub fn at_endpoint(db: &Connection, endpoint: &TriggerId, limit: u32) -> Result<Vec<Delivery>, StoreError> {
    let mut rows = db.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM deliveries d WHERE d.endpoint = ?1 ORDER BY d.seq DESC LIMIT ?2"
    ))?;
    let found = rows.query_map((endpoint, limit), read)?.collect::<Result<_, _>>()?;
    Ok(found)
}

/// Deliveries of an endpoint with one of these event ids, newest first, among its newest [`LOOKED_THROUGH`].
pub fn of_event_ids(db: &Connection, endpoint: &TriggerId, ids: &[String]) -> Result<Vec<Delivery>, StoreError> {
    let mut rows = db.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM deliveries d
         WHERE d.seq IN (SELECT seq FROM deliveries WHERE endpoint = ?1 ORDER BY seq DESC LIMIT ?2)
           AND d.event_id IN (SELECT value FROM json_each(?3)) ORDER BY d.seq DESC"
    ))?;
    let found = rows.query_map((endpoint, LOOKED_THROUGH, Json(ids)), read)?.collect::<Result<_, _>>()?;
    Ok(found)
}

/// Deliveries of one endpoint that are looked through for event ids, which no index has: a sender that is asked what it
/// sent in the last days sent fewer, and reading them takes some milliseconds.
const LOOKED_THROUGH: u32 = 20_000;

/// The replays of a delivery, oldest first, at most 100.
pub fn replays_of(db: &Connection, id: &DeliveryId) -> Result<Vec<Delivery>, StoreError> {
    let mut rows = db.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM deliveries d WHERE d.replay_of = ?1 ORDER BY d.seq LIMIT 100"
    ))?;
    let found = rows.query_map([id], read)?.collect::<Result<_, _>>()?;
    Ok(found)
}

/// Notes why its signature did not fit. The row as it is then; `None`: it is gone.
pub fn note_cause(turn: &mut Turn<'_>, id: &DeliveryId, cause: &str) -> Result<Option<Delivery>, StoreError> {
    turn.db.prepare_cached("UPDATE deliveries SET cause = ?2 WHERE id = ?1")?.execute((id, cause))?;
    get(turn.db, id)
}

/// Pins or unpins. The row as it is then.
pub fn pin(turn: &mut Turn<'_>, id: &DeliveryId, pinned: bool) -> Result<Option<Delivery>, StoreError> {
    turn.db.prepare_cached("UPDATE deliveries SET pinned = ?2 WHERE id = ?1")?.execute((id, pinned))?;
    let delivery = get(turn.db, id)?;
    if let Some(delivery) = &delivery {
        turn.refused.forget(&delivery.endpoint, delivery.seq);
        turn.refused.note(delivery);
    }
    Ok(delivery)
}

fn join(ids: &[TriggerId]) -> String {
    ids.iter().map(TriggerId::as_str).collect::<Vec<_>>().join(" ")
}

fn split(text: &str) -> Vec<TriggerId> {
    text.split_whitespace().map(TriggerId::from).collect()
}
