//! Agents and their executions: the target of `run_agent` and `spawn_agent`. An agent gets text and gives text; it has no
//! tools, whatever the text says.
//!
//! To add a backend: a variant of [`Backend`], a file in `agent/`, a line in `agent/run.rs`.

mod backend;
mod budget;
mod chat;
mod chat_stream;
mod choose;
mod command;
mod prompt;
mod run;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::clock::UnixMs;
use crate::ids::{AgentExecutionId, AgentId, DeliveryId, ExecutionId, TriggerId};
use crate::raw_json::RawJson;

pub use backend::{Backend, ChatBackend, CommandBackend};
pub(crate) use choose::{by_topic, orchestrator};
pub use prompt::PAYLOAD_MARK;
pub(crate) use prompt::Prompt;
pub use run::Agents;

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
    /// What it is good at: the `agentTopic` that finds it, the role that an orchestrator picks. `orchestrator`: it picks.
    #[serde(default)]
    pub topic: String,
    /// What it is told before every input.
    #[serde(default)]
    pub instructions: String,
    /// Who answers.
    #[serde(default)]
    pub backend: Backend,
    /// Its bounds.
    #[serde(default)]
    pub limits: AgentLimits,
    /// When it was made.
    pub created_at: UnixMs,
    /// When it was last changed.
    pub updated_at: UnixMs,
}

/// The bounds of an agent. 0 tokens or runs: no bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[serde(default)]
#[ts(export)]
pub struct AgentLimits {
    /// Seconds of one run, 1 to 3,600.
    pub timeout_s: u32,
    /// Tokens of one day (UTC), in and out.
    pub tokens_a_day: u32,
    /// Runs of one day (UTC).
    pub runs_a_day: u32,
}

impl Default for AgentLimits {
    /// Two minutes are long for an answer; a flood of deliveries must not become a flood of bills.
    fn default() -> Self {
        Self { timeout_s: 120, tokens_a_day: 200_000, runs_a_day: 500 }
    }
}

/// What a run used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct TokenUsage {
    /// Tokens it was given.
    pub prompt_tokens: u32,
    /// Tokens it answered.
    pub completion_tokens: u32,
    /// Both.
    pub total_tokens: u32,
    /// The backend does not count; these are a quarter of the characters.
    pub estimated: bool,
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
    pub input: RawJson,
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
    /// The execution that runs it, with its log and what it says meanwhile.
    #[serde(default)]
    pub execution_id: Option<ExecutionId>,
    /// What it used.
    #[serde(default)]
    pub token_usage: Option<TokenUsage>,
}

impl AgentExecution {
    /// The same run with the input `null`, for what shows the input in another way: it may be large.
    pub fn without_input(&self) -> Self {
        Self {
            id: self.id.clone(),
            agent_id: self.agent_id.clone(),
            trigger_id: self.trigger_id.clone(),
            source_delivery: self.source_delivery.clone(),
            input: RawJson::default(),
            output: self.output.clone(),
            error: self.error.clone(),
            execution_id: self.execution_id.clone(),
            ..*self
        }
    }
}
