//! `run_agent` (PromptRails): an execution of an agent, written with its delivery. The run itself is queued.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::agent::{AgentExecution, AgentExecutionStatus};
use crate::contracts::Made;
use crate::delivery::Delivery;
use crate::error::ApiError;
use crate::execution::Execution;
use crate::ids::{AgentExecutionId, AgentId};
use crate::raw_json::RawJson;
use crate::store::contents::PackedBody;
use crate::store::{StoreError, Turn, agent_executions, agents};
use crate::template::{Scope, Template};
use crate::trigger::MissingPolicy;

/// The lane in which agents wait for each other: models are slow and few.
pub const AGENTS_LANE: &str = "agents";

/// Settings of `run_agent`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct RunAgent {
    /// Who runs.
    pub agent_id: AgentId,
    /// Parameter and template; empty: the payload is the input.
    #[serde(default)]
    pub input: BTreeMap<String, String>,
}

/// A run for one delivery.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunAgentPlan {
    /// Who runs.
    pub agent_id: AgentId,
    /// What it gets. The run keeps it; it is not written again.
    #[serde(skip)]
    pub input: RawJson,
    /// The input as its delivery keeps it, where that is the whole body.
    #[serde(skip)]
    pub packed: Option<PackedBody>,
    /// The run's id, which its sender gets.
    pub execution_id: AgentExecutionId,
    /// Its lane in the queue.
    pub host: String,
}

impl RunAgent {
    /// What is wrong with the settings.
    pub fn validate(&self) -> Result<(), ApiError> {
        match self.agent_id.as_str() {
            "" => Err(ApiError::invalid("agent_id", "no agent is chosen")),
            _ => Ok(()),
        }
    }

    /// What the agent gets for one delivery.
    pub fn input(&self, scope: &Scope<'_>, missing: MissingPolicy) -> RawJson {
        if self.input.is_empty() {
            return scope.raw_payload().unwrap_or_else(|| RawJson::from_value(scope.payload()));
        }
        let render = |text: &String| Value::String(Template::parse(text).render(scope, missing).text);
        let members = self.input.iter().map(|(name, text)| (name.clone(), render(text)));
        RawJson::from_value(&Value::Object(members.collect::<Map<_, _>>()))
    }

    /// The run for one delivery.
    pub fn plan(&self, scope: &Scope<'_>, missing: MissingPolicy, execution_id: AgentExecutionId) -> RunAgentPlan {
        let input = self.input(scope, missing);
        let agent_id = self.agent_id.clone();
        RunAgentPlan { agent_id, input, packed: None, execution_id, host: AGENTS_LANE.to_owned() }
    }
}

impl RunAgentPlan {
    /// Shares what the delivery keeps of its body `sent`, where that is the input. Whether it is.
    pub fn share(&mut self, sent: &[u8], packed: &PackedBody) -> bool {
        let whole = self.input.as_str().as_bytes() == sent.trim_ascii();
        self.packed = whole.then(|| packed.clone());
        whole
    }
}

/// Writes the run in the open transaction; `execution`, which will run it, gets the agent's name. An unknown agent is a
/// failure of the action, not of the commit.
pub fn run_agent(
    turn: &Turn<'_>,
    execution: &mut Execution,
    plan: RunAgentPlan,
    delivery: &Delivery,
) -> Result<Made, StoreError> {
    let Some(name) = agents::name(turn.db, &plan.agent_id)? else {
        return Ok(Made::Failed(format!("agent {} does not exist any more", plan.agent_id)));
    };
    execution.summary = format!("agent {name}");
    let mut run = AgentExecution {
        id: plan.execution_id,
        seq: 0,
        agent_id: plan.agent_id,
        trigger_id: execution.trigger_id.clone(),
        source_delivery: delivery.id.clone(),
        status: AgentExecutionStatus::Pending,
        input: plan.input,
        output: None,
        error: None,
        created_at: turn.now,
        started_at: None,
        completed_at: None,
        execution_id: Some(execution.id.clone()),
        token_usage: None,
    };
    agent_executions::insert(turn.db, &mut run, plan.packed.as_ref())?;
    Ok(Made::AgentExecution(Box::new(run)))
}
