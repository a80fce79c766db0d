//! PromptRails's management routes on the control listener, as its published Python SDK calls them: `webhook-triggers`
//! up to 0.3 and `triggers` (source `generic`) from 0.4 on, with the agents and executions around them.
//!
//! One is `{"data": …}`, a list `{"data": […], "meta": {total, page, limit, total_pages}}`, an error
//! `{"error":{"code","message"}}` with 400 for a value that is not allowed. Token and secret appear in the create answer
//! and nowhere else. The key in `X-API-Key` is the control listener's token. An agent's `input_schema` is a field of its
//! own here.

use std::cmp::Reverse;

use axum::body::Bytes;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{Promptrails, shown};
use crate::control::{Envelope, Enveloped, Site, object};
use crate::error::{ApiError, ErrorCode};

/// The routes, without their lock.
pub fn routes() -> Router<Site> {
    let triggers = || get(triggers).post(create);
    let trigger = || get(trigger).patch(change).delete(delete);
    Router::new()
        .route("/api/v1/webhook-triggers", triggers())
        .route("/api/v1/webhook-triggers/{id}", trigger())
        .route("/api/v1/triggers", triggers())
        .route("/api/v1/triggers/{id}", trigger())
        .route("/api/v1/agents", get(agents).post(create_agent))
        .route("/api/v1/agents/{id}", get(agent).patch(change_agent).delete(delete_agent))
        .route("/api/v1/executions", get(executions))
        .route("/api/v1/executions/{id}", get(execution))
}

impl Envelope for Promptrails {
    /// An error as PromptRails says it; a value that is not allowed is a bad request there.
    fn envelop(error: &ApiError) -> Response {
        let status = match error.code {
            ErrorCode::Invalid => StatusCode::BAD_REQUEST,
            _ => error.status(),
        };
        let body = json!({ "error": { "code": shown::code(status.as_u16()), "message": error.message } });
        (status, Json(body)).into_response()
    }
}

type Reply = Result<Response, Enveloped<Promptrails>>;

fn data(thing: Value) -> Reply {
    Ok(Json(json!({ "data": thing })).into_response())
}

