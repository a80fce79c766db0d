//! How GitLab says what it still allows (its document "Rate limits": the headers `RateLimit-*` and `Retry-After`).

use http::HeaderMap;

use crate::clock::UnixMs;
use crate::error::{ApiError, ErrorCode};
use crate::forge::{Rate, said_at};

/// Reads an answer's headers. An error: the answer says that the limit is used up. A call with a limit of its own, such as a
/// hook's test, names no time, and closes nothing else.
pub fn heard(rate: &Rate, status: u16, headers: &HeaderMap, now: UnixMs) -> Result<(), ApiError> {
    let number = |name: &str| headers.get(name)?.to_str().ok()?.parse::<i64>().ok();
    // By GitLab's clock, which the answer tells; this machine's may be hours from it.
    let ahead = said_at(headers).map_or(0, |there| now.0.saturating_sub(there.0));
    let told = (number("ratelimit-limit"), number("ratelimit-remaining"), number("ratelimit-reset"));
    if let (Some(limit), Some(remaining), Some(reset)) = told {
        rate.said(limit, remaining, UnixMs(reset.saturating_mul(1000).saturating_add(ahead)));
    }
    if status != 429 {
        return Ok(());
    }
    let Some(asked) = number("retry-after") else {
        return Err(ApiError::new(ErrorCode::RateLimited, "GitLab allows this call only a few times a minute")
            .hint("wait a minute, then try again"));
    };
    Err(rate.close("GitLab's limit of requests is used up", now.plus_ms(asked.saturating_mul(1000)), now))
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
            assert_eq!(heard(&rate, status, &headers(pairs), now).is_err(), refused, "{status} {pairs:?}");
            assert_eq!(rate.closed_until(now), until.map(UnixMs), "{status} {pairs:?}");
        }
        let rate = Rate::default();
        let said = [("ratelimit-limit", "2000"), ("ratelimit-remaining", "1999"), ("ratelimit-reset", "1060")];
        heard(&rate, 200, &headers(&said), now).unwrap();
        let shown = rate.left(now).unwrap();
        assert_eq!((shown.limit, shown.remaining, shown.resets_at), (2000, 1999, UnixMs(1_060_000)));
    }
}
