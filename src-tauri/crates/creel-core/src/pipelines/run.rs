//! An instance at work: one step after the other, each begun and ended in a commit of its own.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use serde_json::{Map, Value, json};

use super::PipelineInstance;
use super::step::{OnFailure, PipelineStep, StepState, StepStatus, Work, read_steps};
use crate::actions::{Action, Effect as Planned, InstancePlan, Outside, plan_action};
use crate::clock::UnixMs;
use crate::delivery::Delivery;
use crate::error::{ApiError, ErrorCode};
use crate::events::Event;
use crate::execute::{Actions, Again, Effect, Perform, Ran, StepLog};
use crate::execution::Step;
use crate::filter;
use crate::ids::ExecutionId;
use crate::pipeline::scope_of;
use crate::receive::Headers;
use crate::store::queue::{self, Job};
use crate::store::{StoreError, contents, deliveries, pipelines, triggers};
use crate::template::Scope;
use crate::trigger::Trigger;

/// Longest pause in seconds.
pub const WAIT_MOST_S: u32 = 86_400;
/// Waits before a step is tried again, in milliseconds, where a retry may mend it. Then it has failed.
const AGAIN_MS: [i64; 2] = [5_000, 30_000];
/// A target that asks for a longer wait than this gets none: the instance fails and can go on later.
const RETRY_AFTER_MOST: Duration = Duration::from_secs(3_600);

/// Runs an instance until it ends, or until it has to wait.
pub async fn run(actions: &Actions, job: &Job, log: &mut StepLog) -> Ran {
    match Instance::load(actions, job).await {
        Ok(mut instance) => instance.go_on().await.unwrap_or_else(|(error, again)| Ran::Failed(error, again)),
        Err((error, again)) => {
            let started = log.begin();
            log.went_wrong("render", started, error.message.clone(), None);
            Ran::Failed(error, again)
        }
    }
}

type Stopped = (ApiError, Again);

/// An instance with everything its steps can name.
struct Instance<'a> {
    actions: &'a Actions,
    job: &'a Job,
    instance: PipelineInstance,
    steps: Vec<PipelineStep>,
    trigger: Trigger,
    delivery: Delivery,
    headers: Headers,
    body: Bytes,
}

/// How a step went.
enum Went {
    Done(Value),
    Commit(Effect),
    Wait(UnixMs),
    SkipRest,
    Failed(ApiError, Again),
}

impl<'a> Instance<'a> {
    async fn load(actions: &'a Actions, job: &'a Job) -> Result<Self, Stopped> {
        let never = |error: ApiError| (error, Again::Never);
        let gone = |what: &str| never(ApiError::new(ErrorCode::NotFound, format!("{what} is not kept any more")));
        let plan: InstancePlan = serde_json::from_str(&job.plan)
            .map_err(|_| never(ApiError::new(ErrorCode::Invalid, "there is no plan that could be run")))?;
        let (seq, trigger) = (job.delivery_seq, job.trigger_id.clone());
        let (instance, trigger, delivery, contents, body) = actions
            .forwarder
            .store
            .read(move |db| {
                Ok((
                    pipelines::instance(db, &plan.instance_id)?,
                    triggers::get(db, &trigger)?,
                    deliveries::at(db, seq)?,
                    contents::get(db, seq)?,
                    contents::body(db, seq)?,
                ))
            })
            .await
            .map_err(unavailable)?;
        let mut instance = instance.ok_or_else(|| gone("the pipeline's instance"))?;
        let steps = read_steps(&instance.steps).map_err(never)?;
        let named = |step: &PipelineStep| StepState { name: step.name.clone(), ..StepState::default() };
        if instance.progress.len() != steps.len() {
            instance.progress = steps.iter().map(named).collect();
        }
        Ok(Self {
            actions,
            job,
            instance,
            steps,
            trigger: trigger.ok_or_else(|| gone("the trigger"))?,
            delivery: delivery.ok_or_else(|| gone("the delivery"))?,
            headers: contents.ok_or_else(|| gone("the delivery"))?.headers,
            body: Bytes::from(body.unwrap_or_default()),
        })
    }

    async fn go_on(&mut self) -> Result<Ran, Stopped> {
        for index in 0..self.steps.len() {
            let step = self.steps[index].clone();
            if self.over(index) {
                continue;
            }
            if self.actions.bounds.now().paused {
                return Ok(Ran::Later(self.actions.forwarder.clock.now()));
            }
            self.begin(index).await?;
            let mut log = StepLog::new(self.job.attempt, Arc::clone(&self.actions.forwarder.clock));
            let went = self.step(index, &step, &mut log).await;
            let log = self.told(&step, log.into_steps());
            match went {
                Went::Done(output) => self.end(index, StepStatus::Succeeded, output, None, log).await?,
                Went::Commit(effect) => {
                    if let Err(refusal) = self.commit(index, effect, log).await?
                        && let Some(ended) = self.failed(index, &step, refusal, Again::Never, Vec::new()).await?
                    {
                        return Ok(ended);
                    }
                }
                Went::Wait(due) => {
                    self.instance.progress[index].due_at = Some(due);
                    self.keep(log).await?;
                    return Ok(Ran::Later(due));
                }
                Went::SkipRest => {
                    self.end(index, StepStatus::Succeeded, json!(false), None, log).await?;
                    self.skip_after(index).await?;
                    break;
                }
                Went::Failed(error, again) => {
                    if let Some(ended) = self.failed(index, &step, error, again, log).await? {
                        return Ok(ended);
                    }
                }
            }
        }
        let result = json!({ "pipeline_instance_id": self.instance.id, "output": self.outputs() });
        Ok(Ran::Done(result.to_string()))
    }

