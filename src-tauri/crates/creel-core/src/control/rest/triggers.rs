//! `/api/triggers`: every trigger of every contract in one form.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::routing::{get, post};
use serde_json::{Value, json};

use super::reply::{Reply, flat, gone, made, shown, whole_list};
use crate::control::route::{Route, of, text, with};
use crate::control::site::{Site, object};

pub fn routes() -> Router<Site> {
    Router::new()
        .route("/api/triggers", get(list).post(create))
        .route("/api/triggers/{id}", get(one).patch(change).delete(delete))
        .route("/api/triggers/{id}/rotate-secret", post(rotate))
        .route("/api/triggers/{id}/answer-as", post(answer_as).delete(work_again))
}

pub fn described() -> Vec<Route> {
    let number = json!({ "type": "integer" });
    let row = json!({
        "path": text(), "secrets": { "type": "array", "items": of("SecretInfo") }, "accepted_24h": number,
        "last_fired_at": { "type": ["integer", "null"] }, "refused_24h": number, "failed_24h": number,
        "answer_as": { "oneOf": [of("AnswerAs"), { "type": "null" }] },
    });
    let mut made = row.clone();
    made["secret"] = json!({ "type": ["string", "null"], "description": "In clear, this one time." });
    made["warnings"] = json!({ "type": "array", "items": text() });
    let shown = json!({ "id": "trg_2xQ…", "name": "Deploys", "contract": "creel", "slug": "deploys", "enabled": true });
    let draft = json!({
        "name": "Deploys", "slug": "deploys", "scheme": "github",
        "actions": [{ "create_task": { "list_id": "lst_2xQ…", "title": "{{payload.head_commit.message}}" } }],
    });
    let hours = json!({ "type": "integer", "minimum": 0, "maximum": 720 });
    let rotation = json!({ "type": "object", "properties": { "secret": text(), "grace_hours": hours } });
    let rotated = json!({ "secret": "…", "old_secret_expires_at": "2026-11-22T09:00:00Z", "grace_period_hours": 24 });
    let fault = json!({ "type": "object", "properties": {
        "status": { "type": "integer", "description": "A status that the contract documents; its first fault is meant." },
        "fault": { "type": "string", "description": "The fault by its key, in place of a status." },
        "count": { "type": "integer", "minimum": 1, "maximum": 10_000, "description": "For so many requests; missing: until it is switched off." },
        "delay_ms": { "type": "integer", "minimum": 0, "maximum": 60_000 },
        "manner": of("Manner"),
    } });
    let changed = row.clone();
    let mut changed_example = shown.clone();
    changed_example["answer_as"] = json!({ "fault": "rate_limited", "manner": "whole", "delay_ms": 0, "count": 3 });
    vec![
        Route::new("GET /api/triggers", "triggers", "All triggers by name.")
            .lists(with("Trigger", row.clone()), shown.clone()),
        Route::new("POST /api/triggers", "trigger_create", "Make a trigger; its secret is shown here and never again.")
            .takes(of("TriggerDraft"), draft)
            .makes(with("Trigger", made), shown.clone()),
        Route::new("GET /api/triggers/{id}", "trigger", "One trigger.")
            .gives(with("Trigger", row.clone()), shown.clone()),
        Route::new("PATCH /api/triggers/{id}", "trigger_update", "Change a trigger.")
            .takes(of("TriggerDraft"), json!({ "enabled": false }))
            .gives(with("Trigger", row), shown),
        Route::new("DELETE /api/triggers/{id}", "trigger_delete", "Delete a trigger; its deliveries stay.")
            .empties("It is gone."),
        Route::new(
            "POST /api/triggers/{id}/rotate-secret",
            "trigger_rotate",
            "A new secret; the old one works on a while.",
        )
        .may_take(rotation, json!({ "grace_hours": 24 }))
        .gives(of("SecretRotated"), rotated),
        Route::new(
            "POST /api/triggers/{id}/answer-as",
            "trigger_answer_as",
            "Answer a documented fault in place of the trigger's work.",
        )
        .takes(fault, json!({ "status": 429, "count": 3, "delay_ms": 0 }))
        .gives(with("Trigger", changed), changed_example),
        Route::new(
            "DELETE /api/triggers/{id}/answer-as",
            "trigger_work_again",
            "Switch \"answer as\" off: the trigger does its work again.",
        )
        .empties("It works again."),
    ]
}

/// A row as REST shows it: the trigger's fields, then what the list knows about it.
fn row(row: Value) -> Value {
    flat(row, "trigger")
}

async fn list(State(site): State<Site>) -> Reply {
    let rows = site.run("triggers_list", json!({})).await?;
    let rows = if let Value::Array(rows) = rows { rows } else { Vec::new() };
    whole_list(rows.into_iter().map(row).collect())
}

/// The secret is in this answer and never again.
async fn create(State(site): State<Site>, body: Bytes) -> Reply {
    let made_row = site.run("trigger_create", Value::Object(object(&body)?)).await?;
    made(row(flat(made_row, "row")))
}

async fn one(State(site): State<Site>, Path(id): Path<String>) -> Reply {
    shown(row(site.run("trigger_get", json!({ "id": id })).await?))
}

async fn change(State(site): State<Site>, Path(id): Path<String>, body: Bytes) -> Reply {
    shown(row(site.run("trigger_update", json!({ "id": id, "change": object(&body)? })).await?))
}

async fn delete(State(site): State<Site>, Path(id): Path<String>) -> Reply {
    site.run("trigger_delete", json!({ "id": id })).await?;
    gone()
}

async fn rotate(State(site): State<Site>, Path(id): Path<String>, body: Bytes) -> Reply {
    let mut input = object(&body)?;
    input.insert("id".to_owned(), Value::String(id));
    shown(site.run("trigger_rotate_secret", Value::Object(input)).await?)
}

/// A status stands for its first fault.
async fn answer_as(State(site): State<Site>, Path(id): Path<String>, body: Bytes) -> Reply {
    let mut input = object(&body)?;
    if let Some(status) = input.remove("status") {
        input.entry("fault").or_insert(Value::String(status.to_string()));
    }
    shown(row(site.run("trigger_answer_as", json!({ "id": id, "answer_as": input })).await?))
}

async fn work_again(State(site): State<Site>, Path(id): Path<String>) -> Reply {
    site.run("trigger_answer_as", json!({ "id": id })).await?;
    gone()
}
