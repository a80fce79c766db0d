//! Octipus's management routes: `/api/hooks…` on the control listener.
//!
//! Create body, `executions` with `{executions, total}` and the run's fields are the page's and its API's; where they are
//! silent: the list is `{"hooks": […]}`, everything else the hook itself, 201 for a new one, 204 for a deleted one, errors
//! `{"error": text}` with 400 for a value that is not allowed. A secret is never shown: `hasWebhookSecret` says whether
//! there is one. `webhookScheme` names another provider's scheme, `webhookAllowPrivate` lets a forward go to an address of
//! this machine or a private network. Runs are listed once they ended.

use axum::body::Bytes;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Octipus, shown};
use crate::control::{Envelope, Enveloped, Route, Site, object, text};
use crate::error::{ApiError, ErrorCode};

/// The routes, without their lock.
pub fn routes() -> Router<Site> {
    Router::new()
        .route("/api/hooks", get(list).post(create))
        .route("/api/hooks/executions/all", get(all_runs))
        .route("/api/hooks/{id}", get(one).patch(change).delete(delete))
        .route("/api/hooks/{id}/toggle", post(toggle))
        .route("/api/hooks/{id}/test", post(test))
        .route("/api/hooks/{id}/executions", get(runs))
}

/// The routes for the OpenAPI document.
pub fn described() -> Vec<Route> {
    let draft = json!({ "name": "GitHub Notifications", "trigger": "webhook",
        "triggerConfig": { "webhookPath": "github", "webhookSecret": "…" },
        "action": "notify", "actionConfig": { "notifyOwner": true, "notifyMessage": "Received: {{webhook.body.event}}" } });
    let hook = json!({ "id": "trg_2xQ…", "name": "GitHub Notifications", "trigger": "webhook", "isEnabled": true,
        "triggerConfig": { "webhookPath": "github", "hasWebhookSecret": true }, "action": "notify", "priority": 0 });
    let run = json!({ "id": "exe_2xQ…", "hookId": "trg_2xQ…", "source": "hook", "status": "skipped",
        "triggerType": "webhook", "actionType": "notify", "error": "it tells nobody: neither the owner nor a channel is named" });
    let thing = json!({ "type": "object" });
    let of = |name: &str| json!({ "type": "object", "required": [name], "properties": { name: { "type": "array" } } });
    let paged = |route: Route| {
        let count = json!({ "type": "integer", "minimum": 0 });
        route
            .query("limit", "Rows, at most 100; 20 unless told otherwise.", count.clone())
            .query("offset", "Rows passed over.", count)
            .gives(of("executions"), json!({ "executions": [run], "total": 1 }))
    };
    let routes = vec![
        Route::new("GET /api/hooks", "octipus_hooks", "Octipus: all hooks.")
            .gives(of("hooks"), json!({ "hooks": [hook] })),
        Route::new("POST /api/hooks", "octipus_create", "Octipus: make a hook.")
            .takes(thing.clone(), draft)
            .makes(thing.clone(), hook.clone()),
        paged(Route::new("GET /api/hooks/executions/all", "octipus_all_runs", "Octipus: runs of every hook.")),
        Route::new("GET /api/hooks/{id}", "octipus_hook", "Octipus: one hook.").gives(thing.clone(), hook.clone()),
        Route::new("PATCH /api/hooks/{id}", "octipus_update", "Octipus: change a hook.")
            .takes(thing.clone(), json!({ "priority": 5 }))
            .gives(thing.clone(), hook.clone()),
        Route::new("DELETE /api/hooks/{id}", "octipus_delete", "Octipus: delete a hook.").empties("It is gone."),
        Route::new("POST /api/hooks/{id}/toggle", "octipus_toggle", "Octipus: switch a hook on or off.")
            .takes(thing.clone(), json!({ "enabled": false }))
            .gives(thing.clone(), hook),
        Route::new("POST /api/hooks/{id}/test", "octipus_test", "Octipus: fire a hook with data of your own.")
            .may_take(thing.clone(), json!({ "data": { "event": "deploy" } }))
            .gives(thing, json!({ "status": 202, "body": { "received": true, "accepted": true, "hooks": 1 } })),
        paged(Route::new("GET /api/hooks/{id}/executions", "octipus_runs", "Octipus: runs of a hook.")),
    ];
    let envelope = json!({ "type": "object", "required": ["error"], "properties": { "error": text() } });
    routes.into_iter().map(|route| route.refuses(envelope.clone())).collect()
}

impl Envelope for Octipus {
    /// An error as Octipus says it; a value that is not allowed is a bad request there.
    fn envelop(error: &ApiError) -> Response {
        let status = match error.code {
            ErrorCode::Invalid => StatusCode::BAD_REQUEST,
            _ => error.status(),
        };
        (status, Json(json!({ "error": error.message }))).into_response()
    }
}

type Reply = Result<Response, Enveloped<Octipus>>;

