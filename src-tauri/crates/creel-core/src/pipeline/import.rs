//! A delivery whose payload was fetched from the sender's own record goes the way of all from the proof on: the same filter,
//! actions and duplicate check, and the same commit.
//!
//! What stands before the proof is about who calls, and nobody called: the allowlist and the rate are not asked, because the
//! user fetched it with a token of their own, and "answer as" has nobody to answer.

use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;

use super::{Stop, Way, steps};
use crate::app::App;
use crate::commit::{Decision, Settle};
use crate::delivery::{Delivery, ReasonCode};
use crate::error::{ApiError, ErrorCode};
use crate::ids::{DeliveryId, TriggerId};
use crate::receive::{Headers, Incoming, Listener, Peer};
use crate::registry::Listening;
use crate::store::deliveries;

/// A request as the sender's record has it.
pub struct Recorded {
    /// Its header lines.
    pub headers: Headers,
    /// The texts that its body may have been, likeliest first; the first one is kept where none can be proved.
    pub bodies: Vec<Bytes>,
}

/// Takes a recorded request as a delivery at `trigger`. It comes back as it is stored: on the disk, whole, or not at all.
pub async fn import(app: &App, trigger: &TriggerId, recorded: Recorded) -> Result<Delivery, ApiError> {
    let at = app.registry.now().get(trigger).ok_or_else(|| ApiError::not_found("trigger", trigger))?;
    let mut way = Way::of(incoming(app, &at, recorded.headers), DeliveryId::new(app.ids.as_ref()), None);
    way.delivery.imported = true;
    way.reach(&at);
    let id = way.delivery.id.clone();
    match take(app, &at, &mut way, &recorded.bodies) {
        Ok(settle) => way.commit(app, Decision::Settle(settle)).await,
        Err(stop) => way.refuse(app, Some(at.trigger.contract), stop).await,
    };
    let stored = app.store.read(move |db| deliveries::get(db, &id)).await?;
    stored.ok_or_else(|| {
        ApiError::new(ErrorCode::Unavailable, "the delivery could not be written")
            .hint("see what the status says, then bring it in again")
    })
}

fn incoming(app: &App, at: &Listening, headers: Headers) -> Incoming {
    Incoming {
        received_at: app.clock.now(),
        started: Instant::now(),
        peer: Peer { address: None, listener: Listener::Receiver },
        method: "POST".to_owned(),
        target: at.path(),
        headers,
        body: Bytes::new(),
    }
}

/// The first text whose signature fits is what was signed, byte for byte.
fn take(app: &App, at: &Arc<Listening>, way: &mut Way, bodies: &[Bytes]) -> Result<Box<dyn Settle>, Stop> {
    steps::enabled(at)?;
    for body in bodies {
        way.carry(body);
        match steps::authenticate(app, at, way) {
            Ok(genuine) => return Ok(Box::new(steps::examine(app, at, &genuine, way))),
            Err(stop) if is_about_the_bytes(stop.code()) => {}
            Err(stop) => return Err(stop),
        }
    }
    bodies.first().into_iter().for_each(|body| way.carry(body));
    let words = "its signature cannot be checked: the sender's record gives back the payload, not the bytes that were \
                 signed; nothing ran, and \"Send again\" runs it";
    Err(Stop::new(ReasonCode::NotCheckable, words))
}

/// Says nothing of a payload that was written anew.
fn is_about_the_bytes(code: ReasonCode) -> bool {
    matches!(code, ReasonCode::SignatureMissing | ReasonCode::SignatureMalformed | ReasonCode::SignatureMismatch)
}

impl Way {
    /// Its body is this.
    fn carry(&mut self, body: &Bytes) {
        self.incoming.body = body.clone();
        self.delivery.bytes = i64::try_from(body.len()).unwrap_or(i64::MAX);
    }
}
