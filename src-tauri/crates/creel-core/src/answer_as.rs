//! "Answer as": an endpoint answers a documented fault in place of its work, so that a sender's error handling is tried.
//!
//! The delivery is recorded with what was answered; nothing of it is checked, and nothing runs.

use std::sync::atomic::{AtomicU32, Ordering};

use serde::{Deserialize, Serialize};

use crate::clock::UnixMs;
use crate::error::ApiError;
use crate::ids::TriggerId;
use crate::receive::{Answered, Manner};
use crate::trigger::{Contract, Trigger};

/// Longest delay before the answer, in milliseconds: the longest that a sender is known to wait.
pub const DELAY_MOST_MS: u32 = 60_000;
/// Most requests that can be counted off.
pub const COUNT_MOST: u32 = 10_000;

/// What an endpoint answers in place of its work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[ts(export, optional_fields)]
pub struct AnswerAs {
    /// Key of one of the contract's faults (`faults_list`); a status stands for its first fault.
    pub fault: String,
    /// How the answer goes out.
    #[serde(default)]
    pub manner: Manner,
    /// Waited before the answer, in milliseconds, at most 60,000.
    #[serde(default)]
    pub delay_ms: u32,
    /// For so many requests, 1 to 10,000; missing: until it is switched off.
    #[serde(default)]
    pub count: Option<u32>,
}

/// A fault that a contract documents.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct Fault {
    /// What it is called: `rate_limited`.
    pub key: String,
    /// The status that is answered.
    pub status: u16,
    /// When the service answers so, in a few words.
    pub about: String,
    /// The body that is answered.
    pub body: String,
}

/// An [`AnswerAs`] that is on.
#[derive(Debug)]
pub struct Standing {
    /// What was asked for; `count` as it was at first.
    pub asked: AnswerAs,
    /// When it was switched on: tells two settings apart.
    pub since: UnixMs,
    /// Requests left; `None`: until it is switched off.
    left: Option<AtomicU32>,
}

impl Standing {
    /// As it was stored: `left` requests are still to be answered so.
    pub fn new(asked: AnswerAs, since: UnixMs, left: Option<u32>) -> Self {
        Self { asked, since, left: left.map(AtomicU32::new) }
    }

    /// One request is answered so. `None`: the count is used up.
    pub fn take(&self) -> Option<()> {
        let Some(left) = &self.left else { return Some(()) };
        left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).ok().map(drop)
    }

    /// Whether the next request is answered so.
    pub fn is_on(&self) -> bool {
        self.left.as_ref().is_none_or(|left| left.load(Ordering::Relaxed) > 0)
    }

    /// The answer, and why in one sentence.
    pub fn answer(&self, contract: Contract) -> Option<(Answered, String)> {
        let (fault, answer) = contract.face().faults().into_iter().find(|(fault, _)| fault.key == self.asked.fault)?;
        let words = match self.asked.manner {
            Manner::Whole => format!("as \"answer as\" says: {} {}", fault.status, fault.about),
            Manner::SlowBody => format!("as \"answer as\" says: {} {}, with a slow body", fault.status, fault.about),
            Manner::Drop => "as \"answer as\" says: the connection is closed without an answer".to_owned(),
        };
        Some((Answered { manner: self.asked.manner, delay_ms: self.asked.delay_ms, ..answer }, words))
    }
}

/// What is asked for of `trigger`, checked, with the fault's key where only its status was given.
pub fn checked(trigger: &Trigger, asked: AnswerAs) -> Result<AnswerAs, ApiError> {
    let faults = trigger.contract.face().faults();
    let named = |(fault, _): &&(Fault, Answered)| fault.key == asked.fault;
    let status = |(fault, _): &&(Fault, Answered)| fault.status.to_string() == asked.fault;
    let Some((fault, _)) = faults.iter().find(named).or_else(|| faults.iter().find(status)) else {
        let known: Vec<_> = faults.iter().map(|(fault, _)| format!("{} ({})", fault.key, fault.status)).collect();
        let words = format!("this contract does not document the fault \"{}\"", asked.fault);
        return Err(ApiError::invalid("fault", words).hint(format!("it documents {}", known.join(", "))));
    };
    if asked.delay_ms > DELAY_MOST_MS {
        return Err(ApiError::invalid("delay_ms", format!("{} ms is over {DELAY_MOST_MS}", asked.delay_ms)));
    }
    if let Some(count) = asked.count.filter(|count| !(1..=COUNT_MOST).contains(count)) {
        return Err(ApiError::invalid("count", format!("{count} is not 1 to {COUNT_MOST}")));
    }
    Ok(AnswerAs { fault: fault.key.clone(), ..asked })
}

/// Where a setting belongs.
#[derive(Debug)]
pub struct Stored {
    /// The trigger.
    pub trigger: TriggerId,
    /// The setting.
    pub standing: Standing,
}
