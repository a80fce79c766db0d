//! The way of one delivery: receive → authenticate → admit → match/filter → render → commit → answer → events.
//!
//! Preview, back-test and replay call the same functions; there is no second way.

mod rehearse;

use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;

use crate::actions::{self, Outside};
use crate::admit::Standing;
use crate::api::deliveries::Timing;
use crate::app::App;
use crate::authenticate::{Authentic, SignedRequest, verify, verify_nothing};
use crate::commit::{self, Committed, Decision, Prepared, Taking};
use crate::contracts::{self, Refused};
use crate::delivery::{Delivery, Outcome, ReasonCode, SignatureState};
use crate::events::Event;
use crate::filter;
use crate::ids::DeliveryId;
use crate::receive::{Answered, Endpoint, Headers, Incoming, Refusal};
use crate::registry::Listening;
use crate::replay::Mark;
use crate::sender;
use crate::store::SeenKeys;
use crate::store::contents::PackedBody;
use crate::template::{Scope, ScopeOf};
use crate::trigger::{Contract, Trigger};

pub use rehearse::{Acts, Rehearsal, rehearse};

/// Bytes of a refused or unmatched body that are kept: a flood must not fill the disk.
pub const REFUSED_KEPT: usize = 64 * 1024;

/// Takes a request: commits it and says what to answer.
pub async fn deliver(app: &App, endpoint: Endpoint, incoming: Incoming) -> Answered {
    let mut way = Way::begin(incoming, app);
    let Some(listening) = app.registry.now().find(&endpoint) else {
        verify_nothing(&way.incoming.body);
        let stop = Stop::new(ReasonCode::NoSuchEndpoint, "no trigger listens at this address");
        return way.refuse(app, None, contract_of(&endpoint), stop).await;
    };
    match take(app, &listening, &mut way) {
        Ok(taking) => way.commit(app, &listening, Decision::Take(Box::new(taking))).await,
        Err(stop) => way.refuse(app, Some(&listening), Some(listening.trigger.contract), stop).await,
    }
}

/// Records what the door itself refused.
pub async fn refuse(app: &App, incoming: Incoming, refusal: Refusal) -> Answered {
    let way = Way::begin(incoming, app);
    let endpoint = Endpoint::of(way.incoming.path());
    let listening = app.registry.now().find(&endpoint);
    let stop = Stop { status: Some(refusal.status), ..Stop::new(refusal.reason, refusal.words) };
    let contract = listening.as_ref().map(|at| at.trigger.contract).or(contract_of(&endpoint));
    way.refuse(app, listening.as_deref(), contract, stop).await
}

/// Everything before the commit: who sent it, whether it may, what it concerns, what is to be done.
fn take(app: &App, at: &Arc<Listening>, way: &mut Way) -> Result<Taking, Stop> {
    admit(app, at, &way.incoming)?;
    within_rate(at)?;
    examine(app, at, way)
}

/// What it is and what it sets off. Nothing here counts or changes anything: a rehearsal does the same.
fn examine(app: &App, at: &Arc<Listening>, way: &mut Way) -> Result<Taking, Stop> {
    let authentic = authenticate(app, at, way)?;
    way.step("verified");
    way.delivery.source = sender::source(at.scheme, &way.incoming.headers);
    let scope = way.scope(at);
    if contracts::wants_json(at.trigger.contract) {
        let refused = |words| Stop { json_error: true, ..Stop::new(ReasonCode::InvalidJson, words) };
        json_error(&way.incoming.body).map_or(Ok(()), |words| Err(refused(words)))?;
    }
    let verdict = filter::evaluate(&at.trigger.filter, &scope);
    let filtered = (!verdict.passed).then_some(verdict.reason);
    let filtered_at = Instant::now();
    let silent = authentic.as_ref().filter(|proof| proof.silent());
    let planned = match (&filtered, silent) {
        (None, None) => actions::plan(&at.trigger, &scope, outside(app, at, way.replay.as_ref()), app.ids.as_ref()),
        _ => Vec::new(),
    };
    let silent = silent.map(|proof| proof.challenge().map(str::to_owned));
    drop(scope);
    way.step_until("filtered", filtered_at);
    way.step("rendered");
    let digest = way.packed().sha256;
    let keys = SeenKeys::of(at.trigger.id.as_str(), way.delivery.event_id.as_deref(), &digest);
    let check = !way.replay.as_ref().is_some_and(|mark| mark.again);
    Ok(Taking { at: Arc::clone(at), keys, check, filtered, silent, planned })
}

