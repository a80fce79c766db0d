//! OpenGate's management routes: `/api/projects/:pid/triggers…` on the control listener.
//!
//! `rotate-secret`, its three fields and the 24 hours are the page's; so are the names in a trigger. Its open engine says
//! `action_type` and `action_config`: both pairs are read, the page's are written. Lists are bare arrays and errors
//! `{"error": text}`, as there. Only triggers of this contract are seen here.

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use http::StatusCode;
use serde_json::{Map, Value, json};

use crate::clock::UnixMs;
use crate::contracts::opengate::Opengate;
use crate::control::{Envelope, Enveloped, Route, Site, object, of, text};
use crate::error::{ApiError, ErrorCode};
use crate::trigger::PROJECT;

/// The page's two actions; their configurations have the same fields there and here.
const ACTIONS: [&str; 2] = ["create_task", "instantiate_pipeline"];
/// Rows of `…/logs`.
const LOG_ROWS: u32 = 50;

/// The routes, without their lock.
pub fn routes() -> Router<Site> {
    Router::new()
        .route("/api/projects/{project}/triggers", get(list).post(create))
        .route("/api/projects/{project}/triggers/{id}", get(one).patch(change).delete(delete))
        .route("/api/projects/{project}/triggers/{id}/logs", get(logs))
        .route("/api/projects/{project}/triggers/{id}/rotate-secret", post(rotate))
}

/// The routes for the OpenAPI document.
pub fn described() -> Vec<Route> {
    let config = json!({ "list_id": "lst_2xQ…", "title": "[{{payload.environment}}] {{payload.title}}" });
    let row = json!({ "id": "trg_2xQ…", "project_id": "local", "name": "Deploys", "action": "create_task", "config": config,
        "enabled": true, "ip_allowlist": [], "created_at": "2026-11-21T09:00:00Z", "updated_at": "2026-11-21T09:00:00Z" });
    let draft = json!({ "name": "Deploys", "action": "create_task", "config": config });
    let log = json!({ "id": "dlv_2xQ…", "trigger_id": "trg_2xQ…", "received_at": "2026-11-21T09:00:00Z",
        "status": "success", "result": { "task_id": "tsk_2xQ…" }, "error": null });
    let rotated = json!({ "secret": "…", "old_secret_expires_at": "2026-11-22T09:00:00Z", "grace_period_hours": 24 });
    let (thing, things) = (json!({ "type": "object" }), json!({ "type": "array", "items": { "type": "object" } }));
    let made = json!({ "type": "object", "required": ["id", "secret"] });
    let routes = vec![
        Route::new("GET /api/projects/{project}/triggers", "opengate_triggers", "OpenGate: all triggers.")
            .gives(things.clone(), json!([row])),
        Route::new(
            "POST /api/projects/{project}/triggers",
            "opengate_create",
            "OpenGate: make a trigger; its secret is shown once.",
        )
        .takes(thing.clone(), draft)
        .makes(made, row.clone()),
        Route::new("GET /api/projects/{project}/triggers/{id}", "opengate_trigger", "OpenGate: one trigger.")
            .gives(thing.clone(), row.clone()),
        Route::new("PATCH /api/projects/{project}/triggers/{id}", "opengate_update", "OpenGate: change a trigger.")
            .takes(thing.clone(), json!({ "enabled": false }))
            .gives(thing, row),
        Route::new("DELETE /api/projects/{project}/triggers/{id}", "opengate_delete", "OpenGate: delete a trigger.")
            .empties("It is gone."),
        Route::new("GET /api/projects/{project}/triggers/{id}/logs", "opengate_logs", "OpenGate: the newest 50 calls.")
            .gives(things, json!([log])),
        Route::new(
            "POST /api/projects/{project}/triggers/{id}/rotate-secret",
            "opengate_rotate",
            "OpenGate: a new secret.",
        )
        .gives(of("SecretRotated"), rotated),
    ];
    let envelope = json!({ "type": "object", "required": ["error"], "properties": { "error": text() } });
    routes.into_iter().map(|route| route.refuses(envelope.clone())).collect()
}

impl Envelope for Opengate {
    /// An error as OpenGate says it.
    fn envelop(error: &ApiError) -> Response {
        let words = match &error.field {
            Some(field) if !error.message.contains(field.as_str()) => format!("{field}: {}", error.message),
            _ => error.message.clone(),
        };
        (error.status(), Json(json!({ "error": words }))).into_response()
    }
}

type Reply = Result<Response, Enveloped<Opengate>>;

async fn list(State(site): State<Site>, Path(project): Path<String>) -> Reply {
    known(&project)?;
    let rows = site.run("triggers_list", json!({})).await?;
    let mine = rows.as_array().into_iter().flatten().map(|row| &row["trigger"]).filter(|trigger| is_mine(trigger));
    Ok(Json(mine.map(shown).collect::<Vec<_>>()).into_response())
}

async fn create(State(site): State<Site>, Path(project): Path<String>, body: Bytes) -> Reply {
    known(&project)?;
    let mut draft = draft(object(&body)?)?;
    for (name, what) in [("name", "the trigger's name"), ("actions", "its action")] {
        if !draft.contains_key(name) {
            let field = if name == "actions" { "action" } else { name };
            return Err(ApiError::invalid(field, format!("{field} is missing: {what}")).into());
        }
    }
    draft.insert("contract".to_owned(), json!("opengate"));
    draft.insert("scheme".to_owned(), json!("opengate"));
    let made = site.run("trigger_create", Value::Object(draft)).await?;
    let mut trigger = shown(&made["row"]["trigger"]);
    trigger["secret"] = made["secret"].clone();
    Ok((StatusCode::CREATED, Json(trigger)).into_response())
}

