//! How GitHub says what it still allows (its documents "Rate limits for the REST API" and "Best practices").

use http::HeaderMap;

use crate::clock::UnixMs;
use crate::error::ApiError;
use crate::forge::{Rates, said_at};

/// How long nothing is asked after a secondary limit that names no time: GitHub's document says at least a minute.
const SECONDARY_MS: i64 = 60_000;
/// What searches are asked under; they have a limit of their own, thirty in a minute.
const SEARCHES: &str = "/search/";
/// That limit's name beside the API's.
const OF_SEARCHES: &str = "#search";

/// Whether `path` may be asked now; else until when not, as an error.
pub fn open(rates: &Rates, api: &str, path: &str, now: UnixMs) -> Result<(), ApiError> {
    rates.of(api).open(now)?;
    match path.starts_with(SEARCHES) {
        true => rates.of(&format!("{api}{OF_SEARCHES}")).open(now),
        false => Ok(()),
    }
}

/// Reads the headers of an answer to `path`; `said`: GitHub's words in it. An error: it says that a limit is used up.
pub fn heard(
    rates: &Rates,
    api: &str,
    path: &str,
    status: u16,
    headers: &HeaderMap,
    said: &str,
    now: UnixMs,
) -> Result<(), ApiError> {
    let number = |name: &str| headers.get(name)?.to_str().ok()?.parse::<i64>().ok();
    let (limit, left) = (number("x-ratelimit-limit"), number("x-ratelimit-remaining"));
    // By GitHub's clock, which the answer tells; this machine's may be hours from it.
    let ahead = said_at(headers).map_or(0, |there| now.0.saturating_sub(there.0));
    let resets_at =
        number("x-ratelimit-reset").map(|seconds| UnixMs(seconds.saturating_mul(1000).saturating_add(ahead)));
    let all = rates.of(api);
    let searched = path.starts_with(SEARCHES);
    let of_path = if searched { rates.of(&format!("{api}{OF_SEARCHES}")) } else { all.clone() };
    if let (Some(limit), Some(remaining), Some(resets_at)) = (limit, left, resets_at) {
        of_path.said(limit, remaining, resets_at);
    }
    if status != 403 && status != 429 {
        return Ok(());
    }
    let asked = number("retry-after").map(|seconds| now.plus_ms(seconds.saturating_mul(1000)));
    let secondary = said.contains("secondary rate limit");
    let in_a_minute = now.plus_ms(SECONDARY_MS);
    if left == Some(0) && asked.is_none() && !secondary {
        let what = if searched {
            "GitHub's limit of searches in a minute is used up"
        } else {
            "GitHub's limit of requests in an hour is used up"
        };
        return Err(of_path.close(what, resets_at.unwrap_or(in_a_minute), now));
    }
    if secondary || asked.is_some() || status == 429 {
        let what = "GitHub's secondary limit says that too much was asked in a short time";
        return Err(all.close(what, asked.unwrap_or(in_a_minute), now));
    }
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const API: &str = "https://api.github.com";
    const NOW: UnixMs = UnixMs(1_000_000);

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (http::HeaderName::from_static(name), value.parse().unwrap())).collect()
    }

    fn spent() -> HeaderMap {
        headers(&[("x-ratelimit-limit", "60"), ("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "1300")])
    }

    #[test]
    fn a_used_up_limit_closes_until_the_window_ends_and_a_secondary_one_for_as_long_as_it_says() {
        for (status, headers, said, until) in [
            (403, spent(), "API rate limit exceeded", Some(1_300_000)),
            (429, headers(&[("retry-after", "7")]), "", Some(1_007_000)),
            (403, headers(&[]), "You have exceeded a secondary rate limit", Some(1_060_000)),
            (403, headers(&[("retry-after", "999999999")]), "", Some(4_600_000)),
            (403, headers(&[("x-ratelimit-remaining", "59")]), "Resource not accessible", None),
            (200, spent(), "", None),
        ] {
            let rates = Rates::default();
            let refused = heard(&rates, API, "/user", status, &headers, said, NOW).is_err();
            assert_eq!(refused, until.is_some(), "{status} {said}");
            assert_eq!(rates.of(API).closed_until(NOW), until.map(UnixMs), "{status} {said}");
            assert_eq!(open(&rates, API, "/user", NOW).is_err(), until.is_some(), "{status} {said}");
        }
    }

    #[test]
    fn the_window_ends_by_githubs_clock_however_wrong_this_one_is() {
        for (date, until) in
            [("Thu, 01 Jan 1970 00:16:40 GMT", 1_300_000), ("Thu, 01 Jan 1970 00:20:00 GMT", 1_100_000)]
        {
            let rates = Rates::default();
            let mut told = spent();
            told.insert(http::header::DATE, date.parse().unwrap());
            heard(&rates, API, "/user", 403, &told, "", NOW).unwrap_err();
            assert_eq!(rates.of(API).closed_until(NOW), Some(UnixMs(until)), "{date}");
        }
    }

    #[test]
    fn searches_have_a_limit_of_their_own_and_a_secondary_limit_is_everybodys() {
        let rates = Rates::default();
        let error = heard(&rates, API, "/search/repositories?q=x", 403, &spent(), "", NOW).unwrap_err();
        assert!(error.message.contains("searches in a minute"), "{}", error.message);
        assert!(open(&rates, API, "/search/repositories", NOW).is_err());
        assert!(open(&rates, API, "/repos/a/b/hooks", NOW).is_ok(), "hooks are made all the same");
        assert_eq!(rates.of(API).left(NOW), None, "what is left of searches is not what is left");
        let words = "You have exceeded a secondary rate limit";
        heard(&rates, API, "/search/repositories?q=x", 403, &headers(&[]), words, NOW).unwrap_err();
        assert!(open(&rates, API, "/repos/a/b/hooks", NOW).is_err());
    }
}
