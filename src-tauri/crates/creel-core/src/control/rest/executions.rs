//! `/api/executions`: what ran, what waits, again and stop.

use axum::Router;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::routing::{get, post};
use serde::Deserialize;
use serde_json::{Value, json};

use super::reply::{Reply, bad_query, flat, given, shown};
use crate::control::route::{Route, of, text, with};
use crate::control::site::Site;

pub fn routes() -> Router<Site> {
    Router::new()
        .route("/api/executions", get(list))
        .route("/api/executions/{id}", get(one))
        .route("/api/executions/{id}/retry", post(retry))
        .route("/api/executions/{id}/cancel", post(cancel))
}

pub fn described() -> Vec<Route> {
    let row = json!({
        "id": "exe_2xQ…", "delivery_id": "dlv_2xQ…", "action": "forward", "summary": "POST https://example.com/x",
        "status": "queued", "attempts": 0, "max_attempts": 8,
    });
    let steps = json!({ "type": "array", "items": of("Step") });
    let details = json!({ "steps": steps, "plan": text(), "result": { "type": ["string", "null"] } });
    vec![
        Route::new("GET /api/executions", "executions", "Executions, newest first.")
            .query("status", "Only these statuses, separated by commas.", text())
            .query("delivery", "Only of this delivery.", text())
            .query("trigger", "Only of this trigger.", text())
            .paged()
            .lists(of("Execution"), row.clone()),
        Route::new("GET /api/executions/{id}", "execution", "One execution with its log.")
            .gives(with("Execution", details), row.clone()),
        Route::new("POST /api/executions/{id}/retry", "execution_retry", "Run it again: a fresh set of attempts.")
            .gives(of("Execution"), row.clone()),
        Route::new("POST /api/executions/{id}/cancel", "execution_cancel", "Stop it, or take it out of the queue.")
            .gives(of("Execution"), row),
    ]
}

/// The query string; `status` may name several, separated by commas.
#[derive(Deserialize)]
struct Asked {
    status: Option<String>,
    delivery: Option<String>,
    trigger: Option<String>,
    limit: Option<u32>,
    after: Option<i64>,
}

async fn list(State(site): State<Site>, query: Result<Query<Asked>, QueryRejection>) -> Reply {
    let Query(asked) = query.map_err(|error| bad_query(&error))?;
    let several = |text: String| text.split(',').map(|status| json!(status.trim())).collect::<Value>();
    let input = given([
        ("status", asked.status.map(several).unwrap_or_default()),
        ("delivery", json!(asked.delivery)),
        ("trigger", json!(asked.trigger)),
        ("limit", json!(asked.limit)),
        ("after", json!(asked.after)),
    ]);
    shown(site.run("executions_list", input).await?)
}

async fn one(State(site): State<Site>, Path(id): Path<String>) -> Reply {
    shown(flat(site.run("execution_get", json!({ "id": id })).await?, "execution"))
}

async fn retry(State(site): State<Site>, Path(id): Path<String>) -> Reply {
    shown(site.run("execution_retry", json!({ "id": id })).await?)
}

async fn cancel(State(site): State<Site>, Path(id): Path<String>) -> Reply {
    shown(site.run("execution_cancel", json!({ "id": id })).await?)
}
