//! The checks that the contracts' ways are made of, one function a check. Each contract lists them in its own order.
//!
//! The proof is typed: only this file makes a [`Genuine`], and what reads the body asks for one.

use std::sync::Arc;
use std::time::Instant;

use super::{Stop, Way};
use crate::actions::{self, Outside};
use crate::admit::{Standing, is_rebound};
use crate::app::App;
use crate::authenticate::{Authentic, Scheme, SignedRequest, verify_at, verify_nothing};
use crate::commit::Taking;
use crate::contracts::Found;
use crate::delivery::{ReasonCode, SignatureState};
use crate::filter;
use crate::github;
use crate::receive::{Incoming, Listener};
use crate::registry::Listening;
use crate::sender;
use crate::store::SeenKeys;
use crate::trigger::{NO_SCHEME, Trigger};
use crate::tunnel;

/// A delivery that passed its endpoint's proof.
#[derive(Debug)]
pub enum Genuine {
    /// Its signature fits.
    Signed(Authentic),
    /// Its token is one of the endpoint's.
    Token,
    /// The endpoint checks no signature: whoever knows the address may send.
    Unsigned,
}

impl Genuine {
    fn signed(&self) -> Option<&Authentic> {
        match self {
            Self::Signed(proof) => Some(proof),
            Self::Token | Self::Unsigned => None,
        }
    }
}

/// It is a POST, for a contract whose address alone says nothing of a trigger.
pub fn post(way: &Way) -> Result<(), Stop> {
    match way.incoming.method.as_str() {
        "POST" => Ok(()),
        other => Err(Stop::new(ReasonCode::MethodNotAllowed, format!("{other} is not POST"))),
    }
}

/// The caller keeps to so many requests a minute, whatever trigger they are for. A rehearsal counts nothing.
pub fn within_callers_rate(app: &App, way: &Way, most: usize) -> Result<(), Stop> {
    if way.rehearsal {
        return Ok(());
    }
    let caller = way.incoming.peer.address;
    app.callers.take(caller, way.incoming.received_at, most).map_err(|seconds| {
        let caller = caller.map_or_else(|| "the caller".to_owned(), |address| address.to_string());
        let words = format!("{caller} is over {most} a minute; free again in {seconds} s");
        Stop::new(ReasonCode::RateLimited, words).retry_after(seconds)
    })
}

/// The trigger whose bearer token it is. Every trigger of the address is asked, so that time tells nothing.
pub fn by_token(
    app: &App,
    found: &Found,
    way: &mut Way,
    is: impl Fn(&Trigger, &str) -> bool,
) -> Result<(Arc<Listening>, Genuine), Stop> {
    let header = way.incoming.headers.text("authorization").unwrap_or_default();
    let token = header.split_once(' ').filter(|(kind, _)| kind.eq_ignore_ascii_case("bearer"));
    let token = token.map(|(_, token)| token.trim()).unwrap_or_default();
    let mine = found.iter().fold(None, |mine, at| if is(&at.trigger, token) { Some(at) } else { mine });
    let Some(at) = mine else {
        verify_nothing(&way.incoming.body);
        let words = if token.is_empty() { "there is no bearer token" } else { "no trigger has this token" };
        return Err(Stop::new(ReasonCode::TokenUnknown, words));
    };
    way.reach(at);
    way.delivery.signature = SignatureState::Unsigned;
    proved(app, at.scheme, way);
    Ok((Arc::clone(at), Genuine::Token))
}

/// Who of `found` is there for where it came from: through a tunnel only what is exposed. Else with what is to be written
/// down of those who are not.
pub fn exposed(app: &App, found: Found, way: &Way) -> (Found, Option<String>) {
    if !matches!(way.incoming.peer.listener, Listener::Tunnel(_)) {
        return (found, None);
    }
    let ticked = app.tunnel.ticked();
    let hidden = found.iter().find_map(|at| {
        tunnel::hides(at, &ticked).map(|why| format!("the trigger \"{}\" is not exposed: {why}", at.trigger.name))
    });
    let there = found.iter().filter(|at| tunnel::hides(at, &ticked).is_none()).cloned().collect();
    (there, hidden)
}

/// Somebody listens at this address; the first one, where a contract has one trigger an address.
pub fn there(found: &Found, way: &mut Way) -> Result<Arc<Listening>, Stop> {
    let Some(at) = found.first() else {
        verify_nothing(&way.incoming.body);
        return Err(Stop::new(ReasonCode::NoSuchEndpoint, "no trigger listens at this address"));
    };
    way.reach(at);
    Ok(Arc::clone(at))
}

