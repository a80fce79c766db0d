//! `file append`: adds text at the end of a file in the picked folder.

use std::io::Write;

use serde_json::{Value, json};

use super::run::{ToolRunner, with_output};
use super::{Running, Tool, files, text};
use crate::execute::StepLog;
use crate::store::queue::Job;

/// The tool.
pub struct AppendFile;

impl Tool for AppendFile {
    fn id(&self) -> (&'static str, &'static str) {
        ("file", "append")
    }

    fn about(&self) -> &'static str {
        "adds text at the end of a file in the picked folder"
    }

    fn schema(&self) -> Value {
        json!({ "type": "object", "required": ["path", "text"], "additionalProperties": false, "properties": {
            "path": { "type": "string", "minLength": 1, "description": "Below the folder that is picked in Settings." },
            "text": { "type": "string", "format": "lines", "description": "What is added; a line break at its end makes it a line." } } })
    }

    fn summary(&self, plan: &Value) -> String {
        format!("append to {}", text(plan, "path"))
    }

    fn run<'a>(&'a self, at: &'a ToolRunner<'a>, job: &'a Job, plan: &'a Value, log: &'a mut StepLog) -> Running<'a> {
        Box::pin(async move {
            let file = files::inside(&at.folder().await?, text(plan, "path"))?;
            // The same text twice is not what was asked for.
            at.once(job, None, log).await?;
            let started = log.begin();
            let bytes = text(plan, "text").as_bytes();
            let opened = std::fs::OpenOptions::new().append(true).create(true).open(&file);
            let written = opened.and_then(|mut open| open.write_all(bytes).and_then(|()| open.sync_data()));
            written.map_err(|error| files::failed(&file, &error))?;
            log.went_well("run", started, format!("{} bytes added to {}.", bytes.len(), file.display()), None);
            Ok(with_output(json!({ "bytes": bytes.len() }), &file.display().to_string()))
        })
    }
}
