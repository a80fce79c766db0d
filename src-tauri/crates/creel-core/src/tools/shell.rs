//! `shell execute`: a command of the trigger's owner, approved once, and again when it changes.

use std::time::Duration;

use bytes::Bytes;
use serde_json::{Map, Value, json};

use super::run::ToolRunner;
use super::shell_text::shell_text;
use super::{Running, Tool, fill, fits, program, text};
use crate::api::preview::PreviewPart;
use crate::error::ApiError;
use crate::execute::StepLog;
use crate::process::Work;
use crate::store::queue::Job;
use crate::template::{Scope, Template};
use crate::trigger::Trigger;

/// Longest value of one variable: what Linux takes is 128 KiB with its name (`trust.md` 5.4).
const VALUE_MOST: usize = 100 * 1024;
/// Seconds, unless the trigger says otherwise.
const TIMEOUT_S: u64 = 60;

/// The tool.
pub struct Shell;

impl Tool for Shell {
    fn id(&self) -> (&'static str, &'static str) {
        ("shell", "execute")
    }

    fn about(&self) -> &'static str {
        "runs a command; values of the delivery reach it as variables, the body on its standard input"
    }

    fn schema(&self) -> Value {
        json!({ "type": "object", "required": ["command"], "additionalProperties": false, "properties": {
            "command": { "type": "string", "minLength": 1, "maxLength": 16_384, "pattern": "^[^\u{0}]*$",
                "format": "lines", "description":
                "Read by sh. A placeholder becomes a variable whose value stays one word; the body is on its input." },
            "timeout_s": { "type": "integer", "minimum": 1, "maximum": 3_600,
                "description": "Seconds until it is stopped; 60 unless you say otherwise." } } })
    }

    /// The command's text with variables in it, and their values beside it.
    fn plan(&self, params: &Map<String, Value>, scope: &Scope<'_>, trigger: &Trigger) -> Result<Value, ApiError> {
        fits(self.schema(), &Value::Object(params.clone()))?;
        let source = params["command"].as_str().unwrap_or_default();
        let shell = shell_text(source);
        let mut environment = Map::new();
        for (name, path) in &shell.variables {
            let value = Template::parse(format!("{{{{{path}}}}}")).render(scope, trigger.missing).text;
            if value.len() > VALUE_MOST {
                let words =
                    format!("the value of {path} has {} bytes; a variable has at most {VALUE_MOST}", value.len());
                return Err(ApiError::invalid("params", words).hint("read the body from standard input"));
            }
            environment.insert(name.clone(), Value::String(value));
        }
        let fixed: Map<String, Value> = params.iter().filter(|(name, _)| *name != "command").map(own).collect();
        let mut plan = fill(&fixed, scope, trigger);
        plan["command"] = Value::String(shell.command);
        plan["environment"] = Value::Object(environment);
        Ok(plan)
    }

    fn summary(&self, plan: &Value) -> String {
        format!("$ {}", text(plan, "command"))
    }

    fn shown(&self, plan: &Value, scope: &Scope<'_>) -> Vec<PreviewPart> {
        let own = ["CREEL_DELIVERY_ID", "CREEL_TRIGGER_ID", "CREEL_EXECUTION_ID"].join(", ");
        let values = plan["environment"].as_object().into_iter().flatten();
        let lines = values.map(|(name, value)| format!("{name}={}\n", value.as_str().unwrap_or_default()));
        let input = match std::str::from_utf8(scope.body()) {
            Ok(text) => text.to_owned(),
            Err(_) => format!("({} bytes that are not text)", scope.body().len()),
        };
        let seconds = plan["timeout_s"].as_u64().unwrap_or(TIMEOUT_S);
        vec![
            PreviewPart::new("command", text(plan, "command")),
            PreviewPart::new("environment", &format!("{}and {own}", lines.collect::<String>())),
            PreviewPart::new("standard input", &input),
            PreviewPart::new("stopped after", &format!("{seconds} s")),
        ]
    }

    fn command(&self, plan: &Value) -> Option<String> {
        Some(text(plan, "command").to_owned())
    }

    fn run<'a>(&'a self, at: &'a ToolRunner<'a>, job: &'a Job, plan: &'a Value, log: &'a mut StepLog) -> Running<'a> {
        Box::pin(async move {
            let command = text(plan, "command");
            let mut environment: Vec<(String, String)> = vec![
                ("CREEL_DELIVERY_ID".to_owned(), job.delivery_id.to_string()),
                ("CREEL_TRIGGER_ID".to_owned(), job.trigger_id.to_string()),
                ("CREEL_EXECUTION_ID".to_owned(), job.id.to_string()),
            ];
            let values = plan["environment"].as_object().into_iter().flatten();
            environment
                .extend(values.map(|(name, value)| (name.clone(), value.as_str().unwrap_or_default().to_owned())));
            let work = Work {
                program: "sh".to_owned(),
                arguments: vec!["-c".to_owned(), command.to_owned()],
                environment,
                input: Bytes::from(at.body(job).await?),
                folder: None,
                timeout: Duration::from_secs(plan["timeout_s"].as_u64().unwrap_or(TIMEOUT_S)),
            };
            program::start(at, job, work, Some(command), log).await
        })
    }
}

fn own((name, value): (&String, &Value)) -> (String, Value) {
    (name.clone(), value.clone())
}
