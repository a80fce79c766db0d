//! `open url`: shows a page in the user's browser. The host is fixed when it is saved; values may stand behind it.

use std::time::Duration;

use bytes::Bytes;
use serde_json::{Map, Value, json};

use super::run::ToolRunner;
use super::{Running, Tool, program, text};
use crate::actions::{check_forward_address, render_forward_address};
use crate::error::ApiError;
use crate::execute::StepLog;
use crate::process::Work;
use crate::store::queue::Job;
use crate::template::Scope;
use crate::trigger::Trigger;

/// How long the opener's word is waited for: it hands over and ends, or it becomes the browser.
const TIMEOUT: Duration = Duration::from_secs(20);

/// The tool.
pub struct OpenUrl;

impl Tool for OpenUrl {
    fn id(&self) -> (&'static str, &'static str) {
        ("open", "url")
    }

    fn about(&self) -> &'static str {
        "opens a page in the browser of this machine"
    }

    fn schema(&self) -> Value {
        json!({ "type": "object", "required": ["url"], "additionalProperties": false,
            "properties": { "url": { "type": "string", "minLength": 1, "maxLength": 8_192,
                "description": "The host is fixed; the path and the query may hold placeholders." } } })
    }

    fn check(&self, params: &Map<String, Value>) -> Result<(), ApiError> {
        let named = |error| ApiError { field: Some("params.url".to_owned()), ..error };
        check_forward_address(params["url"].as_str().unwrap_or_default(), true).map_err(named)
    }

    fn plan(&self, params: &Map<String, Value>, scope: &Scope<'_>, trigger: &Trigger) -> Result<Value, ApiError> {
        let url = render_forward_address(params["url"].as_str().unwrap_or_default(), scope, trigger.missing)?;
        Ok(json!({ "url": url.as_str() }))
    }

    fn summary(&self, plan: &Value) -> String {
        format!("open {}", text(plan, "url"))
    }

    fn run<'a>(&'a self, at: &'a ToolRunner<'a>, job: &'a Job, plan: &'a Value, log: &'a mut StepLog) -> Running<'a> {
        Box::pin(async move {
            let work = Work {
                program: opener().to_owned(),
                // An address begins with http, so it is never read as an option.
                arguments: vec![text(plan, "url").to_owned()],
                environment: desktop(),
                input: Bytes::new(),
                folder: None,
                timeout: TIMEOUT,
            };
            program::hand_over(at, job, work, log).await
        })
    }
}

fn opener() -> &'static str {
    match std::env::consts::OS {
        "macos" => "open",
        "windows" => "explorer",
        _ => "xdg-open",
    }
}

/// What an opener needs to find the user's screen.
fn desktop() -> Vec<(String, String)> {
    let names = [
        "DISPLAY",
        "WAYLAND_DISPLAY",
        "XAUTHORITY",
        "XDG_RUNTIME_DIR",
        "XDG_CURRENT_DESKTOP",
        "DBUS_SESSION_BUS_ADDRESS",
    ];
    names.into_iter().filter_map(|name| Some((name.to_owned(), std::env::var(name).ok()?))).collect()
}
