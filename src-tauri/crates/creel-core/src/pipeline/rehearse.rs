//! What a request would set off here, asked without sending it: the plan of a replay. The steps are the pipeline's own.

use std::sync::Arc;

use bytes::Bytes;

use super::{Stop, Way, scope_of, take};
use crate::actions::Planned;
use crate::app::App;
use crate::delivery::Delivery;
use crate::ids::DeliveryId;
use crate::receive::{Endpoint, Headers, Incoming};
use crate::registry::Listening;
use crate::replay::Mark;
use crate::store::StoreError;
use crate::template::Scope;
use crate::trigger::{Contract, Trigger};

/// What would become of a request.
pub enum Rehearsal {
    /// It is refused: the status, and why.
    Refused(u16, String),
    /// It is accepted and nothing runs, for this reason.
    Quiet(String),
    /// It sets these off.
    Acts(Box<Acts>),
}

/// What a request would set off.
pub struct Acts {
    /// The triggers that take it, each with its actions, planned.
    pub each: Vec<(Arc<Listening>, Vec<Planned>)>,
    delivery: Delivery,
    headers: Headers,
    body: Bytes,
}

impl Acts {
    /// What the templates of `trigger` see.
    pub fn scope<'a>(&'a self, trigger: &'a Trigger) -> Scope<'a> {
        scope_of(&self.delivery, &self.headers, &self.body, trigger)
    }
}

/// Goes the way of `incoming` up to the commit and looks what the commit would say. Nothing is kept, counted or queued.
pub async fn rehearse(app: &App, incoming: Incoming, mark: Mark) -> Result<Rehearsal, StoreError> {
    let endpoint = Endpoint::of(incoming.path());
    let mut way = Way::of(incoming, DeliveryId::new(app.ids.as_ref()), Some(mark));
    way.rehearsal = true;
    let settle = match take(app, &endpoint, &mut way) {
        Ok(settle) => settle,
        Err(stop) => return Ok(refused(endpoint.contract(), stop)),
    };
    way.packed();
    let Way { delivery, packed: Some(packed), incoming, .. } = way else { return Err(StoreError::Closed) };
    let mut row = delivery.clone();
    let (quiet, settle) = app.store.write(move |turn| Ok((settle.quiet(turn, &mut row, &packed)?, settle))).await?;
    Ok(match quiet {
        Some(words) => Rehearsal::Quiet(words),
        None => {
            let Incoming { headers, body, .. } = incoming;
            Rehearsal::Acts(Box::new(Acts { each: settle.acts(), delivery, headers, body }))
        }
    })
}

fn refused(contract: Option<Contract>, stop: Stop) -> Rehearsal {
    Rehearsal::Refused(stop.answer(contract).status, stop.words)
}
