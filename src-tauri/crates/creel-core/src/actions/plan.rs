//! From a trigger's actions to what is to be done for one delivery: templates resolved, nothing done yet.

use crate::actions::{Action, ActionKind, InstancePlan, RunAgentPlan, RunPlan, TaskPlan};
use crate::alerts::AlertPlan;
use crate::contracts::Made;
use crate::delivery::Delivery;
use crate::error::ApiError;
use crate::events::Event;
use crate::ids::{AgentExecutionId, ExecutionId, Ids, PipelineInstanceId, TaskId};
use crate::store::{StoreError, Turn, lists, tasks};
use crate::task::{Task, TaskStatus};
use crate::template::Scope;
use crate::trigger::Trigger;

/// One action of one delivery, ready to be committed.
#[derive(Debug)]
pub struct Planned {
    /// Id of its execution.
    pub id: ExecutionId,
    /// Which of the trigger's actions, from 0.
    pub position: u32,
    /// Which action.
    pub action: ActionKind,
    /// In a few words.
    pub summary: String,
    /// What it is to do, as JSON text.
    pub plan: String,
    /// Most attempts.
    pub max_attempts: u32,
    /// What is to happen at the commit.
    pub effect: Effect,
}

/// What happens at the commit.
#[derive(Debug)]
pub enum Effect {
    /// A task is made now.
    Task {
        /// Its id.
        id: TaskId,
        /// What it says.
        plan: TaskPlan,
    },
    /// An alert is raised now, or gets one occurrence more.
    Alert {
        /// What it says.
        plan: AlertPlan,
        /// The execution that tells the channels of it; `None`: nothing leaves this machine.
        tell: Option<ExecutionId>,
    },
    /// A run task is made now.
    Run(Box<RunPlan>),
    /// An instance of a pipeline is written now, and its run queued.
    Pipeline {
        /// Of what, with which variables.
        plan: InstancePlan,
        /// Why the run waits for the user instead.
        held: Option<&'static str>,
    },
    /// An execution of an agent is written now, and its run queued.
    Agent {
        /// Who runs with what.
        plan: RunAgentPlan,
        /// Why the run waits for the user instead.
        held: Option<&'static str>,
    },
    /// It is queued.
    Outside,
    /// It is written down and not run, with the reason.
    Skipped(String),
    /// It cannot be done, with the error.
    Impossible(ApiError),
}

/// Why outside effects are not run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outside {
    /// They run.
    Run,
    /// The trigger or the app is on "capture only".
    CaptureOnly,
    /// The endpoint checks no signature.
    Unsigned,
    /// A replay whose outside effects were not ticked.
    ReplayHere,
}

impl Outside {
    /// Why they do not run; `None`: they do.
    pub fn reason(self) -> Option<&'static str> {
        match self {
            Self::Run => None,
            Self::CaptureOnly => Some("capture only is on: planned, not run"),
            Self::Unsigned => Some("the trigger checks no signature, so nothing leaves this machine"),
            Self::ReplayHere => Some("outside effects were not asked for: planned, not run"),
        }
    }
}

/// Plans every action of `trigger` for the delivery in `scope`.
pub fn plan(trigger: &Trigger, scope: &Scope<'_>, outside: Outside, ids: &dyn Ids) -> Vec<Planned> {
    let each = trigger.actions.iter().zip(0u32..);
    each.map(|(action, position)| plan_action(trigger, action, position, scope, outside, ids)).collect()
}

