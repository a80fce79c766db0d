//! `run_task`: a local effect of contract `orloj`, written with its delivery. A template's copy with the delivery's inputs.

use crate::clock::UnixMs;
use crate::contracts::Made;
use crate::delivery::Delivery;
use crate::events::Event;
use crate::orloj::{CannotRun, Named, ResourceKind, RunTask, TaskWebhookManifest, run_task as made_from, same_run};
use crate::store::contents::PackedBody;
use crate::store::{StoreError, Turn, orloj_tasks};

/// A run task to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunPlan {
    /// The webhook that the delivery came to.
    pub hook: TaskWebhookManifest,
    /// The sender's id of the event.
    pub event_id: String,
    /// The body, as its delivery keeps it.
    pub payload: PackedBody,
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
pub fn run_task(
    turn: &Turn<'_>,
    plan: RunPlan,
    delivery: &Delivery,
    told: &mut Vec<Event>,
) -> Result<Made, StoreError> {
    let template = orloj_tasks::get(turn.db, &plan.hook.template())?.map(|stored| stored.task);
    let run = RunTask { hook: &plan.hook, event_id: &plan.event_id, received_at: plan.received_at };
    let task = match made_from(run, template) {
        Ok(task) => task,
        Err(cannot) => return Ok(Made::Failed(cannot.to_string())),
    };
    let key = task.metadata.key();
    let payload = (plan.hook.spec.payload.input_key.as_str(), &plan.payload);
    if orloj_tasks::add_run(turn.db, &task, payload, turn.now, &delivery.id)? {
        told.push(Event::Resources(ResourceKind::Task));
    } else {
        let there = orloj_tasks::get(turn.db, &Named::of(&task.metadata))?;
        if there.is_some_and(|there| !same_run(&there.task.metadata, &task.metadata)) {
            return Ok(Made::Failed(CannotRun::NameTaken(key).to_string()));
        }
    }
    Ok(Made::Run { task: key, event_id: plan.event_id })
}
