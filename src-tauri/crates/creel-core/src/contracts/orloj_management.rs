//! Orloj's management routes on the control listener: `/v1/tasks`, `/v1/secrets`, `/v1/task-webhooks`.
//!
//! The guide reads `/v1/task-webhooks/NAME?namespace=default`; the others are the service's own beside it: lists are
//! `{items}` with `continue` for the next page, POST makes or changes (201), PUT changes (200), DELETE is 204, errors are
//! plain text. Bodies are manifests in YAML or JSON. A Secret's values are never shown.

use axum::body::Bytes;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get};
use axum::{Json, Router};
use http::StatusCode;
use http::header::CONTENT_TYPE;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::contracts::orloj::Orloj;
use crate::control::{Envelope, Enveloped, Route, Site, text};
use crate::error::{ApiError, ErrorCode};
use crate::orloj::{DEFAULT_NAMESPACE, ResourceKind};

/// The routes, without their lock.
pub fn routes() -> Router<Site> {
    let kinds = [
        ("/v1/tasks", ResourceKind::Task),
        ("/v1/secrets", ResourceKind::Secret),
        ("/v1/task-webhooks", ResourceKind::TaskWebhook),
    ];
    kinds.into_iter().fold(Router::new(), |router, (path, kind)| {
        router
            .route(path, many(kind))
            .route(&format!("{path}/{{name}}"), one(kind))
            .route(&format!("{path}/{{name}}/status"), status(kind))
    })
}

/// The routes for the OpenAPI document.
pub fn described() -> Vec<Route> {
    let webhook = json!({ "apiVersion": "orloj.dev/v1", "kind": "TaskWebhook",
        "metadata": { "name": "report-generic-webhook", "namespace": "default" },
        "spec": { "task_ref": "weekly-report-template", "auth": { "secret_ref": "webhook-shared-secret" } },
        "status": { "phase": "Ready", "endpointPath": "/v1/webhook-deliveries/7ac271c5aecc685d13d98675" } });
    let task = json!({ "apiVersion": "orloj.dev/v1", "kind": "Task",
        "metadata": { "name": "weekly-report-template", "namespace": "default" },
        "spec": { "mode": "template", "system": "report-system", "input": { "topic": "AI startups" } },
        "status": { "phase": "Ready" } });
    let secret = json!({ "apiVersion": "orloj.dev/v1", "kind": "Secret",
        "metadata": { "name": "webhook-shared-secret", "namespace": "default" },
        "spec": { "data": { "value": "***" } }, "status": { "phase": "Ready" } });
    let mut all = Vec::new();
    all.extend(of_kind(
        [
            "GET /v1/tasks",
            "POST /v1/tasks",
            "GET /v1/tasks/{name}",
            "PUT /v1/tasks/{name}",
            "DELETE /v1/tasks/{name}",
            "GET /v1/tasks/{name}/status",
        ],
        "task",
        task,
    ));
    all.extend(of_kind(
        [
            "GET /v1/secrets",
            "POST /v1/secrets",
            "GET /v1/secrets/{name}",
            "PUT /v1/secrets/{name}",
            "DELETE /v1/secrets/{name}",
            "GET /v1/secrets/{name}/status",
        ],
        "secret",
        secret,
    ));
    all.extend(of_kind(
        [
            "GET /v1/task-webhooks",
            "POST /v1/task-webhooks",
            "GET /v1/task-webhooks/{name}",
            "PUT /v1/task-webhooks/{name}",
            "DELETE /v1/task-webhooks/{name}",
            "GET /v1/task-webhooks/{name}/status",
        ],
        "task_webhook",
        webhook,
    ));
    all
}

