//! `file write`: makes a file in the picked folder, or replaces it whole.

use std::io::Write;
use std::path::Path;

use serde_json::{Value, json};

use super::run::{ToolRunner, with_output};
use super::{Running, Tool, files, text};
use crate::execute::StepLog;
use crate::store::queue::Job;

/// The tool.
pub struct WriteFile;

impl Tool for WriteFile {
    fn id(&self) -> (&'static str, &'static str) {
        ("file", "write")
    }

    fn about(&self) -> &'static str {
        "makes a file in the picked folder, or replaces it whole"
    }

    fn schema(&self) -> Value {
        json!({ "type": "object", "required": ["path", "text"], "additionalProperties": false, "properties": {
            "path": { "type": "string", "minLength": 1, "description": "Below the folder that is picked in Settings." },
            "text": { "type": "string", "format": "lines", "description": "What stands in the file then." } } })
    }

    fn summary(&self, plan: &Value) -> String {
        format!("write {}", text(plan, "path"))
    }

    fn run<'a>(&'a self, at: &'a ToolRunner<'a>, job: &'a Job, plan: &'a Value, log: &'a mut StepLog) -> Running<'a> {
        Box::pin(async move {
            let file = files::inside(&at.folder().await?, text(plan, "path"))?;
            let started = log.begin();
            let bytes = text(plan, "text").as_bytes();
            replace(&file, bytes, job.id.as_str()).map_err(|error| files::failed(&file, &error))?;
            log.went_well("run", started, format!("{} bytes in {}.", bytes.len(), file.display()), None);
            Ok(with_output(json!({ "bytes": bytes.len() }), &file.display().to_string()))
        })
    }
}

/// Who reads the file sees the old text or the new one, never half of it.
fn replace(file: &Path, bytes: &[u8], run: &str) -> std::io::Result<()> {
    let beside = file.with_file_name(format!(".{run}.creel"));
    let written =
        std::fs::File::create(&beside).and_then(|mut new| new.write_all(bytes).and_then(|()| new.sync_data()));
    written.and_then(|()| std::fs::rename(&beside, file)).inspect_err(|_| {
        let _ = std::fs::remove_file(&beside);
    })
}