/// "Stop answering" is off, and so is the trigger's "answer as".
pub fn answering(app: &App, at: &Listening, way: &Way) -> Result<(), Stop> {
    if app.settings.load().stop_answering {
        return Err(Stop::new(ReasonCode::Paused, "nothing is answered: \"stop answering\" is on"));
    }
    let Some(standing) = at.answer_as.as_ref().filter(|standing| standing.is_on()) else { return Ok(()) };
    let Some((answer, words)) = standing.answer(at.trigger.contract) else { return Ok(()) };
    if way.rehearsal || standing.take().is_some() {
        return Err(Stop::answered_as(answer, words));
    }
    Ok(())
}

/// The answer to a challenge that its sender asks before it signs anything; `None`: it is no challenge of the endpoint's
/// own scheme. A key that a request brings is never learnt here: anybody could set it.
pub fn challenge(at: &Listening, way: &Way) -> Option<Stop> {
    let scheme = at.scheme?;
    let Incoming { method, target, headers, body, .. } = &way.incoming;
    let request = SignedRequest { method, url: target, headers, body };
    let asked = scheme.handshake(&request, false).filter(|asked| asked.learn.is_none())?;
    if !asked.knows(&request, at.trigger.id.as_str()) {
        return None;
    }
    let words = format!("it is the challenge that {} asks before it sends events, and was answered", scheme.name);
    Some(Stop::handshake(asked.answer(&request, None)?, words))
}

/// The trigger takes this method.
pub fn method(at: &Listening, way: &Way) -> Result<(), Stop> {
    let (method, taken) = (&way.incoming.method, &at.trigger.methods);
    if taken.contains(method) {
        return Ok(());
    }
    let words = format!("{method} is not one of {}", taken.join(", "));
    Err(Stop::new(ReasonCode::MethodNotAllowed, words))
}

/// The trigger is on.
pub fn enabled(at: &Listening) -> Result<(), Stop> {
    if at.trigger.enabled {
        return Ok(());
    }
    Err(Stop::new(ReasonCode::TriggerDisabled, format!("the trigger \"{}\" is switched off", at.trigger.name)))
}

/// The caller's address is on the allowlist. A refusal here beats a valid signature.
pub fn allowed(at: &Listening, way: &Way) -> Result<(), Stop> {
    let caller = way.incoming.peer.address;
    match at.allowlist.standing(caller) {
        Standing::Allowed => Ok(()),
        Standing::NotListed => {
            let caller = caller.map(|address| address.to_string()).unwrap_or_default();
            Err(Stop::new(ReasonCode::AddressNotAllowed, format!("{caller} is not on the allowlist")))
        }
        Standing::Unknown => {
            let words = "there is an allowlist, and the tunnel does not tell the caller's address";
            Err(Stop::new(ReasonCode::AddressUnknown, words))
        }
    }
}

/// The trigger's own rate is kept. A rehearsal counts nothing.
pub fn within_rate(at: &Listening, way: &Way) -> Result<(), Stop> {
    if way.rehearsal {
        return Ok(());
    }
    at.limit.take().map_err(|seconds| {
        let words = format!("over {} a minute; free again in {seconds} s", at.trigger.rate.per_minute);
        Stop::new(ReasonCode::RateLimited, words).retry_after(seconds)
    })
}

/// Its signature fits, where the endpoint checks one.
pub fn authenticate(app: &App, at: &Listening, way: &mut Way) -> Result<Genuine, Stop> {
    let genuine = prove(app, at, at.scheme, way)?;
    proved(app, at.scheme, way);
    Ok(genuine)
}

