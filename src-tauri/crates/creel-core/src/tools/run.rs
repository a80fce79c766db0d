//! Running a tool: from a queued plan to its result.

use std::path::PathBuf;
use std::sync::Arc;

use serde_json::Value;

use super::find;
use crate::actions::wire::Stopped;
use crate::actions::{Forwarder, ToolPlan};
use crate::error::{ApiError, ErrorCode};
use crate::execute::{Again, Live, Ran, StepLog};
use crate::settings::Settings;
use crate::store::queue::{self, Job};
use crate::store::{StoreError, approvals, contents, meta};

/// Runs tools.
pub struct ToolRunner<'a> {
    /// Store, clock, names and bounds, as forwards have them.
    pub forwarder: &'a Forwarder,
    /// Who hears output as it comes.
    pub live: &'a Arc<Live>,
}

impl ToolRunner<'_> {
    /// One attempt.
    pub async fn run(&self, job: &Job, log: &mut StepLog) -> Ran {
        let Ok(plan) = serde_json::from_str::<ToolPlan>(&job.plan) else {
            let error = ApiError::new(ErrorCode::Invalid, "there is no plan that could be run");
            return Ran::Failed(error.hint("replay the delivery instead"), Again::Never);
        };
        let tool = match find(&plan.tool, &plan.action) {
            Ok(tool) => tool,
            Err(error) => return Ran::Failed(error, Again::Never),
        };
        match tool.run(self, job, &plan.params, log).await {
            Ok(result) => Ran::Done(result.to_string()),
            Err((error, again)) => Ran::Failed(error, again),
        }
    }

    /// Starts what must not start twice: a program only when the user approved this very command for this trigger. From
    /// here on a crash interrupts it.
    pub(super) async fn once(&self, job: &Job, command: Option<&str>, log: &mut StepLog) -> Result<(), Stopped> {
        let (wanted, text) = (job.clone(), command.map(str::to_owned));
        let started = log.begin();
        let admitted = self.forwarder.store.write(move |turn| {
            if let Some(text) = &text
                && !approvals::is_given(turn.db, &wanted.trigger_id, text)?
            {
                approvals::ask(turn.db, &wanted.trigger_id, text, turn.now)?;
                return Ok(Err(not_approved()));
            }
            let cancelled = || ApiError::new(ErrorCode::Conflict, "it was cancelled");
            Ok(if queue::mark_once(turn, &wanted)? { Ok(()) } else { Err(cancelled()) })
        });
        match admitted.await.map_err(unavailable)? {
            Ok(()) => Ok(()),
            Err(error) => {
                log.went_wrong("approval", started, error.message.clone(), command.map(str::to_owned));
                Err((error, Again::Never))
            }
        }
    }

    /// The delivery's body as it came.
    pub(super) async fn body(&self, job: &Job) -> Result<Vec<u8>, Stopped> {
        let seq = job.delivery_seq;
        let found = self.forwarder.store.read(move |db| contents::body(db, seq)).await.map_err(unavailable)?;
        let gone = || (ApiError::new(ErrorCode::NotFound, "the delivery's body is not kept any more"), Again::Never);
        found.ok_or_else(gone)
    }

    /// The folder that the user picked for files.
    pub(super) async fn folder(&self) -> Result<PathBuf, Stopped> {
        let read = self.forwarder.store.read(|db| Ok(meta::text(db, "settings")?)).await.map_err(unavailable)?;
        let settings: Settings = read.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
        match settings.tool_folder.as_str() {
            "" => {
                let error = ApiError::new(ErrorCode::Invalid, "no folder is picked for the files of tools");
                Err((error.hint("pick one in Settings, then run this again"), Again::Never))
            }
            folder => Ok(PathBuf::from(folder)),
        }
    }
}

fn not_approved() -> ApiError {
    let error = ApiError::new(ErrorCode::Forbidden, "the command is not approved for this trigger");
    ApiError { field: Some("approval".to_owned()), ..error }.hint("read the command, approve it, then run this again")
}

fn unavailable(error: StoreError) -> Stopped {
    (ApiError { code: ErrorCode::Unavailable, ..error.into() }, Again::OnSchedule)
}

/// The result of a tool whose output is text.
pub(super) fn with_output(mut result: Value, output: &str) -> Value {
    result["output"] = Value::String(output.to_owned());
    result
}
