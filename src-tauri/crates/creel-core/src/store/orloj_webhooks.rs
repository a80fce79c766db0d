//! Table `orloj_webhooks`: what came to each task webhook so far.

use rusqlite::{Connection, OptionalExtension};

use crate::clock::UnixMs;
use crate::delivery::{Delivery, Outcome};
use crate::ids::TriggerId;
use crate::store::StoreError;

/// What came so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WebhookStatus {
    /// When the latest delivery came; `None`: none yet.
    pub last_delivery_at: Option<UnixMs>,
    /// Its event's id; may be empty.
    pub last_event_id: String,
    /// The latest run task, `namespace/name`; may be empty.
    pub last_task: String,
    /// Why the latest delivery was refused; empty: it was not.
    pub last_error: String,
    /// Deliveries that made a run task.
    pub accepted: i64,
    /// Deliveries of events that had made one.
    pub duplicates: i64,
    /// Refused ones.
    pub rejected: i64,
}

/// Notes a delivery at the webhook that it came to, and the run task that it made. A webhook that is gone by now has no
/// status.
pub fn note(db: &Connection, delivery: &Delivery, task: Option<&str>) -> Result<(), StoreError> {
    let Some(trigger) = &delivery.endpoint else { return Ok(()) };
    let (accepted, duplicate) = (delivery.outcome == Outcome::Accepted, delivery.outcome == Outcome::Duplicate);
    let rejected = !accepted && !duplicate;
    let error = delivery.reason.as_deref().filter(|_| rejected).unwrap_or_default();
    let said = rusqlite::params![
        trigger,
        delivery.received_at,
        delivery.event_id.as_deref().unwrap_or_default(),
        error,
        accepted,
        duplicate,
        rejected,
        task,
    ];
    let known = db
        .prepare_cached(
            "UPDATE orloj_webhooks SET last_delivery_at = ?2, last_event_id = ?3, last_error = ?4, accepted = accepted + ?5,
               duplicates = duplicates + ?6, rejected = rejected + ?7, last_task = COALESCE(?8, last_task)
             WHERE trigger_id = ?1",
        )?
        .execute(said)?;
    if known == 0 {
        db.prepare_cached(
            "INSERT INTO orloj_webhooks (trigger_id, last_delivery_at, last_event_id, last_error, accepted, duplicates,
               rejected, last_task)
             SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, COALESCE(?8, '') WHERE EXISTS (SELECT 1 FROM triggers WHERE id = ?1)",
        )?
        .execute(said)?;
    }
    Ok(())
}

/// What came to a webhook so far.
pub fn status(db: &Connection, trigger: &TriggerId) -> Result<WebhookStatus, StoreError> {
    let mut row = db.prepare_cached(
        "SELECT last_delivery_at, last_event_id, last_task, last_error, accepted, duplicates, rejected
         FROM orloj_webhooks WHERE trigger_id = ?1",
    )?;
    let found = row.query_row([trigger], |row| {
        Ok(WebhookStatus {
            last_delivery_at: row.get(0)?,
            last_event_id: row.get(1)?,
            last_task: row.get(2)?,
            last_error: row.get(3)?,
            accepted: row.get(4)?,
            duplicates: row.get(5)?,
            rejected: row.get(6)?,
        })
    });
    Ok(found.optional()?.unwrap_or_default())
}