async fn one(State(site): State<Site>, Path((project, id)): Path<(String, String)>) -> Reply {
    let trigger = find(&site, &project, &id).await?;
    Ok(Json(shown(&trigger)).into_response())
}

async fn change(State(site): State<Site>, Path((project, id)): Path<(String, String)>, body: Bytes) -> Reply {
    let before = find(&site, &project, &id).await?;
    let mut body = object(&body)?;
    if takes(&body, ["config", "action_config"]) && !takes(&body, ["action", "action_type"]) {
        body.insert("action".to_owned(), shown(&before)["action"].clone());
    }
    let row = site.run("trigger_update", json!({ "id": id, "change": draft(body)? })).await?;
    Ok(Json(shown(&row["trigger"])).into_response())
}

async fn delete(State(site): State<Site>, Path((project, id)): Path<(String, String)>) -> Reply {
    find(&site, &project, &id).await?;
    site.run("trigger_delete", json!({ "id": id })).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

async fn rotate(State(site): State<Site>, Path((project, id)): Path<(String, String)>) -> Reply {
    find(&site, &project, &id).await?;
    Ok(Json(site.run("trigger_rotate_secret", json!({ "id": id, "grace_hours": 24 })).await?).into_response())
}

/// What came to the trigger, newest first, in OpenGate's three words.
async fn logs(State(site): State<Site>, Path((project, id)): Path<(String, String)>) -> Reply {
    find(&site, &project, &id).await?;
    let query = json!({ "q": format!("trigger:{id}"), "limit": LOG_ROWS });
    let found = site.run("deliveries_list", query).await?;
    let mut rows = Vec::new();
    for delivery in found["page"]["items"].as_array().into_iter().flatten() {
        let detail = site.run("delivery_get", json!({ "id": delivery["id"] })).await?;
        rows.push(log_row(&id, delivery, &detail));
    }
    Ok(Json(rows).into_response())
}

fn log_row(trigger: &str, delivery: &Value, detail: &Value) -> Value {
    let answered = delivery["answer_status"].as_u64().unwrap_or_default();
    let status = match answered {
        200..=299 => "success",
        500..=599 => "failed",
        _ => "rejected",
    };
    let answer = detail["answer"]["body"].as_str().unwrap_or_default();
    json!({
        "id": delivery["id"],
        "trigger_id": trigger,
        "received_at": time(&delivery["received_at"]),
        "status": status,
        "result": if status == "success" { serde_json::from_str(answer).unwrap_or_default() } else { Value::Null },
        "error": if status == "success" { Value::Null } else { delivery["reason"].clone() },
    })
}

fn known(project: &str) -> Result<(), ApiError> {
    if project == PROJECT { Ok(()) } else { Err(ApiError::new(ErrorCode::NotFound, "Project not found")) }
}

/// The trigger, if it is there and OpenGate's.
async fn find(site: &Site, project: &str, id: &str) -> Result<Value, ApiError> {
    known(project)?;
    let missing = || ApiError::new(ErrorCode::NotFound, "Trigger not found");
    let row = match site.run("trigger_get", json!({ "id": id })).await {
        Err(error) if error.code == ErrorCode::NotFound => return Err(missing()),
        other => other?,
    };
    Some(row["trigger"].clone()).filter(is_mine).ok_or_else(missing)
}

fn is_mine(trigger: &Value) -> bool {
    trigger["contract"] == "opengate"
}

fn takes(body: &Map<String, Value>, names: [&str; 2]) -> bool {
    names.iter().any(|name| body.contains_key(*name))
}

/// OpenGate's words for a trigger as Creel's draft. A field that Creel does not know is refused by name.
/// A trigger in OpenGate's words as the draft of one; `action_type` and `action_config` are its engine's names.
pub(crate) fn draft(mut body: Map<String, Value>) -> Result<Map<String, Value>, ApiError> {
    let mut either = |names: [&str; 2]| names.iter().find_map(|name| body.remove(*name));
    let (action, config) = (either(["action", "action_type"]), either(["config", "action_config"]));
    if let Some(action) = action {
        let name = action.as_str().unwrap_or_default();
        if !ACTIONS.contains(&name) {
            let words = format!("action {action} is not one of {}", ACTIONS.join(", "));
            return Err(ApiError::invalid("action", words));
        }
        let config = config.ok_or_else(|| ApiError::invalid("config", "config is missing"))?;
        body.insert("actions".to_owned(), json!([{ name: config }]));
    }
    Ok(body)
}

/// A trigger in OpenGate's words.
fn shown(trigger: &Value) -> Value {
    let action = trigger["actions"][0].as_object().and_then(|action| action.iter().next());
    let (action, config) = action.map_or((Value::Null, &Value::Null), |(name, config)| (json!(name), config));
    json!({
        "id": trigger["id"],
        "project_id": trigger["project_id"],
        "name": trigger["name"],
        "action": action,
        "config": config,
        "enabled": trigger["enabled"],
        "ip_allowlist": trigger["ip_allowlist"],
        "created_at": time(&trigger["created_at"]),
        "updated_at": time(&trigger["updated_at"]),
    })
}

fn time(ms: &Value) -> Value {
    json!(UnixMs(ms.as_i64().unwrap_or_default()).rfc3339())
}
