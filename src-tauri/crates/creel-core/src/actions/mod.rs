//! What a trigger does. Local effects commit with the delivery; outside effects are queued and run after the answer.
//!
//! To add an action: a file here with its config and its `render`; a variant of [`Action`] and [`ActionKind`];
//! its run in `execute/run.rs` (outside effect) or its insert in `commit.rs` (local effect).

pub(crate) mod address_guard;
mod create_task;
mod forward;
mod forward_address;
mod forward_answer;
mod forward_request;
mod forward_run;
mod plan;
mod preview;
mod raise_alert;
mod resolve;

use serde::{Deserialize, Serialize};

pub use create_task::{CreateTask, Priority, TaskPlan};
pub use forward::{Forward, ForwardBody, ForwardPlan, ForwardSigning, PlannedBody, PlannedSigning};
pub use forward_run::{Forwarder, Limits, Listeners, SecretSource};
pub use plan::{Effect, Outside, Planned, make_task, plan};
pub use preview::preview_action;
pub use raise_alert::raise_alert;
pub use resolve::{Resolver, SystemResolver};

/// One action of a trigger. Tagged from outside (`{"create_task": {…}}`): serde_json's exact numbers do not survive inner tags.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Action {
    /// A task in a list: local effect.
    CreateTask(CreateTask),
    /// An HTTP request: outside effect.
    Forward(Forward),
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
}

impl Action {
    /// Which action it is.
    pub fn kind(&self) -> ActionKind {
        match self {
            Self::CreateTask(_) => ActionKind::CreateTask,
            Self::Forward(_) => ActionKind::Forward,
        }
    }
}
