//! `/api/alert-webhooks` and `/api/team`: OpShift's webhooks, which are triggers of contract `opshift`, and what they share.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::routing::{get, patch, post};
use serde_json::{Map, Value, json};

use super::reply::{Reply, gone, made, shown, whole_list};
use crate::control::route::{Route, of, text};
use crate::control::site::{Site, object};
use crate::error::ApiError;

pub fn routes() -> Router<Site> {
    Router::new()
        .route("/api/alert-webhooks", get(list).post(create))
        .route("/api/alert-webhooks/{slug}", patch(change).delete(delete))
        .route("/api/team", get(team).patch(change_team))
        .route("/api/team/secret", get(secret))
        .route("/api/team/rotate-secret", post(rotate))
}

pub fn described() -> Vec<Route> {
    let rule = json!({ "match": "all", "effect": "drop",
        "rules": [{ "field": "metadata.branch", "operator": "ne", "value": "main", "type": "string" }] });
    let row = json!({ "id": "trg_2xQ…", "name": "Deploy failures", "slug": "deploy-failures",
        "path": "/api/alerts/trigger/deploy-failures", "enabled": true, "default_severity": "sev2",
        "reopen_hours": 24, "rate_per_minute": 60, "filter_rules": [rule] });
    let fields = json!({ "type": "object", "properties": {
        "name": text(), "slug": text(), "enabled": { "type": "boolean" },
        "default_severity": { "oneOf": [of("Severity"), { "type": "null" }] },
        "reopen_hours": { "type": "integer", "minimum": 0, "maximum": 720 },
        "rate_per_minute": { "type": "integer", "minimum": 0 },
        "filter_rules": { "type": "array", "items": of("FilterRule") },
    } });
    let shape = json!({ "type": "object", "required": ["id", "name", "slug", "path", "enabled"] });
    let team = json!({ "has_secret": true, "alerts_per_month": 0, "alerts_this_month": 12 });
    let rotated = json!({ "secret": "…", "old_secret_expires_at": "2026-11-22T09:00:00Z", "grace_period_hours": 24 });
    vec![
        Route::new("GET /api/alert-webhooks", "alert_webhooks", "OpShift: the webhooks by name.")
            .lists(shape.clone(), row.clone()),
        Route::new(
            "POST /api/alert-webhooks",
            "alert_webhook_create",
            "OpShift: make a webhook. With the first one the team's secret is made and shown as `team_secret`, once.",
        )
        .takes(fields.clone(), json!({ "name": "Deploy failures", "slug": "deploy-failures", "filter_rules": [rule] }))
        .makes(shape.clone(), row.clone()),
        Route::new("PATCH /api/alert-webhooks/{slug}", "alert_webhook_update", "OpShift: change a webhook.")
            .may_take(fields, json!({ "enabled": false }))
            .gives(shape, row),
        Route::new("DELETE /api/alert-webhooks/{slug}", "alert_webhook_delete", "OpShift: delete a webhook.")
            .empties("It is gone; its alerts stay."),
        Route::new("GET /api/team", "team", "OpShift: the team's secret and quota.").gives(of("Team"), team.clone()),
        Route::new("PATCH /api/team", "team_update", "OpShift: change the quota.")
            .may_take(of("TeamChange"), json!({ "alerts_per_month": 1000 }))
            .gives(of("Team"), team),
        Route::new("GET /api/team/secret", "team_secret", "OpShift: make the team's secret; 409 when there is one.")
            .gives(of("TeamSecret"), json!({ "secret": "…" })),
        Route::new("POST /api/team/rotate-secret", "team_rotate_secret", "OpShift: a new secret for all webhooks.")
            .may_take(of("RotateTeam"), json!({ "grace_hours": 24 }))
            .gives(of("SecretRotated"), rotated),
    ]
}

async fn list(State(site): State<Site>) -> Reply {
    let rows = mine(&site).await?;
    whole_list(rows.iter().map(webhook).collect())
}

async fn create(State(site): State<Site>, body: Bytes) -> Reply {
    let mut draft = draft(object(&body)?, None)?;
    draft.insert("contract".to_owned(), json!("opshift"));
    let answer = site.run("trigger_create", Value::Object(draft)).await?;
    let mut row = webhook(&answer["row"]);
    if !answer["secret"].is_null() {
        row["team_secret"] = answer["secret"].clone();
    }
    made(row)
}

async fn change(State(site): State<Site>, Path(slug): Path<String>, body: Bytes) -> Reply {
    let before = find(&site, &slug).await?;
    let change = draft(object(&body)?, Some(&before["trigger"]["settings"]["opshift"]))?;
    let row = site.run("trigger_update", json!({ "id": before["trigger"]["id"], "change": change })).await?;
    shown(webhook(&row))
}

async fn delete(State(site): State<Site>, Path(slug): Path<String>) -> Reply {
    let row = find(&site, &slug).await?;
    site.run("trigger_delete", json!({ "id": row["trigger"]["id"] })).await?;
    gone()
}

async fn team(State(site): State<Site>) -> Reply {
    shown(site.run("team_get", json!({})).await?)
}

async fn change_team(State(site): State<Site>, body: Bytes) -> Reply {
    shown(site.run("team_update", Value::Object(object(&body)?)).await?)
}

async fn secret(State(site): State<Site>) -> Reply {
    shown(site.run("team_secret", json!({})).await?)
}

async fn rotate(State(site): State<Site>, body: Bytes) -> Reply {
    shown(site.run("team_rotate_secret", Value::Object(object(&body)?)).await?)
}

async fn mine(site: &Site) -> Result<Vec<Value>, ApiError> {
    let rows = site.run("triggers_list", json!({})).await?;
    Ok(rows.as_array().into_iter().flatten().filter(|row| row["trigger"]["contract"] == "opshift").cloned().collect())
}

async fn find(site: &Site, slug: &str) -> Result<Value, ApiError> {
    let rows = mine(site).await?;
    rows.into_iter()
        .find(|row| row["trigger"]["slug"] == slug)
        .ok_or_else(|| ApiError::not_found("alert webhook", slug))
}

/// A webhook's fields as a trigger's draft; what is not the alerts' own is the trigger's. Settings that are not named stay.
fn draft(mut body: Map<String, Value>, before: Option<&Value>) -> Result<Map<String, Value>, ApiError> {
    let mut draft = Map::new();
    for name in ["name", "slug", "enabled"] {
        draft.extend(body.remove(name).map(|value| (name.to_owned(), value)));
    }
    if let Some(most) = body.remove("rate_per_minute") {
        let burst = most.as_u64().unwrap_or_default().max(1);
        draft.insert("rate".to_owned(), json!({ "per_minute": most, "burst": burst }));
    }
    let mut settings = before.and_then(Value::as_object).cloned().unwrap_or_default();
    let changed = !body.is_empty() || before.is_none();
    settings.extend(body);
    if changed {
        draft.insert("settings".to_owned(), json!({ "opshift": settings }));
    }
    Ok(draft)
}

fn webhook(row: &Value) -> Value {
    let trigger = &row["trigger"];
    let settings = &trigger["settings"]["opshift"];
    json!({
        "id": trigger["id"],
        "name": trigger["name"],
        "slug": trigger["slug"],
        "path": row["path"],
        "enabled": trigger["enabled"],
        "default_severity": settings["default_severity"],
        "reopen_hours": settings["reopen_hours"],
        "rate_per_minute": trigger["rate"]["per_minute"],
        "filter_rules": settings["filter_rules"],
    })
}
