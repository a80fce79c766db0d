//! Commands about tasks and lists.

use serde::{Deserialize, Serialize};

use crate::actions::Priority;
use crate::ids::{ListId, TaskId};
use crate::task::TaskStatus;

/// Which tasks to list.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[serde(default)]
#[ts(export, optional_fields)]
pub struct TasksQuery {
    /// Only of this list.
    pub list_id: Option<ListId>,
    /// Only with this status.
    pub status: Option<TaskStatus>,
    /// Rows in the page, at most 500; 100 unless told otherwise.
    pub limit: Option<u32>,
    /// Only rows older than this `seq`.
    pub after: Option<i64>,
}

/// Which task.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct TaskRef {
    /// `tsk_…`
    pub id: TaskId,
}

/// What to make of a task. A field that is missing keeps its value, or gets its default when it is new.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
#[ts(export, optional_fields)]
pub struct TaskDraft {
    /// Its list; the first one unless told otherwise.
    pub list_id: Option<ListId>,
    /// 1 to 500 characters.
    pub title: Option<String>,
    /// Text.
    pub description: Option<String>,
    /// Names of people.
    pub assignees: Option<Vec<String>>,
    /// How urgent.
    pub priority: Option<Priority>,
    /// Words.
    pub tags: Option<Vec<String>>,
    /// Open or done.
    pub status: Option<TaskStatus>,
}

/// A change to a task.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct TaskChange {
    /// `tsk_…`
    pub id: TaskId,
    /// What changes.
    pub change: TaskDraft,
}

/// A list to make.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct ListDraft {
    /// 1 to 100 characters, not taken.
    pub name: String,
}

/// A list to rename.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct ListChange {
    /// `lst_…`
    pub id: ListId,
    /// 1 to 100 characters, not taken.
    pub name: String,
}

/// Which list. Deleting one deletes its tasks; triggers that name it fail with that reason.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct ListRef {
    /// `lst_…`
    pub id: ListId,
}
