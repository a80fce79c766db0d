//! Waiting for the request that brings a trigger's key; showing the key where it has to be pasted at the sender.

use std::sync::Arc;

use super::secrets::vault;
use super::triggers::row;
use crate::api::triggers::{LearnKey, LearntKey, TriggerRef, TriggerRow};
use crate::app::App;
use crate::authenticate::Handshake;
use crate::error::{ApiError, ErrorCode};
use crate::events::Event;
use crate::learning::{Learning, WAIT_MS};
use crate::registry::{Listening, require};
use crate::store::learning;
use crate::trigger::Contract;

/// Begins to wait, waits ten minutes from now on, or waits no longer.
pub async fn trigger_learn(app: &Arc<App>, input: LearnKey) -> Result<TriggerRow, ApiError> {
    let listening = require(&app.registry.now(), &input.id)?;
    handshake(&listening)?;
    vault(app)?;
    let trigger = listening.trigger.clone();
    let row = app
        .store
        .write(move |turn| {
            let now = turn.now;
            let before = learning::of(turn.db, &trigger.id)?.filter(|learning| learning.waits(now));
            match (input.wait, before) {
                (true, Some(waiting)) => {
                    learning::put(turn.db, &trigger.id, &Learning { until: now.plus_ms(WAIT_MS), ..waiting })?;
                }
                (true, None) => learning::put(turn.db, &trigger.id, &Learning::begin(now))?,
                (false, Some(_)) => learning::delete(turn.db, &trigger.id)?,
                (false, None) => {}
            }
            row(turn.db, trigger, now)
        })
        .await?;
    app.reload().await?;
    app.events.send(Event::Trigger(input.id));
    Ok(row)
}

/// The handshake that brings the key of a trigger.
fn handshake(listening: &Listening) -> Result<&'static Handshake, ApiError> {
    let handshake = listening.scheme.and_then(|scheme| scheme.learning());
    handshake.filter(|_| listening.trigger.contract == Contract::Creel).ok_or_else(|| {
        let words = format!("the senders of \"{}\" bring no key", listening.trigger.name);
        ApiError::new(ErrorCode::Conflict, words).hint("set its secret, or rotate it")
    })
}

/// The key, where its sender wants it pasted: once.
pub async fn trigger_learnt_key(app: &Arc<App>, input: TriggerRef) -> Result<LearntKey, ApiError> {
    let listening = require(&app.registry.now(), &input.id)?;
    if !handshake(&listening)?.show {
        let words = "this sender knows its key: nothing has to be pasted there";
        return Err(ApiError::new(ErrorCode::Conflict, words));
    }
    let (id, key) = (input.id.clone(), listening.current().cloned());
    let key = key.ok_or_else(|| ApiError::new(ErrorCode::Unavailable, "the key cannot be opened"))?;
    app.store
        .write(move |turn| {
            let found = learning::of(turn.db, &id)?;
            let mut found = found.filter(|found| found.learnt.is_some()).ok_or_else(|| {
                ApiError::new(ErrorCode::Conflict, "no key was learnt yet").hint("wait for the handshake first")
            })?;
            if let Some(learnt) = found.learnt.as_mut().filter(|learnt| !learnt.shown) {
                learnt.shown = true;
                return learning::put(turn.db, &id, &found);
            }
            Err(ApiError::new(ErrorCode::Conflict, "the key was shown already")
                .hint("wait anew and let the sender bring another one")
                .into())
        })
        .await?;
    app.events.send(Event::Trigger(input.id));
    Ok(LearntKey { secret: key.expose().to_owned() })
}
