//! The dispatcher: one task that claims what is due, as far as there is room, and starts it.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::task::{Id, JoinError, JoinSet};

use crate::events::Event;
use crate::execute::attempt;
use crate::execute::bounds::Bounds;
use crate::execute::executor::{Running, Shared};
use crate::ids::ExecutionId;
use crate::store::queue::{self, Claimed, Job, Room};
use crate::store::{StoreError, recover};

/// The longest sleep: timers stand still while the machine sleeps, and the clock may be set.
const LOOK_AGAIN: Duration = Duration::from_secs(15);
/// So many senders at once are a flood: what runs behind the answers then starts in turns.
pub(super) const FLOOD: usize = 8;
/// The time between two such turns: the senders of a flood wait for the same writer and the same cores, and they time
/// out; the queue is durable and does not. It still moves, however long the flood lasts.
pub(super) const TURN: Duration = Duration::from_millis(100);
/// How often it is looked whether the flood is over.
const FLOOD_LOOK: Duration = Duration::from_millis(5);
/// How soon to ask again when the store did not answer.
const TROUBLE: Duration = Duration::from_secs(1);

type Tasks = JoinSet<()>;

/// Runs until it is told to stop.
pub(super) async fn run(shared: Arc<Shared>) {
    let mut tasks = Tasks::new();
    while !shared.stop.is_cancelled() {
        give_way(&shared).await;
        let sleep = match fill(&shared, &mut tasks).await {
            Ok(sleep) => sleep,
            Err(StoreError::Closed) => break,
            Err(error) => {
                tracing::warn!(%error, "nothing was claimed from the queue; trying again");
                TROUBLE
            }
        };
        tokio::select! {
            () = shared.wake.notified() => {}
            () = tokio::time::sleep(sleep) => {}
            () = shared.stop.cancelled() => {}
            Some(ended) = tasks.join_next_with_id() => release(&shared, ended).await,
        }
        while let Some(ended) = tasks.try_join_next_with_id() {
            release(&shared, ended).await;
        }
    }
    drain(&shared, tasks).await;
}

/// Lets a flood of senders go first, for a turn.
async fn give_way(shared: &Shared) {
    let counters = shared.parts.store.counters();
    let until = Instant::now() + TURN;
    while counters.senders() >= FLOOD && Instant::now() < until && !shared.stop.is_cancelled() {
        // Every delivery would have to wake it otherwise; this costs them nothing.
        tokio::time::sleep(FLOOD_LOOK).await;
    }
}

/// Claims and starts as much as there is room for. How long there is nothing to do then.
async fn fill(shared: &Arc<Shared>, tasks: &mut Tasks) -> Result<Duration, StoreError> {
    let mut running = shared.running.lock().await;
    let bounds = shared.parts.bounds.now();
    let free = usize::try_from(bounds.at_once.all).unwrap_or(usize::MAX).saturating_sub(running.len());
    if free == 0 || bounds.paused {
        return Ok(LOOK_AGAIN);
    }
    let room = room(shared.epoch, free, bounds, &running);
    let Claimed { jobs, rows, next_due } = shared.parts.store.write(move |turn| queue::claim(turn, &room)).await?;
    for job in jobs {
        let job = Arc::new(job);
        let (owner, work) = (Arc::clone(shared), Arc::clone(&job));
        let task = tasks.spawn(async move { attempt::run(&owner, &work).await });
        running.insert(job.id.clone(), Running { job, task });
    }
    rows.into_iter().for_each(|row| shared.parts.events.send(Event::Execution(row)));
    let now = shared.parts.clock.now();
    Ok(next_due
        .map_or(LOOK_AGAIN, |due| Duration::from_millis(u64::try_from(due.0 - now.0).unwrap_or(0)).min(LOOK_AGAIN)))
}

fn room(epoch: i64, free: usize, bounds: Bounds, running: &HashMap<ExecutionId, Running>) -> Room {
    let (mut busy, mut left_of) = (HashMap::new(), bounds.of_trigger);
    for one in running.values() {
        *busy.entry(one.job.lane.clone()).or_insert(0) += 1;
        if let Some(left) = left_of.get_mut(&one.job.trigger_id) {
            *left = left.saturating_sub(1);
        }
    }
    let suspect_runs = running.values().any(|one| one.job.suspect);
    Room { epoch, free, at_once: bounds.at_once, busy, left_of, suspect_runs }
}

/// A task ended: its room is free. Where its code panicked, the row is ended here.
async fn release(shared: &Shared, ended: Result<(Id, ()), JoinError>) {
    let (task, panicked) = match &ended {
        Ok((task, ())) => (*task, false),
        Err(error) => (error.id(), error.is_panic()),
    };
    if let Some(job) = take(shared, task).await
        && panicked
    {
        tracing::error!(execution = %job.id, "an execution panicked");
        attempt::give_up(shared, &job).await;
    }
}

async fn take(shared: &Shared, task: Id) -> Option<Arc<Job>> {
    let mut running = shared.running.lock().await;
    let id = running.iter().find(|(_, one)| one.task.id() == task).map(|(id, _)| id.clone())?;
    running.remove(&id).map(|one| one.job)
}

/// Lets what runs end for a while; the rest stays leased and is taken up at the next start.
async fn drain(shared: &Shared, mut tasks: Tasks) {
    let all = async { while tasks.join_next().await.is_some() {} };
    if tokio::time::timeout(shared.parts.stop_within, all).await.is_err() {
        tracing::info!(running = tasks.len(), "closing while executions run; they run again at the next start");
        tasks.shutdown().await;
    }
    let epoch = shared.epoch;
    if let Err(error) = shared.parts.store.write(move |turn| recover::note_stop(turn, epoch)).await {
        tracing::warn!(%error, "the queue's end was not noted");
    }
}
