//! `git pull`: brings a working copy on this machine up to date, fast-forward only. Its path is the owner's, never a
//! delivery's: pulling runs what the repository's hooks say.

use std::path::Path;
use std::time::Duration;

use bytes::Bytes;
use serde_json::{Map, Value, json};

use super::run::ToolRunner;
use super::{Running, Tool, program, text};
use crate::api::preview::PreviewPart;
use crate::error::ApiError;
use crate::execute::StepLog;
use crate::process::Work;
use crate::store::queue::Job;
use crate::template::Scope;

/// A pull over a slow line.
const TIMEOUT: Duration = Duration::from_secs(300);

/// The tool.
pub struct GitPull;

impl Tool for GitPull {
    fn id(&self) -> (&'static str, &'static str) {
        ("git", "pull")
    }

    fn about(&self) -> &'static str {
        "pulls a working copy, fast-forward only"
    }

    fn schema(&self) -> Value {
        json!({ "type": "object", "required": ["path"], "additionalProperties": false,
            "properties": { "path": { "type": "string", "minLength": 1, "maxLength": 4_096,
                "description": "The working copy, as an absolute path; no placeholders." } } })
    }

    fn check(&self, params: &Map<String, Value>) -> Result<(), ApiError> {
        let path = params["path"].as_str().unwrap_or_default();
        if path.contains("{{") || path.contains('\0') {
            return Err(ApiError::invalid("params.path", "the path of a working copy holds no placeholder"));
        }
        match Path::new(path).is_absolute() {
            true => Ok(()),
            false => Err(ApiError::invalid("params.path", format!("\"{path}\" does not begin at the root"))),
        }
    }

    fn summary(&self, plan: &Value) -> String {
        format!("git pull in {}", text(plan, "path"))
    }

    fn shown(&self, plan: &Value, _: &Scope<'_>) -> Vec<PreviewPart> {
        self.command(plan).map(|command| PreviewPart::new("command", &command)).into_iter().collect()
    }

    fn command(&self, plan: &Value) -> Option<String> {
        Some(format!("git -C {} pull --ff-only", text(plan, "path")))
    }

    fn run<'a>(&'a self, at: &'a ToolRunner<'a>, job: &'a Job, plan: &'a Value, log: &'a mut StepLog) -> Running<'a> {
        Box::pin(async move {
            let path = text(plan, "path");
            let arguments = ["-C", path, "pull", "--ff-only"].map(str::to_owned).to_vec();
            let work = Work {
                program: "git".to_owned(),
                arguments,
                // Nobody is there to type a password.
                environment: vec![("GIT_TERMINAL_PROMPT".to_owned(), "0".to_owned())],
                input: Bytes::new(),
                folder: None,
                timeout: TIMEOUT,
            };
            program::start(at, job, work, self.command(plan).as_deref(), log).await
        })
    }
}
