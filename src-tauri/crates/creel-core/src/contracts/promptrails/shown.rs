//! Triggers, agents and executions in PromptRails's words.

use serde_json::{Map, Value, json};

use crate::agent::AgentExecution;
use crate::clock::UnixMs;

/// The one workspace there is, as a KSUID.
const WORKSPACE: &str = "0CreelLocalWorkspace0000001";
/// The one user there is, as a KSUID.
const OWNER: &str = "0CreelLocalOwner00000000001";

/// The code that goes with a status where the page names none.
pub(super) fn code(status: u16) -> &'static str {
    match status {
        400 | 422 => "bad_request",
        401 => "unauthorized",
        403 => "forbidden",
        404 => "not_found",
        405 => "method_not_allowed",
        409 => "conflict",
        429 => "rate_limited",
        503 => "service_unavailable",
        500.. => "internal_error",
        _ => "bad_request",
    }
}

/// A trigger's row: its id is the KSUID alone.
pub(super) fn trigger(row: &Value) -> Value {
    let trigger = &row["trigger"];
    let secrets = row["secrets"].as_array().is_some_and(|secrets| !secrets.is_empty());
    json!({
        "id": bare(&trigger["id"]),
        "workspace_id": WORKSPACE,
        "agent_id": trigger["actions"][0]["run_agent"]["agent_id"],
        "name": trigger["name"],
        "token_prefix": trigger["settings"]["promptrails"]["token_prefix"],
        "source": "generic",
        "source_config": {},
        "reply_config": {},
        "is_active": trigger["enabled"],
        "has_secret": secrets,
        "last_used_at": time(&row["last_fired_at"]),
        "created_by_id": OWNER,
        "created_at": time(&trigger["created_at"]),
        "updated_at": time(&trigger["updated_at"]),
    })
}

/// The KSUID in a trigger's id.
fn bare(id: &Value) -> Value {
    json!(id.as_str().unwrap_or_default().trim_start_matches("trg_"))
}

/// An agent.
pub(super) fn agent(agent: &Value) -> Value {
    json!({
        "id": agent["id"],
        "workspace_id": WORKSPACE,
        "name": agent["name"],
        "description": agent["description"],
        "type": agent["kind"],
        "status": "active",
        "labels": [],
        "input_schema": agent["input_schema"],
        "created_by_id": OWNER,
        "created_at": time(&agent["created_at"]),
        "updated_at": time(&agent["updated_at"]),
    })
}

/// A new execution in its envelope. Its input is handed on as it came.
pub(super) fn created(run: &AgentExecution) -> String {
    let bare = execution(&json!(run.without_input()));
    let mut answer = String::with_capacity(run.input.as_str().len() + ANSWER_BESIDES);
    answer.push_str("{\"data\":{");
    for (name, value) in bare.as_object().into_iter().flatten() {
        if !answer.ends_with('{') {
            answer.push(',');
        }
        answer.push_str(&json!(name).to_string());
        answer.push(':');
        match name.as_str() {
            "input" => answer.push_str(run.input.as_str()),
            _ => answer.push_str(&value.to_string()),
        }
    }
    answer.push_str("}}");
    answer
}

/// Bytes of a new execution beside its input, about.
const ANSWER_BESIDES: usize = 512;

/// An execution.
pub(super) fn execution(run: &Value) -> Value {
    let (began, ended) = (run["started_at"].as_i64(), run["completed_at"].as_i64());
    json!({
        "id": run["id"],
        "agent_id": run["agent_id"],
        "workspace_id": WORKSPACE,
        "status": run["status"],
        "input": run["input"],
        "output": run["output"],
        "error": run["error"].as_str().unwrap_or_default(),
        "token_usage": if run["token_usage"].is_null() { json!({}) } else { run["token_usage"].clone() },
        "duration_ms": began.zip(ended).map(|(began, ended)| ended - began),
        "trace_id": run["execution_id"],
        "started_at": time(&run["started_at"]),
        "completed_at": time(&run["completed_at"]),
        "created_at": time(&run["created_at"]),
    })
}

fn time(ms: &Value) -> Value {
    ms.as_i64().map_or(Value::Null, |ms| json!(UnixMs(ms).rfc3339()))
}

/// One page in the service's envelope.
pub(super) fn page(items: Vec<Value>, total: i64, page: u32, limit: u32) -> Value {
    let pages = (total + i64::from(limit) - 1) / i64::from(limit.max(1));
    json!({ "data": items, "meta": { "total": total, "page": page, "limit": limit, "total_pages": pages } })
}

/// A trigger's body as Creel's draft: what it names and what is left over. The page's JavaScript names fields in its own
/// language's way.
pub(super) fn draft(mut body: Map<String, Value>) -> (Map<String, Value>, Map<String, Value>) {
    let mut draft = Map::new();
    for (theirs, ours) in FIELDS {
        if let Some(value) = body.remove(theirs) {
            draft.insert(ours.to_owned(), value);
        }
    }
    if let Some(agent) = body.remove("agent_id").or_else(|| body.remove("agentId")) {
        draft.insert("actions".to_owned(), json!([{ "run_agent": { "agent_id": agent } }]));
    }
    (draft, body)
}

/// A trigger's fields and what they are called in a draft.
const FIELDS: [(&str, &str); 5] = [
    ("name", "name"),
    ("is_active", "enabled"),
    ("isActive", "enabled"),
    ("generate_secret", "make_secret"),
    ("generateSecret", "make_secret"),
];