/// Plans one action: also a step of a pipeline.
pub fn plan_action(
    trigger: &Trigger,
    action: &Action,
    position: u32,
    scope: &Scope<'_>,
    outside: Outside,
    ids: &dyn Ids,
) -> Planned {
    let (summary, plan, max_attempts, effect) = match action {
        Action::CreateTask(config) => {
            let plan = config.plan(scope, trigger.missing);
            (plan.title.clone(), json(&plan), 1, Effect::Task { id: TaskId::new(ids), plan })
        }
        Action::Forward(config) => match config.plan(scope, trigger) {
            Ok(plan) => {
                let effect = outside.reason().map_or(Effect::Outside, |reason| Effect::Skipped(reason.to_owned()));
                (plan.summary(), json(&plan), config.max_attempts, effect)
            }
            Err(error) => (format!("{} {}", config.method, config.url), json(config), 1, Effect::Impossible(error)),
        },
        Action::InstantiatePipeline(config) => {
            let plan = config.plan(scope, trigger.missing, PipelineInstanceId::new(ids));
            let summary = format!("pipeline {}", plan.pipeline_id);
            (summary, json(&plan), 1, Effect::Pipeline { plan, held: outside.reason() })
        }
        Action::RunAgent(config) => {
            let plan = config.plan(scope, trigger.missing, AgentExecutionId::new(ids));
            let summary = format!("agent {}", plan.agent_id);
            (summary, json(&plan), AGENT_ATTEMPTS, Effect::Agent { plan, held: outside.reason() })
        }
        Action::SpawnAgent(config) => {
            let plan = config.plan(scope, trigger.missing);
            (first_line(&plan.prompt), json(&plan), AGENT_ATTEMPTS, queued(outside))
        }
        Action::Notify(config) => match config.plan(scope, trigger.missing) {
            Ok(plan) => {
                let reason = outside.reason().or_else(|| config.nobody());
                let effect = reason.map_or(Effect::Outside, |reason| Effect::Skipped(reason.to_owned()));
                (first_line(&plan.message), json(&plan), NOTIFY_ATTEMPTS, effect)
            }
            Err(error) => ("notify".to_owned(), json(config), 1, Effect::Impossible(error)),
        },
        Action::ExecuteTool(config) => match config.plan(scope, trigger) {
            Ok((plan, summary)) => (cut(&summary), json(&plan), TOOL_ATTEMPTS, queued(outside)),
            Err(error) => (format!("{} {}", config.tool, config.action), json(config), 1, Effect::Impossible(error)),
        },
    };
    Planned { id: ExecutionId::new(ids), position, action: action.kind(), summary, plan, max_attempts, effect }
}

/// An outside effect: queued, or written down with the reason why not.
fn queued(outside: Outside) -> Effect {
    outside.reason().map_or(Effect::Outside, |reason| Effect::Skipped(reason.to_owned()))
}

/// Enough of a text for a row.
fn first_line(text: &str) -> String {
    cut(text.trim().lines().next().unwrap_or_default())
}

fn cut(text: &str) -> String {
    text.chars().take(SUMMARY_MOST).collect()
}

/// Most attempts of a message: after half an hour it is old news.
pub const NOTIFY_ATTEMPTS: u32 = 5;

/// Most attempts of a tool; only a request is tried again.
const TOOL_ATTEMPTS: u32 = 4;

/// Most attempts of an agent: a model's server that is overloaded recovers in minutes or not today. Only what did no work
/// is tried again.
const AGENT_ATTEMPTS: u32 = 4;

/// Characters of a row's summary.
const SUMMARY_MOST: usize = 120;

fn json<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// Makes the task in the open transaction. An unknown list is a failure of the action, not of the commit.
pub fn make_task(
    turn: &mut Turn<'_>,
    id: TaskId,
    plan: TaskPlan,
    delivery: &Delivery,
    told: &mut Vec<Event>,
) -> Result<Made, StoreError> {
    if !lists::exists(turn.db, &plan.list_id)? {
        return Ok(Made::Failed(format!("list {} does not exist any more", plan.list_id)));
    }
    let task = Task {
        id,
        seq: turn.next.take_task(),
        list_id: plan.list_id,
        title: plan.title,
        description: plan.description,
        assignees: plan.assignees,
        priority: plan.priority,
        tags: plan.tags,
        status: TaskStatus::Open,
        source_delivery: Some(delivery.id.clone()),
        created_at: turn.now,
        updated_at: turn.now,
    };
    tasks::put(turn.db, &task)?;
    let result = Made::Task { id: task.id.clone(), title: task.title.clone(), list: task.list_id.clone() };
    told.push(Event::Task(task.id));
    Ok(result)
}
