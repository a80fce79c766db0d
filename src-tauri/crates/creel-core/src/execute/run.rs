//! From a claimed execution to the action that it runs. To add an action: a line in [`Actions::perform`].

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use crate::actions::{ActionKind, Forwarder, TaskPlan, make_task};
use crate::agent::Agents;
use crate::channels::Notifier;
use crate::contracts::Made;
use crate::error::{ApiError, ErrorCode};
use crate::events::Event;
use crate::execute::attempt::{Effect, Effected, Perform, Ran};
use crate::execute::bounds::BoundsSource;
use crate::execute::live::Live;
use crate::execute::log::StepLog;
use crate::execute::schedule::Again;
use crate::ids::{ExecutionId, Ids, TaskId};
use crate::pipelines;
use crate::store::queue::Job;
use crate::store::{StoreError, Turn, deliveries};
use crate::tools::ToolRunner;

/// All actions.
pub struct Actions {
    /// Runs forwards.
    pub forwarder: Forwarder,
    /// Ids of what is made.
    pub ids: Arc<dyn Ids>,
    /// Who hears what runs says.
    pub live: Arc<Live>,
    /// Whether the next step of a pipeline may begin.
    pub bounds: Arc<dyn BoundsSource>,
}

impl Actions {
    fn agents(&self) -> Agents<'_> {
        Agents { forwarder: &self.forwarder, live: &self.live, ids: self.ids.as_ref() }
    }

    fn notifier(&self) -> Notifier<'_> {
        Notifier { forwarder: &self.forwarder }
    }

    fn tools(&self) -> ToolRunner<'_> {
        ToolRunner { forwarder: &self.forwarder, live: &self.live }
    }
}

impl Perform for Actions {
    fn said(&self, id: &ExecutionId) -> Option<String> {
        self.live.of(id).filter(|said| !said.is_empty())
    }

    fn perform<'a>(&'a self, job: &'a Job, log: &'a mut StepLog) -> Pin<Box<dyn Future<Output = Ran> + Send + 'a>> {
        match job.action {
            ActionKind::Forward => Box::pin(self.forwarder.run(job, log)),
            ActionKind::RunAgent => Box::pin(async move { self.agents().run_bound(job, log).await }),
            ActionKind::SpawnAgent => Box::pin(async move { self.agents().run_spawned(job, log).await }),
            ActionKind::ExecuteTool => Box::pin(async move { self.tools().run(job, log).await }),
            ActionKind::InstantiatePipeline => Box::pin(pipelines::run(self, job, log)),
            // It is done with its delivery or refused with it; there is nothing to try again.
            ActionKind::RaiseAlert | ActionKind::RunTask => {
                Box::pin(std::future::ready(Ran::Failed(replay_instead(), Again::Never)))
            }
            ActionKind::Notify => Box::pin(async move { self.notifier().run(job, log).await }),
            ActionKind::CreateTask => Box::pin(std::future::ready(create_task(job, TaskId::new(self.ids.as_ref())))),
        }
    }
}

fn replay_instead() -> ApiError {
    ApiError::new(ErrorCode::Invalid, "there is no plan that could be run").hint("replay the delivery instead")
}

/// A task whose first try failed in the delivery's own commit, made now.
fn create_task(job: &Job, id: TaskId) -> Ran {
    let Ok(plan) = serde_json::from_str::<TaskPlan>(&job.plan) else {
        return Ran::Failed(replay_instead(), Again::Never);
    };
    let seq = job.delivery_seq;
    let effect: Effect = Arc::new(move |turn: &mut Turn<'_>| {
        let delivery = deliveries::at(turn.db, seq)?
            .ok_or_else(|| ApiError::new(ErrorCode::NotFound, "the delivery is not kept any more"))?;
        match make_task(turn, id.clone(), plan.clone(), &delivery, &mut Vec::new())? {
            Made::Task { id, list, .. } => Ok(Effected {
                result: serde_json::json!({ "task_id": id }).to_string(),
                events: vec![Event::Task(id), Event::List(list)],
            }),
            Made::Alert { .. }
            | Made::Run { .. }
            | Made::Pipeline { .. }
            | Made::AgentExecution(_)
            | Made::OverQuota { .. } => Err(StoreError::Refused(replay_instead())),
            Made::Failed(reason) => Err(StoreError::Refused(ApiError::new(ErrorCode::Invalid, reason))),
        }
    });
    Ran::Commit(effect)
}
