//! `/api/pipelines` and `/api/pipeline-instances`: what `instantiate_pipeline` starts from and makes.

use axum::Router;
use axum::body::Bytes;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::routing::{delete, get, post};
use serde_json::{Value, json};

use super::reply::{Reply, bad_query, given, gone, made, shown, whole_list};
use crate::api::pipelines::PipelineInstancesQuery;
use crate::control::route::{Route, of, text};
use crate::control::site::{Site, object};

pub fn routes() -> Router<Site> {
    Router::new()
        .route("/api/pipelines", get(list).post(create))
        .route("/api/pipelines/{id}", delete(remove))
        .route("/api/pipeline-instances", get(instances))
        .route("/api/pipeline-instances/{id}", get(instance))
        .route("/api/pipeline-instances/{id}/cancel", post(cancel))
        .route("/api/pipeline-instances/{id}/resume", post(resume))
}

pub fn described() -> Vec<Route> {
    let pipeline = json!({ "id": "pip_2xQ…", "name": "Release", "variables": { "environment": "staging" },
        "steps": [{ "name": "build" }], "created_at": 1_795_244_400_000_i64 });
    let instance = json!({ "id": "pin_2xQ…", "seq": 3, "pipeline_id": "pip_2xQ…", "status": "pending",
        "variables": { "environment": "production" }, "steps": [{ "name": "build" }],
        "source_delivery": "dlv_2xQ…", "created_at": 1_795_244_400_000_i64 });
    vec![
        Route::new("GET /api/pipelines", "pipelines", "The pipelines.").lists(of("Pipeline"), pipeline.clone()),
        Route::new("POST /api/pipelines", "pipeline_create", "Make a pipeline.")
            .takes(of("PipelineDraft"), json!({ "name": "Release", "steps": [{ "name": "build" }] }))
            .makes(of("Pipeline"), pipeline),
        Route::new("DELETE /api/pipelines/{id}", "pipeline_delete", "Delete a pipeline; its instances stay.")
            .empties("It is gone."),
        Route::new("GET /api/pipeline-instances", "pipeline_instances", "Instances, newest first.")
            .query("pipeline_id", "Only of this pipeline.", text())
            .paged()
            .lists(of("PipelineInstance"), instance.clone()),
        Route::new("GET /api/pipeline-instances/{id}", "pipeline_instance", "One instance.")
            .gives(of("PipelineInstance"), instance.clone()),
        Route::new(
            "POST /api/pipeline-instances/{id}/cancel",
            "pipeline_instance_cancel",
            "Stop one that waits or runs.",
        )
        .gives(of("PipelineInstance"), instance.clone()),
        Route::new(
            "POST /api/pipeline-instances/{id}/resume",
            "pipeline_instance_resume",
            "Go on from the failed step.",
        )
        .gives(of("PipelineInstance"), instance),
    ]
}

async fn list(State(site): State<Site>) -> Reply {
    whole_list(site.run("pipelines_list", json!({})).await?)
}

async fn create(State(site): State<Site>, body: Bytes) -> Reply {
    made(site.run("pipeline_create", Value::Object(object(&body)?)).await?)
}

async fn remove(State(site): State<Site>, Path(id): Path<String>) -> Reply {
    site.run("pipeline_delete", json!({ "id": id })).await?;
    gone()
}

async fn instances(State(site): State<Site>, query: Result<Query<PipelineInstancesQuery>, QueryRejection>) -> Reply {
    let Query(query) = query.map_err(|error| bad_query(&error))?;
    let input = given([
        ("pipeline_id", json!(query.pipeline_id)),
        ("limit", json!(query.limit)),
        ("after", json!(query.after)),
    ]);
    shown(site.run("pipeline_instances_list", input).await?)
}

async fn instance(State(site): State<Site>, Path(id): Path<String>) -> Reply {
    shown(site.run("pipeline_instance_get", json!({ "id": id })).await?)
}

async fn resume(State(site): State<Site>, Path(id): Path<String>) -> Reply {
    shown(site.run("pipeline_instance_resume", json!({ "id": id })).await?)
}

async fn cancel(State(site): State<Site>, Path(id): Path<String>) -> Reply {
    shown(site.run("pipeline_instance_cancel", json!({ "id": id })).await?)
}
