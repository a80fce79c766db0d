//! The tools of `execute_tool`. Each says what parameters it takes, makes its plan from a delivery, and runs the plan.
//!
//! To add a tool: a file here with its [`Tool`], and a line in [`ALL`].

mod append_file;
mod files;
mod git_pull;
mod http_request;
mod open_url;
mod program;
mod reread;
mod run;
mod shell;
mod shell_text;
mod shell_words;
mod write_file;

use std::future::Future;
use std::pin::Pin;

use serde_json::{Map, Value};

use crate::actions::wire::Stopped;
use crate::api::preview::PreviewPart;
use crate::error::ApiError;
use crate::execute::StepLog;
use crate::input_schema::InputSchema;
use crate::store::queue::Job;
use crate::template::{Scope, Template};
use crate::trigger::Trigger;

pub use reread::{Reread, reread};
pub use run::ToolRunner;

/// What a tool does when it runs: the result as JSON, with what following steps may use under `output`.
pub type Running<'a> = Pin<Box<dyn Future<Output = Result<Value, Stopped>> + Send + 'a>>;

/// One tool.
pub trait Tool: Sync {
    /// Its name and what it does: `("shell", "execute")`.
    fn id(&self) -> (&'static str, &'static str);

    /// In a few words, for people.
    fn about(&self) -> &'static str;

    /// JSON Schema of its parameters.
    fn schema(&self) -> Value;

    /// What is wrong with parameters that fit the schema, before there is a delivery.
    fn check(&self, _: &Map<String, Value>) -> Result<(), ApiError> {
        Ok(())
    }

    /// The parameters for one delivery: what [`Tool::run`] gets.
    fn plan(&self, params: &Map<String, Value>, scope: &Scope<'_>, trigger: &Trigger) -> Result<Value, ApiError> {
        let filled = fill(params, scope, trigger);
        fits(self.schema(), &filled)?;
        Ok(filled)
    }

    /// In a few words, for the row: `shell execute`, and of what.
    fn summary(&self, plan: &Value) -> String;

    /// What exactly would happen, piece by piece: the texts of the plan, unless the tool knows better.
    fn shown(&self, plan: &Value, _: &Scope<'_>) -> Vec<PreviewPart> {
        let members = plan.as_object().into_iter().flatten();
        members.filter_map(|(name, value)| Some(PreviewPart::new(name, value.as_str()?))).collect()
    }

    /// The command as the user approves it; `None`: it needs no approval.
    fn command(&self, _: &Value) -> Option<String> {
        None
    }

    /// Runs the plan.
    fn run<'a>(&'a self, at: &'a ToolRunner<'a>, job: &'a Job, plan: &'a Value, log: &'a mut StepLog) -> Running<'a>;
}

/// All tools.
pub const ALL: [&dyn Tool; 6] = [
    &shell::Shell,
    &http_request::HttpRequest,
    &append_file::AppendFile,
    &write_file::WriteFile,
    &git_pull::GitPull,
    &open_url::OpenUrl,
];

/// The tool of this name.
pub fn find(tool: &str, action: &str) -> Result<&'static dyn Tool, ApiError> {
    ALL.into_iter().find(|one| one.id() == (tool, action)).ok_or_else(|| {
        let known: Vec<String> = ALL.iter().map(|one| format!("{} {}", one.id().0, one.id().1)).collect();
        ApiError::invalid("tool", format!("there is no tool {tool} {action}; there are {}", known.join(", ")))
    })
}

/// Whether parameters fit; the error names the first that does not.
pub fn fits(schema: Value, params: &Value) -> Result<(), ApiError> {
    let misfit = InputSchema::read(&schema)?.misfit(params);
    misfit.map_or(Ok(()), |words| Err(ApiError::invalid("params", words)))
}

/// Every text with its placeholders filled; what is put in is never read as JSON or as a template again.
pub fn fill(params: &Map<String, Value>, scope: &Scope<'_>, trigger: &Trigger) -> Value {
    Value::Object(params.iter().map(|(name, value)| (name.clone(), filled(value, scope, trigger))).collect())
}

fn filled(value: &Value, scope: &Scope<'_>, trigger: &Trigger) -> Value {
    match value {
        Value::String(text) => Value::String(Template::parse(text).render(scope, trigger.missing).text),
        Value::Array(items) => items.iter().map(|item| filled(item, scope, trigger)).collect(),
        Value::Object(members) => fill(members, scope, trigger),
        Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
    }
}

/// A parameter as text; the schema has seen that it is one.
fn text<'v>(plan: &'v Value, name: &str) -> &'v str {
    plan[name].as_str().unwrap_or_default()
}
