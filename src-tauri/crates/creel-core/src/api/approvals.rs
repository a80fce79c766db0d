//! Commands about approvals: which command lines of which trigger may run on this machine.

use serde::{Deserialize, Serialize};

use crate::clock::UnixMs;
use crate::ids::TriggerId;

/// One command of one trigger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct Approval {
    /// Whose action it is.
    pub trigger_id: TriggerId,
    /// The command as it would run; values of a delivery stand in it as variables.
    pub command: String,
    /// When it last wanted to run.
    pub asked_at: UnixMs,
    /// When the user approved it; `None`: it waits.
    pub approved_at: Option<UnixMs>,
}

/// Which command of which trigger: the text as it was shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct ApprovalRef {
    /// Whose action it is.
    pub trigger_id: TriggerId,
    /// The command, letter by letter.
    pub command: String,
}
