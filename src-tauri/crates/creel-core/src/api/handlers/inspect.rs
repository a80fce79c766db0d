//! Looking at one delivery: the detail, the signature, the preview, the back-test, its fields.
//!
//! All of it is computed anew from the stored bytes, by the functions of the pipeline.

use std::sync::Arc;

use bytes::Bytes;

use super::trigger_changes::{apply, blank};
use crate::actions::{Action, Outside, Targets, preview_action};
use crate::api::deliveries::{DeliveryDetail, DeliveryRef, HeaderLine, TriggerVerdict};
use crate::api::preview::{Backtest, BacktestQuery, BacktestRow, Fields, FieldsQuery, Preview, PreviewQuery};
use crate::api::triggers::TriggerDraft;
use crate::app::App;
use crate::authenticate::Scheme;
use crate::contracts::Foreseen;
use crate::delivery::Delivery;
use crate::error::ApiError;
use crate::filter::{self, FilterVerdict};
use crate::ids::{DeliveryId, TriggerId};
use crate::pipeline::{json_error, scope_of};
use crate::receive::Headers;
use crate::store::contents::Contents;
use crate::store::{StoreError, contents, deliveries, executions};
use crate::template::Scope;
use crate::trigger::{Contract, Trigger};
use crate::{headers, template, verdict};

const BACKTEST: u32 = 20;
const BACKTEST_MOST: u32 = 100;

/// A stored delivery with everything.
pub struct Stored {
    /// The row.
    pub delivery: Delivery,
    /// Head, answer, timings.
    pub contents: Contents,
    /// The kept bytes of the body.
    pub body: Bytes,
}

/// Loads a delivery with everything.
pub async fn stored(app: &App, id: &DeliveryId) -> Result<Stored, ApiError> {
    let wanted = id.clone();
    let found = app.store.read(move |db| load(db, &wanted)).await?;
    found.ok_or_else(|| ApiError::not_found("delivery", id))
}

/// The same inside a query.
pub fn load(db: &rusqlite::Connection, id: &DeliveryId) -> Result<Option<Stored>, StoreError> {
    let Some(delivery) = deliveries::get(db, id)? else { return Ok(None) };
    let Some(contents) = contents::get(db, delivery.seq)? else { return Ok(None) };
    let body = contents::body(db, delivery.seq)?.unwrap_or_default().into();
    Ok(Some(Stored { delivery, contents, body }))
}

/// One delivery without its body.
pub async fn delivery_get(app: &Arc<App>, input: DeliveryRef) -> Result<DeliveryDetail, ApiError> {
    let Stored { delivery, contents, body } = stored(app, &input.id).await?;
    let (seq, origin, id) = (delivery.seq, delivery.replay_of.clone(), input.id);
    let (executions, lineage) = app
        .store
        .read(move |db| {
            let origin = origin.map(|id| deliveries::get(db, &id)).transpose()?.flatten();
            let replays = deliveries::replays_of(db, &id)?;
            Ok((executions::of_delivery(db, seq)?, origin.into_iter().chain(replays).collect()))
        })
        .await?;
    let listening = delivery.endpoint.as_ref().and_then(|id| app.registry.now().get(id));
    let trigger = listening.as_ref().filter(|at| !at.is_test()).map(|at| &at.trigger);
    let content_type = contents.headers.text("content-type").map(str::to_owned);
    let claims_json = content_type.as_deref().is_some_and(|kind| kind.contains("json"));
    Ok(DeliveryDetail {
        verdict: verdict::sentence(&delivery, trigger.map(|trigger| trigger.name.as_str())),
        filters: trigger
            .map(|trigger| filter_verdict(&delivery, &contents.headers, &body, trigger))
            .into_iter()
            .collect(),
        headers: lines(&contents.headers, listening.as_ref().and_then(|at| at.scheme)),
        answer: contents.answer.whole(&body),
        timings: contents.timings,
        executions,
        lineage,
        body_sha256: hex::encode(contents.body_sha256),
        body_bytes: contents.body_bytes,
        body_kept: contents.body_kept,
        body_is_text: std::str::from_utf8(&body).is_ok(),
        json_error: if claims_json { json_error(&body) } else { None },
        content_type,
        target: contents.target,
        delivery,
    })
}

fn filter_verdict(delivery: &Delivery, headers: &Headers, body: &Bytes, trigger: &Trigger) -> TriggerVerdict {
    let scope = scope_of(delivery, headers, body, trigger);
    TriggerVerdict {
        trigger_id: trigger.id.clone(),
        trigger_name: trigger.name.clone(),
        verdict: filter::evaluate(&trigger.filter, &scope),
    }
}

/// Header lines as the screen shows them: credentials masked, bytes that are no text escaped.
pub fn lines(headers: &Headers, scheme: Option<&Scheme>) -> Vec<HeaderLine> {
    headers.0.iter().map(|(name, value)| headers::line_at(scheme, name, value)).collect()
}

