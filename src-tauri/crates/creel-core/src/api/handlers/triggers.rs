//! Triggers as they are listed; schemes; a draft from a delivery.

use std::sync::Arc;

use super::secrets::info;
use crate::api::Nothing;
use crate::api::triggers::{DraftFrom, Drafted, TriggerDraft, TriggerRef, TriggerRow};
use crate::app::App;
use crate::clock::UnixMs;
use crate::error::ApiError;
use crate::events::Event;
use crate::filter::{Combine, Condition, Filter, Operator};
use crate::receive::Endpoint;
use crate::registry::{TEST_SLUG, TEST_TRIGGER};
use crate::store::{StoreError, activity, answer_as, contents, deliveries, learning, secrets, triggers};
use crate::trigger::{Contract, Trigger};

const DAY_MS: i64 = 86_400_000;

/// All triggers by name.
pub async fn triggers_list(app: &Arc<App>, _: Nothing) -> Result<Vec<TriggerRow>, ApiError> {
    let now = app.clock.now();
    let mut rows = app
        .store
        .read(move |db| {
            triggers::all(db)?.into_iter().map(|trigger| row(db, trigger, now)).collect::<Result<Vec<_>, _>>()
        })
        .await?;
    rows.sort_by_key(|row| row.trigger.name.to_lowercase());
    Ok(rows)
}

/// One trigger.
pub async fn trigger_get(app: &Arc<App>, input: TriggerRef) -> Result<TriggerRow, ApiError> {
    let (id, now) = (input.id.clone(), app.clock.now());
    let found =
        app.store.read(move |db| triggers::get(db, &id)?.map(|trigger| row(db, trigger, now)).transpose()).await?;
    found.ok_or_else(|| ApiError::not_found("trigger", &input.id))
}

/// A trigger with its counts.
pub fn row(db: &rusqlite::Connection, trigger: Trigger, now: UnixMs) -> Result<TriggerRow, StoreError> {
    let since = now.plus_ms(-DAY_MS);
    let (accepted_24h, refused_24h) = activity::of_endpoint(db, &trigger.id, since)?;
    let secrets = secrets::all(db)?;
    let owner = trigger.contract.face().secret_owner(&trigger);
    Ok(TriggerRow {
        path: trigger.path(),
        secrets: secrets.iter().filter(|secret| secret.owner == owner).map(info).collect(),
        last_fired_at: activity::last_fired(db, &trigger.id)?,
        accepted_24h,
        refused_24h,
        failed_24h: activity::failed(db, &trigger.id, since)?,
        answer_as: answer_as::of(db, &trigger.id)?,
        learning: learning::of(db, &trigger.id)?,
        trigger,
    })
}

/// A draft from a delivery; the delivery is pinned as its sample.
pub async fn trigger_draft(app: &Arc<App>, input: DraftFrom) -> Result<Drafted, ApiError> {
    let id = input.delivery_id.clone();
    let (delivery, contents) = app
        .store
        .write(move |turn| {
            let delivery = deliveries::pin(turn, &id, true)?.ok_or_else(|| ApiError::not_found("delivery", &id))?;
            let contents = contents::get(turn.db, delivery.seq)?.ok_or_else(|| ApiError::not_found("delivery", &id))?;
            Ok((delivery, contents))
        })
        .await?;
    app.events.send(Event::DeliveryChanged(delivery.clone()));
    let (scheme, why) = match app.registry.now().schemes().suggest(&contents.headers) {
        Some((scheme, why)) => (scheme.key.clone(), why),
        None => ("none".to_owned(), "no header of it looks like a signature".to_owned()),
    };
    let from_test = delivery.endpoint.as_ref().is_some_and(|id| id.as_str() == TEST_TRIGGER);
    let slug = match from_test {
        true => TEST_SLUG.to_owned(),
        false => free_slug(app, slug_from(delivery.path.rsplit('/').find(|part| !part.is_empty()).unwrap_or("hook"))),
    };
    let draft = TriggerDraft {
        name: Some(name_of(&delivery.source, delivery.event.as_deref())),
        contract: Some(Contract::Creel),
        slug: Some(slug),
        secret_from: from_test.then(|| TEST_TRIGGER.into()),
        enabled: Some(true),
        methods: Some(vec![delivery.method.clone()]),
        filter: Some(filter_of(delivery.event.as_deref())),
        actions: Some(Vec::new()),
        scheme: Some(scheme),
        ..TriggerDraft::default()
    };
    Ok(Drafted { draft, sample: delivery.id, why })
}

/// The slug, or with the first number behind it at which nobody listens yet.
fn free_slug(app: &App, slug: String) -> String {
    let routes = app.registry.now();
    let free = |slug: &String| routes.find(&Endpoint::At { contract: Contract::Creel, name: slug.clone() }).is_empty();
    let numbered = (2..).map(|n| format!("{}-{n}", &slug[..slug.len().min(SLUG_ROOM)]));
    std::iter::once(slug.clone()).chain(numbered.take(SLUGS_TRIED)).find(free).unwrap_or(slug)
}

/// Characters of a slug that leave room for a number.
const SLUG_ROOM: usize = 58;
/// Numbers tried before the user has to choose.
const SLUGS_TRIED: usize = 100;

fn name_of(source: &str, event: Option<&str>) -> String {
    event.map_or_else(|| format!("{source} webhook"), |event| format!("{source} {event}"))
}

/// Only deliveries like this one, where it says what it is.
fn filter_of(event: Option<&str>) -> Filter {
    let row = |event: &str| Condition { field: "event".to_owned(), operator: Operator::Is, value: event.to_owned() };
    Filter { mode: Combine::All, rows: event.map(row).into_iter().collect() }
}

/// A slug made of a name: `[a-z0-9-]{1,64}`.
pub fn slug_from(name: &str) -> String {
    let mut slug = String::new();
    for c in name.chars() {
        match c.to_ascii_lowercase() {
            c if c.is_ascii_alphanumeric() => slug.push(c),
            _ if slug.ends_with('-') || slug.is_empty() => {}
            _ => slug.push('-'),
        }
        if slug.len() == 64 {
            break;
        }
    }
    match slug.trim_end_matches('-') {
        "" => "hook".to_owned(),
        slug => slug.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_is_made_of_any_name() {
        for (name, slug) in
            [("Deploy failed!", "deploy-failed"), ("  --", "hook"), ("Ünïcode", "n-code"), ("..%2f..", "2f")]
        {
            assert_eq!(slug_from(name), slug, "{name}");
        }
        assert_eq!(slug_from(&"x".repeat(200)).len(), 64);
    }
}
