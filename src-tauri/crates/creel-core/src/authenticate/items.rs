//! Requests that carry several events, each with a proof of its own: Adyen's notification items, Microsoft Graph's values.

use super::pointer;
use super::scheme::{Part, Scheme, Selector};

/// More items than a sender puts into one request. Each is looked for in the whole body.
pub(super) const MOST_ITEMS: usize = 100;

/// The segment of a pointer that stands for every element.
const EVERY: &str = "/*";

impl Scheme {
    /// How many items `body` has; `None`: the scheme has one proof a request.
    pub(super) fn items(&self, body: &[u8]) -> Option<usize> {
        let pointers = self.signature.iter().filter_map(|place| match place {
            Selector::Json(pointer) => Some(pointer),
            _ => None,
        });
        let (array, _) = pointers.into_iter().find_map(|pointer| pointer.split_once(EVERY))?;
        Some(pointer::elements(body, array))
    }

    /// The record for one item: every pointer leads to it.
    pub(super) fn of_item(&self, n: usize) -> Self {
        let at = |pointer: &str| pointer.replacen(EVERY, &format!("/{n}"), 1);
        let place = |place: &Selector| match place {
            Selector::Json(pointer) => Selector::Json(at(pointer)),
            other => other.clone(),
        };
        let part = |part: &Part| match part {
            Part::Json(pointer) => Part::Json(at(pointer)),
            other => other.clone(),
        };
        let mut one = self.clone();
        one.signature = self.signature.iter().map(place).collect();
        one.signed = self.signed.iter().map(part).collect();
        one.event.from = self.event.from.iter().map(place).collect();
        if let Some(rule) = &mut one.id {
            rule.from = rule.from.iter().map(place).collect();
        }
        one
    }
}
