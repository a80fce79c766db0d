//! `http request`: one request, as a forward makes it: the host fixed, addresses checked, redirects not followed.

use serde_json::{Map, Value, json};

use super::run::{ToolRunner, with_output};
use super::{Running, Tool, text};
use crate::actions::{FORWARD_METHODS as METHODS, Forward, ForwardBody, request_text};
use crate::api::preview::PreviewPart;
use crate::error::ApiError;
use crate::execute::StepLog;
use crate::store::queue::Job;
use crate::template::Scope;
use crate::trigger::Trigger;

/// Bytes of the answer that a result carries for the steps that follow.
const OUTPUT_MOST: usize = 64 * 1024;

/// The tool.
pub struct HttpRequest;

impl Tool for HttpRequest {
    fn id(&self) -> (&'static str, &'static str) {
        ("http", "request")
    }

    fn about(&self) -> &'static str {
        "sends a request and keeps the answer"
    }

    fn schema(&self) -> Value {
        json!({ "type": "object", "required": ["url"], "additionalProperties": false, "properties": {
            "url": { "type": "string", "minLength": 1,
                "description": "The host is fixed; the path and the query may hold placeholders." },
            "method": { "enum": METHODS, "description": "GET, or POST where there is a body." },
            "headers": { "type": "object", "additionalProperties": { "type": "string" } },
            "body": { "type": "string", "format": "lines" },
            "allow_private": { "type": "boolean", "description": "May reach this machine or a private network." } } })
    }

    fn check(&self, params: &Map<String, Value>) -> Result<(), ApiError> {
        let within = |error: ApiError| {
            let field = error.field.as_deref().unwrap_or("url");
            ApiError { field: Some(format!("params.{field}")), ..error }
        };
        forward(params).validate().map_err(within)
    }

    fn plan(&self, params: &Map<String, Value>, scope: &Scope<'_>, trigger: &Trigger) -> Result<Value, ApiError> {
        let plan = forward(params).plan(scope, trigger)?;
        serde_json::to_value(plan).map_err(|error| ApiError::invalid("params", error.to_string()))
    }

    fn shown(&self, plan: &Value, scope: &Scope<'_>) -> Vec<PreviewPart> {
        let request = serde_json::from_value(plan.clone()).ok().and_then(|plan| request_text(&plan, scope).ok());
        request.map(|text| PreviewPart::new("request", &text)).into_iter().collect()
    }

    fn summary(&self, plan: &Value) -> String {
        format!("{} {}", text(plan, "method"), text(plan, "url"))
    }

    fn run<'a>(&'a self, at: &'a ToolRunner<'a>, job: &'a Job, plan: &'a Value, log: &'a mut StepLog) -> Running<'a> {
        Box::pin(async move {
            let job = Job { plan: plan.to_string(), ..job.clone() };
            let answer = at.forwarder.exchanged(&job, log).await?;
            let body = String::from_utf8_lossy(&answer.body);
            let body = &body[..body.floor_char_boundary(OUTPUT_MOST)];
            Ok(with_output(json!({ "status": answer.status.as_u16() }), body))
        })
    }
}

/// The request as a forward: `GET`, or `POST` where there is a body.
fn forward(params: &Map<String, Value>) -> Forward {
    let text = |name: &str| params.get(name).and_then(Value::as_str).map(str::to_owned);
    let body = text("body");
    let method = if body.is_some() { "POST" } else { "GET" };
    let headers = params.get("headers").and_then(Value::as_object).into_iter().flatten();
    Forward {
        method: text("method").unwrap_or_else(|| method.to_owned()),
        url: text("url").unwrap_or_default(),
        headers: headers.map(|(name, value)| (name.clone(), value.as_str().unwrap_or_default().to_owned())).collect(),
        body: ForwardBody::Template(body.unwrap_or_default()),
        sign: None,
        allow_private: params.get("allow_private").and_then(Value::as_bool).unwrap_or(false),
        max_attempts: 1,
    }
}
