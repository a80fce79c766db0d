//! Pipelines and their instances: the target of `instantiate_pipeline`. What runs the steps is not here yet: an instance
//! waits as `pending`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::clock::UnixMs;
use crate::ids::{DeliveryId, PipelineId, PipelineInstanceId};

/// What can be instantiated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct Pipeline {
    /// `pip_…`
    pub id: PipelineId,
    /// 1 to 100 characters.
    pub name: String,
    /// Variables with the values that an instance begins with.
    pub variables: BTreeMap<String, String>,
    /// What an instance is to do, in order.
    #[ts(type = "unknown[]")]
    #[schema(value_type = Vec<Object>)]
    pub steps: Vec<Value>,
    /// When it was made.
    pub created_at: UnixMs,
}

/// Where an instance stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
#[ts(export)]
pub enum PipelineStatus {
    /// It waits for a runner.
    Pending,
    /// The user took it back.
    Cancelled,
}

/// One instance of a pipeline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct PipelineInstance {
    /// `pin_…`
    pub id: PipelineInstanceId,
    /// Position in the store; the cursor of lists.
    pub seq: i64,
    /// What it is an instance of.
    pub pipeline_id: PipelineId,
    /// The pipeline's variables with the trigger's over them.
    pub variables: BTreeMap<String, String>,
    /// Where it stands.
    pub status: PipelineStatus,
    /// The pipeline's steps as they were when it was made.
    #[ts(type = "unknown[]")]
    #[schema(value_type = Vec<Object>)]
    pub steps: Vec<Value>,
    /// The delivery that asked for it.
    pub source_delivery: DeliveryId,
    /// When it was made.
    pub created_at: UnixMs,
}
