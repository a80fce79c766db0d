//! One attempt: run the action, decide what follows, write it down.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use crate::clock::UnixMs;
use crate::error::{ApiError, ErrorCode};
use crate::events::Event;
use crate::execute::executor::Shared;
use crate::execute::log::StepLog;
use crate::execute::schedule::{self, Again};
use crate::execution::Step;
use crate::ids::ExecutionId;
use crate::store::queue::{self, Ending, Job};
use crate::store::{StoreError, Turn};

/// How long to wait before an outcome that could not be written is written again: a full disk, a locked database.
const WRITE_AGAIN: Duration = Duration::from_secs(1);

/// What can run a job. Dropping the future stops it: that is how it is cancelled.
pub trait Perform: Send + Sync + 'static {
    /// Runs one attempt and writes its steps to `log`.
    fn perform<'a>(&'a self, job: &'a Job, log: &'a mut StepLog) -> Pin<Box<dyn Future<Output = Ran> + Send + 'a>>;

    /// What a running execution said so far; `None`: nothing.
    fn said(&self, _: &ExecutionId) -> Option<String> {
        None
    }
}

/// A local effect. It runs in the change that ends its execution, so that it happens exactly once. A refusal must come
/// before anything is written.
pub type Effect = Arc<dyn Fn(&mut Turn<'_>) -> Result<Effected, StoreError> + Send + Sync>;

/// What a local effect made.
#[derive(Debug, Default)]
pub struct Effected {
    /// As JSON text.
    pub result: String,
    /// What is told after the commit.
    pub events: Vec<Event>,
}

/// How an attempt went.
pub enum Ran {
    /// Done; what it made, as JSON text.
    Done(String),
    /// It will be done by committing this.
    Commit(Effect),
    /// Not done.
    Failed(ApiError, Again),
    /// It goes on at this time.
    Later(UnixMs),
}

/// Runs a job that is claimed and writes down how it went.
pub(super) async fn run(shared: &Shared, job: &Arc<Job>) {
    let mut log = StepLog::new(job.attempt, Arc::clone(&shared.parts.clock));
    let ran = shared.parts.actions.perform(job, &mut log).await;
    write(shared, job, ran, log.into_steps()).await;
}

/// Ends a job whose code panicked.
pub(super) async fn give_up(shared: &Shared, job: &Arc<Job>) {
    let error = ApiError::new(ErrorCode::Internal, format!("creel made a mistake while execution {} ran", job.id))
        .hint("the log in the data folder says more");
    write(shared, job, Ran::Failed(error, Again::Never), Vec::new()).await;
}

/// Writes the end until it is written: a row that stays `running` would wait for the next start.
async fn write(shared: &Shared, job: &Arc<Job>, ran: Ran, steps: Vec<Step>) {
    let settled = Arc::new(Settled::new(shared, job, ran, steps));
    loop {
        let (change, job) = (Arc::clone(&settled), Arc::clone(job));
        match shared.parts.store.write(move |turn| change.write(turn, &job)).await {
            Ok(events) => {
                events.into_iter().for_each(|event| shared.parts.events.send(event));
                return;
            }
            Err(StoreError::Closed) => return,
            Err(error) => {
                tracing::warn!(%error, execution = %settled.id, "the end of an attempt was not written; trying again");
                tokio::select! {
                    () = tokio::time::sleep(WRITE_AGAIN) => {}
                    () = shared.stop.cancelled() => return,
                }
            }
        }
    }
}

/// Everything that the change needs, decided before it.
struct Settled {
    id: crate::ids::ExecutionId,
    ran: Ran,
    wait: Option<Duration>,
    steps: Vec<Step>,
}

impl Settled {
    fn new(shared: &Shared, job: &Job, ran: Ran, steps: Vec<Step>) -> Self {
        let failures = job.attempt.saturating_sub(job.attempts_before);
        let wait = match &ran {
            Ran::Failed(_, again) if job.attempt < job.max_attempts => {
                schedule::wait(failures, *again, shared.parts.random.as_ref())
            }
            Ran::Failed(..) | Ran::Done(_) | Ran::Commit(_) | Ran::Later(_) => None,
        };
        Self { id: job.id.clone(), ran, wait, steps }
    }

    /// What is told after the commit: nothing when the row was cancelled or deleted meanwhile.
    fn write(&self, turn: &mut Turn<'_>, job: &Job) -> Result<Vec<Event>, StoreError> {
        if !queue::is_leased(turn, job)? {
            return Ok(Vec::new());
        }
        let (ending, mut events) = self.ending(turn)?;
        let mut steps = self.steps.clone();
        steps.extend(self.last_words(job, &ending, turn.now));
        events.extend(queue::finish(turn, job, &ending, &steps)?.map(Event::Execution));
        Ok(events)
    }

    fn ending(&self, turn: &mut Turn<'_>) -> Result<(Ending, Vec<Event>), StoreError> {
        let ending = match (&self.ran, self.wait) {
            (Ran::Done(result), _) => Ending::Succeeded(result.clone()),
            (Ran::Commit(effect), _) => match effect(turn) {
                Ok(Effected { result, events }) => return Ok((Ending::Succeeded(result), events)),
                Err(StoreError::Refused(refusal)) => Ending::Failed(refusal),
                Err(other) => return Err(other),
            },
            (Ran::Later(at), _) => Ending::Later(*at),
            (Ran::Failed(error, _), None) => Ending::Failed(error.clone()),
            (Ran::Failed(error, _), Some(wait)) => {
                let ms = i64::try_from(wait.as_millis()).unwrap_or(i64::MAX);
                Ending::Again(error.clone(), turn.now.plus_ms(ms))
            }
        };
        Ok((ending, Vec::new()))
    }

    /// What follows from how it ended.
    fn last_words(&self, job: &Job, ending: &Ending, now: UnixMs) -> Option<Step> {
        let step = |name: &str, ok, words| Step {
            attempt: job.attempt,
            name: name.to_owned(),
            ok,
            at: now,
            duration_us: 0,
            words,
            detail: None,
        };
        match (ending, &self.ran) {
            (Ending::Succeeded(_), Ran::Commit(_)) => Some(step("commit", true, "Done in one commit.".to_owned())),
            (Ending::Succeeded(_), Ran::Done(_) | Ran::Failed(..) | Ran::Later(_)) => None,
            (Ending::Failed(error), Ran::Commit(_)) => Some(step("commit", false, sentence(&error.message))),
            (Ending::Failed(_), Ran::Failed(_, Again::Never)) => {
                Some(step("wait", false, "Not tried again: no retry mends this.".to_owned()))
            }
            (Ending::Failed(_), _) => Some(step("wait", false, format!("Attempt {} was the last one.", job.attempt))),
            (Ending::Later(at), _) => {
                Some(step("wait", true, format!("It goes on at {} ({}).", at.rfc3339(), in_words(at.0 - now.0))))
            }
            (Ending::Again(_, at), _) => {
                let words = format!(
                    "Attempt {} of {} failed; the next one is due at {} ({}).",
                    job.attempt,
                    job.max_attempts,
                    at.rfc3339(),
                    in_words(at.0 - now.0)
                );
                Some(step("wait", true, words))
            }
        }
    }
}

fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(char::to_uppercase);
    first.into_iter().flatten().chain(letters).chain(['.']).collect()
}

/// `in 5 s`, `in 2 min`, `in 4 h`.
fn in_words(ms: i64) -> String {
    match ms / 1000 {
        s @ ..120 => format!("in {s} s"),
        s @ 120..7_200 => format!("in {} min", s / 60),
        s => format!("in {} h", s / 3600),
    }
}
