//! The grouping: a new alert, one more occurrence of an open one, or a resolved one that opens again.
//!
//! Runs in the writer's turn, one delivery after the other: two hundred at once make one alert with the count 200.

use rusqlite::Connection;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::{Alert, AlertId, AlertStatus, Occurrence, Severity, month_left, month_of};
use crate::clock::UnixMs;
use crate::ids::{DeliveryId, TriggerId};
use crate::store::{StoreError, alerts, occurrences};

/// An alert ready for the commit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AlertPlan {
    /// Its id, if it becomes a new one.
    pub id: AlertId,
    /// The webhook.
    pub webhook: TriggerId,
    /// As sent.
    pub title: String,
    /// As sent.
    pub description: String,
    /// After the rules.
    pub severity: Severity,
    /// As sent.
    pub group_key: Option<String>,
    /// For so long after it was resolved, in hours, an alert opens again instead of a new one.
    pub reopen_hours: u32,
}

/// What an occurrence did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// It is the first of its group, or the first after the reopen window.
    Created,
    /// Its group has an open alert.
    Added,
    /// Its group's last alert was resolved within the reopen window.
    Reopened,
}

/// What was raised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Raised {
    /// The alert as it is now.
    pub alert: Alert,
    /// What the occurrence did.
    pub how: How,
}

/// The month's quota is used up; nothing was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuotaExhausted {
    /// Seconds until the next month.
    pub seconds_left: u32,
}

/// Where the quota is kept: reports that one month may bring, of all webhooks; 0: any number.
pub const PER_MONTH: &str = "alerts_per_month";

const HOUR_MS: i64 = 3_600_000;

/// Writes the occurrence and its alert, unless the quota forbids.
pub fn raise(
    db: &Connection,
    now: UnixMs,
    plan: AlertPlan,
    delivery: &DeliveryId,
) -> Result<Result<Raised, QuotaExhausted>, StoreError> {
    if !alerts::count(db, &month_of(now), PER_MONTH)? {
        return Ok(Err(QuotaExhausted { seconds_left: month_left(now) }));
    }
    write(db, now, plan, delivery).map(Ok)
}

fn write(db: &Connection, now: UnixMs, plan: AlertPlan, delivery: &DeliveryId) -> Result<Raised, StoreError> {
    let group = group_of(&plan);
    let window = i64::from(plan.reopen_hours) * HOUR_MS;
    let last = alerts::latest_of(db, &group)?.filter(|(alert, _)| goes_on(alert, now, window));
    let severity = plan.severity;
    let report = |number| Occurrence { seq: 0, number, at: now, severity, delivery_id: delivery.clone() };
    match last {
        Some((alert, earlier)) => {
            let raised = again(alert, severity, now);
            let latest = occurrences::insert(db, &report(raised.alert.occurrence_count), earlier)?;
            match raised.how {
                How::Added => alerts::report(db, &raised.alert, latest)?,
                How::Created | How::Reopened => alerts::update(db, &raised.alert, Some(latest))?,
            }
            Ok(raised)
        }
        None => {
            let mut alert = first(plan, now);
            let latest = occurrences::insert(db, &report(alert.occurrence_count), None)?;
            alert.seq = alerts::insert(db, &alert, &group, latest)?;
            Ok(Raised { alert, how: How::Created })
        }
    }
}

/// What counts as the same trouble: the sender's key, over all webhooks of the team ("identical keys fold into one open
/// alert"); without one the title at that webhook.
fn group_of(plan: &AlertPlan) -> [u8; 16] {
    let digest = match &plan.group_key {
        Some(key) => Sha256::new().chain_update(b"key\0").chain_update(key),
        None => Sha256::new()
            .chain_update(b"title\0")
            .chain_update(&plan.webhook.0)
            .chain_update(b"\0")
            .chain_update(&plan.title),
    };
    let mut group = [0; 16];
    group.copy_from_slice(&digest.finalize()[..16]);
    group
}

fn goes_on(alert: &Alert, now: UnixMs, window_ms: i64) -> bool {
    alert.status != AlertStatus::Resolved || alert.resolved_at.is_some_and(|at| now <= at.plus_ms(window_ms))
}

/// An open alert keeps the worst severity that was reported; a reopened one begins with that of the new report.
fn again(mut alert: Alert, severity: Severity, now: UnixMs) -> Raised {
    alert.occurrence_count += 1;
    alert.last_at = now;
    if alert.status == AlertStatus::Resolved {
        alert = Alert { status: AlertStatus::Open, resolved_at: None, severity, ..alert };
        return Raised { alert, how: How::Reopened };
    }
    alert.severity = alert.severity.min(severity);
    Raised { alert, how: How::Added }
}

fn first(plan: AlertPlan, now: UnixMs) -> Alert {
    Alert {
        id: plan.id,
        seq: 0,
        webhook: plan.webhook,
        title: plan.title,
        description: plan.description,
        severity: plan.severity,
        status: AlertStatus::Open,
        group_key: plan.group_key,
        occurrence_count: 1,
        first_at: now,
        last_at: now,
        resolved_at: None,
    }
}
