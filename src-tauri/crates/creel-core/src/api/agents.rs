//! Commands about agents and their executions.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::agent::{Agent, AgentExecution, AgentExecutionStatus, AgentLimits, Backend};
use crate::ids::{AgentExecutionId, AgentId};

/// Which agents; a numbered page, because that is how their service pages.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
#[ts(export, optional_fields)]
pub struct AgentsQuery {
    /// Only of this kind.
    pub kind: Option<String>,
    /// Only with this in the name.
    pub name: Option<String>,
    /// From 1, at most 10,000.
    pub page: Option<u32>,
    /// Rows in a page, 1 to 100; 20 unless told otherwise.
    pub limit: Option<u32>,
}

/// A page of agents.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct Agents {
    /// Newest first.
    pub items: Vec<Agent>,
    /// How many there are in all.
    pub total: i64,
    /// The page given.
    pub page: u32,
    /// Rows in a page.
    pub limit: u32,
}

/// An agent to make or what to make of one. A field that is missing keeps its value, or gets its default.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
#[ts(export, optional_fields)]
pub struct AgentDraft {
    /// 1 to 200 characters.
    pub name: Option<String>,
    /// The service's word for how it works.
    pub kind: Option<String>,
    /// For people.
    pub description: Option<String>,
    /// JSON Schema that an input has to fit.
    #[ts(type = "unknown")]
    #[schema(value_type = Option<Object>)]
    pub input_schema: Option<Value>,
    /// What it is good at; `orchestrator`: it picks among the others.
    pub topic: Option<String>,
    /// What it is told before every input.
    pub instructions: Option<String>,
    /// Who answers.
    pub backend: Option<Backend>,
    /// Its bounds.
    pub limits: Option<AgentLimits>,
}

/// A change to an agent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct AgentChange {
    /// Which one.
    pub id: AgentId,
    /// What changes.
    pub change: AgentDraft,
}

/// Which agent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct AgentRef {
    /// A bare KSUID.
    pub id: AgentId,
}

/// Which executions.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
#[ts(export, optional_fields)]
pub struct AgentExecutionsQuery {
    /// Only of this agent.
    pub agent_id: Option<AgentId>,
    /// Only with this status.
    pub status: Option<AgentExecutionStatus>,
    /// Only rows older than this `seq`: the pages begin there, the total is that of all.
    pub after: Option<i64>,
    /// From 1, at most 10,000.
    pub page: Option<u32>,
    /// Rows in a page, 1 to 100; 20 unless told otherwise.
    pub limit: Option<u32>,
}

/// A page of executions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct AgentExecutions {
    /// Newest first.
    pub items: Vec<AgentExecution>,
    /// How many there are in all.
    pub total: i64,
    /// The page given.
    pub page: u32,
    /// Rows in a page.
    pub limit: u32,
}

/// Which execution.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct AgentExecutionRef {
    /// A bare KSUID.
    pub id: AgentExecutionId,
}
