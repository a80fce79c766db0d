//! Pipelines and their instances: the target of `instantiate_pipeline`. An instance runs its steps in order, from the
//! queue; where each stands is kept after every step, so that it goes on after a crash.

mod run;
mod step;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::clock::UnixMs;
use crate::ids::{DeliveryId, ExecutionId, PipelineId, PipelineInstanceId};

pub use run::{WAIT_MOST_S, run};
pub use step::{OnFailure, PipelineStep, StepState, StepStatus, Wait, Work, read_steps};

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
    /// It waits for its turn, or for the user.
    Pending,
    /// Its steps run, or wait for their time.
    Running,
    /// Every step is done.
    Completed,
    /// A step failed or was interrupted; it can go on from there.
    Failed,
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
    /// The execution that runs it, with its log; `None`: made before instances ran.
    #[serde(default)]
    pub execution_id: Option<ExecutionId>,
    /// Where each step stands; empty until the first begins.
    #[serde(default)]
    pub progress: Vec<StepState>,
    /// The delivery that asked for it.
    pub source_delivery: DeliveryId,
    /// When it was made.
    pub created_at: UnixMs,
}