fn of_kind(paths: [&'static str; 6], id: &str, example: Value) -> Vec<Route> {
    let thing = json!({ "type": "object", "required": ["apiVersion", "kind", "metadata", "spec"] });
    let list = json!({ "type": "object", "required": ["items"], "properties": {
        "items": { "type": "array", "items": thing }, "continue": text() } });
    let name = json!({ "type": "string", "minLength": 1, "maxLength": 253 });
    let metadata = json!({ "type": "object", "required": ["name"], "properties": { "name": name } });
    let manifest = json!({ "type": "object", "required": ["metadata", "spec"], "properties": {
        "metadata": metadata, "spec": { "type": "object" } } });
    let mut written = example.clone();
    if written["kind"] == "Secret" {
        written["spec"] = json!({ "stringData": { "value": "replace-me" } });
    }
    let named = |request, what: &str, about: &str| {
        let about = format!("Orloj: {about}");
        Route::new(request, &format!("orloj_{id}_{what}"), &about)
            .query("namespace", "`default` unless told otherwise.", text())
            .refuses(text())
    };
    let [all, make, get, put, delete, status] = paths;
    vec![
        named(all, "list", "resources of the kind, newest first.")
            .query("limit", "At most 500; 100 unless told otherwise.", json!({ "type": "integer" }))
            .query(
                "continue",
                "The `continue` of the page before.",
                json!({ "type": "string", "pattern": "^[0-9]{1,18}$" }),
            )
            .gives(list, json!({ "items": [example] })),
        named(make, "apply", "make a resource, or change the one of this name; YAML is taken too.")
            .takes(manifest.clone(), written.clone())
            .makes(thing.clone(), example.clone()),
        named(get, "get", "one resource.").gives(thing.clone(), example.clone()),
        named(put, "put", "change a resource that is there.").takes(manifest, written).gives(thing, example.clone()),
        named(delete, "delete", "delete a resource.").empties("It is gone."),
        named(status, "status", "its status alone.").gives(
            json!({ "type": "object" }),
            json!({ "metadata": example["metadata"], "status": example["status"] }),
        ),
    ]
}

impl Envelope for Orloj {
    /// An error in plain text, with Orloj's statuses: what cannot be read or is not allowed is 400.
    fn envelop(error: &ApiError) -> Response {
        let status = match error.code {
            ErrorCode::Invalid | ErrorCode::BadRequest => StatusCode::BAD_REQUEST,
            _ => error.status(),
        };
        let kind = [(CONTENT_TYPE, "text/plain; charset=utf-8")];
        (status, kind, format!("{}\n", error.message)).into_response()
    }
}

type Reply = Result<Response, Enveloped<Orloj>>;

/// What stands behind the question mark.
#[derive(Deserialize)]
struct Asked {
    namespace: Option<String>,
    limit: Option<u32>,
    #[serde(rename = "continue")]
    after: Option<i64>,
}

type Asking = Result<Query<Asked>, QueryRejection>;

fn asked(query: Asking) -> Result<Asked, ApiError> {
    let Query(asked) = query.map_err(|error| ApiError::new(ErrorCode::BadRequest, error.body_text().to_lowercase()))?;
    Ok(asked)
}

fn many(kind: ResourceKind) -> MethodRouter<Site> {
    get(async move |State(site): State<Site>, query: Asking| list(&site, kind, asked(query)?).await).post(
        async move |State(site): State<Site>, query: Asking, body: Bytes| make(&site, kind, asked(query)?, &body).await,
    )
}

fn one(kind: ResourceKind) -> MethodRouter<Site> {
    get(async move |State(site): State<Site>, Path(name): Path<String>, query: Asking| {
        Reply::Ok(Json(found(&site, kind, &name, &asked(query)?).await?).into_response())
    })
    .put(async move |State(site): State<Site>, Path(name): Path<String>, query: Asking, body: Bytes| {
        change(&site, kind, &name, asked(query)?, &body).await
    })
    .delete(async move |State(site): State<Site>, Path(name): Path<String>, query: Asking| {
        let at = at(kind, &name, &asked(query)?);
        site.run("resource_delete", at).await?;
        Reply::Ok(StatusCode::NO_CONTENT.into_response())
    })
}

fn status(kind: ResourceKind) -> MethodRouter<Site> {
    get(async move |State(site): State<Site>, Path(name): Path<String>, query: Asking| {
        let whole = found(&site, kind, &name, &asked(query)?).await?;
        Reply::Ok(Json(json!({ "metadata": whole["metadata"], "status": whole["status"] })).into_response())
    })
}

async fn list(site: &Site, kind: ResourceKind, asked: Asked) -> Reply {
    let query = json!({ "kind": kind, "namespace": asked.namespace, "limit": asked.limit, "after": asked.after });
    let page = site.run("resources_list", query).await?;
    let rows = page["items"].as_array().into_iter().flatten();
    let items = rows.map(manifest).collect::<Result<Vec<_>, _>>()?;
    let mut answer = json!({ "items": items });
    if let Some(next) = page["next"].as_i64() {
        answer["continue"] = json!(next.to_string());
    }
    Ok(Json(answer).into_response())
}

async fn make(site: &Site, kind: ResourceKind, asked: Asked, body: &[u8]) -> Reply {
    let applied = apply(site, kind, &asked, None, body).await?;
    let place = Asked { namespace: applied["namespace"].as_str().map(str::to_owned), ..asked };
    let made = found(site, kind, applied["name"].as_str().unwrap_or_default(), &place).await?;
    Ok((StatusCode::CREATED, Json(made)).into_response())
}

async fn change(site: &Site, kind: ResourceKind, name: &str, asked: Asked, body: &[u8]) -> Reply {
    found(site, kind, name, &asked).await?;
    apply(site, kind, &asked, Some(name), body).await?;
    Ok(Json(found(site, kind, name, &asked).await?).into_response())
}

async fn apply(
    site: &Site,
    kind: ResourceKind,
    asked: &Asked,
    name: Option<&str>,
    body: &[u8],
) -> Result<Value, ApiError> {
    let text =
        std::str::from_utf8(body).map_err(|_| ApiError::new(ErrorCode::BadRequest, "the manifest is no text"))?;
    let input = json!({ "text": text, "kind": kind, "namespace": asked.namespace, "name": name });
    let applied = site.run("resources_apply", input).await?;
    Ok(applied[0].clone())
}

async fn found(site: &Site, kind: ResourceKind, name: &str, asked: &Asked) -> Result<Value, ApiError> {
    manifest(&site.run("resource_get", at(kind, name, asked)).await?)
}

fn at(kind: ResourceKind, name: &str, asked: &Asked) -> Value {
    let namespace = asked.namespace.as_deref().unwrap_or(DEFAULT_NAMESPACE);
    json!({ "kind": kind, "namespace": namespace, "name": name })
}

fn manifest(row: &Value) -> Result<Value, ApiError> {
    serde_json::from_str(row["manifest"].as_str().unwrap_or_default())
        .map_err(|error| ApiError::new(ErrorCode::Internal, error.to_string()))
}
