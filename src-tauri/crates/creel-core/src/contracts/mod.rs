//! One file a face: what an endpoint answers its sender, in that service's own words. Never a mixture.

pub mod creel;
pub mod opengate;
pub mod opengate_management;

use crate::delivery::ReasonCode;
use crate::ids::{DeliveryId, ListId, TaskId};
use crate::receive::Answered;
use crate::trigger::{Contract, Trigger};

/// A refusal as a contract has to answer it.
#[derive(Clone, Debug)]
pub struct Refused<'a> {
    /// Why, in code.
    pub code: ReasonCode,
    /// For `InvalidJson`: what is wrong and where. Nothing else of the reason reaches the sender.
    pub json_error: Option<&'a str>,
    /// For `RateLimited`: seconds to wait.
    pub retry_after: Option<u32>,
}

/// What was committed for a genuine delivery.
#[derive(Clone, Debug)]
pub struct Done {
    /// The delivery.
    pub delivery: DeliveryId,
    /// It was seen before.
    pub duplicate: bool,
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
    /// Nothing: the reason in one sentence.
    Failed(String),
}

/// The answer to a refused delivery; no contract: nobody listens there.
pub fn refuse(contract: Option<Contract>, refused: &Refused<'_>) -> Answered {
    match contract {
        Some(Contract::Creel) | None => creel::refuse(refused),
        Some(Contract::Opengate) => opengate::refuse(refused),
    }
}

/// The answer to a genuine delivery.
pub fn answer(trigger: &Trigger, done: &Done) -> Answered {
    match trigger.contract {
        Contract::Creel => creel::answer(trigger, done),
        Contract::Opengate => opengate::answer(done),
    }
}

/// The answer to a genuine delivery that the filter did not let through.
pub fn filtered(trigger: &Trigger, done: &Done) -> Answered {
    match trigger.contract {
        Contract::Creel => creel::answer(trigger, done),
        Contract::Opengate => Answered::json(200, r#"{"status":"filtered"}"#),
    }
}

/// Whether the contract takes JSON only.
pub fn wants_json(contract: Contract) -> bool {
    match contract {
        Contract::Creel => false,
        Contract::Opengate => true,
    }
}

/// Creel's own trouble: the sender is asked to come again, never told that it did something wrong.
pub fn unavailable() -> Answered {
    Answered::json(503, r#"{"error":"Temporarily unavailable"}"#).retry_after(RETRY_AFTER_S)
}

/// A sender that backs off by itself needs no more than a hint.
const RETRY_AFTER_S: u32 = 5;
