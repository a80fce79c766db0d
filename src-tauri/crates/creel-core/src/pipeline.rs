//! The way of one delivery: receive → authenticate → admit → match/filter → render → commit → answer → events.
//!
//! Each contract lists its checks (`contracts/`); the checks are the same functions for all (`steps`).
//! Preview, back-test and replay call the same functions; there is no second way.

mod import;
pub mod learn;
mod rehearse;
pub mod steps;

use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;

use crate::api::deliveries::Timing;
use crate::app::App;
use crate::commit::{self, Committed, Decision, Prepared};
use crate::contracts::{self, Refused};
use crate::delivery::{Delivery, Outcome, ReasonCode, SignatureState};
use crate::events::Event;
use crate::execution::ExecutionStatus;
use crate::ids::DeliveryId;
use crate::receive::{Answered, Endpoint, Headers, Incoming, Refusal};
use crate::registry::Listening;
use crate::replay::Mark;
use crate::sender;
use crate::store::contents::PackedBody;
use crate::template::{Scope, ScopeOf};
use crate::trigger::{Contract, Trigger};

pub use import::{Recorded, import};
pub use rehearse::{Acts, Rehearsal, rehearse};
pub use steps::Genuine;

/// Bytes of a refused or unmatched body that are kept: a flood must not fill the disk.
pub const REFUSED_KEPT: usize = 64 * 1024;

/// Takes a request: commits it and says what to answer.
pub async fn deliver(app: &App, endpoint: Endpoint, incoming: Incoming) -> Answered {
    let mut way = Way::begin(incoming, app);
    match take(app, &endpoint, &mut way) {
        Ok(settle) => way.commit(app, Decision::Settle(settle)).await,
        Err(stop) => way.refuse(app, endpoint.contract(), stop).await,
    }
}

/// Records what the door itself refused.
pub async fn refuse(app: &App, incoming: Incoming, refusal: Refusal) -> Answered {
    let mut way = Way::begin(incoming, app);
    let endpoint = Endpoint::of(way.incoming.path());
    if let Some(at) = app.registry.now().find(&endpoint).first() {
        way.reach(at);
    }
    let stop = Stop { door: Some(refusal.status), ..Stop::new(refusal.reason, refusal.words) };
    way.refuse(app, endpoint.contract(), stop).await
}

/// Everything before the commit: who sent it, whether it may, what it concerns, what is to be done.
fn take(app: &App, endpoint: &Endpoint, way: &mut Way) -> Result<Box<dyn commit::Settle>, Stop> {
    let found = app.registry.now().find(endpoint);
    let (found, hidden) = steps::exposed(app, found, way);
    let taken = endpoint.contract().unwrap_or(Contract::Creel).face().take(app, &found, way);
    // Told apart for the record only: through a tunnel what is not exposed is not there.
    taken.map_err(|stop| match hidden {
        Some(words) if stop.code() == ReasonCode::NoSuchEndpoint => stop.worded(words),
        _ => stop,
    })
}

/// What templates and filters see of a delivery, now or when it is looked at again.
pub fn scope_of<'a>(delivery: &'a Delivery, headers: &'a Headers, body: &'a Bytes, trigger: &'a Trigger) -> Scope<'a> {
    Scope::new(ScopeOf {
        delivery_id: delivery.id.as_str(),
        received_at: delivery.received_at,
        method: &delivery.method,
        path: &delivery.path,
        source: &delivery.source,
        event: delivery.event.as_deref(),
        event_id: delivery.event_id.as_deref(),
        headers,
        body,
        trigger_id: trigger.id.as_str(),
        trigger_name: &trigger.name,
    })
}

/// What is wrong with a body that has to be JSON, with line and column.
pub fn json_error(body: &[u8]) -> Option<String> {
    serde_json::from_slice::<serde::de::IgnoredAny>(body).err().map(|error| error.to_string())
}

/// Why a delivery goes no further.
#[derive(Clone, Debug)]
pub struct Stop {
    code: ReasonCode,
    words: String,
    /// The door's own status, where the door refused.
    door: Option<u16>,
    retry_after: Option<u32>,
    told: bool,
    /// What is answered, where somebody chose it.
    chosen: Option<Answered>,
}