/// The check itself, for a contract that asks more than one trigger; [`proved`] is said once, when it is done.
pub fn prove(app: &App, at: &Listening, scheme: Option<&Scheme>, way: &mut Way) -> Result<Genuine, Stop> {
    let Some(scheme) = scheme else {
        if at.trigger.scheme != NO_SCHEME && at.scheme.is_none() {
            let words = format!("the scheme {} of the trigger cannot be read", at.trigger.scheme);
            return Err(Stop::new(ReasonCode::SecretUnavailable, words));
        }
        named_as_here(app, way)?;
        way.delivery.signature = SignatureState::Unsigned;
        return Ok(Genuine::Unsigned);
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
    let own = if scheme.signs_url() { github::own_addresses(app) } else { Vec::new() };
    let proof = verify_at(scheme, &request, &at.keys, app.clock.now(), &own);
    let proof = proof.map_err(|no| Stop::new(no.reason, no.words))?;
    way.delivery.signature = if proof.previous() { SignatureState::Previous } else { SignatureState::Valid };
    way.delivery.key_id = Some(proof.key_id().clone());
    way.delivery.event = proof.event().map(str::to_owned);
    way.delivery.event_id = proof.event_id().map(str::to_owned);
    if !way.rehearsal {
        app.note_key_use(proof.key_id(), way.delivery.received_at);
    }
    Ok(Genuine::Signed(proof))
}

/// It does not name this listener by a stranger's name, as a page does that was made to point here: where no signature
/// is checked, nothing else tells it from a sender. The control listener asks for its exact name in any case.
fn named_as_here(app: &App, way: &Way) -> Result<(), Stop> {
    let port = match way.incoming.peer.listener {
        Listener::Tunnel(port) => Some(port).filter(|port| *port != 0),
        Listener::Receiver | Listener::Control => app.addresses().receiver.map(|receiver| receiver.port()),
    };
    let Some(port) = port else { return Ok(()) };
    let host = way.incoming.headers.text("host").unwrap_or_default();
    if !is_rebound(host, port, &app.settings.load().host_names) {
        return Ok(());
    }
    let words = format!(
        "the Host {host} is not a name of this machine, and the trigger checks no signature: a page in your browser may \
         have sent it; if the name is yours, add it in Settings"
    );
    Err(Stop::new(ReasonCode::FromBrowser, words))
}

/// The proof is done: its time is noted, and the sender has a name.
pub fn proved(app: &App, scheme: Option<&Scheme>, way: &mut Way) {
    way.step("verified");
    way.delivery.source = sender::source(scheme, &way.incoming.headers, app.registry.now().schemes());
}

/// The body is JSON. The sender is told where it is not.
pub fn json(_: &Genuine, way: &Way) -> Result<(), Stop> {
    match super::json_error(&way.incoming.body) {
        None => Ok(()),
        Some(words) => Err(Stop::new(ReasonCode::InvalidJson, words).told()),
    }
}

/// What it sets off at one trigger: the filter's verdict and the actions with their templates resolved. Nothing here
/// counts or changes anything: a rehearsal does the same.
pub fn examine(app: &App, at: &Arc<Listening>, genuine: &Genuine, way: &mut Way) -> Taking {
    look(app, at, genuine, way, |filtered| filtered.is_none())
}

/// The same, with the actions planned also where the filter stops them: a contract that writes skipped runs down.
pub fn examine_all(app: &App, at: &Arc<Listening>, genuine: &Genuine, way: &mut Way) -> Taking {
    look(app, at, genuine, way, |_| true)
}

fn look(
    app: &App,
    at: &Arc<Listening>,
    genuine: &Genuine,
    way: &mut Way,
    plans: impl FnOnce(Option<&String>) -> bool,
) -> Taking {
    let scope = way.scope(at);
    let passed = filter::passes(&at.trigger.filter, &scope);
    let filtered = (!passed).then(|| filter::evaluate(&at.trigger.filter, &scope).reason);
    let filtered_at = Instant::now();
    let silent = genuine.signed().filter(|proof| proof.silent());
    let planned = match silent {
        None if plans(filtered.as_ref()) => {
            actions::plan(&at.trigger, &scope, outside(app, at, genuine, way), app.ids.as_ref())
        }
        None | Some(_) => Vec::new(),
    };
    let silent = silent.map(|proof| proof.challenge().cloned());
    drop(scope);
    way.step_until("filtered", filtered_at);
    way.step("rendered");
    let digest = way.packed().sha256;
    let keys = SeenKeys::of(at.trigger.id.as_str(), way.delivery.event_id.as_deref(), &digest);
    Taking { at: Arc::clone(at), keys, check: way.checks_repeats(), filtered, silent, planned }
}

/// Whether this delivery's outside effects run.
pub fn outside(app: &App, at: &Listening, genuine: &Genuine, way: &Way) -> Outside {
    match genuine {
        Genuine::Unsigned => Outside::Unsigned,
        Genuine::Signed(_) | Genuine::Token if at.trigger.capture_only || app.settings.load().capture_only => {
            Outside::CaptureOnly
        }
        Genuine::Signed(_) | Genuine::Token if way.replay.as_ref().is_some_and(|mark| !mark.outside_effects) => {
            Outside::ReplayHere
        }
        Genuine::Signed(_) | Genuine::Token => Outside::Run,
    }
}

impl Way {
    /// Whether the duplicate check may say "duplicate": a replay that is to run again says no.
    pub fn checks_repeats(&self) -> bool {
        !self.replay.as_ref().is_some_and(|mark| mark.again)
    }

    /// Whether it was sent from here with data of the user's own. The word that tells it is known to this process alone:
    /// a stranger's header does not do it.
    pub fn is_fired_by_hand(&self) -> bool {
        self.replay.as_ref().is_some_and(|mark| mark.of.is_none())
    }
}
