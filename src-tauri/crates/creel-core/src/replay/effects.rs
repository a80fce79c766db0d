//! What a replay would set off here, in words.

use std::time::Instant;

use super::aim::Here;
use super::compose::Composed;
use super::marks::Mark;
use crate::actions::{Effect, preview_action};
use crate::api::replays::PlannedEffect;
use crate::app::App;
use crate::error::ApiError;
use crate::pipeline::{Rehearsal, rehearse};
use crate::receive::{Incoming, Listener, Peer};
use crate::store::lists;

/// Effects action by action, and what to know about them.
pub(super) async fn effects(
    app: &App,
    here: &Here,
    composed: &Composed,
    mark: Mark,
) -> Result<(Vec<PlannedEffect>, Vec<String>), ApiError> {
    let incoming = Incoming {
        received_at: app.clock.now(),
        started: Instant::now(),
        peer: Peer { address: Some(here.receiver.ip()), listener: Listener::Receiver },
        method: composed.method.clone(),
        target: here.target.clone(),
        headers: composed.headers.clone(),
        body: composed.body.clone(),
    };
    match rehearse(app, incoming, mark).await? {
        Rehearsal::Refused(status, words) => Ok((Vec::new(), vec![format!("it will be answered {status}: {words}")])),
        Rehearsal::Quiet(words) => Ok((Vec::new(), vec![words])),
        Rehearsal::Acts(acts) => {
            let lists = app.store.read(lists::all).await?;
            let each = acts.each.iter().flat_map(|(at, planned)| {
                let (scope, trigger) = (acts.scope(&at.trigger), &at.trigger);
                let previews: Vec<_> =
                    trigger.actions.iter().map(|action| preview_action(action, trigger, &scope, &lists)).collect();
                previews.into_iter().zip(planned)
            });
            let effects = each.map(|(preview, planned)| effect(preview.words, preview.problem, &planned.effect));
            Ok((effects.collect(), Vec::new()))
        }
    }
}

fn effect(words: String, problem: Option<String>, effect: &Effect) -> PlannedEffect {
    let (note, outside, runs) = match (effect, problem) {
        (_, Some(problem)) => (Some(problem), matches!(effect, Effect::Outside | Effect::Skipped(_)), false),
        (Effect::Task { .. }, None) => (None, false, true),
        (Effect::Outside, None) => (None, true, true),
        (Effect::Skipped(reason), None) => (Some(reason.clone()), true, false),
        (Effect::Impossible(error), None) => (Some(error.message.clone()), true, false),
    };
    PlannedEffect { words: note.map_or(words.clone(), |note| format!("{words} ({note})")), outside, runs }
}
