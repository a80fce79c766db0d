//! ONE transaction: the delivery, its executions and its local effects. The answer is decided here.
//!
//! What can be prepared is prepared before (`Prepared`), because every sender waits for the writer's turn.

mod effects;

use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;

pub use effects::{Effects, follow_up, run_local};

use self::effects::QUOTA_USED_UP;
use crate::actions::Planned;
use crate::api::deliveries::Timing;
use crate::contracts::{Done, Made};
use crate::delivery::{Delivery, Outcome, ReasonCode};
use crate::events::Event;
use crate::execution::Execution;
use crate::receive::{Answered, Headers};
use crate::registry::Listening;
use crate::store::contents::PackedBody;
use crate::store::kept_answer::KeptAnswer;
use crate::store::{SeenKeys, StoreError, Turn, answer_as, contents, deliveries, executions};

/// A delivery ready for its commit.
pub struct Prepared {
    /// The row, all but `seq`, the answer and what the duplicate check finds.
    pub delivery: Delivery,
    /// Path and query as sent.
    pub target: String,
    /// Header lines as sent.
    pub headers: Headers,
    /// The body as it came.
    pub sent: Bytes,
    /// The body as it is kept.
    pub body: PackedBody,
    /// How the time was spent until now.
    pub timings: Vec<Timing>,
    /// When the first byte was there.
    pub started: Instant,
    /// What to do and how to answer.
    pub decision: Decision,
}

/// What is to be done with it.
pub enum Decision {
    /// It is recorded with this answer and nothing else happens.
    Record(Answered),
    /// Genuine: what it sets off is decided in the writer's turn, where nothing can race.
    Settle(Box<dyn Settle>),
}

/// A genuine delivery's last decisions and its local effects, made inside the transaction.
pub trait Settle: Send {
    /// Decides, does and answers. Whatever has to be noted as seen comes back with the answer.
    fn settle(
        self: Box<Self>,
        turn: &mut Turn<'_>,
        delivery: &mut Delivery,
        body: &PackedBody,
        made: &mut Effects,
    ) -> Result<(Answered, Option<SeenKeys>), StoreError>;

    /// Why it would set nothing off, for a rehearsal: the same decisions, nothing written.
    fn quiet(&self, turn: &Turn<'_>, delivery: &mut Delivery, body: &PackedBody) -> Result<Option<String>, StoreError>;

    /// What it would set off, trigger by trigger.
    fn acts(self: Box<Self>) -> Vec<(Arc<Listening>, Vec<Planned>)>;
}

/// A genuine delivery at a trigger.
pub struct Taking {
    /// The endpoint with its trigger.
    pub at: Arc<Listening>,
    /// Keys of the duplicate check.
    pub keys: SeenKeys,
    /// Whether the check may say "duplicate" (a replay that is to run again says no).
    pub check: bool,
    /// The filter let it through; else why not.
    pub filtered: Option<String>,
    /// It is answered and does nothing (GitHub's `ping`), or a challenge that is answered.
    pub silent: Option<Option<Answered>>,
    /// The actions, templates resolved, with ids for what they make.
    pub planned: Vec<Planned>,
}

/// What the commit made.
pub struct Committed {
    /// The row as it is stored.
    pub delivery: Delivery,
    /// Its executions.
    pub executions: Vec<Execution>,
    /// What is told besides: what its local effects made.
    pub events: Vec<Event>,
    /// Who listens changed with it: to be read anew before the sender has its answer.
    pub changes_listeners: bool,
    /// What the sender gets.
    pub answer: Answered,
}

/// Writes everything. Runs in the writer's turn.
pub fn commit(turn: &mut Turn<'_>, prepared: Prepared) -> Result<Committed, StoreError> {
    let Prepared { mut delivery, target, headers, sent, body, mut timings, started, decision } = prepared;
    delivery.seq = turn.next.take_delivery();
    let begun = Instant::now();
    let mut made = Effects::default();
    let (answer, note) = match decision {
        Decision::Record(answer) => (answer, None),
        Decision::Settle(settle) => settle.settle(turn, &mut delivery, &body, &mut made)?,
    };
    delivery.answer_status = answer.status;
    delivery.duration_us = micros(started, Instant::now());
    timings.push(Timing {
        name: "committed".to_owned(),
        start_us: micros(started, begun),
        duration_us: micros(begun, Instant::now()),
        ok: true,
    });
    deliveries::insert(turn.db, &delivery)?;
    let kept = KeptAnswer::of(made.kept_answer.as_ref().unwrap_or(&answer), &sent);
    contents::insert(turn.db, delivery.seq, &target, &headers, &kept, &timings, &body)?;
    if let Some(keys) = note {
        turn.seen.note(turn.db, delivery.seq, turn.now, keys)?;
    }
    for new in &made.executions {
        executions::insert(turn.db, new)?;
    }
    if let (Some(ReasonCode::AnsweredAs), Some(trigger)) = (delivery.reason_code, &delivery.endpoint) {
        answer_as::spend(turn.db, trigger)?;
        made.events.push(Event::Trigger(trigger.clone()));
    }
    if let Some(contract) = delivery.contract {
        contract.face().committed(turn, &delivery)?;
    }
    turn.tally.delivery(&delivery, &headers, body.stored_bytes());
    turn.refused.note(&delivery);
    let executions = made.executions.into_iter().map(|new| new.execution).collect();
    let changes_listeners = made.changes_listeners;
    Ok(Committed { delivery, executions, events: made.events, changes_listeners, answer })
}

impl Settle for Taking {
    /// The duplicate check and, when it passes, the actions.
    fn settle(
        self: Box<Self>,
        turn: &mut Turn<'_>,
        delivery: &mut Delivery,
        body: &PackedBody,
        made: &mut Effects,
    ) -> Result<(Answered, Option<SeenKeys>), StoreError> {
        let at = Arc::clone(&self.at);
        let trigger = &at.trigger;
        let mut done = Done { delivery: delivery.id.clone(), duplicate: false, filtered: None, first: None };
        if let Some(challenge) = &self.silent {
            delivery.outcome = Outcome::Accepted;
            return Ok((challenge.clone().unwrap_or_else(|| answer(&at, &done)), None));
        }
        if let Some((code, words)) = duplicate(turn, delivery, body, &self)? {
            delivery.outcome = Outcome::Duplicate;
            delivery.reason_code = Some(code);
            delivery.reason = Some(words);
            done.duplicate = true;
            return Ok((answer(&at, &done), None));
        }
        if let Some(reason) = self.filtered {
            delivery.outcome = Outcome::Filtered;
            delivery.reason_code = Some(ReasonCode::FilterNotMet);
            delivery.reason = Some(reason.clone());
            done.filtered = Some(reason);
            return Ok((answer(&at, &done), None));
        }
        delivery.outcome = Outcome::Accepted;
        if !self.at.is_test() {
            delivery.trigger_ids = vec![trigger.id.clone()];
        }
        for planned in self.planned {
            let result = run_local(turn, delivery, trigger, planned, made)?;
            done.first = done.first.or(result);
        }
        match &done.first {
            Some(Made::Failed(reason)) => {
                delivery.reason_code = Some(ReasonCode::ActionFailed);
                delivery.reason = Some(reason.clone());
            }
            Some(Made::OverQuota { .. }) => {
                delivery.outcome = ReasonCode::QuotaExhausted.outcome();
                delivery.reason_code = Some(ReasonCode::QuotaExhausted);
                delivery.reason = Some(QUOTA_USED_UP.to_owned());
            }
            Some(
                Made::Task { .. }
                | Made::Alert { .. }
                | Made::Run { .. }
                | Made::Pipeline { .. }
                | Made::AgentExecution(_),
            )
            | None => {}
        }
        Ok((answer(&at, &done), Some(self.keys)))
    }

