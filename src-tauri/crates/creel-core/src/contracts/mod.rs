//! One file a face: what an endpoint answers its sender, in that service's own words. Never a mixture.
//!
//! [`Face`] is what each of them says; `pipeline::steps` are the checks that their ways are made of.

pub mod creel;
mod face;
mod fault;
mod foreseen;
pub mod octipus;
pub mod opengate;
pub mod opengate_management;
pub mod opshift;
pub mod orloj;
pub mod orloj_management;
mod plain;
pub mod promptrails;

pub use face::{Face, Found, OwnSecret};
pub use foreseen::Foreseen;

use crate::agent::AgentExecution;
use crate::alerts::{AlertId, How};
use crate::delivery::ReasonCode;
use crate::ids::{DeliveryId, ListId, PipelineId, PipelineInstanceId, TaskId};
use crate::receive::Answered;
use crate::trigger::Contract;

/// A refusal as a contract has to answer it.
#[derive(Clone, Debug)]
pub struct Refused<'a> {
    /// Why, in code.
    pub code: ReasonCode,
    /// What the sender may be told: which value is wrong and where. Nothing else of the reason reaches it.
    pub told: Option<&'a str>,
    /// Seconds to wait, where the sender is asked to come again.
    pub retry_after: Option<u32>,
    /// The status that the door found, where the door refused: it knows more of HTTP than the code says.
    pub door: Option<u16>,
}

/// What was committed for a genuine delivery.
#[derive(Clone, Debug)]
pub struct Done {
    /// The delivery.
    pub delivery: DeliveryId,
    /// It was seen before.
    pub duplicate: bool,
    /// Why the filter did not let it through.
    pub filtered: Option<String>,
    /// What the first action made.
    pub first: Option<Made>,
}

/// What a local effect made, or why it could not.
#[derive(Clone, Debug)]
pub enum Made {
    /// A task.
    Task {
        /// Its id.
        id: TaskId,
        /// Its title.
        title: String,
        /// Its list.
        list: ListId,
    },
    /// An instance of a pipeline.
    Pipeline {
        /// Its id.
        id: PipelineInstanceId,
        /// Of what.
        pipeline: PipelineId,
    },
    /// An execution of an agent.
    AgentExecution(Box<AgentExecution>),
    /// An alert, or one more occurrence of it.
    Alert {
        /// Its id.
        id: AlertId,
        /// Whether it is new, open already, or open again.
        how: How,
        /// Its occurrences now.
        count: i64,
    },
    /// A run task, or the one that the same event had made.
    Run {
        /// `namespace/name`
        task: String,
        /// The event.
        event_id: String,
    },
    /// No alert: the month's quota is used up.
    OverQuota {
        /// Seconds until the next month.
        seconds_left: u32,
    },
    /// Nothing: the reason in one sentence.
    Failed(String),
}

impl Made {
    /// Whether its execution goes on from the queue after the commit.
    pub fn goes_on(&self) -> bool {
        match self {
            Self::AgentExecution(_) | Self::Pipeline { .. } => true,
            Self::Task { .. } | Self::Alert { .. } | Self::Run { .. } | Self::OverQuota { .. } | Self::Failed(_) => {
                false
            }
        }
    }
}

/// The answer to a refused delivery; no contract: nobody listens there.
pub fn refuse(contract: Option<Contract>, refused: &Refused<'_>) -> Answered {
    contract.unwrap_or(Contract::Creel).face().refuse(refused)
}

/// Creel's own trouble: the sender is asked to come again, never told that it did something wrong.
pub fn unavailable() -> Answered {
    Answered::json(503, r#"{"error":"Temporarily unavailable"}"#).retry_after(RETRY_AFTER_S)
}

/// A sender that backs off by itself needs no more than a hint.
const RETRY_AFTER_S: u32 = 5;
