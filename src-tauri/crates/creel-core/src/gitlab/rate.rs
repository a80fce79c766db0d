//! What GitLab still allows, as its last answer said (its document "Rate limits": the headers `RateLimit-*` and
//! `Retry-After`), and until when nothing is asked at all.

use std::sync::{Mutex, PoisonError};

use http::HeaderMap;

use crate::clock::UnixMs;
use crate::error::{ApiError, ErrorCode};
use crate::github::RateLimit;

/// The longest wait that an answer can ask for: GitLab's windows are a minute to an hour.
const WAIT_MOST_MS: i64 = 3_600_000;

/// The limit as the last answer said.
#[derive(Debug, Default)]
pub struct Rate(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    told: Option<RateLimit>,
    closed_until: Option<UnixMs>,
}

impl Rate {
    /// What is left; `None`: GitLab did not say.
    pub fn now(&self) -> Option<RateLimit> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.told.clone().map(|told| RateLimit { closed_until: known.closed_until, ..told })
    }

    /// Until when nothing is asked.
    pub fn closed_until(&self) -> Option<UnixMs> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).closed_until
    }

    /// Whether anything may be asked now; else until when not, as an error.
    pub fn open(&self, now: UnixMs) -> Result<(), ApiError> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.closed_until = known.closed_until.filter(|until| *until > now);
        known.closed_until.map_or(Ok(()), |until| Err(closed(until)))
    }

    /// Reads an answer's headers. An error: the answer says that the limit is used up. A call with a limit of its own, such
    /// as a hook's test, names no time, and closes nothing else.
    pub fn heard(&self, status: u16, headers: &HeaderMap, now: UnixMs) -> Result<(), ApiError> {
        let number = |name: &str| headers.get(name)?.to_str().ok()?.parse::<i64>().ok();
        let count = |number: i64| u32::try_from(number).unwrap_or_default();
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let told = (number("ratelimit-limit"), number("ratelimit-remaining"), number("ratelimit-reset"));
        if let (Some(limit), Some(remaining), Some(reset)) = told {
            let resets_at = UnixMs(reset.saturating_mul(1000));
            let (limit, remaining) = (count(limit), count(remaining));
            known.told = Some(RateLimit { limit, remaining, resets_at, closed_until: None });
        }
        if status != 429 {
            return Ok(());
        }
        let Some(asked) = number("retry-after") else {
            return Err(ApiError::new(ErrorCode::RateLimited, "GitLab allows this call only a few times a minute")
                .hint("wait a minute, then try again"));
        };
        let until = now.plus_ms(asked.saturating_mul(1000).clamp(0, WAIT_MOST_MS));
        known.closed_until = Some(until);
        Err(closed(until))
    }
}

fn closed(until: UnixMs) -> ApiError {
    let words = format!("GitLab's limit of requests is used up; it is open again at {}", until.rfc3339());
    ApiError::new(ErrorCode::RateLimited, words)
        .hint("wait until then; what Creel has to do at GitLab goes on by itself")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (http::HeaderName::from_static(name), value.parse().unwrap())).collect()
    }

    #[test]
    fn a_used_up_limit_closes_for_as_long_as_it_says_and_a_calls_own_limit_closes_nothing() {
        let now = UnixMs(1_000_000);
        for (status, pairs, refused, until) in [
            (429, &[("retry-after", "7")][..], true, Some(1_007_000)),
            (429, &[("retry-after", "99999999")][..], true, Some(4_600_000)),
            (429, &[][..], true, None),
            (200, &[("retry-after", "7")][..], false, None),
        ] {
            let rate = Rate::default();
            assert_eq!(rate.heard(status, &headers(pairs), now).is_err(), refused, "{status} {pairs:?}");
            assert_eq!(rate.closed_until(), until.map(UnixMs), "{status} {pairs:?}");
            assert_eq!(rate.open(now).is_err(), until.is_some());
            assert!(until.is_none_or(|until| rate.open(UnixMs(until)).is_ok()), "still closed");
        }
        let rate = Rate::default();
        let said = [("ratelimit-limit", "2000"), ("ratelimit-remaining", "1999"), ("ratelimit-reset", "1060")];
        rate.heard(200, &headers(&said), now).unwrap();
        let shown = rate.now().unwrap();
        assert_eq!((shown.limit, shown.remaining, shown.resets_at), (2000, 1999, UnixMs(1_060_000)));
    }
}
