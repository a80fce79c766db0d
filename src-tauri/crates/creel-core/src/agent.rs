//! Agents and their executions: the target of `run_agent`. What runs them is not here yet: an execution waits as
//! `pending`.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::clock::UnixMs;
use crate::ids::{AgentExecutionId, AgentId, DeliveryId, TriggerId};

/// Somebody who can be given an input.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct Agent {
    /// A bare KSUID.
    pub id: AgentId,
    /// 1 to 200 characters.
    pub name: String,
    /// The service's word for how it works: `simple`, `chain`, `agent`, `workflow`.
    pub kind: String,
    /// For people.
    pub description: String,
    /// JSON Schema that an input has to fit; `None`: any JSON.
    #[ts(type = "unknown")]
    #[schema(value_type = Option<Object>)]
    pub input_schema: Option<Value>,
    /// When it was made.
    pub created_at: UnixMs,
    /// When it was last changed.
    pub updated_at: UnixMs,
}

/// Where a run of an agent stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
#[ts(export)]
pub enum AgentExecutionStatus {
    /// It waits for a runner.
    Pending,
    /// It runs.
    Running,
    /// It ended well.
    Completed,
    /// It did not.
    Failed,
}

/// One run of an agent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct AgentExecution {
    /// A bare KSUID.
    pub id: AgentExecutionId,
    /// Position in the store; the cursor of lists.
    pub seq: i64,
    /// Who runs.
    pub agent_id: AgentId,
    /// Whose action it was.
    pub trigger_id: TriggerId,
    /// The delivery that asked for it.
    pub source_delivery: DeliveryId,
    /// Where it stands.
    pub status: AgentExecutionStatus,
    /// What it gets.
    #[ts(type = "unknown")]
    #[schema(value_type = Object)]
    pub input: Value,
    /// What it gave.
    #[ts(type = "unknown")]
    #[schema(value_type = Option<Object>)]
    pub output: Option<Value>,
    /// What went wrong.
    pub error: Option<String>,
    /// When it was asked for.
    pub created_at: UnixMs,
    /// When it began.
    pub started_at: Option<UnixMs>,
    /// When it ended.
    pub completed_at: Option<UnixMs>,
}
