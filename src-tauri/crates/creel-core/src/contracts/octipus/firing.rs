//! What Octipus decides inside the commit: which hooks have this delivery already, which gates stop a run, and the runs.

use std::sync::Arc;

use super::{CLAIM_MS, QUEUE_MOST, RETRY_AFTER_S, accepted, answers, hook_of};
use crate::actions::{Effect, Planned};
use crate::commit::{Effects, Settle, Taking, run_local};
use crate::contracts::Refused;
use crate::delivery::{Delivery, Outcome, ReasonCode};
use crate::receive::Answered;
use crate::registry::Listening;
use crate::store::contents::PackedBody;
use crate::store::{SeenKeys, StoreError, Turn, hooks};

/// Hooks whose secret fits, highest priority first.
pub(super) struct Firing {
    pub hooks: Vec<Fired>,
    /// How the delivery was proved where that was no signature.
    pub note: Option<&'static str>,
    /// This Creel's user fired it with data of their own.
    pub by_hand: bool,
}

/// One hook that a delivery fires.
pub(super) struct Fired {
    /// Its filter's verdict, and its action with the templates resolved.
    pub taking: Taking,
    /// Its own conditions' verdict.
    pub unmet: Option<String>,
}

impl Settle for Firing {
    fn settle(
        self: Box<Self>,
        turn: &mut Turn<'_>,
        delivery: &mut Delivery,
        _: &PackedBody,
        made: &mut Effects,
    ) -> Result<(Answered, Option<SeenKeys>), StoreError> {
        if hooks::queue_is_full(turn.db, QUEUE_MOST)? {
            return Ok((full(delivery), None));
        }
        let mut fresh = Vec::new();
        for fired in self.hooks {
            if !fired.claimed(turn, delivery)? {
                fresh.push(fired);
            }
        }
        if fresh.is_empty() {
            delivery.outcome = Outcome::Duplicate;
            delivery.reason_code = Some(ReasonCode::DuplicateId);
            delivery.reason = delivery.event_id.as_ref().map(|id| format!("every hook had delivery id {id} already"));
            return Ok((answers::duplicate(), None));
        }
        if self.by_hand {
            hooks::note_test(turn.db, delivery.seq)?;
        }
        delivery.reason = self.note.map(str::to_owned);
        let (number, mut stopped) = (fresh.len(), None);
        for fired in fresh {
            stopped = stopped.or(fired.run(turn, delivery, made)?);
        }
        match stopped {
            Some((code, words)) if delivery.trigger_ids.is_empty() => {
                delivery.outcome = Outcome::Filtered;
                delivery.reason_code = Some(code);
                delivery.reason = Some(words);
            }
            Some(_) | None => delivery.outcome = Outcome::Accepted,
        }
        Ok((accepted(number), None))
    }

    fn quiet(&self, turn: &Turn<'_>, delivery: &mut Delivery, _: &PackedBody) -> Result<Option<String>, StoreError> {
        let mut first = None;
        for fired in &self.hooks {
            if fired.claimed(turn, delivery)? {
                first.get_or_insert_with(|| "the hook had this delivery id already".to_owned());
            } else if let Some((_, words)) = fired.gate(turn)? {
                first.get_or_insert(words);
            } else {
                return Ok(None);
            }
        }
        Ok(first)
    }

    fn acts(self: Box<Self>) -> Vec<(Arc<Listening>, Vec<Planned>)> {
        self.hooks.into_iter().map(|fired| (fired.taking.at, fired.taking.planned)).collect()
    }
}

fn full(delivery: &mut Delivery) -> Answered {
    let code = ReasonCode::QueueFull;
    delivery.outcome = code.outcome();
    delivery.reason_code = Some(code);
    delivery.reason = Some(format!("{QUEUE_MOST} runs wait already"));
    answers::refuse(&Refused { code, told: None, retry_after: Some(RETRY_AFTER_S), door: None })
}

impl Fired {
    fn claimed(&self, turn: &Turn<'_>, delivery: &Delivery) -> Result<bool, StoreError> {
        match &delivery.event_id {
            Some(id) if self.taking.check => {
                hooks::claimed(turn.db, &self.taking.at.trigger.id, id, turn.now.plus_ms(-CLAIM_MS))
            }
            Some(_) | None => Ok(false),
        }
    }

    /// What stops the run, in the contract's order: conditions, cooldown, how often it may run.
    fn gate(&self, turn: &Turn<'_>) -> Result<Option<(ReasonCode, String)>, StoreError> {
        let trigger = &self.taking.at.trigger;
        if let Some(words) = self.unmet.as_ref().or(self.taking.filtered.as_ref()) {
            return Ok(Some((ReasonCode::FilterNotMet, words.clone())));
        }
        let Some(hook) = hook_of(trigger) else { return Ok(None) };
        if hook.cooldown_ms.is_none() && hook.max_executions.is_none() {
            return Ok(None);
        }
        let before = hooks::runs(turn.db, &trigger.id)?;
        let until = before.last_at.zip(hook.cooldown_ms).map(|(last, ms)| last.plus_ms(i64::from(ms)));
        if let Some(until) = until.filter(|until| *until > turn.now) {
            let words = format!("\"{}\" cools down for {} ms more", trigger.name, until.0 - turn.now.0);
            return Ok(Some((ReasonCode::CooledDown, words)));
        }
        let used_up = hook.max_executions.filter(|most| before.runs >= *most);
        Ok(used_up
            .map(|most| (ReasonCode::RunsUsedUp, format!("\"{}\" has run {most} times, its maximum", trigger.name))))
    }

    /// Runs its action, or writes down why not. Only a hook that runs keeps its claim.
    fn run(
        self,
        turn: &mut Turn<'_>,
        delivery: &mut Delivery,
        made: &mut Effects,
    ) -> Result<Option<(ReasonCode, String)>, StoreError> {
        let stopped = self.gate(turn)?;
        let trigger = &self.taking.at.trigger;
        if stopped.is_none() {
            hooks::note_run(turn.db, &trigger.id, turn.now)?;
            delivery.trigger_ids.push(trigger.id.clone());
            if let Some(id) = &delivery.event_id {
                hooks::claim(turn.db, &trigger.id, id, turn.now, turn.now.plus_ms(-CLAIM_MS))?;
            }
        }
        for mut planned in self.taking.planned {
            if let Some((_, words)) = &stopped {
                planned.effect = Effect::Skipped(words.clone());
            }
            run_local(turn, delivery, trigger, planned, made)?;
        }
        Ok(stopped)
    }
}
