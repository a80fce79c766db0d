//! A run task: a template's copy with inputs of the delivery.

use crate::clock::UnixMs;

use super::names::{event_digits, run_name};
use super::{ResourceMetadata, TaskManifest, TaskMode, TaskWebhookManifest};

/// Which webhook made it, its namespace, and the event: Orloj's own label names.
const LABELS: [&str; 3] = ["orloj.dev/task-webhook", "orloj.dev/task-webhook-namespace", "orloj.dev/webhook-event-id"];

/// A delivery's part of a run task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunTask<'a> {
    /// The webhook that it came to.
    pub hook: &'a TaskWebhookManifest,
    /// The sender's id of the event.
    pub event_id: &'a str,
    /// When it came.
    pub received_at: UnixMs,
}

/// Why there is no run task: the precise cause, for `status.lastError`. The sender is told none of it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CannotRun {
    /// `spec.task_ref` leads nowhere.
    #[error("task template \"{0}\" not found")]
    NoTemplate(String),
    /// It leads to a run.
    #[error("task \"{0}\" is no template: it must set spec.mode=template")]
    NotATemplate(String),
    /// Another task has the name.
    #[error("the run task's name {0} is taken by another task")]
    NameTaken(String),
}

/// The run task for one event, made from `template`. The fourth input is the delivery's body, which is read from where the
/// delivery keeps it (`store/orloj_tasks.rs`).
pub fn run_task(run: RunTask<'_>, template: Option<TaskManifest>) -> Result<TaskManifest, CannotRun> {
    let reference = || run.hook.spec.task_ref.clone();
    let template = template.ok_or_else(|| CannotRun::NoTemplate(reference()))?;
    if template.spec.mode != TaskMode::Template {
        return Err(CannotRun::NotATemplate(reference()));
    }
    let (mut metadata, mut spec) = (template.metadata, template.spec);
    let values = [run.hook.metadata.name.clone(), run.hook.metadata.namespace.clone(), event_digits(run.event_id)];
    metadata.labels.extend(LABELS.map(str::to_owned).into_iter().zip(values));
    metadata = ResourceMetadata { name: run_name(&run.hook.metadata.name, run.event_id), ..metadata };
    spec.mode = TaskMode::Run;
    spec.input.extend([
        ("webhook_event_id".to_owned(), run.event_id.to_owned()),
        ("webhook_received_at".to_owned(), run.received_at.rfc3339()),
        ("webhook_source".to_owned(), run.hook.spec.auth.profile.word().to_owned()),
    ]);
    Ok(TaskManifest { metadata, spec })
}

/// Whether `task` is a run of the same event at the same webhook: it may be made again after its window.
pub fn same_run(task: &ResourceMetadata, made: &ResourceMetadata) -> bool {
    LABELS.iter().all(|label| task.labels.get(*label).is_some_and(|value| Some(value) == made.labels.get(*label)))
}
