//! Alerts: listed, taken up, resolved. Only deliveries raise them.

use std::sync::Arc;

use rusqlite::Connection;

use super::{before, page, page_size};
use crate::alerts::{Alert, AlertId, AlertStatus, Occurrence};
use crate::api::alerts::{AlertRef, AlertsQuery, OccurrencesQuery};
use crate::api::page::Page;
use crate::app::App;
use crate::clock::UnixMs;
use crate::error::{ApiError, ErrorCode};
use crate::events::Event;
use crate::store::{alerts, occurrences};

/// Alerts, the ones raised last first.
pub async fn alerts_list(app: &Arc<App>, input: AlertsQuery) -> Result<Page<Alert>, ApiError> {
    let size = page_size(input.limit);
    let rows = app.store.read(move |db| alerts::page(db, input.status, before(input.after), size + 1)).await?;
    Ok(page(rows, size, |alert| alert.seq))
}

/// One alert.
pub async fn alert_get(app: &Arc<App>, input: AlertRef) -> Result<Alert, ApiError> {
    let id = input.id.clone();
    app.store.read(move |db| alerts::get(db, &id)).await?.ok_or_else(|| missing(&input.id))
}

/// Its occurrences, the latest first.
pub async fn alert_occurrences(app: &Arc<App>, input: OccurrencesQuery) -> Result<Page<Occurrence>, ApiError> {
    let size = page_size(input.limit);
    let alert = alert_get(app, AlertRef { id: input.id }).await?.seq;
    let rows = app.store.read(move |db| occurrences::page(db, alert, input.after, size + 1)).await?;
    Ok(page(rows, size, |row| row.seq))
}

/// Somebody is at it. Twice is as good as once; a resolved one is over.
pub async fn alert_acknowledge(app: &Arc<App>, input: AlertRef) -> Result<Alert, ApiError> {
    change(app, input.id, |_, alert, _| match alert.status {
        AlertStatus::Resolved => {
            let words = format!("alert {} is resolved", alert.id);
            Err(ApiError::new(ErrorCode::Conflict, words).hint("a new occurrence within its window opens it again"))
        }
        AlertStatus::Open | AlertStatus::Acknowledged => Ok(Alert { status: AlertStatus::Acknowledged, ..alert }),
    })
    .await
}

/// It is over. Twice is as good as once: the window counts from the first time.
pub async fn alert_resolve(app: &Arc<App>, input: AlertRef) -> Result<Alert, ApiError> {
    change(app, input.id, |_, alert, now| {
        let resolved_at = alert.resolved_at.or(Some(now));
        Ok(Alert { status: AlertStatus::Resolved, resolved_at, ..alert })
    })
    .await
}

/// It is open again. Not where the group went on without it: two open alerts of one group would share its reports.
pub async fn alert_reopen(app: &Arc<App>, input: AlertRef) -> Result<Alert, ApiError> {
    change(app, input.id, |db, alert, _| {
        if !alerts::is_latest(db, alert.seq)? {
            let words = format!("alert {} has a newer one of its group", alert.id);
            return Err(ApiError::new(ErrorCode::Conflict, words).hint("reports of the group go to the newer one"));
        }
        Ok(Alert { status: AlertStatus::Open, resolved_at: None, ..alert })
    })
    .await
}

async fn change<F>(app: &Arc<App>, id: AlertId, change: F) -> Result<Alert, ApiError>
where
    F: FnOnce(&Connection, Alert, UnixMs) -> Result<Alert, ApiError> + Send + 'static,
{
    let alert = app
        .store
        .write(move |turn| {
            let alert = alerts::get(turn.db, &id)?.ok_or_else(|| missing(&id))?;
            let alert = change(turn.db, alert, turn.now)?;
            alerts::update(turn.db, &alert, None)?;
            Ok(alert)
        })
        .await?;
    app.events.send(Event::Alert(alert.id.clone()));
    Ok(alert)
}

fn missing(id: &AlertId) -> ApiError {
    ApiError::not_found("alert", id)
}
