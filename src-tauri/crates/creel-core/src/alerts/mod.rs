//! Alerts: what a delivery to an OpShift webhook raises. Rules decide, groups gather, the commit writes.
//!
//! On the way of a delivery: [`read_body`] after the signature, [`judge`] where other contracts filter, [`raise`] in the
//! delivery's own transaction. People acknowledge and resolve (`api/handlers/alerts.rs`).

mod body;
mod id;
mod judge;
mod quota;
mod raise;
mod rules;
mod settings;

use serde::{Deserialize, Serialize};

use crate::clock::UnixMs;
use crate::ids::{DeliveryId, TriggerId};

pub use body::{AlertBody, BodyTrouble, read as read_body};
pub use id::AlertId;
pub use judge::{Judgement, judge, rule_by_rule};
pub(crate) use quota::{month_left, month_of};
pub use raise::{AlertPlan, How, PER_MONTH, QuotaExhausted, Raised, raise};
pub use rules::{Comparison, FilterRule, RuleEffect, RuleRow, ValueKind, validate};
pub use settings::OpshiftSettings;

/// How bad it is. `sev0` is the worst.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema,
)]
#[serde(rename_all = "lowercase")]
#[ts(export)]
pub enum Severity {
    /// Everything is down.
    Sev0,
    /// Critical.
    Sev1,
    /// Major.
    Sev2,
    /// Minor; what an alert has when neither its sender nor its webhook says.
    Sev3,
    /// For information.
    Sev4,
}

impl Severity {
    /// When neither the body nor the webhook says.
    pub const DEFAULT: Self = Self::Sev3;
}

/// Where an alert stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
#[ts(export)]
pub enum AlertStatus {
    /// Nobody has taken it up.
    Open,
    /// Somebody is at it. It still gathers occurrences.
    Acknowledged,
    /// It is over. A new occurrence within the reopen window opens it again.
    Resolved,
}

/// An alert: one trouble with everything that was reported of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct Alert {
    /// 24 hex digits.
    pub id: AlertId,
    /// Position in the store; the cursor of lists.
    pub seq: i64,
    /// The webhook that raised it.
    pub webhook: TriggerId,
    /// What its first occurrence said.
    pub title: String,
    /// What its first occurrence said; may be empty.
    pub description: String,
    /// The worst that an occurrence said since it was opened.
    pub severity: Severity,
    /// Where it stands.
    pub status: AlertStatus,
    /// The sender's key; `None`: title and webhook are the group.
    pub group_key: Option<String>,
    /// Reports gathered in it, at least 1.
    #[serde(rename = "occurrenceCount")]
    pub occurrence_count: i64,
    /// When the first one came.
    pub first_at: UnixMs,
    /// When the latest one came.
    pub last_at: UnixMs,
    /// When it was resolved, while it is.
    pub resolved_at: Option<UnixMs>,
}

/// One report of an alert. Its bytes are the delivery's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct Occurrence {
    /// Position in the store; the cursor of lists.
    pub seq: i64,
    /// Its place among the alert's occurrences, from 1.
    pub number: i64,
    /// When it came.
    pub at: UnixMs,
    /// What it said, after the rules.
    pub severity: Severity,
    /// The delivery that brought it.
    pub delivery_id: DeliveryId,
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