/// May it come in at all? In the contract's order; an allowlist refusal beats a valid signature.
fn admit(app: &App, at: &Listening, incoming: &Incoming) -> Result<(), Stop> {
    let trigger = &at.trigger;
    if app.settings.load().stop_answering {
        return Err(Stop::new(ReasonCode::Paused, "\"stop answering\" is on"));
    }
    if !trigger.methods.contains(&incoming.method) {
        let words = format!("{} is not one of {}", incoming.method, trigger.methods.join(", "));
        return Err(Stop::new(ReasonCode::MethodNotAllowed, words));
    }
    if !trigger.enabled {
        return Err(Stop::new(
            ReasonCode::TriggerDisabled,
            format!("the trigger \"{}\" is switched off", trigger.name),
        ));
    }
    match at.allowlist.standing(incoming.peer.address) {
        Standing::Allowed => {}
        Standing::NotListed => {
            let caller = incoming.peer.address.map(|address| address.to_string()).unwrap_or_default();
            return Err(Stop::new(ReasonCode::AddressNotAllowed, format!("{caller} is not on the allowlist")));
        }
        Standing::Unknown => {
            let words = "there is an allowlist, and the tunnel does not tell the caller's address";
            return Err(Stop::new(ReasonCode::AddressUnknown, words));
        }
    }
    Ok(())
}

fn within_rate(at: &Listening) -> Result<(), Stop> {
    at.limit.take().map_err(|seconds| Stop {
        retry_after: Some(seconds),
        ..Stop::new(
            ReasonCode::RateLimited,
            format!("over {} a minute; free again in {seconds} s", at.trigger.rate.per_minute),
        )
    })
}

