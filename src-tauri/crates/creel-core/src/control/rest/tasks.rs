//! `/api/tasks`: what `create_task` makes.

use axum::Router;
use axum::body::Bytes;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::routing::get;
use serde_json::{Value, json};

use super::reply::{Reply, bad_query, given, gone, made, shown};
use crate::api::tasks::TasksQuery;
use crate::control::route::{Route, of, text};
use crate::control::site::{Site, object};

pub fn routes() -> Router<Site> {
    Router::new()
        .route("/api/tasks", get(list).post(create))
        .route("/api/tasks/{id}", get(one).patch(change).delete(delete))
}

pub fn described() -> Vec<Route> {
    let task = json!({
        "id": "tsk_2xQ…", "seq": 12, "list_id": "lst_2xQ…", "title": "[production] Deploy failed", "description": "",
        "assignees": [], "priority": "high", "tags": ["deploy"], "status": "open", "source_delivery": "dlv_2xQ…",
        "created_at": 1_795_244_400_000_i64, "updated_at": 1_795_244_400_000_i64,
    });
    vec![
        Route::new("GET /api/tasks", "tasks", "Tasks, newest first.")
            .query("list_id", "Only of this list.", text())
            .query("status", "Only with this status.", of("TaskStatus"))
            .paged()
            .lists(of("Task"), task.clone()),
        Route::new("POST /api/tasks", "task_create", "Make a task by hand.")
            .takes(of("TaskDraft"), json!({ "title": "Look at the deploy" }))
            .makes(of("Task"), task.clone()),
        Route::new("GET /api/tasks/{id}", "task", "One task.").gives(of("Task"), task.clone()),
        Route::new("PATCH /api/tasks/{id}", "task_update", "Change a task.")
            .takes(of("TaskDraft"), json!({ "status": "done" }))
            .gives(of("Task"), task),
        Route::new("DELETE /api/tasks/{id}", "task_delete", "Delete a task.").empties("It is gone."),
    ]
}

async fn list(State(site): State<Site>, query: Result<Query<TasksQuery>, QueryRejection>) -> Reply {
    let Query(query) = query.map_err(|error| bad_query(&error))?;
    let input = given([
        ("list_id", json!(query.list_id)),
        ("status", json!(query.status)),
        ("limit", json!(query.limit)),
        ("after", json!(query.after)),
    ]);
    shown(site.run("tasks_list", input).await?)
}

async fn create(State(site): State<Site>, body: Bytes) -> Reply {
    made(site.run("task_create", Value::Object(object(&body)?)).await?)
}

async fn one(State(site): State<Site>, Path(id): Path<String>) -> Reply {
    shown(site.run("task_get", json!({ "id": id })).await?)
}

async fn change(State(site): State<Site>, Path(id): Path<String>, body: Bytes) -> Reply {
    shown(site.run("task_update", json!({ "id": id, "change": object(&body)? })).await?)
}

async fn delete(State(site): State<Site>, Path(id): Path<String>) -> Reply {
    site.run("task_delete", json!({ "id": id })).await?;
    gone()
}
