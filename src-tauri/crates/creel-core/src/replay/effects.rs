//! What a replay would set off here, in words.

use std::time::Instant;

use super::aim::Here;
use super::compose::Composed;
use super::marks::Mark;
use crate::actions::{Effect, Targets, preview_action};
use crate::api::replays::PlannedEffect;
use crate::app::App;
use crate::error::ApiError;
use crate::pipeline::{Rehearsal, rehearse};
use crate::receive::{Incoming, Listener, Peer};

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
            let settings = app.settings.load_full();
            let targets = app.store.read(move |db| Targets::load(db, &settings)).await?;
            let each = acts.each.iter().flat_map(|(at, planned)| {
                let (scope, trigger) = (acts.scope(&at.trigger), &at.trigger);
                planned
                    .iter()
                    .map(|planned| {
                        let own = trigger.actions.get(planned.position as usize);
                        let preview = own.map(|action| preview_action(action, trigger, &scope, &targets));
                        let (words, problem) = preview.map_or_else(
                            || (words_of(&planned.effect), None),
                            |preview| (preview.words, preview.problem),
                        );
                        effect(words, problem, &planned.effect)
                    })
                    .collect::<Vec<_>>()
            });
            let effects = each;
            Ok((effects.collect(), Vec::new()))
        }
    }
}

/// What a contract does itself, beside its trigger's actions.
fn words_of(effect: &Effect) -> String {
    match effect {
        Effect::Alert { plan, .. } => format!("raises the alert \"{}\", or adds an occurrence to it", plan.title),
        Effect::Run(plan) => format!("makes a run task out of {}", plan.hook.template().key()),
        Effect::Pipeline { plan, .. } => format!("instantiates the pipeline {}", plan.pipeline_id),
        Effect::Agent { plan, .. } => format!("runs the agent {}", plan.agent_id),
        Effect::Task { plan, .. } => format!("creates the task \"{}\"", plan.title),
        Effect::Outside | Effect::Skipped(_) | Effect::Impossible(_) => String::new(),
    }
}

fn effect(words: String, problem: Option<String>, effect: &Effect) -> PlannedEffect {
    let (note, outside, runs) = match (effect, problem) {
        (_, Some(problem)) => (Some(problem), matches!(effect, Effect::Outside | Effect::Skipped(_)), false),
        (Effect::Task { .. } | Effect::Alert { .. } | Effect::Run(_), None) => (None, false, true),
        (Effect::Agent { held, .. } | Effect::Pipeline { held, .. }, None) => {
            (held.map(str::to_owned), true, held.is_none())
        }
        (Effect::Outside, None) => (None, true, true),
        (Effect::Skipped(reason), None) => (Some(reason.clone()), true, false),
        (Effect::Impossible(error), None) => (Some(error.message.clone()), true, false),
    };
    PlannedEffect { words: note.map_or(words.clone(), |note| format!("{words} ({note})")), outside, runs }
}