    /// A step failed: what follows for the instance, if it does not go on at once.
    async fn failed(
        &mut self,
        index: usize,
        step: &PipelineStep,
        error: ApiError,
        again: Again,
        log: Vec<Step>,
    ) -> Result<Option<Ran>, Stopped> {
        if let Some(at) = self.again(index, again) {
            let state = &mut self.instance.progress[index];
            (state.status, state.error) = (StepStatus::Pending, Some(error));
            self.keep(log).await?;
            return Ok(Some(Ran::Later(at)));
        }
        self.end(index, StepStatus::Failed, Value::Null, Some(error.clone()), log).await?;
        let message = format!("step {} failed: {}", step.name, error.message);
        let ended = Ran::Failed(ApiError { message, ..error }, Again::Never);
        Ok(match step.on_failure {
            OnFailure::Stop => Some(ended),
            OnFailure::Continue => None,
        })
    }

    /// Whether a step is done with. One that failed and is not to stop the instance is; one at which it stopped is not.
    fn over(&self, index: usize) -> bool {
        match self.instance.progress[index].status {
            StepStatus::Succeeded | StepStatus::Skipped => true,
            StepStatus::Failed => self.steps[index].on_failure == OnFailure::Continue,
            StepStatus::Pending | StepStatus::Running | StepStatus::Interrupted => false,
        }
    }

    /// One try of one step.
    async fn step(&self, index: usize, step: &PipelineStep, log: &mut StepLog) -> Went {
        let work = match step.work() {
            Ok(work) => work,
            Err(error) => return Went::Failed(error, Again::Never),
        };
        match work {
            Work::Nothing => Went::Done(Value::Null),
            Work::Wait(wait) => {
                let now = self.actions.forwarder.clock.now();
                let due = self.instance.progress[index].due_at;
                let due = due.unwrap_or_else(|| now.plus_ms(i64::from(wait.seconds) * 1_000));
                if now >= due { Went::Done(Value::Null) } else { Went::Wait(due) }
            }
            Work::Condition(filter) => {
                let started = log.begin();
                let verdict = filter::evaluate(&filter, &self.scope());
                if verdict.passed {
                    log.went_well("condition", started, "It holds.", None);
                    return Went::Done(json!(true));
                }
                log.went_well("condition", started, format!("It does not hold: {}", verdict.reason), None);
                Went::SkipRest
            }
            Work::Act(action) => {
                let acting = self.act(index, &action, log);
                match step.timeout_s {
                    None => acting.await,
                    Some(seconds) => {
                        let limit = Duration::from_secs(seconds.into());
                        tokio::time::timeout(limit, acting).await.unwrap_or_else(|_| {
                            let words = format!("it did not end within {seconds} s");
                            Went::Failed(ApiError::new(ErrorCode::Upstream, words), Again::Never)
                        })
                    }
                }
            }
        }
    }

    /// An action as a step: planned with what the steps before gave, and run as any other.
    async fn act(&self, index: usize, action: &Action, log: &mut StepLog) -> Went {
        let ids = self.actions.ids.as_ref();
        let planned = plan_action(&self.trigger, action, 0, &self.scope(), Outside::Run, ids);
        match planned.effect {
            Planned::Impossible(error) => return Went::Failed(error, Again::Never),
            Planned::Skipped(reason) => {
                return Went::Failed(ApiError::new(ErrorCode::Unavailable, reason), Again::Never);
            }
            Planned::Task { .. }
            | Planned::Outside
            | Planned::Alert { .. }
            | Planned::Run(_)
            | Planned::Pipeline { .. }
            | Planned::Agent { .. } => {}
        }
        // The id is the idempotency key: of this step, the same for every try.
        let id = ExecutionId(format!("{}.{}", self.job.id, index + 1));
        let job = Job { id, action: planned.action, plan: planned.plan, ..self.job.clone() };
        match self.actions.perform(&job, log).await {
            Ran::Done(result) => Went::Done(output(&result)),
            Ran::Commit(effect) => Went::Commit(effect),
            Ran::Failed(error, again) => Went::Failed(error, again),
            Ran::Later(at) => Went::Wait(at),
        }
    }