/// Is it genuine? `None`: the endpoint checks no signature.
fn authenticate(app: &App, at: &Listening, way: &mut Way) -> Result<Option<Authentic>, Stop> {
    let Some(scheme) = at.scheme else {
        way.delivery.signature = SignatureState::Unsigned;
        return Ok(None);
    };
    if at.locked || at.keys.is_empty() {
        let words = "the trigger's secret cannot be read: the keychain is locked or the key to the secrets is gone";
        return Err(Stop::new(ReasonCode::SecretUnavailable, words));
    }
    let incoming = &way.incoming;
    let request = SignedRequest {
        method: &incoming.method,
        url: &incoming.target,
        headers: &incoming.headers,
        body: &incoming.body,
    };
    let proof = verify(scheme, &request, &at.keys, app.clock.now()).map_err(|no| Stop::new(no.reason, no.words))?;
    let previous = proof.previous();
    way.delivery.signature = if previous { SignatureState::Previous } else { SignatureState::Valid };
    way.delivery.event = proof.event().map(str::to_owned);
    way.delivery.event_id = proof.event_id().map(str::to_owned);
    if !way.rehearsal {
        app.note_key_use(proof.key_id(), way.delivery.received_at);
    }
    Ok(Some(proof))
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

/// Whether this delivery's outside effects run.
fn outside(app: &App, at: &Listening, replay: Option<&Mark>) -> Outside {
    if at.scheme.is_none() {
        Outside::Unsigned
    } else if at.trigger.capture_only || app.settings.load().capture_only {
        Outside::CaptureOnly
    } else if replay.is_some_and(|mark| !mark.outside_effects) {
        Outside::ReplayHere
    } else {
        Outside::Run
    }
}

fn contract_of(endpoint: &Endpoint) -> Option<Contract> {
    match endpoint {
        Endpoint::Creel { .. } => Some(Contract::Creel),
        Endpoint::Opengate { .. } => Some(Contract::Opengate),
        Endpoint::Unmatched => None,
    }
}

/// Why a delivery goes no further.
struct Stop {
    code: ReasonCode,
    words: String,
    /// The door's own status, where the door refused.
    status: Option<u16>,
    retry_after: Option<u32>,
    json_error: bool,
}

impl Stop {
    fn new(code: ReasonCode, words: impl Into<String>) -> Self {
        Self { code, words: words.into(), status: None, retry_after: None, json_error: false }
    }
}

/// A delivery on its way, with what is known of it so far.
struct Way {
    incoming: Incoming,
    delivery: Delivery,
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
            bytes: i64::try_from(incoming.body.len()).unwrap_or(i64::MAX),
            duration_us: 0,
            identical_body: false,
            conflict: false,
            pinned: false,
            replay_of: replay.as_ref().and_then(|mark| mark.of.clone()),
        };
        let last = incoming.started;
        let mut way =
            Self { incoming, delivery, timings: Vec::with_capacity(6), last, replay, packed: None, rehearsal: false };
        way.step("received");
        way
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

    fn packed(&mut self) -> &PackedBody {
        self.packed.get_or_insert_with(|| PackedBody::new(&self.incoming.body, usize::MAX))
    }

    fn scope<'a>(&'a self, at: &'a Listening) -> Scope<'a> {
        scope_of(&self.delivery, &self.incoming.headers, &self.incoming.body, &at.trigger)
    }

    /// Records it as refused and answers as the contract does.
    async fn refuse(mut self, app: &App, at: Option<&Listening>, contract: Option<Contract>, stop: Stop) -> Answered {
        if let Some(last) = self.timings.last_mut() {
            last.ok = false;
        }
        let refused = Refused {
            code: stop.code,
            json_error: stop.json_error.then_some(stop.words.as_str()),
            retry_after: stop.retry_after,
        };
        let mut answer = contracts::refuse(contract, &refused);
        answer.status = stop.status.unwrap_or(answer.status);
        let claim = sender::claim(at.and_then(|at| at.scheme), &self.incoming.headers);
        let delivery = &mut self.delivery;
        delivery.outcome = stop.code.outcome();
        delivery.signature = signature_of(stop.code, delivery.signature);
        delivery.event = delivery.event.take().or(claim.event);
        delivery.event_id = delivery.event_id.take().or(claim.event_id);
        delivery.reason_code = Some(stop.code);
        delivery.reason = Some(stop.words);
        delivery.contract = at.map(|at| at.trigger.contract);
        delivery.endpoint = at.map(|at| at.trigger.id.clone());
        delivery.source = sender::source(at.and_then(|at| at.scheme), &self.incoming.headers);
        self.packed = Some(PackedBody::new(&self.incoming.body, REFUSED_KEPT));
        self.write(app, Decision::Record(answer)).await
    }

    async fn commit(mut self, app: &App, at: &Listening, decision: Decision) -> Answered {
        self.delivery.contract = Some(at.trigger.contract);
        self.delivery.endpoint = Some(at.trigger.id.clone());
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
            body,
            timings: self.timings,
            started: self.incoming.started,
            decision,
        };
        match app.store.write(move |turn| commit::commit(turn, prepared)).await {
            Ok(committed) => tell(app, committed),
            Err(error) => {
                app.trouble(error.into());
                contracts::unavailable()
            }
        }
    }
}

/// Wakes the queue and the windows; gives the answer on.
fn tell(app: &App, committed: Committed) -> Answered {
    app.heard(committed.delivery);
    for task in committed.tasks {
        app.events.send(Event::Task(task.id));
    }
    if !committed.executions.is_empty() {
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
