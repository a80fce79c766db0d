//! `/api/alerts`: what deliveries to OpShift webhooks raised.

use axum::Router;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::routing::{get, post};
use serde::Deserialize;
use serde_json::json;

use super::reply::{Reply, bad_query, given, shown};
use crate::api::alerts::AlertsQuery;
use crate::control::route::{Route, of};
use crate::control::site::Site;

pub fn routes() -> Router<Site> {
    Router::new()
        .route("/api/alerts", get(list))
        .route("/api/alerts/{id}", get(one))
        .route("/api/alerts/{id}/occurrences", get(occurrences))
        .route("/api/alerts/{id}/acknowledge", post(acknowledge))
        .route("/api/alerts/{id}/resolve", post(resolve))
        .route("/api/alerts/{id}/reopen", post(reopen))
}

pub fn described() -> Vec<Route> {
    let alert = json!({
        "id": "6921b0d7c3a9f4e5d6b7a8c9", "seq": 12, "webhook": "trg_2xQ…", "title": "Deploy failed: api-gateway",
        "description": "Migration step exited with code 137", "severity": "sev1", "status": "open",
        "group_key": "deploy:api-gateway", "occurrenceCount": 7, "first_at": 1_795_244_400_000_i64,
        "last_at": 1_795_244_460_000_i64, "resolved_at": null,
    });
    let occurrence =
        json!({ "seq": 12, "number": 7, "at": 1_795_244_460_000_i64, "severity": "sev1", "delivery_id": "dlv_2xQ…" });
    vec![
        Route::new("GET /api/alerts", "alerts", "Alerts, the ones raised last first.")
            .query("status", "Only with this status.", of("AlertStatus"))
            .paged()
            .lists(of("Alert"), alert.clone()),
        Route::new("GET /api/alerts/{id}", "alert", "One alert.").gives(of("Alert"), alert.clone()),
        Route::new("GET /api/alerts/{id}/occurrences", "alert_occurrences", "Its occurrences, the latest first.")
            .paged()
            .lists(of("Occurrence"), occurrence),
        Route::new(
            "POST /api/alerts/{id}/acknowledge",
            "alert_acknowledge",
            "Somebody is at it; 409 when it is resolved.",
        )
        .gives(of("Alert"), alert.clone()),
        Route::new("POST /api/alerts/{id}/resolve", "alert_resolve", "It is over.").gives(of("Alert"), alert.clone()),
        Route::new(
            "POST /api/alerts/{id}/reopen",
            "alert_reopen",
            "It is open again; 409 when its group went on in a newer alert.",
        )
        .gives(of("Alert"), alert),
    ]
}

async fn list(State(site): State<Site>, query: Result<Query<AlertsQuery>, QueryRejection>) -> Reply {
    let Query(query) = query.map_err(|error| bad_query(&error))?;
    let input = given([("status", json!(query.status)), ("limit", json!(query.limit)), ("after", json!(query.after))]);
    shown(site.run("alerts_list", input).await?)
}

async fn one(State(site): State<Site>, Path(id): Path<String>) -> Reply {
    shown(site.run("alert_get", json!({ "id": id })).await?)
}

/// The page asked for.
#[derive(Deserialize)]
struct Slice {
    limit: Option<u32>,
    after: Option<i64>,
}

async fn occurrences(
    State(site): State<Site>,
    Path(id): Path<String>,
    query: Result<Query<Slice>, QueryRejection>,
) -> Reply {
    let Query(query) = query.map_err(|error| bad_query(&error))?;
    let input = given([("id", json!(id)), ("limit", json!(query.limit)), ("after", json!(query.after))]);
    shown(site.run("alert_occurrences", input).await?)
}

async fn acknowledge(State(site): State<Site>, Path(id): Path<String>) -> Reply {
    shown(site.run("alert_acknowledge", json!({ "id": id })).await?)
}

async fn resolve(State(site): State<Site>, Path(id): Path<String>) -> Reply {
    shown(site.run("alert_resolve", json!({ "id": id })).await?)
}

async fn reopen(State(site): State<Site>, Path(id): Path<String>) -> Reply {
    shown(site.run("alert_reopen", json!({ "id": id })).await?)
}
