//! What each sender's API still allows, as its last answers said, and until when nothing is asked of it at all. How an answer
//! says so is the sender's own.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

use crate::clock::UnixMs;
use crate::error::{ApiError, ErrorCode};

/// The longest wait that an answer can ask for: the windows of GitHub and GitLab last an hour at most. What is further away
/// than that was written down by a clock that was set back since.
const WAIT_MOST_MS: i64 = 3_600_000;

/// What is left of a sender's limit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct RateLimit {
    /// Requests in one window.
    pub limit: u32,
    /// Requests left in it.
    pub remaining: u32,
    /// When the next window begins.
    pub resets_at: UnixMs,
    /// Nothing is asked until then.
    pub closed_until: Option<UnixMs>,
}

/// The limits of every API of a sender that was asked, by where it is: a server of one's own has limits of its own.
#[derive(Debug, Default)]
pub struct Rates(Mutex<HashMap<String, Arc<Rate>>>);

impl Rates {
    /// The limit of the API at `api`.
    pub fn of(&self, api: &str) -> Arc<Rate> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(all.entry(api.to_owned()).or_default())
    }

    /// When the first of those that ask to wait is open again.
    pub fn closed_until(&self, now: UnixMs) -> Option<UnixMs> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.values().filter_map(|rate| rate.closed_until(now)).min()
    }
}

/// One limit as the last answer said.
#[derive(Debug, Default)]
pub struct Rate(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    told: Option<RateLimit>,
    closed: Option<Closed>,
}

#[derive(Clone, Debug)]
struct Closed {
    until: UnixMs,
    /// What the sender said, as the beginning of a sentence.
    what: &'static str,
}

impl Rate {
    /// What is left; `None`: the sender did not say.
    pub fn left(&self, now: UnixMs) -> Option<RateLimit> {
        let closed_until = self.closed_until(now);
        self.known().told.clone().map(|told| RateLimit { closed_until, ..told })
    }

    /// Until when nothing is asked; `None`: it can be.
    pub fn closed_until(&self, now: UnixMs) -> Option<UnixMs> {
        let until = self.known().closed.as_ref()?.until;
        (until > now && until.0.saturating_sub(now.0) <= WAIT_MOST_MS).then_some(until)
    }

    /// Whether anything may be asked now; else why and until when not.
    pub fn open(&self, now: UnixMs) -> Result<(), ApiError> {
        match self.closed_until(now) {
            Some(_) => self.known().closed.as_ref().map_or(Ok(()), |closed| Err(closed.error())),
            None => Ok(()),
        }
    }

    /// An answer said what is left: of `limit` requests so many, until `resets_at`.
    pub(crate) fn said(&self, limit: i64, remaining: i64, resets_at: UnixMs) {
        let count = |number: i64| u32::try_from(number).unwrap_or_default();
        let (limit, remaining) = (count(limit), count(remaining));
        self.known().told = Some(RateLimit { limit, remaining, resets_at, closed_until: None });
    }

    /// An answer said that nothing is to be asked until then: that as an error. `what` says it as the beginning of a sentence.
    pub(crate) fn close(&self, what: &'static str, until: UnixMs, now: UnixMs) -> ApiError {
        let until = UnixMs(until.0.clamp(now.0, now.0.saturating_add(WAIT_MOST_MS)));
        let closed = Closed { until, what };
        self.known().closed = Some(closed.clone());
        closed.error()
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Closed {
    fn error(&self) -> ApiError {
        let words = format!("{}; it is open again at {}", self.what, self.until.rfc3339());
        ApiError::new(ErrorCode::RateLimited, words)
            .hint("wait until then; what Creel has to do there goes on by itself")
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_that_is_used_up_at_one_server_closes_no_other() {
        let (rates, now) = (Rates::default(), UnixMs(1_000_000));
        for (api, until) in [("https://a/api", 1_500_000), ("https://b/api", 1_300_000)] {
            rates.of(api).close("used up", UnixMs(until), now);
        }
        assert!(rates.of("https://a/api").open(now).is_err());
        assert!(rates.of("https://c/api").open(now).is_ok());
        assert_eq!(rates.closed_until(now), Some(UnixMs(1_300_000)));
        assert_eq!(rates.closed_until(UnixMs(1_300_000)), Some(UnixMs(1_500_000)));
        assert_eq!(rates.closed_until(UnixMs(1_500_000)), None, "what is over keeps nobody waiting");
    }

    #[test]
    fn no_wait_is_longer_than_an_hour_not_even_by_a_clock_that_was_set_back() {
        let (rate, now) = (Rate::default(), UnixMs(90_000_000));
        let error = rate.close("used up", UnixMs(i64::MAX), now);
        assert!(error.message.starts_with("used up; it is open again at 1970-01-02T02:00"), "{}", error.message);
        assert_eq!(rate.closed_until(now), Some(UnixMs(93_600_000)));
        assert_eq!(rate.open(now).unwrap_err().message, error.message, "asked again, it says the same");
        assert!(rate.open(UnixMs(93_600_000)).is_ok());
        assert!(rate.open(UnixMs(1_000)).is_ok(), "the clock was set back by a day: nobody waits a day for that");
    }
}
