//! Keys that a sender brings in its first request (Asana, Notion): taken only while the user waits for one, once.
//!
//! Whoever knows the address could set the key otherwise. The waiting is a deadline in the store, so that a restart does
//! not end it and a clock that is set back does not make it longer.

use serde::{Deserialize, Serialize};

use crate::clock::UnixMs;
use crate::ids::DeliveryId;

/// How long a trigger waits for its sender's handshake: time to go to the sender and make the hook there, and short
/// enough that a stranger who tries the address now and then does not hit it.
pub const WAIT_MS: i64 = 10 * 60_000;

/// How it stands with a trigger whose sender brings the key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct Learning {
    /// When the user began to wait.
    pub began_at: UnixMs,
    /// When the waiting ends. Past and nothing learnt: nothing came in time.
    pub until: UnixMs,
    /// What came.
    pub learnt: Option<Learnt>,
}

/// A key that was learnt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct Learnt {
    /// When.
    pub at: UnixMs,
    /// The address that brought it, if known.
    pub from: Option<String>,
    /// The delivery that brought it.
    pub delivery_id: DeliveryId,
    /// It was shown once, where it has to be pasted at the sender; it is not shown again.
    pub shown: bool,
}

impl Learning {
    /// From `now` on.
    pub fn begin(now: UnixMs) -> Self {
        Self { began_at: now, until: now.plus_ms(WAIT_MS), learnt: None }
    }

    /// Whether a key would be taken at `now`. A clock that was set back before the beginning does not open it again.
    pub fn waits(&self, now: UnixMs) -> bool {
        self.learnt.is_none() && self.began_at <= now && now < self.until
    }

    /// Why no key is taken at `now`, for a sender of this name.
    pub fn refusal(learning: Option<&Self>, sender: &str, now: UnixMs) -> String {
        match learning {
            None => format!(
                "{sender} brings its key in this request, and nobody waits for one: start to wait at the trigger, then \
                 let {sender} send it again"
            ),
            Some(Self { learnt: Some(Learnt { at, from, .. }), .. }) => format!(
                "the key of this trigger was brought at {} from {}, and the first one counts: wait anew to take another",
                at.rfc3339(),
                from.as_deref().unwrap_or("an unknown address"),
            ),
            Some(Self { until, .. }) if *until <= now => format!(
                "{sender} brings its key in this request, and the wait for it ended at {}: wait anew, then let {sender} \
                 send it again",
                until.rfc3339(),
            ),
            Some(_) => "the clock was set back since the wait for the key began: wait anew".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_taken_between_the_click_and_the_deadline_and_never_twice() {
        let waiting = Learning::begin(UnixMs(1_000_000));
        for (now, waits) in [(999_999, false), (1_000_000, true), (1_599_999, true), (1_600_000, false)] {
            assert_eq!(waiting.waits(UnixMs(now)), waits, "{now}");
        }
        let learnt = Learnt { at: UnixMs(1_000_001), from: None, delivery_id: DeliveryId::from("dlv_1"), shown: false };
        let learnt = Learning { learnt: Some(learnt), ..waiting };
        assert!(!learnt.waits(UnixMs(1_000_002)));
        assert!(Learning::refusal(Some(&learnt), "Asana", UnixMs(1_000_002)).contains("the first one counts"));
    }
}
