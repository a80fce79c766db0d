//! `instantiate_pipeline` (OpenGate): an instance of a pipeline, written with its delivery. Its steps run from the
//! queue.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::contracts::Made;
use crate::delivery::Delivery;
use crate::error::ApiError;
use crate::execution::Execution;
use crate::ids::{PipelineId, PipelineInstanceId};
use crate::pipelines::{PipelineInstance, PipelineStatus};
use crate::store::{StoreError, Turn, pipelines};
use crate::template::{Scope, Template};
use crate::trigger::MissingPolicy;

/// Variables of one action: more than a person oversees.
const VARIABLES_MOST: usize = 100;

/// Settings of `instantiate_pipeline`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct InstantiatePipeline {
    /// What is instantiated.
    pub pipeline_id: PipelineId,
    /// Variable and template, over the pipeline's own.
    #[serde(default)]
    pub variables: BTreeMap<String, String>,
}

/// An instance for one delivery.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InstancePlan {
    /// What is instantiated.
    pub pipeline_id: PipelineId,
    /// Variables with their values.
    pub variables: BTreeMap<String, String>,
    /// The instance's id, which its sender gets.
    pub instance_id: PipelineInstanceId,
    /// Its lane in the queue.
    pub host: String,
}

impl InstantiatePipeline {
    /// What is wrong with the settings.
    pub fn validate(&self) -> Result<(), ApiError> {
        if self.pipeline_id.as_str().is_empty() {
            return Err(ApiError::invalid("pipeline_id", "no pipeline is chosen"));
        }
        match self.variables.len() {
            n if n > VARIABLES_MOST => {
                Err(ApiError::invalid("variables", format!("{n} variables; at most {VARIABLES_MOST}")))
            }
            _ => Ok(()),
        }
    }

    /// The instance for one delivery.
    pub fn plan(&self, scope: &Scope<'_>, missing: MissingPolicy, instance_id: PipelineInstanceId) -> InstancePlan {
        let render = |text: &String| Template::parse(text).render(scope, missing).text;
        let variables = self.variables.iter().map(|(name, text)| (name.clone(), render(text))).collect();
        InstancePlan { pipeline_id: self.pipeline_id.clone(), variables, instance_id, host: "pipelines".to_owned() }
    }
}

/// Writes the instance in the open transaction; `execution`, which will run it, gets the pipeline's name. An unknown pipeline is a failure of the action, not of the commit.
pub fn instantiate_pipeline(
    turn: &Turn<'_>,
    execution: &mut Execution,
    plan: InstancePlan,
    delivery: &Delivery,
) -> Result<Made, StoreError> {
    let Some(pipeline) = pipelines::get(turn.db, &plan.pipeline_id)? else {
        return Ok(Made::Failed(format!("pipeline {} does not exist any more", plan.pipeline_id)));
    };
    execution.summary = format!("pipeline {}", pipeline.name);
    let mut variables = pipeline.variables;
    variables.extend(plan.variables);
    let mut instance = PipelineInstance {
        id: plan.instance_id,
        seq: 0,
        pipeline_id: plan.pipeline_id,
        variables,
        status: PipelineStatus::Pending,
        steps: pipeline.steps,
        execution_id: Some(execution.id.clone()),
        progress: Vec::new(),
        source_delivery: delivery.id.clone(),
        created_at: turn.now,
    };
    pipelines::insert_instance(turn.db, &mut instance)?;
    Ok(Made::Pipeline { id: instance.id, pipeline: instance.pipeline_id })
}