    fn scope(&self) -> Scope<'_> {
        let variables = json!(self.instance.variables);
        let more = Map::from_iter([("variables".to_owned(), variables), ("steps".to_owned(), self.outputs())]);
        scope_of(&self.delivery, &self.headers, &self.body, &self.trigger).with(more)
    }

    /// `{"build": {"status": "succeeded", "output": …}, …}`
    fn outputs(&self) -> Value {
        let each = self.instance.progress.iter();
        each.map(|state| (state.name.clone(), json!({ "status": state.status, "output": state.output }))).collect()
    }

    /// When a step that failed is tried again, if it is.
    fn again(&self, index: usize, again: Again) -> Option<UnixMs> {
        let tries = self.instance.progress[index].attempts;
        let scheduled = *AGAIN_MS.get(usize::try_from(tries.saturating_sub(1)).ok()?)?;
        let wait = match again {
            Again::Never => return None,
            Again::OnSchedule => scheduled,
            Again::NotBefore(asked) if asked > RETRY_AFTER_MOST => return None,
            Again::NotBefore(asked) => scheduled.max(i64::try_from(asked.as_millis()).ok()?),
        };
        Some(self.actions.forwarder.clock.now().plus_ms(wait))
    }

    async fn begin(&mut self, index: usize) -> Result<(), Stopped> {
        let now = self.actions.forwarder.clock.now();
        let state = &mut self.instance.progress[index];
        state.started_at = state.started_at.filter(|_| state.status == StepStatus::Running).or(Some(now));
        (state.status, state.finished_at, state.error) = (StepStatus::Running, None, None);
        state.attempts += 1;
        self.keep(Vec::new()).await
    }

    async fn end(
        &mut self,
        index: usize,
        status: StepStatus,
        output: Value,
        error: Option<ApiError>,
        log: Vec<Step>,
    ) -> Result<(), Stopped> {
        let now = self.actions.forwarder.clock.now();
        let state = &mut self.instance.progress[index];
        (state.status, state.output, state.error, state.finished_at) = (status, output, error, Some(now));
        self.keep(log).await
    }

    /// A local effect, in the commit that ends its step: exactly once.
    async fn commit(&mut self, index: usize, effect: Effect, log: Vec<Step>) -> Result<Result<(), ApiError>, Stopped> {
        let now = self.actions.forwarder.clock.now();
        let (job, mut progress, id) = (self.job.clone(), self.instance.progress.clone(), self.instance.id.clone());
        let written = self.actions.forwarder.store.write(move |turn| {
            if !queue::is_leased(turn, &job)? {
                return Ok(Err(cancelled()));
            }
            let made = effect(turn)?;
            let state = &mut progress[index];
            (state.status, state.output, state.finished_at) = (StepStatus::Succeeded, output(&made.result), Some(now));
            pipelines::keep_progress(turn.db, &id, &progress)?;
            let row = queue::part_done(turn, &job, &log)?;
            Ok(Ok((progress, made.events, row)))
        });
        let (progress, events, row) = match written.await {
            Ok(Ok(written)) => written,
            Ok(Err(over)) => return Err((over, Again::Never)),
            Err(StoreError::Refused(refusal)) => return Ok(Err(refusal)),
            Err(other) => return Err(unavailable(other)),
        };
        self.instance.progress = progress;
        events.into_iter().chain(row.map(Event::Execution)).for_each(|event| self.tell(event));
        Ok(Ok(()))
    }

    async fn skip_after(&mut self, index: usize) -> Result<(), Stopped> {
        for state in &mut self.instance.progress[index + 1..] {
            state.status = StepStatus::Skipped;
        }
        self.keep(Vec::new()).await
    }

    /// Keeps where the steps stand, with the log of the one that ended.
    async fn keep(&self, log: Vec<Step>) -> Result<(), Stopped> {
        let (job, progress, id) = (self.job.clone(), self.instance.progress.clone(), self.instance.id.clone());
        let written = self.actions.forwarder.store.write(move |turn| {
            if !queue::is_leased(turn, &job)? {
                return Err(cancelled().into());
            }
            pipelines::keep_progress(turn.db, &id, &progress)?;
            queue::part_done(turn, &job, &log)
        });
        let row = written.await.map_err(unavailable)?;
        row.map(Event::Execution).into_iter().for_each(|event| self.tell(event));
        Ok(())
    }

    fn tell(&self, event: Event) {
        self.actions.live.tell(event);
    }

    /// The lines of a step, which say whose they are.
    fn told(&self, step: &PipelineStep, lines: Vec<Step>) -> Vec<Step> {
        lines.into_iter().map(|line| Step { words: format!("{}: {}", step.name, line.words), ..line }).collect()
    }
}

/// What a step gives to those after it: the `output` of its result, a text where that is all there is.
fn output(result: &str) -> Value {
    let mut result: Value = serde_json::from_str(result).unwrap_or(Value::Null);
    let output = match result.get_mut("output") {
        Some(output) => output.take(),
        None => result,
    };
    match output.as_object() {
        Some(members) if members.len() == 1 && members.contains_key("text") => members["text"].clone(),
        Some(_) | None => output,
    }
}

fn cancelled() -> ApiError {
    ApiError::new(ErrorCode::Conflict, "it was cancelled")
}

fn unavailable(error: StoreError) -> Stopped {
    (ApiError { code: ErrorCode::Unavailable, ..error.into() }, Again::OnSchedule)
}
