//! Deleting a trigger, and the way back for a while.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use super::trigger_changes::put;
use super::triggers::row;
use crate::api::Nothing;
use crate::api::triggers::{TriggerRef, TriggerRow};
use crate::app::App;
use crate::error::ApiError;
use crate::events::Event;
use crate::ids::TriggerId;
use crate::store::secrets::{self, SealedSecret};
use crate::store::{hooks, learning, triggers};
use crate::trigger::Trigger;

/// Triggers that can be brought back: more deletions than anybody regrets at once.
const KEPT_MOST: usize = 20;

/// The triggers deleted last, until Creel ends. Their secrets stay sealed.
#[derive(Default)]
pub struct Deleted(Mutex<VecDeque<Kept>>);

struct Kept {
    trigger: Trigger,
    secrets: Vec<SealedSecret>,
}

impl Deleted {
    fn keep(&self, kept: Kept) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.push_back(kept);
        if all.len() > KEPT_MOST {
            all.pop_front();
        }
    }

    fn take(&self, id: &TriggerId) -> Option<Kept> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let at = all.iter().position(|kept| kept.trigger.id == *id)?;
        all.remove(at)
    }
}

/// Deletes a trigger and its secrets; its deliveries stay.
pub async fn trigger_delete(app: &Arc<App>, input: TriggerRef) -> Result<Nothing, ApiError> {
    let id = input.id.clone();
    let kept = app
        .store
        .write(move |turn| {
            let missing = || ApiError::not_found("trigger", &id);
            let trigger = triggers::get(turn.db, &id)?.ok_or_else(missing)?;
            let owners = [id.clone(), secrets::token_owner(&id)];
            let mut kept = Vec::new();
            for owner in &owners {
                kept.extend(secrets::of(turn.db, owner)?);
            }
            triggers::delete(turn.db, &id)?;
            hooks::delete_of(turn.db, &id)?;
            learning::delete(turn.db, &id)?;
            owners.iter().try_for_each(|owner| secrets::delete_of(turn.db, owner))?;
            Ok(Kept { trigger, secrets: kept })
        })
        .await?;
    app.deleted.keep(kept);
    app.reload().await?;
    app.events.send(Event::Trigger(input.id));
    Ok(Nothing {})
}

/// Brings a trigger back that was deleted since Creel started, with its secrets and its id. Counts of its runs begin
/// anew, and it answers no fault.
pub async fn trigger_restore(app: &Arc<App>, input: TriggerRef) -> Result<TriggerRow, ApiError> {
    let Kept { trigger, secrets: kept } = app.deleted.take(&input.id).ok_or_else(|| {
        ApiError::not_found("deleted trigger", &input.id)
            .hint("only those deleted last, since Creel started, come back")
    })?;
    let again = Kept { trigger: trigger.clone(), secrets: kept.clone() };
    let restored = app
        .store
        .write(move |turn| {
            put(turn.db, &trigger)?;
            kept.iter().try_for_each(|secret| secrets::insert(turn.db, secret))?;
            row(turn.db, trigger, turn.now)
        })
        .await;
    // Its address may be taken meanwhile: it can still come back once that is free.
    let restored = restored.inspect_err(|_| app.deleted.keep(again))?;
    app.reload().await?;
    app.events.send(Event::Trigger(input.id));
    Ok(restored)
}
