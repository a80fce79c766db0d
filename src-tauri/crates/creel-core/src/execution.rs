//! An execution: one action run for one delivery, with its steps and attempts.

use serde::{Deserialize, Serialize};

use crate::actions::ActionKind;
use crate::clock::UnixMs;
use crate::error::ApiError;
use crate::ids::{DeliveryId, ExecutionId, TriggerId};

/// Where an execution stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
#[ts(export)]
pub enum ExecutionStatus {
    /// Waits for a worker, or for `next_at`.
    Queued,
    /// A worker has it.
    Running,
    /// Done.
    Succeeded,
    /// All attempts used, or an error that no retry mends.
    Failed,
    /// Not run, with the reason: capture only, a replay without outside effects.
    Skipped,
    /// Stopped by the user.
    Cancelled,
    /// Creel stopped while it ran, and its kind runs at most once.
    Interrupted,
    /// It was running at three crashes in a row; it runs again only when told to.
    Quarantined,
}

/// One execution as a row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct Execution {
    /// `exe_…`
    pub id: ExecutionId,
    /// Position in the store; the cursor of lists.
    pub seq: i64,
    /// The delivery it runs for.
    pub delivery_id: DeliveryId,
    /// The trigger whose action it is.
    pub trigger_id: TriggerId,
    /// The trigger's name when it was queued.
    pub trigger_name: String,
    /// Which of the trigger's actions, from 0.
    pub position: u32,
    /// Which action.
    pub action: ActionKind,
    /// In a few words: `[production] Deploy failed`, `POST https://example.com/x`.
    pub summary: String,
    /// Where it stands.
    pub status: ExecutionStatus,
    /// Attempts started.
    pub attempts: u32,
    /// Most attempts.
    pub max_attempts: u32,
    /// When the next attempt is due, if one is.
    pub next_at: Option<UnixMs>,
    /// When it was queued.
    pub created_at: UnixMs,
    /// When the latest attempt started.
    pub started_at: Option<UnixMs>,
    /// When it ended.
    pub finished_at: Option<UnixMs>,
    /// What went wrong at the latest attempt.
    pub error: Option<ApiError>,
}

/// One line of an execution's log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct Step {
    /// The attempt it belongs to, from 1; 0: before the first.
    pub attempt: u32,
    /// `render`, `resolve`, `request`, `response`, `commit`, `wait`, `cancel`; of an agent `agent`, `role`, `answer`, `notify`; of a
    /// tool `approval`, `run`.
    pub name: String,
    /// Whether it went well.
    pub ok: bool,
    /// When it began.
    pub at: UnixMs,
    /// How long it took, in microseconds.
    pub duration_us: i64,
    /// What happened, in one sentence.
    pub words: String,
    /// The details as text, cut to 64 KiB: a request or response with its headers; secrets masked.
    pub detail: Option<String>,
}

/// An execution with its log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct ExecutionDetail {
    /// The row.
    pub execution: Execution,
    /// Its log, oldest first.
    pub steps: Vec<Step>,
    /// What it was to do, with every template resolved, as JSON text.
    pub plan: String,
    /// What it made: the task's id, the response's status, as JSON text.
    pub result: Option<String>,
    /// The last 64 KiB of what it says, while it runs; the rest comes as `output` events.
    pub live: Option<String>,
}
