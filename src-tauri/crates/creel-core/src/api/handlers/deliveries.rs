//! Deliveries: list, open, body, pin, delete, activity.

use std::sync::Arc;
use std::time::Instant;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use super::views::bad_query;
use super::{before, page_size};
use crate::api::deliveries::{
    Activity, ActivityQuery, BodyQuery, BodySlice, DeleteDeliveries, DeliveriesFound, DeliveriesQuery, PinDelivery,
    Touched,
};
use crate::api::page::Page;
use crate::app::App;
use crate::delivery::Delivery;
use crate::error::ApiError;
use crate::events::Event;
use crate::ids::DeliveryId;
use crate::search;
use crate::store::find::Found;
use crate::store::{activity, contents, deliveries, find, retention, search_index};

/// Bytes of a body in one slice (`trust.md` 5.5).
const SLICE: i64 = 262_144;
/// Deliveries in one deletion.
const DELETE_MOST: usize = 500;
const MINUTES_MOST: u32 = 1_440;
const MINUTE_MS: i64 = 60_000;

/// Deliveries, newest first.
pub async fn deliveries_list(app: &Arc<App>, input: DeliveriesQuery) -> Result<DeliveriesFound, ApiError> {
    let size = page_size(input.limit);
    let query = search::parse(input.q.as_deref().unwrap_or_default(), app.clock.now()).map_err(bad_query)?;
    let meaning = query.meaning();
    let found = app
        .store
        .read(move |db| {
            let began = Instant::now();
            let lag = if find::needs_index(&query) { search_index::lag(db)? } else { 0 };
            Ok((find::page(db, &query, before(input.after), size, &|| began.elapsed())?, lag))
        })
        .await?;
    let (Found { rows, next, searched_to }, search_lag) = found;
    Ok(DeliveriesFound { page: Page { items: rows, next }, meaning, search_lag, searched_to })
}

/// A slice of a body.
pub async fn delivery_body(app: &Arc<App>, input: BodyQuery) -> Result<BodySlice, ApiError> {
    let (_, bytes) = whole_body(app, &DeliveryId(input.id)).await?;
    let total = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
    let offset = input.offset.unwrap_or(0).clamp(0, total);
    let end = offset.saturating_add(input.limit.unwrap_or(SLICE).clamp(0, SLICE)).min(total);
    let range = usize::try_from(offset).unwrap_or(0)..usize::try_from(end).unwrap_or(0);
    Ok(BodySlice { base64: BASE64_STANDARD.encode(&bytes[range]), offset, total })
}

/// A delivery and the kept bytes of its body.
pub async fn whole_body(app: &App, id: &DeliveryId) -> Result<(Delivery, Vec<u8>), ApiError> {
    let wanted = id.clone();
    let found = app
        .store
        .read(move |db| {
            let Some(delivery) = deliveries::get(db, &wanted)? else { return Ok(None) };
            let body = contents::body(db, delivery.seq)?.unwrap_or_default();
            Ok(Some((delivery, body)))
        })
        .await?;
    found.ok_or_else(|| ApiError::not_found("delivery", id))
}

/// Pins or unpins.
pub async fn delivery_pin(app: &Arc<App>, input: PinDelivery) -> Result<Delivery, ApiError> {
    let id = input.id.clone();
    let delivery = app.store.write(move |turn| deliveries::pin(turn, &id, input.pinned)).await?;
    let delivery = delivery.ok_or_else(|| ApiError::not_found("delivery", &input.id))?;
    app.events.send(Event::DeliveryChanged(delivery.clone()));
    Ok(delivery)
}

/// Deletes deliveries for good. Everyone hears of it, as of every deletion, from `retention`.
pub async fn deliveries_delete(app: &Arc<App>, input: DeleteDeliveries) -> Result<Touched, ApiError> {
    if input.ids.len() > DELETE_MOST {
        return Err(ApiError::invalid("ids", format!("{} ids; at most {DELETE_MOST}", input.ids.len())));
    }
    let count = app
        .store
        .write(move |turn| {
            let found = input.ids.iter().map(|id| deliveries::get(turn.db, id)).collect::<Result<Vec<_>, _>>()?;
            let seqs: Vec<_> = found.into_iter().flatten().map(|delivery| delivery.seq).collect();
            Ok(retention::delete(turn, &seqs)?)
        })
        .await?;
    Ok(Touched { count: i64::try_from(count).unwrap_or(i64::MAX) })
}

/// Deliveries minute by minute.
pub async fn activity(app: &Arc<App>, input: ActivityQuery) -> Result<Activity, ApiError> {
    if !(1..=MINUTES_MOST).contains(&input.minutes) {
        return Err(ApiError::invalid("minutes", format!("{} is not between 1 and {MINUTES_MOST}", input.minutes)));
    }
    let now = app.clock.now();
    let since = now.plus_ms(-i64::from(input.minutes - 1) * MINUTE_MS);
    let buckets = app.store.read(move |db| activity::minutes(db, since, now)).await?;
    Ok(Activity {
        total: buckets.iter().map(|bucket| bucket.total).sum(),
        rejected: buckets.iter().map(|bucket| bucket.rejected).sum(),
        buckets,
    })
}