/// What a draft would do with a delivery.
pub async fn preview(app: &Arc<App>, input: PreviewQuery) -> Result<Preview, ApiError> {
    let trigger = drafted(app, input.trigger_id.as_ref(), input.draft)?;
    let stored = stored(app, &input.delivery_id).await?;
    let settings = app.settings.load_full();
    let targets = app.store.read(move |db| Targets::load(db, &settings)).await?;
    let mut preview = preview_of(&trigger, &stored, &targets);
    let scope = scope_of(&stored.delivery, &stored.contents.headers, &stored.body, &trigger);
    let held = outside_of(app, &trigger).reason();
    for (action, shown) in trigger.actions.iter().zip(&mut preview.actions) {
        shown.held = held.filter(|_| !matches!(action, Action::CreateTask(_))).map(str::to_owned);
        let Action::RunAgent(config) = action else { continue };
        let misfit = app.registry.now().misfit(&config.agent_id, || config.input(&scope, trigger.missing).value());
        shown.problem = misfit.or(shown.problem.take());
    }
    Ok(preview)
}

fn preview_of(trigger: &Trigger, stored: &Stored, targets: &Targets) -> Preview {
    let scope = scope_of(&stored.delivery, &stored.contents.headers, &stored.body, trigger);
    let Foreseen { gates, stopped, own } = trigger.contract.face().foresee(trigger, &stored.delivery, &scope);
    Preview {
        filter: judged(trigger, stopped, &scope),
        gates,
        actions: trigger.actions.iter().map(|action| preview_action(action, trigger, &scope, targets)).collect(),
        own,
    }
}

/// What the filter says, unless the contract's own conditions or rules stop what it lets through.
fn judged(trigger: &Trigger, stopped: Option<String>, scope: &Scope<'_>) -> FilterVerdict {
    let verdict = filter::evaluate(&trigger.filter, scope);
    match stopped {
        Some(reason) if verdict.passed => FilterVerdict { passed: false, reason, ..verdict },
        Some(_) | None => verdict,
    }
}

/// What a draft would have let through.
pub async fn backtest(app: &Arc<App>, input: BacktestQuery) -> Result<Backtest, ApiError> {
    let trigger = drafted(app, input.trigger_id.as_ref(), input.draft)?;
    let limit = input.limit.unwrap_or(BACKTEST).clamp(1, BACKTEST_MOST);
    let (sample, at) = (input.delivery_id, input.trigger_id);
    let stored = app
        .store
        .read(move |db| {
            let endpoint = match at {
                Some(id) => Some(id),
                None => deliveries::get(db, &sample)?.and_then(|delivery| delivery.endpoint),
            };
            let rows = match endpoint {
                Some(endpoint) => deliveries::at_endpoint(db, &endpoint, limit)?,
                None => deliveries::get(db, &sample)?.into_iter().collect(),
            };
            rows.iter().filter_map(|row| load(db, &row.id).transpose()).collect::<Result<Vec<_>, _>>()
        })
        .await?;
    let rows: Vec<_> = stored.iter().map(|one| backtest_row(&trigger, one)).collect();
    let matched = rows.iter().filter(|row| row.passed).count();
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    Ok(Backtest { matched: count(matched), filtered: count(rows.len() - matched), rows })
}

fn backtest_row(trigger: &Trigger, stored: &Stored) -> BacktestRow {
    let scope = scope_of(&stored.delivery, &stored.contents.headers, &stored.body, trigger);
    let stopped = trigger.contract.face().foresee(trigger, &stored.delivery, &scope).stopped;
    let verdict = judged(trigger, stopped, &scope);
    BacktestRow {
        delivery_id: stored.delivery.id.clone(),
        received_at: stored.delivery.received_at,
        event: stored.delivery.event.clone(),
        passed: verdict.passed,
        reason: verdict.reason,
    }
}

/// The fields of a delivery.
pub async fn fields(app: &Arc<App>, input: FieldsQuery) -> Result<Fields, ApiError> {
    let stored = stored(app, &input.delivery_id).await?;
    let listening = stored.delivery.endpoint.as_ref().and_then(|id| app.registry.now().get(id));
    let trigger = listening
        .map_or_else(|| blank(TriggerId::from("trg_new"), Contract::Creel, app.clock.now()), |at| at.trigger.clone());
    let scope = scope_of(&stored.delivery, &stored.contents.headers, &stored.body, &trigger);
    Ok(template::fields(&scope))
}

/// The trigger as the builder has it now. A draft without a name is fine while it is being written.
fn drafted(app: &App, id: Option<&TriggerId>, draft: TriggerDraft) -> Result<Trigger, ApiError> {
    let before = match id {
        Some(id) => crate::registry::require(&app.registry.now(), id)?.trigger.clone(),
        None => {
            let contract = draft.contract.unwrap_or(Contract::Creel);
            blank(TriggerId::from("trg_new"), contract, app.clock.now())
        }
    };
    let draft = TriggerDraft { name: None, ..draft };
    apply(before, draft, None)
}

/// Whether outside effects of a trigger would run, for plans.
pub fn outside_of(app: &App, trigger: &Trigger) -> Outside {
    match (trigger.scheme.as_str(), trigger.capture_only || app.settings.load().capture_only) {
        ("none", _) => Outside::Unsigned,
        (_, true) => Outside::CaptureOnly,
        (_, false) => Outside::Run,
    }
}
