//! `run_task`: a local effect of contract `orloj`, written with its delivery. A template's copy with the delivery's inputs.

use crate::clock::UnixMs;
use crate::contracts::Made;
use crate::delivery::Delivery;
use crate::events::Event;
use crate::orloj::{CannotRun, Named, ResourceKind, RunTask, TaskWebhookManifest, run_task as made_from, same_run};
use crate::store::orloj_seen::SeenEvent;
use crate::store::orloj_tasks::RunSource;
use crate::store::{StoreError, Turn, orloj_seen, orloj_tasks};

/// A run task to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunPlan {
    /// The webhook that the delivery came to.
    pub hook: TaskWebhookManifest,
    /// Its endpoint's id.
    pub endpoint: String,
    /// The sender's id of the event.
    pub event_id: String,
    /// When it came.
    pub received_at: UnixMs,
}

impl RunPlan {
    /// The event, for as long as it counts as seen when the run is made at `now`.
    fn seen(&self, now: UnixMs) -> SeenEvent<'_> {
        let window_ms = i64::from(self.hook.spec.idempotency.dedupe_window_seconds) * 1000;
        SeenEvent { endpoint: &self.endpoint, event_id: &self.event_id, until: now.plus_ms(window_ms) }
    }

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
    let event = plan.seen(turn.now);
    let from = RunSource { delivery: &delivery.id, payload_key: &plan.hook.spec.payload.input_key, event };
    if orloj_tasks::add_run(turn.db, &task, turn.now, from)? {
        told.push(Event::Resources(ResourceKind::Task));
    } else {
        let place = Named::of(&task.metadata);
        let there = orloj_tasks::get(turn.db, &place)?;
        if there.is_some_and(|there| !same_run(&there.task.metadata, &task.metadata)) {
            return Ok(Made::Failed(CannotRun::NameTaken(key).to_string()));
        }
        orloj_seen::again(turn.db, &place, event)?;
    }
    Ok(Made::Run { task: key, event_id: plan.event_id })
}
