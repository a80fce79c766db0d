//! What a delivery sets off, in its commit: local effects happen now, outside ones are queued.

use crate::actions::{ActionKind, Effect, NOTIFY_ATTEMPTS, NotifyPlan, Planned};
use crate::alerts::{AlertPlan, How};
use crate::clock::UnixMs;
use crate::contracts::Made;
use crate::delivery::Delivery;
use crate::events::Event;
use crate::execution::{Execution, ExecutionStatus};
use crate::ids::ExecutionId;
use crate::receive::Answered;
use crate::store::executions::NewExecution;
use crate::store::{StoreError, Turn, channels};
use crate::trigger::Trigger;

/// What the local effects of one delivery made.
#[derive(Default)]
pub struct Effects {
    /// Rows of the queue and of what is done already.
    pub executions: Vec<NewExecution>,
    /// What is told after the commit.
    pub events: Vec<Event>,
    /// Who listens, or with which key, is not what it was: it is read anew before the answer goes out.
    pub changes_listeners: bool,
    /// What is written down as answered, where the answer holds a secret.
    pub kept_answer: Option<Answered>,
}

/// Does a local effect now and queues an outside one. What a local effect made comes back.
pub fn run_local(
    turn: &mut Turn<'_>,
    delivery: &Delivery,
    trigger: &Trigger,
    planned: Planned,
    made: &mut Effects,
) -> Result<Option<Made>, StoreError> {
    let mut execution = queued(turn, delivery, trigger, &planned);
    let mut impossible = None;
    let outcome = match planned.effect {
        Effect::Task { id, plan } => Some(crate::actions::make_task(turn, id, plan, delivery, &mut made.events)?),
        Effect::Alert { plan, tell } => Some(raise(turn, delivery, &execution, (plan, tell), made)?),
        Effect::Run(plan) => Some(crate::actions::run_task(turn, *plan, delivery, &mut made.events)?),
        Effect::Pipeline { plan, held } => {
            if let Some(reason) = held {
                skip(&mut execution, reason.to_owned(), turn.now);
            }
            Some(crate::actions::instantiate_pipeline(turn, &mut execution, plan, delivery)?)
        }
        Effect::Agent { plan, held } => {
            if let Some(reason) = held {
                skip(&mut execution, reason.to_owned(), turn.now);
            }
            Some(crate::actions::run_agent(turn, &mut execution, plan, delivery)?)
        }
        Effect::Outside => None,
        Effect::Skipped(reason) => {
            skip(&mut execution, reason, turn.now);
            None
        }
        Effect::Impossible(error) => {
            let reason = error.to_string();
            impossible = Some(error);
            Some(Made::Failed(reason))
        }
    };
    let mut result = None;
    if let Some(made_now) = &outcome {
        let end = made_as_result(made_now).map(|made| result = Some(made.to_string()));
        if end.is_err() || !made_now.goes_on() {
            finish(&mut execution, turn.now, end.map(|()| ExecutionStatus::Succeeded));
        }
        execution.error = impossible.or(execution.error);
    }
    made.executions.push(NewExecution { execution, delivery_seq: delivery.seq, plan: planned.plan, result });
    Ok(outcome)
}

/// Raises the alert, and queues its message where a channel wants that severity: once for each time that it opens.
fn raise(
    turn: &mut Turn<'_>,
    delivery: &Delivery,
    execution: &Execution,
    (plan, tell): (AlertPlan, Option<ExecutionId>),
    made: &mut Effects,
) -> Result<Made, StoreError> {
    let (title, severity) = (plan.title.clone(), plan.severity);
    let raised = crate::actions::raise_alert(turn, plan, delivery, &mut made.events)?;
    if let (Made::Alert { how: How::Created | How::Reopened, .. }, Some(id)) = (&raised, tell)
        && channels::wants(turn.db, severity)?
    {
        let text = format!("[{}] {title}", crate::store::words::word(&severity));
        let told = follow_up(turn, execution, id, &NotifyPlan::of_alert(text, severity));
        made.executions.push(NewExecution { delivery_seq: delivery.seq, ..told });
    }
    Ok(raised)
}

/// A message that follows from an execution: an execution of its own, of the same delivery and trigger.
pub fn follow_up(turn: &mut Turn<'_>, from: &Execution, id: ExecutionId, plan: &NotifyPlan) -> NewExecution {
    let execution = Execution {
        id,
        seq: turn.next.take_execution(),
        action: ActionKind::Notify,
        summary: plan.message.lines().next().unwrap_or_default().chars().take(120).collect(),
        status: ExecutionStatus::Queued,
        attempts: 0,
        max_attempts: NOTIFY_ATTEMPTS,
        next_at: None,
        created_at: turn.now,
        started_at: None,
        finished_at: None,
        error: None,
        ..from.clone()
    };
    let plan = serde_json::to_string(plan).unwrap_or_default();
    NewExecution { execution, delivery_seq: 0, plan, result: None }
}

fn skip(execution: &mut Execution, reason: String, now: UnixMs) {
    execution.status = ExecutionStatus::Skipped;
    execution.error = Some(crate::error::ApiError::new(crate::error::ErrorCode::Forbidden, reason));
    execution.finished_at = Some(now);
}

/// What a local effect made, as its execution keeps it; else why it made nothing.
fn made_as_result(made: &Made) -> Result<serde_json::Value, String> {
    match made {
        Made::Task { id, .. } => Ok(serde_json::json!({ "task_id": id })),
        Made::Alert { id, .. } => Ok(serde_json::json!({ "alert_id": id })),
        Made::Run { task, .. } => Ok(serde_json::json!({ "task": task })),
        Made::Pipeline { id, .. } => Ok(serde_json::json!({ "pipeline_instance_id": id })),
        Made::AgentExecution(run) => Ok(serde_json::json!({ "execution_id": run.id })),
        Made::OverQuota { .. } => Err(QUOTA_USED_UP.to_owned()),
        Made::Failed(reason) => Err(reason.clone()),
    }
}

pub(super) const QUOTA_USED_UP: &str = "the month's quota of alerts is used up";

fn finish(execution: &mut Execution, now: UnixMs, end: Result<ExecutionStatus, String>) {
    execution.attempts = 1;
    execution.started_at = Some(now);
    execution.finished_at = Some(now);
    match end {
        Ok(status) => execution.status = status,
        Err(reason) => {
            execution.status = ExecutionStatus::Failed;
            execution.error = Some(crate::error::ApiError::new(crate::error::ErrorCode::Invalid, reason));
        }
    }
}

fn queued(turn: &mut Turn<'_>, delivery: &Delivery, trigger: &Trigger, planned: &Planned) -> Execution {
    Execution {
        id: planned.id.clone(),
        seq: turn.next.take_execution(),
        delivery_id: delivery.id.clone(),
        trigger_id: trigger.id.clone(),
        trigger_name: trigger.name.clone(),
        position: planned.position,
        action: planned.action,
        summary: planned.summary.clone(),
        status: ExecutionStatus::Queued,
        attempts: 0,
        max_attempts: planned.max_attempts,
        next_at: None,
        created_at: turn.now,
        started_at: None,
        finished_at: None,
        error: None,
    }
}
