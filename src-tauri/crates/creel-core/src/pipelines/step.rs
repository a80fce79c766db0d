//! A step of a pipeline, and where it stands in an instance.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::WAIT_MOST_S;
use crate::actions::{Action, CreateTask, ExecuteTool, Forward, Notify, SpawnAgent};
use crate::clock::UnixMs;
use crate::error::ApiError;
use crate::filter::{self, Filter};
use crate::template::ROOTS;

/// What a step can name besides the delivery.
const OWN_ROOTS: [&str; 2] = ["variables", "steps"];
/// Longest name: it stands in templates.
const NAME_MOST: usize = 64;
/// Longest time of one step in seconds.
const TIMEOUT_MOST_S: u32 = 86_400;

/// One step: a name and at most one thing to do. Texts are templates over the delivery, `{{variables.name}}` and
/// `{{steps.name.output}}` of the steps before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(deny_unknown_fields)]
#[ts(export, optional_fields)]
pub struct PipelineStep {
    /// `[A-Za-z0-9_-]{1,64}`, another one for every step.
    pub name: String,
    /// Makes a task.
    #[serde(default)]
    pub task: Option<CreateTask>,
    /// Gives an agent a prompt.
    #[serde(default)]
    pub agent: Option<SpawnAgent>,
    /// Sends a message.
    #[serde(default)]
    pub notify: Option<Notify>,
    /// Sends a request.
    #[serde(default)]
    pub forward: Option<Forward>,
    /// Runs a tool.
    #[serde(default)]
    pub tool: Option<ExecuteTool>,
    /// Waits.
    #[serde(default)]
    pub wait: Option<Wait>,
    /// Goes on only where this holds; else the rest is skipped.
    #[serde(default)]
    pub condition: Option<Filter>,
    /// What follows when it fails.
    #[serde(default)]
    pub on_failure: OnFailure,
    /// Seconds until it counts as failed, 1 to 86,400; none: the time that its work has anyway.
    #[serde(default)]
    pub timeout_s: Option<u32>,
}

/// A pause between two steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(deny_unknown_fields)]
#[ts(export)]
pub struct Wait {
    /// Seconds, at most a day.
    pub seconds: u32,
}

/// What follows when a step fails.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "lowercase")]
#[ts(export)]
pub enum OnFailure {
    /// The instance fails.
    #[default]
    Stop,
    /// The next step runs.
    Continue,
}

/// What a step does.
#[derive(Clone, Debug)]
pub enum Work {
    /// An action.
    Act(Box<Action>),
    /// A pause.
    Wait(Wait),
    /// A question.
    Condition(Filter),
    /// Nothing: a heading.
    Nothing,
}

/// Where a step stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
#[ts(export)]
pub enum StepStatus {
    /// Its turn has not come, or it is tried again.
    #[default]
    Pending,
    /// It runs, or waits for its time.
    Running,
    /// Done.
    Succeeded,
    /// Not done.
    Failed,
    /// A condition before it did not hold.
    Skipped,
    /// Creel ended, or the user stopped it, while it ran.
    Interrupted,
}

/// A step of an instance.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct StepState {
    /// Its name.
    pub name: String,
    /// Where it stands.
    pub status: StepStatus,
    /// How often it was tried.
    pub attempts: u32,
    /// When it began.
    pub started_at: Option<UnixMs>,
    /// When it ended.
    pub finished_at: Option<UnixMs>,
    /// When a pause is over.
    pub due_at: Option<UnixMs>,
    /// What it gave: `{{steps.name.output}}`.
    #[ts(type = "unknown")]
    #[schema(value_type = Option<Object>)]
    pub output: Value,
    /// What went wrong.
    pub error: Option<ApiError>,
}

impl StepState {
    /// Nothing runs it any more.
    pub fn interrupt(&mut self) {
        if self.status == StepStatus::Running {
            self.status = StepStatus::Interrupted;
        }
    }
}

