//! The request that brings a sender's key: answered, and its key taken, while the user waits for it; else refused.

use std::borrow::Cow;
use std::sync::Arc;

use super::{Stop, Way, steps};
use crate::actions::Planned;
use crate::app::App;
use crate::authenticate::{Handshake, Secret, SignedRequest, stars};
use crate::commit::{Effects, Settle};
use crate::contracts::{self, Refused};
use crate::delivery::{Delivery, Outcome, ReasonCode};
use crate::events::Event;
use crate::ids::SecretId;
use crate::learning::{Learning, Learnt};
use crate::receive::Answered;
use crate::registry::Listening;
use crate::secrets::Vault;
use crate::start::seal_new;
use crate::store::contents::PackedBody;
use crate::store::secrets::SealedSecret;
use crate::store::{SeenKeys, StoreError, Turn, learning, secrets};

/// Takes the key that a request brings; `None`: it brings none. What is kept of the request has the key starred out.
pub fn learn(app: &App, at: &Arc<Listening>, way: &mut Way) -> Result<Option<Box<dyn Settle>>, Stop> {
    let Some(scheme) = at.scheme else { return Ok(None) };
    let incoming = &way.incoming;
    let request = SignedRequest {
        method: &incoming.method,
        url: &incoming.target,
        headers: &incoming.headers,
        body: &incoming.body,
    };
    let Some((asked, brought)) = scheme.brings_key(&request) else { return Ok(None) };
    let refused = |words: String| Stop::new(ReasonCode::HandshakeRefused, words);
    if way.replay.is_some() {
        return Err(refused("a replay teaches no key: the sender itself has to bring it".to_owned()));
    }
    let now = app.clock.now();
    if !at.learning.as_ref().is_some_and(|learning| learning.waits(now)) {
        return Err(refused(Learning::refusal(at.learning.as_ref(), &scheme.name, now)));
    }
    let vault = app.vault.as_ref().ok_or_else(|| {
        Stop::new(ReasonCode::SecretUnavailable, "the key that came cannot be sealed: the keychain is locked")
    })?;
    let secret = Secret::new(brought.key.as_str()).map_err(|no| refused(format!("what came is no key: {no}")))?;
    scheme.check_secret(&secret).map_err(|no| refused(format!("what came is no key: {no}")))?;
    let settle = Taken::new(app, vault, at, &secret, (asked, &request)).ok_or_else(|| {
        refused("the request cannot be answered: a value of it is missing or too long to be sent back".to_owned())
    })?;
    (way.incoming.headers, way.incoming.body) = brought.starred;
    steps::proved(app, Some(scheme), way);
    Ok(Some(Box::new(settle)))
}

/// A key that came while its trigger waited. Whether it still does is decided in the writer's turn.
struct Taken {
    at: Arc<Listening>,
    sender: String,
    sealed: SealedSecret,
    answer: Answered,
    /// The answer without the key that it sends back.
    kept: Answered,
}

impl Taken {
    fn new(
        app: &App,
        vault: &Vault,
        at: &Arc<Listening>,
        secret: &Secret,
        (asked, request): (&Handshake, &SignedRequest<'_>),
    ) -> Option<Self> {
        let owner = at.trigger.contract.face().secret_owner(&at.trigger);
        let answer = asked.answer(request, None)?;
        let mut kept = answer.clone();
        for (_, value) in &mut kept.headers {
            *value = Cow::Owned(value.replace(secret.expose(), &stars(secret.bytes())));
        }
        Some(Self {
            at: Arc::clone(at),
            sender: at.scheme.map(|scheme| scheme.name.clone()).unwrap_or_default(),
            sealed: seal_new(vault, secret, SecretId::new(app.ids.as_ref()), owner, app.clock.now()),
            answer,
            kept,
        })
    }

    fn refuse(&self, delivery: &mut Delivery, words: String) -> Answered {
        let code = ReasonCode::HandshakeRefused;
        delivery.outcome = code.outcome();
        delivery.reason_code = Some(code);
        delivery.reason = Some(words);
        let refused = Refused { code, told: None, retry_after: None, door: None };
        contracts::refuse(Some(self.at.trigger.contract), &refused)
    }
}

impl Settle for Taken {
    /// The first key counts. The one before stops at once: it may be a stranger's, which is why the user waits anew.
    fn settle(
        self: Box<Self>,
        turn: &mut Turn<'_>,
        delivery: &mut Delivery,
        _: &PackedBody,
        made: &mut Effects,
    ) -> Result<(Answered, Option<SeenKeys>), StoreError> {
        let trigger = &self.at.trigger.id;
        let found = learning::of(turn.db, trigger)?;
        let Some(waiting) = found.as_ref().filter(|learning| learning.waits(turn.now)) else {
            let words = Learning::refusal(found.as_ref(), &self.sender, turn.now);
            return Ok((self.refuse(delivery, words), None));
        };
        secrets::delete_of(turn.db, &self.sealed.owner)?;
        secrets::insert(turn.db, &self.sealed)?;
        let from = delivery.peer.clone();
        let learnt = Learnt { at: turn.now, from, delivery_id: delivery.id.clone(), shown: false };
        let from = learnt.from.clone().unwrap_or_else(|| "an unknown address".to_owned());
        learning::put(turn.db, trigger, &Learning { learnt: Some(learnt), ..waiting.clone() })?;
        delivery.outcome = Outcome::Accepted;
        delivery.reason_code = Some(ReasonCode::Handshake);
        delivery.reason = Some(format!(
            "it brought the key of {} from {from}, which was learnt and sealed; in this record it is starred out",
            self.sender
        ));
        made.events.push(Event::Trigger(trigger.clone()));
        made.changes_listeners = true;
        made.kept_answer = Some(self.kept);
        Ok((self.answer, None))
    }

    fn quiet(&self, _: &Turn<'_>, _: &mut Delivery, _: &PackedBody) -> Result<Option<String>, StoreError> {
        Ok(Some("it brings a key, and sets nothing off".to_owned()))
    }

    fn acts(self: Box<Self>) -> Vec<(Arc<Listening>, Vec<Planned>)> {
        Vec::new()
    }
}