    fn quiet(&self, turn: &Turn<'_>, delivery: &mut Delivery, body: &PackedBody) -> Result<Option<String>, StoreError> {
        if self.silent.is_some() {
            return Ok(Some("this event is answered and sets off nothing".to_owned()));
        }
        let duplicate = duplicate(turn, delivery, body, self)?;
        let filtered = || self.filtered.as_ref().map(|why| format!("the filter does not let it through: {why}"));
        Ok(duplicate.map(|(_, words)| format!("Creel answers \"duplicate\": {words}")).or_else(filtered))
    }

    fn acts(self: Box<Self>) -> Vec<(Arc<Listening>, Vec<Planned>)> {
        vec![(self.at, self.planned)]
    }
}

/// What the sender of a genuine delivery gets: the contract's answer, or nothing but a status where it takes nothing else.
fn answer(at: &Listening, done: &Done) -> Answered {
    let face = at.trigger.contract.face();
    match &done.filtered {
        _ if at.answers_bare() => Answered { status: 200, ..Answered::default() },
        Some(_) => face.filtered(&at.trigger, done),
        None => face.answer(&at.trigger, done),
    }
}

/// Whether it was seen before. Two deliveries with one id and different bodies are a conflict: both are kept and run.
fn duplicate(
    turn: &Turn<'_>,
    delivery: &mut Delivery,
    body: &PackedBody,
    taking: &Taking,
) -> Result<Option<(ReasonCode, String)>, StoreError> {
    let dedup = &taking.at.trigger.dedup;
    let since = turn.now.plus_ms(-i64::from(dedup.window_hours) * HOUR_MS);
    let earlier = |key, since| match turn.seen.find(key, since) {
        Some(seq) => contents::identity(turn.db, seq),
        None => Ok(None),
    };
    if let Some((id, digest)) =
        earlier(taking.keys.id, since)?.filter(|(id, _)| *id == delivery.event_id && id.is_some())
    {
        if digest == body.sha256 {
            if taking.check && dedup.by_event_id {
                let words = format!(
                    "event id {} came before with the same body, within {} hours",
                    id.unwrap_or_default(),
                    dedup.window_hours
                );
                return Ok(Some((ReasonCode::DuplicateId, words)));
            }
        } else {
            delivery.conflict = true;
        }
    }
    let long_ago = turn.now.plus_ms(-IDENTICAL_HOURS * HOUR_MS);
    let identical = earlier(taking.keys.body, long_ago)?.is_some_and(|(_, digest)| digest == body.sha256);
    delivery.identical_body = identical;
    if identical && taking.check && dedup.by_body && turn.seen.find(taking.keys.body, since).is_some() {
        let words = format!("the same body came before under another event id, within {} hours", dedup.window_hours);
        return Ok(Some((ReasonCode::DuplicateBody, words)));
    }
    Ok(None)
}

/// One hour.
const HOUR_MS: i64 = 3_600_000;
/// How long "identical body" looks back: GitHub's redelivery reaches three days.
const IDENTICAL_HOURS: i64 = 72;

/// Whole microseconds between two moments.
pub fn micros(from: Instant, to: Instant) -> i64 {
    i64::try_from(to.saturating_duration_since(from).as_micros()).unwrap_or(i64::MAX)
}
