//! Commands about pipelines and their instances.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::ids::{PipelineId, PipelineInstanceId};

/// A pipeline to make.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[ts(export, optional_fields)]
pub struct PipelineDraft {
    /// 1 to 100 characters.
    pub name: String,
    /// Variables with the values that an instance begins with.
    #[serde(default)]
    pub variables: BTreeMap<String, String>,
    /// What an instance is to do, in order; kept as given.
    #[serde(default)]
    #[ts(type = "unknown[]")]
    #[schema(value_type = Vec<Object>)]
    pub steps: Vec<Value>,
}

/// A change to a pipeline. Instances that are there keep what they were made with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct PipelineChange {
    /// Which one.
    pub id: PipelineId,
    /// What it says from now on, as a whole.
    pub change: PipelineDraft,
}

/// Which pipeline.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct PipelineRef {
    /// `pip_…`
    pub id: PipelineId,
}

/// Which instances.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[serde(default)]
#[ts(export, optional_fields)]
pub struct PipelineInstancesQuery {
    /// Only of this pipeline.
    pub pipeline_id: Option<PipelineId>,
    /// Rows, at most 500; 100 unless told otherwise.
    pub limit: Option<u32>,
    /// Only rows older than this.
    pub after: Option<i64>,
}

/// Which instance.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct PipelineInstanceRef {
    /// `pin_…`
    pub id: PipelineInstanceId,
}
