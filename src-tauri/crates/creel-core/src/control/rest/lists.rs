//! `/api/lists`: the lists that tasks are in.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::routing::{get, patch};
use serde_json::{Value, json};

use super::reply::{Reply, gone, made, shown, whole_list};
use crate::control::route::{Route, of, text};
use crate::control::site::{Site, object};

pub fn routes() -> Router<Site> {
    Router::new().route("/api/lists", get(list).post(create)).route("/api/lists/{id}", patch(rename).delete(delete))
}

pub fn described() -> Vec<Route> {
    let list = json!({ "id": "lst_2xQ…", "name": "Inbox", "open": 3, "done": 9, "created_at": 1_795_244_400_000_i64 });
    let name = json!({ "type": "object", "required": ["name"], "properties": { "name": text() } });
    vec![
        Route::new("GET /api/lists", "lists", "The lists with their counts.").lists(of("TaskList"), list.clone()),
        Route::new("POST /api/lists", "list_create", "Make a list.")
            .takes(of("ListDraft"), json!({ "name": "Deploys" }))
            .makes(of("TaskList"), list.clone()),
        Route::new("PATCH /api/lists/{id}", "list_rename", "Rename a list.")
            .takes(name, json!({ "name": "Releases" }))
            .gives(of("TaskList"), list),
        Route::new("DELETE /api/lists/{id}", "list_delete", "Delete a list with its tasks.").empties("It is gone."),
    ]
}

async fn list(State(site): State<Site>) -> Reply {
    whole_list(site.run("lists_list", json!({})).await?)
}

async fn create(State(site): State<Site>, body: Bytes) -> Reply {
    made(site.run("list_create", Value::Object(object(&body)?)).await?)
}

async fn rename(State(site): State<Site>, Path(id): Path<String>, body: Bytes) -> Reply {
    let mut change = object(&body)?;
    change.insert("id".to_owned(), Value::String(id));
    shown(site.run("list_rename", Value::Object(change)).await?)
}

async fn delete(State(site): State<Site>, Path(id): Path<String>) -> Reply {
    site.run("list_delete", json!({ "id": id })).await?;
    gone()
}
