//! Lists, tasks and alerts.

use crate::alerts::{Alert, Occurrence};
use crate::api::Nothing;
use crate::api::alerts::*;
use crate::api::page::*;
use crate::api::tasks::*;
use crate::task::{Task, TaskList};

commands! {
    /// The lists with their counts.
    lists_list(Nothing) -> Vec<TaskList>;
    /// Make a list.
    list_create(ListDraft) -> TaskList;
    /// Rename a list.
    list_rename(ListChange) -> TaskList;
    /// Delete a list with its tasks.
    list_delete(ListRef) -> Nothing;
    /// Tasks, newest first.
    tasks_list(TasksQuery) -> Page<Task>;
    /// One task.
    task_get(TaskRef) -> Task;
    /// Make a task by hand.
    task_create(TaskDraft) -> Task;
    /// Change a task.
    task_update(TaskChange) -> Task;
    /// Delete a task.
    task_delete(TaskRef) -> Nothing;

    /// Alerts, the ones raised last first.
    alerts_list(AlertsQuery) -> Page<Alert>;
    /// One alert.
    alert_get(AlertRef) -> Alert;
    /// Its occurrences, the latest first.
    alert_occurrences(OccurrencesQuery) -> Page<Occurrence>;
    /// Somebody is at it.
    alert_acknowledge(AlertRef) -> Alert;
    /// It is over.
    alert_resolve(AlertRef) -> Alert;
    /// It is open again: the way back from both.
    alert_reopen(AlertRef) -> Alert;
}
