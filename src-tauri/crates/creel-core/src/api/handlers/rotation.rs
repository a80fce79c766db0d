//! The rotation radar: which secret each sender still uses, and the end of an old one.

use std::collections::HashSet;
use std::sync::Arc;

use super::secrets::{grace, info};
use crate::api::rotation::{ChangeGrace, RadarSecret, RadarSender, RotationRadar};
use crate::api::triggers::TriggerRef;
use crate::app::App;
use crate::error::ApiError;
use crate::events::Event;
use crate::ids::SecretId;
use crate::registry::require;
use crate::store::secrets::{self, SealedSecret, Slot};
use crate::store::senders::{self, Sender, Uses};

/// Senders in one answer: as many as a person looks through.
const SENDERS_SHOWN: usize = 50;

/// Which secret each sender of a trigger uses. What was counted since the last keeping is kept first, so that it is exact.
pub async fn trigger_senders(app: &Arc<App>, input: TriggerRef) -> Result<RotationRadar, ApiError> {
    let listening = require(&app.registry.now(), &input.id)?;
    let owner = listening.trigger.contract.face().secret_owner(&listening.trigger);
    let (kept, uses) = app
        .store
        .write(move |turn| {
            turn.tally.flush(turn.db, turn.now)?;
            Ok((secrets::of(turn.db, &owner)?, senders::of(turn.db, &input.id)?))
        })
        .await?;
    Ok(radar(kept, uses))
}

/// `uses`: the latest first.
fn radar(mut kept: Vec<SealedSecret>, uses: Vec<(Sender, Uses)>) -> RotationRadar {
    kept.retain(|secret| secret.slot != Slot::Named);
    kept.sort_by_key(|secret| (secret.slot != Slot::Current, std::cmp::Reverse(secret.expires_at)));
    let mut seen = HashSet::new();
    let mut senders: Vec<_> = uses
        .into_iter()
        .filter(|(sender, _)| seen.insert((sender.address.clone(), sender.agent.clone())))
        .map(|(sender, uses)| shown(sender, uses, &kept))
        .collect();
    let current = kept.first().filter(|secret| secret.slot == Slot::Current).map(|secret| secret.id.clone());
    senders.sort_by_key(|sender| (sender.secret_id == current, std::cmp::Reverse(sender.last_at)));
    let of = |id: &SecretId| senders.iter().filter(|sender| sender.secret_id.as_ref() == Some(id)).count();
    let secrets = kept
        .iter()
        .map(|secret| RadarSecret { secret: info(secret), senders: u32::try_from(of(&secret.id)).unwrap_or(u32::MAX) })
        .collect();
    let more = u32::try_from(senders.len().saturating_sub(SENDERS_SHOWN)).unwrap_or(u32::MAX);
    senders.truncate(SENDERS_SHOWN);
    RotationRadar { secrets, senders, more }
}

fn shown(sender: Sender, uses: Uses, kept: &[SealedSecret]) -> RadarSender {
    let there = kept.iter().any(|secret| secret.id == sender.key);
    RadarSender {
        address: Some(sender.address).filter(|address| !address.is_empty()),
        agent: sender.agent,
        secret_id: there.then_some(sender.key),
        deliveries: uses.n,
        last_at: uses.last_at,
    }
}

/// Sets the end of a secret that is not the current one.
pub async fn trigger_grace(app: &Arc<App>, input: ChangeGrace) -> Result<RotationRadar, ApiError> {
    let listening = require(&app.registry.now(), &input.id)?;
    let owner = listening.trigger.contract.face().secret_owner(&listening.trigger);
    let (_, ends) = grace(app, Some(input.hours)).map_err(|error| ApiError { field: Some("hours".into()), ..error })?;
    let secret = input.secret_id.clone();
    let there = app.store.write(move |turn| secrets::set_end(turn.db, &owner, &secret, ends)).await?;
    if !there {
        return Err(ApiError::not_found("old secret", &input.secret_id));
    }
    app.reload().await?;
    app.events.send(Event::Trigger(input.id.clone()));
    trigger_senders(app, TriggerRef { id: input.id }).await
}
