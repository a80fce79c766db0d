//! Pipelines and their instances.

use std::sync::Arc;

use super::{before, name, page, page_size};
use crate::api::Nothing;
use crate::api::page::Page;
use crate::api::pipelines::*;
use crate::app::App;
use crate::authenticate::Catalogue;
use crate::clock::UnixMs;
use crate::error::{ApiError, ErrorCode};
use crate::events::Event;
use crate::ids::PipelineId;
use crate::pipelines::{Pipeline, PipelineInstance, PipelineStatus, read_steps};
use crate::store::pipelines;

const NAME_MOST: usize = 100;
/// Steps of one pipeline: more than a person oversees.
const STEPS_MOST: usize = 100;

/// All pipelines, oldest first.
pub async fn pipelines_list(app: &Arc<App>, _: Nothing) -> Result<Vec<Pipeline>, ApiError> {
    Ok(app.store.read(pipelines::all).await?)
}

/// Makes a pipeline.
pub async fn pipeline_create(app: &Arc<App>, input: PipelineDraft) -> Result<Pipeline, ApiError> {
    let pipeline = checked(PipelineId::new(app.ids.as_ref()), app.clock.now(), input, app.registry.now().schemes())?;
    let row = pipeline.clone();
    app.store.write(move |turn| pipelines::insert(turn.db, &row)).await?;
    app.events.send(Event::Pipeline(pipeline.id.clone()));
    Ok(pipeline)
}

/// Changes a pipeline; its instances keep what they were made with.
pub async fn pipeline_update(app: &Arc<App>, input: PipelineChange) -> Result<Pipeline, ApiError> {
    let PipelineChange { id, change } = input;
    let schemes = app.registry.now().schemes().clone();
    let pipeline = app
        .store
        .write(move |turn| {
            let before = pipelines::get(turn.db, &id)?.ok_or_else(|| ApiError::not_found("pipeline", &id))?;
            let pipeline = checked(before.id, before.created_at, change, &schemes)?;
            pipelines::replace(turn.db, &pipeline)?;
            Ok(pipeline)
        })
        .await?;
    app.events.send(Event::Pipeline(pipeline.id.clone()));
    Ok(pipeline)
}

fn checked(
    id: PipelineId,
    created_at: UnixMs,
    input: PipelineDraft,
    schemes: &Catalogue,
) -> Result<Pipeline, ApiError> {
    let PipelineDraft { name: title, variables, steps } = input;
    if steps.len() > STEPS_MOST {
        return Err(ApiError::invalid("steps", format!("{} steps; at most {STEPS_MOST}", steps.len())));
    }
    for (index, step) in read_steps(&steps)?.iter().enumerate() {
        if let Some(key) = step.signs_with().filter(|key| schemes.find(key).is_none()) {
            let field = format!("steps.{index}.sign.scheme");
            return Err(ApiError::invalid(&field, format!("step {}: there is no scheme \"{key}\"", index + 1)));
        }
    }
    Ok(Pipeline { id, name: name("name", &title, NAME_MOST)?, variables, steps, created_at })
}

/// Deletes a pipeline; its instances stay.
pub async fn pipeline_delete(app: &Arc<App>, input: PipelineRef) -> Result<Nothing, ApiError> {
    let id = input.id.clone();
    match app.store.write(move |turn| pipelines::delete(turn.db, &id)).await? {
        true => app.events.send(Event::Pipeline(input.id)),
        false => return Err(ApiError::not_found("pipeline", &input.id)),
    }
    Ok(Nothing {})
}

/// Instances, newest first.
pub async fn pipeline_instances_list(
    app: &Arc<App>,
    input: PipelineInstancesQuery,
) -> Result<Page<PipelineInstance>, ApiError> {
    let size = page_size(input.limit);
    let found = app
        .store
        .read(move |db| pipelines::instances(db, input.pipeline_id.as_ref(), before(input.after), size + 1))
        .await?;
    Ok(page(found, size, |instance| instance.seq))
}

/// One instance.
pub async fn pipeline_instance_get(app: &Arc<App>, input: PipelineInstanceRef) -> Result<PipelineInstance, ApiError> {
    let id = input.id.clone();
    let found = app.store.read(move |db| pipelines::instance(db, &id)).await?;
    found.ok_or_else(|| ApiError::not_found("pipeline instance", &input.id))
}

/// Stops an instance that waits or runs.
pub async fn pipeline_instance_cancel(
    app: &Arc<App>,
    input: PipelineInstanceRef,
) -> Result<PipelineInstance, ApiError> {
    let before = pipeline_instance_get(app, input.clone()).await?;
    let over = || {
        let words = format!("pipeline instance {} neither waits nor runs any more", before.id);
        ApiError::new(ErrorCode::Conflict, words)
    };
    match (&before.execution_id, before.status) {
        (Some(execution), PipelineStatus::Running) => {
            app.executor()?.cancel(execution).await.map_err(|_| over())?;
        }
        (Some(execution), PipelineStatus::Pending) => {
            // One that is held for the user has no execution that waits.
            if app.executor()?.cancel(execution).await.is_err() {
                take_back(app, &before).await?.then_some(()).ok_or_else(over)?;
            }
        }
        (None, PipelineStatus::Pending) => take_back(app, &before).await?.then_some(()).ok_or_else(over)?,
        (_, PipelineStatus::Completed | PipelineStatus::Failed | PipelineStatus::Cancelled)
        | (None, PipelineStatus::Running) => return Err(over()),
    }
    pipeline_instance_get(app, input).await
}

async fn take_back(app: &Arc<App>, instance: &PipelineInstance) -> Result<bool, ApiError> {
    let id = instance.id.clone();
    Ok(app.store.write(move |turn| pipelines::cancel(turn.db, &id)).await?)
}

/// Goes on with an instance that failed or was stopped, from the step at which it stands.
pub async fn pipeline_instance_resume(
    app: &Arc<App>,
    input: PipelineInstanceRef,
) -> Result<PipelineInstance, ApiError> {
    let before = pipeline_instance_get(app, input.clone()).await?;
    let nothing = || ApiError::new(ErrorCode::Conflict, format!("nothing runs pipeline instance {}", before.id));
    app.executor()?.retry(before.execution_id.as_ref().ok_or_else(nothing)?).await?;
    pipeline_instance_get(app, input).await
}