impl Stop {
    /// Because of `code`; `words` say why in one sentence with the values. They are for the record, not for the sender.
    pub fn new(code: ReasonCode, words: impl Into<String>) -> Self {
        Self { code, words: words.into(), door: None, retry_after: None, told: false, chosen: None }
    }

    /// The sender may read the words: they say what is wrong with what it sent.
    pub fn told(self) -> Self {
        Self { told: true, ..self }
    }

    /// The sender is asked to come again after so many seconds.
    pub fn retry_after(self, seconds: u32) -> Self {
        Self { retry_after: Some(seconds), ..self }
    }

    /// Why, in code.
    pub fn code(&self) -> ReasonCode {
        self.code
    }

    /// The same with other words.
    pub fn worded(self, words: impl Into<String>) -> Self {
        Self { words: words.into(), ..self }
    }

    /// "Answer as" is on.
    fn answered_as(answer: Answered, words: String) -> Self {
        Self { chosen: Some(answer), ..Self::new(ReasonCode::AnsweredAs, words) }
    }

    /// A challenge is answered.
    fn handshake(answer: Answered, words: String) -> Self {
        Self { chosen: Some(answer), ..Self::new(ReasonCode::Handshake, words) }
    }

    /// What the sender gets.
    fn answer(&self, contract: Option<Contract>) -> Answered {
        let told = self.told.then_some(self.words.as_str());
        let refused = Refused { code: self.code, told, retry_after: self.retry_after, door: self.door };
        self.chosen.clone().unwrap_or_else(|| contracts::refuse(contract, &refused))
    }
}

/// A delivery on its way, with what is known of it so far.
pub struct Way {
    /// The request.
    pub incoming: Incoming,
    /// The row as far as it is known.
    pub delivery: Delivery,
    /// Which endpoint it reached, once that is known.
    at: Option<Arc<Listening>>,
    timings: Vec<Timing>,
    last: Instant,
    replay: Option<Mark>,
    packed: Option<PackedBody>,
    /// Nothing is sent or kept: what it would do is asked.
    rehearsal: bool,
}

impl Way {
    fn begin(incoming: Incoming, app: &App) -> Self {
        let id = DeliveryId::new(app.ids.as_ref());
        let replay = app.replays.take(&incoming.headers, &id);
        Self::of(incoming, id, replay)
    }

    fn of(incoming: Incoming, id: DeliveryId, replay: Option<Mark>) -> Self {
        let delivery = Delivery {
            id,
            seq: 0,
            received_at: incoming.received_at,
            method: incoming.method.clone(),
            path: incoming.path().chars().take(PATH_KEPT).collect(),
            contract: None,
            trigger_ids: Vec::new(),
            endpoint: None,
            source: String::new(),
            event: None,
            event_id: None,
            peer: incoming.peer.address.map(|address| address.to_string()),
            answer_status: 0,
            outcome: Outcome::Unmatched,
            signature: SignatureState::Unchecked,
            reason_code: None,
            reason: None,
            cause: None,
            key_id: None,
            bytes: i64::try_from(incoming.body.len()).unwrap_or(i64::MAX),
            duration_us: 0,
            identical_body: false,
            conflict: false,
            pinned: false,
            replay_of: replay.as_ref().and_then(|mark| mark.of.clone()),
            imported: false,
        };
        let last = incoming.started;
        let timings = Vec::with_capacity(6);
        let mut way = Self { incoming, delivery, at: None, timings, last, replay, packed: None, rehearsal: false };
        way.step("received");
        way
    }

    /// It is for this endpoint; a refusal from now on is one of this endpoint.
    pub fn reach(&mut self, at: &Arc<Listening>) {
        self.at = Some(Arc::clone(at));
    }

    /// The stage since the last one ends now.
    fn step(&mut self, name: &str) {
        self.step_until(name, Instant::now());
    }

    fn step_until(&mut self, name: &str, end: Instant) {
        self.timings.push(Timing {
            name: name.to_owned(),
            start_us: commit::micros(self.incoming.started, self.last),
            duration_us: commit::micros(self.last, end),
            ok: true,
        });
        self.last = end;
    }

