//! Tasks and their lists: the target of `create_task`.

use serde::{Deserialize, Serialize};

use crate::actions::Priority;
use crate::clock::UnixMs;
use crate::ids::{DeliveryId, ListId, TaskId};

/// A list of tasks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct TaskList {
    /// `lst_…`
    pub id: ListId,
    /// 1 to 100 characters.
    pub name: String,
    /// Open tasks in it.
    pub open: i64,
    /// Done tasks in it.
    pub done: i64,
    /// When it was made.
    pub created_at: UnixMs,
}

/// Where a task stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
#[ts(export)]
pub enum TaskStatus {
    /// To do.
    Open,
    /// Done.
    Done,
}

/// A task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct Task {
    /// `tsk_…`
    pub id: TaskId,
    /// Position in the store; the cursor of lists.
    pub seq: i64,
    /// Its list.
    pub list_id: ListId,
    /// One line.
    pub title: String,
    /// Text.
    pub description: String,
    /// Names of people.
    pub assignees: Vec<String>,
    /// How urgent.
    pub priority: Priority,
    /// Words.
    pub tags: Vec<String>,
    /// Where it stands.
    pub status: TaskStatus,
    /// The delivery that made it; `None`: made by hand.
    pub source_delivery: Option<DeliveryId>,
    /// When it was made.
    pub created_at: UnixMs,
    /// When it was last changed.
    pub updated_at: UnixMs,
}
