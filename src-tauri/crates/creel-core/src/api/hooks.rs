//! Commands about Octipus hooks that triggers and executions do not have: their runs as that service lists them.

use serde::{Deserialize, Serialize};

use crate::execution::Execution;
use crate::ids::TriggerId;

/// Which runs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
#[ts(export, optional_fields)]
pub struct HookRunsQuery {
    /// Of this hook; missing: of every hook.
    pub hook: Option<TriggerId>,
    /// Rows, 1 to 100; 20 unless told otherwise.
    pub limit: Option<u32>,
    /// Rows passed over, at most 10,000.
    pub offset: Option<u32>,
}

/// Runs that ended, newest first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct HookRuns {
    /// The rows asked for.
    pub items: Vec<HookRun>,
    /// How many there are.
    pub total: i64,
}

/// One run with what it saw.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct HookRun {
    /// The run.
    pub execution: Execution,
    /// It was fired by hand.
    pub test: bool,
    /// What it made, as JSON text.
    pub result: Option<String>,
    /// The context as JSON text, `{"webhook": {…}}`; credentials stay out. `None`: the delivery is not kept any more.
    pub context: Option<String>,
}