    /// What it is to do is known; the time for that ends now.
    pub fn rendered(&mut self) {
        self.step("rendered");
    }

    /// The body as it will be kept.
    pub fn packed(&mut self) -> &PackedBody {
        self.packed.get_or_insert_with(|| PackedBody::new(&self.incoming.body, usize::MAX))
    }

    /// What templates and filters of a trigger see of it.
    pub fn scope<'a>(&'a self, at: &'a Listening) -> Scope<'a> {
        scope_of(&self.delivery, &self.incoming.headers, &self.incoming.body, &at.trigger)
    }

    /// Records it as refused and answers as the contract does.
    async fn refuse(mut self, app: &App, contract: Option<Contract>, stop: Stop) -> Answered {
        if let Some(stage) = stop.code.stage() {
            self.step(stage);
        }
        if let Some(last) = self.timings.last_mut() {
            last.ok = stop.code.outcome() == Outcome::Accepted;
        }
        let answer = stop.answer(contract);
        let answer = if self.at.as_ref().is_some_and(|at| at.answers_bare()) { answer.bare() } else { answer };
        let scheme = self.at.as_ref().and_then(|at| at.scheme);
        let routes = app.registry.now();
        let claim = sender::claim(scheme, &self.incoming.headers, routes.schemes());
        let delivery = &mut self.delivery;
        delivery.outcome = stop.code.outcome();
        delivery.signature = signature_of(stop.code, delivery.signature);
        delivery.event = delivery.event.take().or(claim.event);
        delivery.event_id = delivery.event_id.take().or(claim.event_id);
        delivery.reason_code = Some(stop.code);
        delivery.reason = Some(stop.words);
        delivery.source = sender::source(scheme, &self.incoming.headers, routes.schemes());
        let most = if delivery.imported { usize::MAX } else { REFUSED_KEPT };
        self.packed = Some(PackedBody::new(&self.incoming.body, most));
        self.commit(app, Decision::Record(answer)).await
    }

    async fn commit(mut self, app: &App, decision: Decision) -> Answered {
        self.delivery.contract = self.at.as_ref().map(|at| at.trigger.contract);
        self.delivery.endpoint = self.at.as_ref().map(|at| at.trigger.id.clone());
        self.write(app, decision).await
    }

    /// Commits, then tells the world. Creel's own trouble is never a 4xx.
    async fn write(mut self, app: &App, decision: Decision) -> Answered {
        self.packed();
        let Some(body) = self.packed.take() else { return contracts::unavailable() };
        let prepared = Prepared {
            delivery: self.delivery,
            target: self.incoming.target,
            headers: self.incoming.headers,
            sent: self.incoming.body,
            body,
            timings: self.timings,
            started: self.incoming.started,
            decision,
        };
        let waits = app.store.counters().sender_waits();
        let written = app.store.write(move |turn| commit::commit(turn, prepared)).await;
        drop(waits);
        match written {
            Ok(committed) => {
                if committed.changes_listeners
                    && let Err(error) = app.reload().await
                {
                    app.trouble(error);
                }
                tell(app, committed)
            }
            Err(error) => {
                app.commit_failed(error.into());
                contracts::unavailable()
            }
        }
    }
}

/// Wakes the queue, the windows and the doctor; gives the answer on.
fn tell(app: &App, committed: Committed) -> Answered {
    app.patients.admit(&committed.delivery);
    app.heard(committed.delivery);
    for event in committed.events {
        app.events.send(event);
    }
    if committed.executions.iter().any(|execution| execution.status == ExecutionStatus::Queued) {
        app.wake_queue();
    }
    for execution in committed.executions {
        app.events.send(Event::Execution(execution));
    }
    committed.answer
}

/// Characters of a path that the row keeps; the whole target is in the contents.
const PATH_KEPT: usize = 2_048;

fn signature_of(code: ReasonCode, so_far: SignatureState) -> SignatureState {
    match code {
        ReasonCode::SignatureMissing => SignatureState::Missing,
        ReasonCode::SignatureMalformed
        | ReasonCode::SignatureMismatch
        | ReasonCode::TimestampInvalid
        | ReasonCode::TimestampOutsideWindow => SignatureState::Bad,
        _ => so_far,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
