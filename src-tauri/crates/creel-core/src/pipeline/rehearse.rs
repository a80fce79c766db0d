//! What a request would set off here, asked without sending it: the plan of a replay. The steps are the pipeline's own.

use std::sync::Arc;

use bytes::Bytes;

use super::{Stop, Way, admit, contract_of, examine, scope_of};
use crate::actions::Planned;
use crate::app::App;
use crate::commit;
use crate::contracts::{self, Refused};
use crate::delivery::{Delivery, ReasonCode};
use crate::ids::DeliveryId;
use crate::receive::{Endpoint, Headers, Incoming};
use crate::registry::Listening;
use crate::replay::Mark;
use crate::store::StoreError;
use crate::template::Scope;
use crate::trigger::Contract;

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
    /// The endpoint that takes it.
    pub at: Arc<Listening>,
    /// Its actions, planned.
    pub planned: Vec<Planned>,
    delivery: Delivery,
    headers: Headers,
    body: Bytes,
}

impl Acts {
    /// What the templates see.
    pub fn scope(&self) -> Scope<'_> {
        scope_of(&self.delivery, &self.headers, &self.body, &self.at.trigger)
    }
}

/// Goes the way of `incoming` up to the commit and looks what the commit would say. Nothing is kept, counted or queued.
pub async fn rehearse(app: &App, incoming: Incoming, mark: Mark) -> Result<Rehearsal, StoreError> {
    let endpoint = Endpoint::of(incoming.path());
    let Some(listening) = app.registry.now().find(&endpoint) else {
        let stop = Stop::new(ReasonCode::NoSuchEndpoint, "no trigger listens at this address");
        return Ok(refused(contract_of(&endpoint), stop));
    };
    let mut way = Way::of(incoming, DeliveryId::new(app.ids.as_ref()), Some(mark));
    way.rehearsal = true;
    let looked = admit(app, &listening, &way.incoming).and_then(|()| examine(app, &listening, &mut way));
    let taking = match looked {
        Ok(taking) => taking,
        Err(stop) => return Ok(refused(Some(listening.trigger.contract), stop)),
    };
    if taking.silent.is_some() {
        return Ok(Rehearsal::Quiet("this event is answered and sets off nothing".to_owned()));
    }
    way.packed();
    let Way { delivery, packed: Some(packed), incoming, .. } = way else { return Err(StoreError::Closed) };
    let mut row = delivery.clone();
    let (duplicate, taking) =
        app.store.write(move |turn| Ok((commit::duplicate(turn, &mut row, &packed, &taking)?, taking))).await?;
    Ok(match (duplicate, taking.filtered) {
        (Some((_, words)), _) => Rehearsal::Quiet(format!("Creel answers \"duplicate\": {words}")),
        (None, Some(reason)) => Rehearsal::Quiet(format!("the filter does not let it through: {reason}")),
        (None, None) => {
            let Incoming { headers, body, .. } = incoming;
            Rehearsal::Acts(Box::new(Acts { at: taking.at, planned: taking.planned, delivery, headers, body }))
        }
    })
}

fn refused(contract: Option<Contract>, stop: Stop) -> Rehearsal {
    let json_error = stop.json_error.then_some(stop.words.as_str());
    let answer = contracts::refuse(contract, &Refused { code: stop.code, json_error, retry_after: None });
    Rehearsal::Refused(stop.status.unwrap_or(answer.status), stop.words)
}
