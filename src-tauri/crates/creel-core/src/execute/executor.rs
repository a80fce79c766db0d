//! The queue's handle: started once, woken after commits, asked to cancel and to run again, stopped at the end.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::task::{AbortHandle, JoinHandle};
use tokio_util::sync::CancellationToken;

use crate::clock::Clock;
use crate::error::ApiError;
use crate::events::{Event, Events};
use crate::execute::attempt::Perform;
use crate::execute::bounds::BoundsSource;
use crate::execute::schedule::Random;
use crate::execution::Execution;
use crate::ids::ExecutionId;
use crate::store::queue::{self, Job};
use crate::store::{Store, StoreError, recover};

/// How long what runs may go on when Creel closes: the whole of closing has five seconds.
pub const STOP_WITHIN: Duration = Duration::from_secs(3);

/// What the executor works with.
pub struct Parts {
    /// Where the queue is.
    pub store: Arc<Store>,
    /// The time of every decision.
    pub clock: Arc<dyn Clock>,
    /// Jitter.
    pub random: Arc<dyn Random>,
    /// Who hears of changed rows.
    pub events: Events,
    /// What the jobs do.
    pub actions: Arc<dyn Perform>,
    /// How much may run at once.
    pub bounds: Arc<dyn BoundsSource>,
    /// How long what runs may go on when Creel closes; [`STOP_WITHIN`].
    pub stop_within: Duration,
}

/// The running queue. Dropping it without [`Executor::stop`] is what a crash looks like to the store.
pub struct Executor {
    shared: Arc<Shared>,
    dispatcher: Mutex<Option<JoinHandle<()>>>,
}

pub(super) struct Shared {
    pub parts: Parts,
    pub epoch: i64,
    pub wake: Notify,
    pub stop: CancellationToken,
    /// Held while rows are claimed and started, and while one is cancelled: between the two a row would be running in
    /// the store and have no task to stop.
    pub running: tokio::sync::Mutex<HashMap<ExecutionId, Running>>,
}

/// A job and the task that runs it.
pub(super) struct Running {
    pub job: Arc<Job>,
    pub task: AbortHandle,
}

impl Executor {
    /// Takes up what the last Creel left, then runs whatever is due. Needs a tokio runtime.
    pub async fn start(parts: Parts) -> Result<Self, StoreError> {
        let recovered = parts.store.write(|turn| recover::recover(turn)).await?;
        recovered.rows.into_iter().for_each(|row| parts.events.send(Event::Execution(row)));
        let shared = Arc::new(Shared {
            parts,
            epoch: recovered.epoch,
            wake: Notify::new(),
            stop: CancellationToken::new(),
            running: tokio::sync::Mutex::default(),
        });
        let dispatcher = tokio::spawn(super::dispatch::run(Arc::clone(&shared)));
        Ok(Self { shared, dispatcher: Mutex::new(Some(dispatcher)) })
    }

    /// Something was queued. Call it after the commit; costs nothing when nothing is due.
    pub fn wake(&self) {
        self.shared.wake.notify_one();
    }

    /// Takes a queued execution out of the queue, or stops a running one. `conflict` when it has ended.
    pub async fn cancel(&self, id: &ExecutionId) -> Result<Execution, ApiError> {
        let running = self.shared.running.lock().await;
        // Its task is ended and forgets it; the log keeps it.
        let (wanted, said) = (id.clone(), self.shared.parts.actions.said(id));
        let row = self.shared.parts.store.write(move |turn| queue::cancel(turn, &wanted, said.as_deref())).await?;
        if let Some(running) = running.get(id) {
            running.task.abort();
        }
        self.shared.parts.events.send(Event::Execution(row.clone()));
        Ok(row)
    }

    /// Queues an ended execution again with a fresh set of attempts. `conflict` when it runs, waits or succeeded.
    pub async fn retry(&self, id: &ExecutionId) -> Result<Execution, ApiError> {
        let wanted = id.clone();
        let row = self.shared.parts.store.write(move |turn| queue::retry(turn, &wanted)).await?;
        self.shared.parts.events.send(Event::Execution(row.clone()));
        self.wake();
        Ok(row)
    }

    /// Claims nothing more, gives what runs a while to end, and leaves the rest to the next start.
    pub async fn stop(&self) {
        self.shared.stop.cancel();
        let dispatcher = self.lock().take();
        if let Some(dispatcher) = dispatcher
            && dispatcher.await.is_err()
        {
            tracing::error!("the queue's dispatcher panicked");
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<JoinHandle<()>>> {
        self.dispatcher.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Executor {
    fn drop(&mut self) {
        if let Some(dispatcher) = self.lock().take() {
            dispatcher.abort();
        }
    }
}
