//! Commands about alerts.

use serde::{Deserialize, Serialize};

use crate::alerts::{AlertId, AlertStatus};

/// Which alerts to list.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[serde(default)]
#[ts(export, optional_fields)]
pub struct AlertsQuery {
    /// Only with this status.
    pub status: Option<AlertStatus>,
    /// Rows in the page, at most 500; 100 unless told otherwise.
    pub limit: Option<u32>,
    /// Only rows older than this `seq`.
    pub after: Option<i64>,
}

/// Which alert.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct AlertRef {
    /// 24 hex digits.
    pub id: AlertId,
}

/// Which occurrences to list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export, optional_fields)]
pub struct OccurrencesQuery {
    /// Of which alert.
    pub id: AlertId,
    /// Rows in the page, at most 500; 100 unless told otherwise.
    #[serde(default)]
    pub limit: Option<u32>,
    /// Only those before this `number`.
    #[serde(default)]
    pub after: Option<i64>,
}
