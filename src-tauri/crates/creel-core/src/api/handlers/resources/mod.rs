//! Orloj's resources: applied all or none, listed, shown as manifests, deleted.

mod apply;
mod difference;
mod kept;
mod put;

use std::sync::Arc;

use super::{before, page, page_size};
use crate::api::Nothing;
use crate::api::page::Page;
use crate::api::resources::{Applied, ApplyResources, ResourceRef, ResourceRow, ResourcesQuery};
use crate::app::App;
use crate::error::ApiError;
use crate::events::Event;
use crate::orloj::{Named, ResourceKind};
use crate::store::{orloj_secrets, orloj_tasks, triggers};

/// Applies manifests: all of them in one transaction, or none.
pub async fn resources_apply(app: &Arc<App>, input: ApplyResources) -> Result<Vec<Applied>, ApiError> {
    apply::apply(app, input).await
}

/// Resources of a kind, newest first.
pub async fn resources_list(app: &Arc<App>, input: ResourcesQuery) -> Result<Page<ResourceRow>, ApiError> {
    let size = page_size(input.limit);
    let rows = app.store.read(move |db| kept::page(db, &input, before(input.after), size + 1)).await?;
    Ok(page(rows, size, |row| row.seq))
}

/// One resource.
pub async fn resource_get(app: &Arc<App>, input: ResourceRef) -> Result<ResourceRow, ApiError> {
    let at = Named { namespace: input.namespace.clone(), name: input.name.clone() };
    let found = app.store.read(move |db| kept::get(db, input.kind, &at)).await?;
    found.ok_or_else(|| missing(&input))
}

/// Deletes a resource. A webhook's endpoint is gone with it; what it made stays.
pub async fn resource_delete(app: &Arc<App>, input: ResourceRef) -> Result<Nothing, ApiError> {
    let at = Named { namespace: input.namespace.clone(), name: input.name.clone() };
    let (asked, kind) = (input.clone(), input.kind);
    let trigger = app
        .store
        .write(move |turn| {
            let trigger = match input.kind {
                ResourceKind::TaskWebhook => kept::trigger(turn.db, &at)?.map(|trigger| trigger.id),
                ResourceKind::Task | ResourceKind::Secret => None,
            };
            let gone = match (input.kind, &trigger) {
                (ResourceKind::Task, _) => orloj_tasks::delete(turn.db, &at)?,
                (ResourceKind::Secret, _) => orloj_secrets::delete(turn.db, &at)?,
                (ResourceKind::TaskWebhook, Some(id)) => triggers::delete(turn.db, id)?,
                (ResourceKind::TaskWebhook, None) => false,
            };
            if gone { Ok(trigger) } else { Err(missing(&asked).into()) }
        })
        .await?;
    app.reload().await?;
    app.events.send(Event::Resources(kind));
    if let Some(id) = trigger {
        app.events.send(Event::Trigger(id));
    }
    Ok(Nothing {})
}

fn missing(at: &ResourceRef) -> ApiError {
    let kind = at.kind.name().to_lowercase();
    ApiError::new(crate::error::ErrorCode::NotFound, format!("{kind} \"{}\" not found", at.name))
}