impl PipelineStep {
    /// What it does; more than one thing is refused.
    pub fn work(&self) -> Result<Work, ApiError> {
        let act = |action| Work::Act(Box::new(action));
        let all = [
            self.task.clone().map(|config| act(Action::CreateTask(config))),
            self.agent.clone().map(|config| act(Action::SpawnAgent(config))),
            self.notify.clone().map(|config| act(Action::Notify(config))),
            self.forward.clone().map(|config| act(Action::Forward(config))),
            self.tool.clone().map(|config| act(Action::ExecuteTool(config))),
            self.wait.map(Work::Wait),
            self.condition.clone().map(Work::Condition),
        ];
        let mut given = all.into_iter().flatten();
        match (given.next(), given.next()) {
            (work, None) => Ok(work.unwrap_or(Work::Nothing)),
            (_, Some(_)) => Err(ApiError::invalid("", "it has more than one thing to do")),
        }
    }

    /// The key of the scheme that it signs with, where it signs.
    pub fn signs_with(&self) -> Option<String> {
        match self.work().ok()? {
            Work::Act(action) => action.signs_with().map(str::to_owned),
            Work::Condition(_) | Work::Wait(_) | Work::Nothing => None,
        }
    }

    fn validate(&self) -> Result<(), ApiError> {
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        if self.name.is_empty() || self.name.len() > NAME_MOST || !self.name.chars().all(plain) {
            let words = format!("the name \"{}\" is not 1 to {NAME_MOST} letters, digits, _ or -", self.name);
            return Err(ApiError::invalid("name", words));
        }
        if let Some(seconds) = self.timeout_s.filter(|seconds| !(1..=TIMEOUT_MOST_S).contains(seconds)) {
            return Err(ApiError::invalid("timeout_s", format!("{seconds} is not between 1 and {TIMEOUT_MOST_S}")));
        }
        match self.work()? {
            Work::Act(action) => action.validate(),
            Work::Condition(filter) => filter::validate_over(&filter, "condition", &[&ROOTS[..], &OWN_ROOTS].concat()),
            Work::Wait(wait) if wait.seconds > WAIT_MOST_S => {
                Err(ApiError::invalid("wait.seconds", format!("{} is more than {WAIT_MOST_S}", wait.seconds)))
            }
            Work::Wait(_) | Work::Nothing => Ok(()),
        }
    }
}

/// The steps of a pipeline as they are kept. The error names the step by its number and the field in it.
pub fn read_steps(steps: &[Value]) -> Result<Vec<PipelineStep>, ApiError> {
    let mut names = HashSet::new();
    let read = |(index, value): (usize, &Value)| {
        let at = |error: ApiError| {
            let field = error.field.as_deref().filter(|field| !field.is_empty());
            let field = field.map_or_else(|| format!("steps.{index}"), |field| format!("steps.{index}.{field}"));
            ApiError { field: Some(field), message: format!("step {}: {}", index + 1, error.message), ..error }
        };
        let step = PipelineStep::deserialize(value).map_err(|error| at(ApiError::invalid("", error.to_string())))?;
        step.validate().map_err(at)?;
        if !names.insert(step.name.clone()) {
            return Err(at(ApiError::invalid("name", format!("there is a \"{}\" before it", step.name))));
        }
        Ok(step)
    };
    steps.iter().enumerate().map(read).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_step_that_cannot_run_is_named_with_its_field() {
        let good = json!({ "name": "build" });
        for (step, field, words) in [
            (json!({}), "steps.1", "step 2: missing field `name`"),
            (json!({ "name": "a b" }), "steps.1.name", "is not 1 to 64 letters"),
            (json!({ "name": "build" }), "steps.1.name", "there is a \"build\" before it"),
            (json!({ "name": "a", "with": 1 }), "steps.1", "unknown field `with`"),
            (json!({ "name": "a", "wait": { "seconds": 1 }, "condition": {} }), "steps.1", "more than one thing"),
            (json!({ "name": "a", "wait": { "seconds": 90_000 } }), "steps.1.wait.seconds", "is more than 86400"),
            (json!({ "name": "a", "timeout_s": 0 }), "steps.1.timeout_s", "0 is not between"),
            (json!({ "name": "a", "tool": { "tool": "x", "action": "y" } }), "steps.1.tool", "there is no tool x y"),
        ] {
            let error = read_steps(&[good.clone(), step]).unwrap_err();
            assert_eq!(error.field.as_deref(), Some(field), "{error:?}");
            assert!(error.message.contains(words), "{error:?}");
        }
    }
}