async fn list(State(site): State<Site>) -> Reply {
    let rows = site.run("triggers_list", json!({})).await?;
    let mine = rows.as_array().into_iter().flatten().filter(|row| is_mine(row)).map(shown::hook);
    Ok(Json(json!({ "hooks": mine.collect::<Vec<_>>() })).into_response())
}

async fn create(State(site): State<Site>, body: Bytes) -> Reply {
    let draft = shown::draft(object(&body)?)?;
    let made = site.run("trigger_create", Value::Object(draft)).await?;
    Ok((StatusCode::CREATED, Json(shown::hook(&made["row"]))).into_response())
}

async fn one(State(site): State<Site>, Path(id): Path<String>) -> Reply {
    Ok(Json(shown::hook(&find(&site, &id).await?)).into_response())
}

async fn change(State(site): State<Site>, Path(id): Path<String>, body: Bytes) -> Reply {
    let before = shown::hook(&find(&site, &id).await?);
    let mut draft = shown::draft(shown::merged(&before, object(&body)?))?;
    draft.remove("contract");
    let row = site.run("trigger_update", json!({ "id": id, "change": draft })).await?;
    Ok(Json(shown::hook(&row)).into_response())
}

async fn delete(State(site): State<Site>, Path(id): Path<String>) -> Reply {
    find(&site, &id).await?;
    site.run("trigger_delete", json!({ "id": id })).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

async fn toggle(State(site): State<Site>, Path(id): Path<String>, body: Bytes) -> Reply {
    find(&site, &id).await?;
    let Some(enabled) = object(&body)?.get("enabled").and_then(Value::as_bool) else {
        return Err(ApiError::invalid("enabled", "enabled is missing: true or false").into());
    };
    let row = site.run("trigger_update", json!({ "id": id, "change": { "enabled": enabled } })).await?;
    Ok(Json(shown::hook(&row)).into_response())
}

/// Fires the hook through its own address, signed with its secret: other hooks on the path with the same one fire too.
async fn test(State(site): State<Site>, Path(id): Path<String>, body: Bytes) -> Reply {
    find(&site, &id).await?;
    let mut body = object(&body)?;
    let webhook = body.remove("context").map(|mut context| context["webhook"].take()).unwrap_or_default();
    let data = body.remove("data").filter(|data| !data.is_null()).unwrap_or_else(|| webhook["body"].clone());
    let data = if data.is_null() { json!({}) } else { data };
    let draft = json!({ "target": { "trigger": id }, "method": "POST", "headers": headers(&webhook["headers"]),
        "body": data.to_string(), "new_event_id": true, "outside_effects": true });
    let sent = site.run("replay_send", draft).await?;
    let result = &sent["results"][0];
    let answer = result["answer"]["body"].as_str().and_then(|text| serde_json::from_str::<Value>(text).ok());
    Ok(Json(json!({ "status": result["answer"]["status"], "body": answer, "error": result["error"] })).into_response())
}

fn headers(given: &Value) -> Vec<(String, String)> {
    let mut headers = vec![("content-type".to_owned(), "application/json".to_owned())];
    let given = given.as_object().into_iter().flatten();
    let given = given.filter(|(name, _)| !name.eq_ignore_ascii_case("content-type"));
    headers.extend(given.filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned()))));
    headers
}

/// Which rows of a list.
#[derive(Deserialize)]
struct Rows {
    limit: Option<u32>,
    offset: Option<u32>,
}

type Asked = Result<Query<Rows>, QueryRejection>;

async fn runs(State(site): State<Site>, Path(id): Path<String>, rows: Asked) -> Reply {
    find(&site, &id).await?;
    listed(&site, rows, json!({ "hook": id })).await
}

async fn all_runs(State(site): State<Site>, rows: Asked) -> Reply {
    listed(&site, rows, json!({})).await
}

async fn listed(site: &Site, rows: Asked, mut query: Value) -> Reply {
    let Query(rows) = rows.map_err(|no| ApiError::new(ErrorCode::BadRequest, no.body_text().to_lowercase()))?;
    for (name, given) in [("limit", rows.limit), ("offset", rows.offset)] {
        if let Some(given) = given {
            query[name] = json!(given);
        }
    }
    let found = site.run("hook_runs", query).await?;
    let items: Vec<_> = found["items"].as_array().into_iter().flatten().map(shown::run).collect();
    Ok(Json(json!({ "executions": items, "total": found["total"] })).into_response())
}

/// The hook's row, if it is there and Octipus's.
async fn find(site: &Site, id: &str) -> Result<Value, ApiError> {
    let missing = || ApiError::new(ErrorCode::NotFound, "Hook not found");
    match site.run("trigger_get", json!({ "id": id })).await {
        Err(error) if error.code == ErrorCode::NotFound => Err(missing()),
        Err(error) => Err(error),
        Ok(row) => Some(row).filter(is_mine).ok_or_else(missing),
    }
}

fn is_mine(row: &Value) -> bool {
    row["trigger"]["contract"] == "octipus"
}