fn gone() -> Reply {
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Which rows of a list; each list takes what concerns it.
#[derive(Default, Deserialize)]
struct Asked {
    page: Option<u32>,
    limit: Option<u32>,
    agent_id: Option<String>,
    status: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    name: Option<String>,
}

type Rows = Result<Query<Asked>, QueryRejection>;

fn asked(rows: Rows) -> Result<Asked, ApiError> {
    rows.map(|Query(asked)| asked).map_err(|no| ApiError::new(ErrorCode::BadRequest, no.body_text().to_lowercase()))
}

const LIMIT: u32 = 20;
const LIMIT_MOST: u32 = 100;

async fn triggers(State(site): State<Site>, rows: Rows) -> Reply {
    let asked = asked(rows)?;
    let (page, limit) = (asked.page.unwrap_or(1).max(1), asked.limit.unwrap_or(LIMIT).clamp(1, LIMIT_MOST));
    let rows = site.run("triggers_list", json!({})).await?;
    let mut mine: Vec<&Value> = rows.as_array().into_iter().flatten().filter(|row| is_mine(row)).collect();
    mine.sort_by_key(|row| Reverse(row["trigger"]["id"].as_str()));
    let mut mine: Vec<_> = mine.into_iter().map(shown::trigger).collect();
    mine.retain(|trigger| asked.agent_id.as_ref().is_none_or(|agent| trigger["agent_id"] == agent.as_str()));
    let total = i64::try_from(mine.len()).unwrap_or(i64::MAX);
    let items =
        mine.into_iter().skip((page as usize - 1).saturating_mul(limit as usize)).take(limit as usize).collect();
    Ok(Json(shown::page(items, total, page, limit)).into_response())
}

async fn create(State(site): State<Site>, body: Bytes) -> Reply {
    let (mut draft, mut left) = shown::draft(object(&body)?);
    match left.remove("source") {
        None => {}
        Some(source) if source == "generic" => {}
        Some(source) => {
            let words = format!("source {source} is not one that this Creel has: use \"generic\"");
            return Err(ApiError::invalid("source", words).into());
        }
    }
    for part in ["source_config", "reply_config"] {
        left.remove(part);
    }
    known(&left)?;
    for (field, theirs) in [("name", "name"), ("actions", "agent_id")] {
        if !draft.contains_key(field) {
            return Err(ApiError::invalid(theirs, format!("{theirs} is required")).into());
        }
    }
    draft.insert("contract".to_owned(), json!("promptrails"));
    let made = site.run("trigger_create", Value::Object(draft)).await?;
    let mut trigger = shown::trigger(&made["row"]);
    trigger["token"] = made["token"].clone();
    if !made["secret"].is_null() {
        trigger["secret"] = made["secret"].clone();
    }
    Ok((StatusCode::CREATED, Json(json!({ "data": trigger }))).into_response())
}

async fn trigger(State(site): State<Site>, Path(id): Path<String>) -> Reply {
    data(shown::trigger(&find(&site, &id).await?))
}

async fn change(State(site): State<Site>, Path(id): Path<String>, body: Bytes) -> Reply {
    let row = find(&site, &id).await?;
    let (mut draft, left) = shown::draft(object(&body)?);
    known(&left)?;
    if draft.remove("make_secret").is_some() {
        return Err(ApiError::invalid("generate_secret", "a secret is made with its trigger only").into());
    }
    let change = json!({ "id": row["trigger"]["id"], "change": draft });
    data(shown::trigger(&site.run("trigger_update", change).await?))
}

async fn delete(State(site): State<Site>, Path(id): Path<String>) -> Reply {
    let row = find(&site, &id).await?;
    site.run("trigger_delete", json!({ "id": row["trigger"]["id"] })).await?;
    gone()
}

/// The trigger's row, if it is there and PromptRails's.
async fn find(site: &Site, id: &str) -> Result<Value, ApiError> {
    let missing = || ApiError::new(ErrorCode::NotFound, "Webhook trigger not found");
    match site.run("trigger_get", json!({ "id": format!("trg_{id}") })).await {
        Err(error) if error.code == ErrorCode::NotFound => Err(missing()),
        Err(error) => Err(error),
        Ok(row) => Some(row).filter(is_mine).ok_or_else(missing),
    }
}

fn is_mine(row: &Value) -> bool {
    row["trigger"]["contract"] == "promptrails"
}

fn known(left: &Map<String, Value>) -> Result<(), ApiError> {
    match left.keys().next() {
        Some(name) => Err(ApiError::invalid(name, format!("there is no field {name}"))),
        None => Ok(()),
    }
}

async fn agents(State(site): State<Site>, rows: Rows) -> Reply {
    let asked = asked(rows)?;
    let query = given([
        ("page", json!(asked.page)),
        ("limit", json!(asked.limit)),
        ("kind", json!(asked.kind)),
        ("name", json!(asked.name)),
    ]);
    listed(&site.run("agents_list", query).await?, shown::agent)
}

async fn agent(State(site): State<Site>, Path(id): Path<String>) -> Reply {
    data(shown::agent(&site.run("agent_get", json!({ "id": id })).await?))
}

async fn create_agent(State(site): State<Site>, body: Bytes) -> Reply {
    let made = site.run("agent_create", Value::Object(agent_draft(&body)?)).await?;
    Ok((StatusCode::CREATED, Json(json!({ "data": shown::agent(&made) }))).into_response())
}

async fn change_agent(State(site): State<Site>, Path(id): Path<String>, body: Bytes) -> Reply {
    let change = json!({ "id": id, "change": agent_draft(&body)? });
    data(shown::agent(&site.run("agent_update", change).await?))
}

async fn delete_agent(State(site): State<Site>, Path(id): Path<String>) -> Reply {
    site.run("agent_delete", json!({ "id": id })).await?;
    gone()
}

fn agent_draft(body: &[u8]) -> Result<Map<String, Value>, ApiError> {
    let mut body = object(body)?;
    if let Some(kind) = body.remove("type") {
        body.insert("kind".to_owned(), kind);
    }
    Ok(body)
}

async fn executions(State(site): State<Site>, rows: Rows) -> Reply {
    let asked = asked(rows)?;
    let query = given([
        ("page", json!(asked.page)),
        ("limit", json!(asked.limit)),
        ("agent_id", json!(asked.agent_id)),
        ("status", json!(asked.status)),
    ]);
    listed(&site.run("agent_executions_list", query).await?, shown::execution)
}

async fn execution(State(site): State<Site>, Path(id): Path<String>) -> Reply {
    data(shown::execution(&site.run("agent_execution_get", json!({ "id": id })).await?))
}

fn listed(found: &Value, show: impl Fn(&Value) -> Value) -> Reply {
    let number = |name: &str| found[name].as_u64().and_then(|n| u32::try_from(n).ok()).unwrap_or(1);
    let items = found["items"].as_array().into_iter().flatten().map(show).collect();
    let total = found["total"].as_i64().unwrap_or_default();
    Ok(Json(shown::page(items, total, number("page"), number("limit"))).into_response())
}

fn given<const N: usize>(fields: [(&str, Value); N]) -> Value {
    fields.into_iter().filter(|(_, value)| !value.is_null()).map(|(name, value)| (name.to_owned(), value)).collect()
}
