//! `raise_alert`: a local effect, written with its delivery. What it says is the body's; the settings are the webhook's.

use crate::alerts::{AlertPlan, raise};
use crate::contracts::Made;
use crate::delivery::Delivery;
use crate::events::Event;
use crate::store::{StoreError, Turn};

/// Raises the alert in the open transaction. A used-up quota is an answer, not a failure of the commit.
pub fn raise_alert(
    turn: &Turn<'_>,
    plan: AlertPlan,
    delivery: &Delivery,
    told: &mut Vec<Event>,
) -> Result<Made, StoreError> {
    match raise(turn.db, turn.now, plan, &delivery.id)? {
        Ok(raised) => {
            told.push(Event::Alert(raised.alert.id.clone()));
            Ok(Made::Alert { id: raised.alert.id, how: raised.how, count: raised.alert.occurrence_count })
        }
        Err(exhausted) => Ok(Made::OverQuota { seconds_left: exhausted.seconds_left }),
    }
}
