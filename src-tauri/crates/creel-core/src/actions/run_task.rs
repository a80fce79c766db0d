//! `run_task`: a local effect of contract `orloj`, written with its delivery. A template's copy with the delivery's inputs.

use crate::clock::UnixMs;
use crate::contracts::Made;
use crate::delivery::Delivery;
use crate::orloj::{CannotRun, Named, RunTask, TaskWebhookManifest, run_task as made_from, same_run};
use crate::store::{StoreError, Turn, orloj_tasks};

/// A run task to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunPlan {
    /// The webhook that the delivery came to.
    pub hook: TaskWebhookManifest,
    /// The sender's id of the event.
    pub event_id: String,
    /// The body as text.
    pub payload: String,
    /// When it came.
    pub received_at: UnixMs,
}

impl RunPlan {
    /// The plan as an execution shows it. The body is the delivery's own and not written again.
    pub fn shown(&self) -> String {
        serde_json::json!({ "template": self.hook.template().key(), "event_id": self.event_id }).to_string()
    }
}

/// Makes the run task in the open transaction. What keeps it from being made is an answer, not a failure of the commit.
pub fn run_task(turn: &Turn<'_>, plan: RunPlan, delivery: &Delivery) -> Result<Made, StoreError> {
    let template = orloj_tasks::get(turn.db, &plan.hook.template())?.map(|stored| stored.task);
    let run =
        RunTask { hook: &plan.hook, event_id: &plan.event_id, payload: plan.payload, received_at: plan.received_at };
    let task = match made_from(run, template) {
        Ok(task) => task,
        Err(cannot) => return Ok(Made::Failed(cannot.to_string())),
    };
    let key = task.metadata.key();
    match orloj_tasks::get(turn.db, &Named::of(&task.metadata))? {
        Some(there) if !same_run(&there.task.metadata, &task.metadata) => {
            return Ok(Made::Failed(CannotRun::NameTaken(key).to_string()));
        }
        Some(_) => {}
        None => orloj_tasks::put(turn.db, &task, turn.now, Some(&delivery.id))?,
    }
    Ok(Made::Run { task: key, event_id: plan.event_id })
}
