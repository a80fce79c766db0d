//! Commands about what a hook at GitHub missed: listed, brought in, sent again, left.

use serde::{Deserialize, Serialize};

use crate::absences::Absence;
use crate::api::github::GithubSent;
use crate::clock::UnixMs;
use crate::error::ApiError;
use crate::github::MissedHow;
use crate::ids::TriggerId;

/// What a hook missed, in short.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct GithubMissed {
    /// How many deliveries GitHub tried to send that are not here.
    pub count: u32,
    /// What kept them away, where it was the same for all.
    pub away: Option<Absence>,
    /// When GitHub's record was last read.
    pub looked_at: Option<UnixMs>,
    /// Why it could not be read, or why the work broke off.
    pub trouble: Option<ApiError>,
    /// The record goes further back than it was read.
    pub cut: bool,
    /// What is being done with them now.
    pub at_work: Option<GithubAtWork>,
    /// What was missed is brought in without asking.
    pub always: bool,
    /// Without a public address GitHub is asked every so many seconds, and what is new is brought in.
    pub asks_every: Option<u32>,
}

/// Work on what was missed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct GithubAtWork {
    /// What is done.
    pub how: MissedHow,
    /// How many are done or failed.
    pub done: u32,
    /// Of how many.
    pub total: u32,
}

/// One that was missed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct GithubMissedItem {
    /// GitHub's first attempt.
    pub sent: GithubSent,
    /// GitHub was asked to send it again, and it has not arrived yet.
    pub asked: bool,
    /// Why it could not be brought in or sent again.
    pub trouble: Option<ApiError>,
}

/// What is to be done with what a hook missed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export, optional_fields)]
pub struct GithubMissedWork {
    /// Whose hook.
    pub trigger_id: TriggerId,
    /// What.
    pub how: MissedHow,
    /// GitHub's numbers of the attempts; missing: all that were missed.
    #[serde(default)]
    pub ids: Option<Vec<String>>,
}

/// What is done without asking.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct GithubMissedRule {
    /// Whose hook.
    pub trigger_id: TriggerId,
    /// What was missed is brought in.
    pub always: bool,
    /// Without a public address GitHub is asked every so many seconds, 10 to 3,600; `None`: it is not.
    pub asks_every: Option<u32>,
}
