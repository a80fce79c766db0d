//! Commands about executions: list, open, retry, cancel.

use serde::{Deserialize, Serialize};

use crate::execution::ExecutionStatus;
use crate::ids::{DeliveryId, ExecutionId, TriggerId};

/// Which executions to list.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[serde(default)]
#[ts(export, optional_fields)]
pub struct ExecutionsQuery {
    /// Only these statuses.
    pub status: Option<Vec<ExecutionStatus>>,
    /// Only of this delivery.
    pub delivery: Option<DeliveryId>,
    /// Only of this trigger.
    pub trigger: Option<TriggerId>,
    /// Rows in the page, at most 500; 100 unless told otherwise.
    pub limit: Option<u32>,
    /// Only rows older than this `seq`.
    pub after: Option<i64>,
}

/// Which execution.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct ExecutionRef {
    /// `exe_…`
    pub id: ExecutionId,
}
