//! What each GitHub still allows, as its last answers said, and until when nothing is asked of it at all.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use http::HeaderMap;
use serde::{Deserialize, Serialize};

use crate::clock::UnixMs;
use crate::error::{ApiError, ErrorCode};

/// How long nothing is asked after a secondary limit that names no time: GitHub's document says at least a minute.
const SECONDARY_MS: i64 = 60_000;
/// The longest wait that an answer can ask for: GitHub's windows last an hour.
const WAIT_MOST_MS: i64 = 3_600_000;

/// What is left of GitHub's limit.
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

/// The limits of every GitHub that was asked, by where its API is: a server of one's own has limits of its own.
#[derive(Debug, Default)]
pub struct Rates(Mutex<HashMap<String, Arc<Rate>>>);

impl Rates {
    /// The limit of the GitHub whose API is at `api`.
    pub fn of(&self, api: &str) -> Arc<Rate> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(all.entry(api.to_owned()).or_default())
    }

    /// When the first of those that ask to wait is open again.
    pub fn closed_until(&self, now: UnixMs) -> Option<UnixMs> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.values().filter_map(|rate| rate.closed_until()).filter(|until| *until > now).min()
    }
}

/// The limit of one GitHub as its last answer said.
#[derive(Debug, Default)]
pub struct Rate(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    core: Option<RateLimit>,
    closed_until: Option<UnixMs>,
}

impl Rate {
    /// What is left.
    pub fn now(&self) -> Option<RateLimit> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.core.clone().map(|core| RateLimit { closed_until: known.closed_until, ..core })
    }

    fn closed_until(&self) -> Option<UnixMs> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).closed_until
    }

    /// Whether anything may be asked now; else until when not, as an error.
    pub fn open(&self, now: UnixMs) -> Result<(), ApiError> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match known.closed_until.filter(|until| *until > now) {
            Some(until) => Err(closed("GitHub asked to wait", until)),
            None => {
                known.closed_until = None;
                Ok(())
            }
        }
    }

    /// Reads an answer's headers. An error: the answer says that the limit is used up.
    pub fn heard(&self, status: u16, headers: &HeaderMap, said: &str, now: UnixMs) -> Result<(), ApiError> {
        let number = |name: &str| headers.get(name)?.to_str().ok()?.parse::<i64>().ok();
        let (limit, left) = (number("x-ratelimit-limit"), number("x-ratelimit-remaining"));
        let resets_at = number("x-ratelimit-reset").map(|seconds| UnixMs(seconds.saturating_mul(1000)));
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let of_core = headers.get("x-ratelimit-resource").is_none_or(|resource| resource == "core");
        if let (Some(limit), Some(remaining), Some(resets_at), true) = (limit, left, resets_at, of_core) {
            let count = |number: i64| u32::try_from(number).unwrap_or_default();
            known.core =
                Some(RateLimit { limit: count(limit), remaining: count(remaining), resets_at, closed_until: None });
        }
        if status != 403 && status != 429 {
            return Ok(());
        }
        let bounded = |until: UnixMs| UnixMs(until.0.clamp(now.0, now.0.saturating_add(WAIT_MOST_MS)));
        let asked = number("retry-after").map(|seconds| now.plus_ms(seconds.saturating_mul(1000)));
        let secondary = said.contains("secondary rate limit");
        let (what, until) = if left == Some(0) && asked.is_none() && !secondary {
            ("GitHub's limit of requests in an hour is used up", resets_at.unwrap_or(now.plus_ms(SECONDARY_MS)))
        } else if secondary || asked.is_some() || status == 429 {
            let until = asked.unwrap_or(now.plus_ms(SECONDARY_MS));
            ("GitHub's secondary limit says that too much was asked in a short time", until)
        } else {
            return Ok(());
        };
        let until = bounded(until);
        known.closed_until = Some(until);
        Err(closed(what, until))
    }
}

fn closed(what: &str, until: UnixMs) -> ApiError {
    ApiError::new(ErrorCode::RateLimited, format!("{what}; it is open again at {}", until.rfc3339()))
        .hint("wait until then; what Creel has to do at GitHub goes on by itself")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (http::HeaderName::from_static(name), value.parse().unwrap())).collect()
    }

    #[test]
    fn a_used_up_limit_closes_until_the_window_ends_and_a_secondary_one_for_as_long_as_it_says() {
        let now = UnixMs(1_000_000);
        let spent = [("x-ratelimit-limit", "60"), ("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "1300")];
        for (status, pairs, said, until) in [
            (403, &spent[..], "API rate limit exceeded", Some(1_300_000)),
            (429, &[("retry-after", "7")][..], "", Some(1_007_000)),
            (403, &[][..], "You have exceeded a secondary rate limit", Some(1_060_000)),
            (403, &[("retry-after", "999999999")][..], "", Some(4_600_000)),
            (403, &[("x-ratelimit-remaining", "59")][..], "Resource not accessible", None),
            (200, &spent[..], "", None),
        ] {
            let rate = Rate::default();
            assert_eq!(rate.heard(status, &headers(pairs), said, now).is_err(), until.is_some(), "{status} {said}");
            assert_eq!(rate.open(now).is_err(), until.is_some(), "{status} {said}");
            if let Some(until) = until {
                assert!(rate.open(UnixMs(until - 1)).is_err(), "{status} {said}: opened too early");
                assert!(rate.open(UnixMs(until)).is_ok(), "{status} {said}: still closed");
            }
        }
    }

    #[test]
    fn a_limit_that_is_used_up_at_one_github_closes_no_other() {
        let (rates, now) = (Rates::default(), UnixMs(1_000_000));
        let spent = |reset| headers(&[("x-ratelimit-limit", "60"), ("x-ratelimit-remaining", "0"), reset]);
        for (api, reset) in [("https://a/api/v3", "1500"), ("https://b/api/v3", "1300")] {
            assert!(rates.of(api).heard(403, &spent(("x-ratelimit-reset", reset)), "", now).is_err());
        }
        assert!(rates.of("https://a/api/v3").open(now).is_err());
        assert!(rates.of("https://api.github.com").open(now).is_ok());
        assert_eq!(rates.closed_until(now), Some(UnixMs(1_300_000)));
        assert_eq!(rates.closed_until(UnixMs(1_300_000)), Some(UnixMs(1_500_000)));
    }
}
