//! `create_task`: a task in a list. A local effect: it commits with the delivery, exactly once.

use serde::{Deserialize, Serialize};

use crate::ids::ListId;

/// Settings of `create_task`. The texts are templates.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct CreateTask {
    /// The list that gets the task.
    pub list_id: ListId,
    /// Template; cut to 500 characters. Renders to nothing: `(untitled)`.
    pub title: String,
    /// Template.
    #[serde(default)]
    pub description: String,
    /// Templates; names of people.
    #[serde(default)]
    pub assignees: Vec<String>,
    /// How urgent.
    #[serde(default)]
    pub priority: Priority,
    /// Templates.
    #[serde(default)]
    pub tags: Vec<String>,
}

/// How urgent a task is (OpenGate's four words).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// Now.
    Urgent,
    /// Soon.
    High,
    /// In its turn.
    #[default]
    Normal,
    /// Some day.
    Low,
}
