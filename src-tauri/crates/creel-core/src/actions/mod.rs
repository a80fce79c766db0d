//! What a trigger does. Local effects commit with the delivery; outside effects are queued and run after the answer.
//!
//! To add an action: a file here with its config and its `render`; a variant of [`Action`] and [`ActionKind`];
//! its run in `execute/run.rs` (outside effect) or its insert in `commit.rs` (local effect).

pub(crate) mod address_guard;
mod create_task;
mod execute_tool;
mod forward;
mod forward_address;
mod forward_answer;
mod forward_request;
mod forward_run;
mod instantiate_pipeline;
mod notify;
mod plan;
mod preview;
mod raise_alert;
mod resolve;
mod run_agent;
mod run_task;
mod spawn_agent;
pub(crate) mod wire;

use serde::{Deserialize, Serialize};

use crate::authenticate::Catalogue;
use crate::error::ApiError;

pub use create_task::{CreateTask, Priority, TaskPlan};
pub use execute_tool::{ExecuteTool, TOOLS_LANE, ToolPlan};
pub(crate) use forward::METHODS as FORWARD_METHODS;
pub use forward::{Forward, ForwardBody, ForwardPlan, ForwardSigning, PlannedBody, PlannedSigning};
pub(crate) use forward_address::{
    check_fixed as check_fixed_address, render as render_forward_address, validate as check_forward_address,
};
pub(crate) use forward_answer::Answer as TargetAnswer;
pub use forward_run::{Forwarder, Limits, Listeners, SecretSource};
pub use instantiate_pipeline::{InstancePlan, InstantiatePipeline, instantiate_pipeline};
pub use notify::{NOTIFY_LANE, Notify, NotifyPlan};
pub use plan::{Effect, NOTIFY_ATTEMPTS, Outside, Planned, make_task, plan, plan_action};
pub(crate) use preview::request_text;
pub use preview::{Targets, preview_action};
pub use raise_alert::raise_alert;
pub use resolve::{Resolver, SystemResolver};
pub use run_agent::{AGENTS_LANE, RunAgent, RunAgentPlan, run_agent};
pub use run_task::{RunPlan, run_task};
pub use spawn_agent::{SpawnAgent, SpawnAgentPlan};

/// One action of a trigger. Tagged from outside (`{"create_task": {…}}`): serde_json's exact numbers do not survive inner tags.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Action {
    /// A task in a list: local effect.
    CreateTask(CreateTask),
    /// An HTTP request: outside effect.
    Forward(Forward),
    /// An agent with a prompt: outside effect.
    SpawnAgent(SpawnAgent),
    /// A message to channels: outside effect.
    Notify(Notify),
    /// A tool with parameters: outside effect.
    ExecuteTool(ExecuteTool),
    /// An instance of a pipeline: written with the delivery, run from the queue.
    InstantiatePipeline(InstantiatePipeline),
    /// An execution of an agent: written with the delivery, run from the queue.
    RunAgent(RunAgent),
}

/// Which action it is, without its settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum ActionKind {
    /// A task in a list.
    CreateTask,
    /// An HTTP request.
    Forward,
    /// An alert, of contract `opshift`.
    RaiseAlert,
    /// An agent with a prompt.
    SpawnAgent,
    /// A message to channels.
    Notify,
    /// A tool with parameters.
    ExecuteTool,
    /// A run task, of contract `orloj`.
    RunTask,
    /// An instance of a pipeline.
    InstantiatePipeline,
    /// An execution of an agent.
    RunAgent,
}

impl Action {
    /// What is wrong with its settings; the error's field is one of theirs.
    pub fn validate(&self) -> Result<(), ApiError> {
        match self {
            Self::CreateTask(config) => config.validate(),
            Self::Forward(config) => config.validate(),
            Self::SpawnAgent(config) => config.validate(),
            Self::Notify(config) => config.validate(),
            Self::ExecuteTool(config) => config.validate(),
            Self::RunAgent(config) => config.validate(),
            Self::InstantiatePipeline(config) => config.validate(),
        }
    }

    /// The key of the scheme that it signs with, where it signs.
    pub fn signs_with(&self) -> Option<&str> {
        match self {
            Self::Forward(config) => config.sign.as_ref().map(|sign| sign.scheme.as_str()),
            Self::CreateTask(_)
            | Self::SpawnAgent(_)
            | Self::Notify(_)
            | Self::ExecuteTool(_)
            | Self::RunAgent(_)
            | Self::InstantiatePipeline(_) => None,
        }
    }

    /// Whether the scheme that it signs with is there.
    pub fn check_scheme(&self, schemes: &Catalogue) -> Result<(), ApiError> {
        match self.signs_with() {
            Some(key) if schemes.find(key).is_none() => {
                Err(ApiError::invalid("sign.scheme", format!("there is no scheme \"{key}\"")))
            }
            Some(_) | None => Ok(()),
        }
    }

    /// Which action it is.
    pub fn kind(&self) -> ActionKind {
        match self {
            Self::CreateTask(_) => ActionKind::CreateTask,
            Self::Forward(_) => ActionKind::Forward,
            Self::SpawnAgent(_) => ActionKind::SpawnAgent,
            Self::Notify(_) => ActionKind::Notify,
            Self::ExecuteTool(_) => ActionKind::ExecuteTool,
            Self::RunAgent(_) => ActionKind::RunAgent,
            Self::InstantiatePipeline(_) => ActionKind::InstantiatePipeline,
        }
    }
}
