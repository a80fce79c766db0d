//! `/api/deliveries`: what arrived, its bytes, and firing it again.

use axum::Router;
use axum::body::Bytes;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use serde_json::{Value, json};

use super::reply::{Reply, bad_query, flat, given, shown};
use crate::api::deliveries::{BodySlice, DeliveriesQuery};
use crate::control::route::{Route, of, page_of, text, with};
use crate::control::site::{Site, object};
use crate::error::{ApiError, ErrorCode};

pub fn routes() -> Router<Site> {
    Router::new()
        .route("/api/deliveries", get(list))
        .route("/api/deliveries/{id}", get(one))
        .route("/api/deliveries/{id}/body", get(body))
        .route("/api/deliveries/{id}/replay", post(replay))
}

pub fn described() -> Vec<Route> {
    let row = json!({
        "id": "dlv_2xQ…", "seq": 40, "received_at": 1_795_244_400_000_i64, "method": "POST", "path": "/hooks/deploys",
        "source": "github", "event": "push", "answer_status": 202, "outcome": "accepted", "signature": "valid",
        "bytes": 7205, "duration_us": 4100,
    });
    let headers = json!({ "type": "array", "items": of("HeaderLine") });
    let executions = json!({ "type": "array", "items": of("Execution") });
    let details = json!({
        "verdict": text(), "target": text(), "headers": headers, "answer": of("Answer"), "executions": executions,
    });
    let found = json!({ "allOf": [page_of(of("Delivery")), { "type": "object", "properties": {
        "meaning": text(), "search_lag": { "type": "integer" }, "searched_to": { "type": ["integer", "null"] },
    } }] });
    let draft = json!({ "type": "object", "description": "A ReplayDraft without its delivery." });
    let kind = "application/octet-stream";
    vec![
        Route::new("GET /api/deliveries", "deliveries", "Deliveries, newest first.")
            .query("q", "The search, as typed in the window: `sig:bad source:github after:1h`.", text())
            .paged()
            .gives(found, json!({ "items": [row], "next": null, "meaning": "all deliveries", "search_lag": 0, "searched_to": null })),
        Route::new("GET /api/deliveries/{id}", "delivery", "One delivery with everything but its body.")
            .gives(with("Delivery", details), row),
        Route::new("GET /api/deliveries/{id}/body", "delivery_bytes", "The kept bytes, exactly as they came.").answers(
            "200",
            "The bytes.",
            kind,
            json!({ "type": "string", "contentMediaType": kind }),
            json!("…"),
        ),
        Route::new(
            "POST /api/deliveries/{id}/replay",
            "delivery_replay",
            "Fire it again; to its own path unless told otherwise.",
        )
        .may_take(draft, json!({ "signing": "target", "new_event_id": true, "outside_effects": false }))
        .gives(of("ReplaySent"), json!({ "results": [] })),
    ]
}

async fn list(State(site): State<Site>, query: Result<Query<DeliveriesQuery>, QueryRejection>) -> Reply {
    let Query(query) = query.map_err(|error| bad_query(&error))?;
    let input = given([("q", json!(query.q)), ("limit", json!(query.limit)), ("after", json!(query.after))]);
    shown(flat(site.run("deliveries_list", input).await?, "page"))
}

async fn one(State(site): State<Site>, Path(id): Path<String>) -> Reply {
    shown(flat(site.run("delivery_get", json!({ "id": id })).await?, "delivery"))
}

/// The kept bytes, exactly. Never as the type the sender claimed: nothing that arrived is opened by a browser.
async fn body(State(site): State<Site>, Path(id): Path<String>) -> Reply {
    let mut bytes: Vec<u8> = Vec::new();
    loop {
        let slice = site.run("delivery_body", json!({ "id": id, "offset": bytes.len() })).await?;
        let slice: BodySlice = serde_json::from_value(slice).map_err(|error| unreadable(&error))?;
        let piece = STANDARD.decode(&slice.base64).map_err(|error| unreadable(&error))?;
        bytes.extend_from_slice(&piece);
        if piece.is_empty() || i64::try_from(bytes.len()).is_ok_and(|have| have >= slice.total) {
            break;
        }
    }
    let headers = [(CONTENT_TYPE, "application/octet-stream"), (CONTENT_DISPOSITION, "attachment; filename=\"body\"")];
    Ok((headers, bytes).into_response())
}

fn unreadable(error: &dyn std::fmt::Display) -> ApiError {
    ApiError::new(ErrorCode::Internal, format!("a slice of the body is unreadable: {error}"))
}

/// A replay draft without its delivery; to the original path unless it names a target.
async fn replay(State(site): State<Site>, Path(id): Path<String>, body: Bytes) -> Reply {
    let mut draft = object(&body)?;
    draft.insert("delivery_id".to_owned(), Value::String(id));
    draft.entry("target").or_insert_with(|| json!("original"));
    shown(site.run("replay_send", Value::Object(draft)).await?)
}
