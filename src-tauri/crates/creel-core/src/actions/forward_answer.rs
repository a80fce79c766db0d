//! What a target's answer means: done, again later, or never.

use std::time::Duration;

use http::header::{LOCATION, RETRY_AFTER};
use http::{HeaderMap, StatusCode};

use crate::actions::forward_request::head_and_body;
use crate::clock::UnixMs;
use crate::error::{ApiError, ErrorCode};
use crate::execute::Again;

/// Longest address of a redirect that is shown.
const LOCATION_MOST: usize = 300;

/// An answer as far as it was read.
#[derive(Debug)]
pub struct Answer {
    /// `200 OK`
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// The beginning of its body.
    pub body: Vec<u8>,
    /// There was more.
    pub cut: bool,
}

impl Answer {
    /// What it means. `now`: for a `Retry-After` that names a time.
    pub fn verdict(&self, now: UnixMs) -> Result<(), (ApiError, Again)> {
        match self.status.as_u16() {
            200..=299 => Ok(()),
            300..=399 => Err((self.redirect(), Again::Never)),
            408 | 425 | 429 | 500..=599 => Err((self.failure(None), self.again(now))),
            401 | 403 => Err((self.failure(Some("it wants a proof: add a header or sign the forward")), Again::Never)),
            404 | 405 => Err((self.failure(Some("look at the method and the address of the forward")), Again::Never)),
            410 => Err((self.failure(Some("it says that it is gone for good: remove the forward")), Again::Never)),
            _ => Err((self.failure(None), Again::Never)),
        }
    }

    /// In one sentence.
    pub fn words(&self) -> String {
        let read = self.body.len();
        let body = if self.cut {
            format!("more than {read} bytes, of which the first were read")
        } else {
            format!("{read} bytes")
        };
        format!("{} with {body}.", self.status)
    }

    /// As text: first line, headers, body.
    pub fn to_text(&self) -> String {
        format!("HTTP/1.1 {}\n{}", self.status, head_and_body(&self.headers, &self.body))
    }

    fn failure(&self, hint: Option<&str>) -> ApiError {
        let error = ApiError::new(ErrorCode::Upstream, format!("the target answered {}", self.status));
        hint.map_or(error.clone(), |hint| error.hint(hint))
    }

    fn redirect(&self) -> ApiError {
        let Some(to) = self.headers.get(LOCATION) else { return self.failure(None) };
        let to: String = String::from_utf8_lossy(to.as_bytes()).chars().take(LOCATION_MOST).collect();
        ApiError::new(ErrorCode::Upstream, format!("the target answered {} and points to {to}", self.status))
            .hint("redirects are not followed: set the address of the forward to where it should go")
    }

    fn again(&self, now: UnixMs) -> Again {
        let asked = self.headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok());
        asked.and_then(|text| retry_after(text.trim(), now)).map_or(Again::OnSchedule, Again::NotBefore)
    }
}

/// `Retry-After`: seconds, or a time (RFC 9110 10.2.3).
fn retry_after(text: &str, now: UnixMs) -> Option<Duration> {
    if let Ok(seconds) = text.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let at = jiff::fmt::rfc2822::parse(text).ok()?.timestamp().as_millisecond();
    Some(Duration::from_millis(u64::try_from(at.saturating_sub(now.0)).unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: UnixMs = UnixMs(784_111_777_000);

    fn answer(status: u16, headers: &[(&'static str, &'static str)]) -> Answer {
        let headers = headers
            .iter()
            .map(|(n, v)| (http::HeaderName::from_static(n), http::HeaderValue::from_static(v)))
            .collect();
        Answer { status: StatusCode::from_u16(status).expect("a status"), headers, body: Vec::new(), cut: false }
    }

    #[test]
    fn each_status_means_done_again_or_never() {
        let again = |status| answer(status, &[]).verdict(NOW).err().map(|(_, again)| again);
        for status in [200, 201, 202, 204, 299] {
            assert_eq!(again(status), None, "{status}");
        }
        for status in [408, 425, 429, 500, 502, 503, 504, 599] {
            assert_eq!(again(status), Some(Again::OnSchedule), "{status}");
        }
        for status in [300, 301, 302, 304, 307, 308, 400, 401, 403, 404, 405, 409, 410, 413, 422, 451] {
            assert_eq!(again(status), Some(Again::Never), "{status}");
        }
    }

    #[test]
    fn retry_after_is_read_as_seconds_and_as_a_time_and_only_where_there_is_a_next_attempt() {
        let again =
            |status, value| answer(status, &[("retry-after", value)]).verdict(NOW).err().map(|(_, again)| again);
        assert_eq!(again(429, "120"), Some(Again::NotBefore(Duration::from_secs(120))));
        assert_eq!(again(503, "Sun, 06 Nov 1994 08:50:37 GMT"), Some(Again::NotBefore(Duration::from_secs(60))));
        assert_eq!(again(503, "Sun, 06 Nov 1994 08:00:00 GMT"), Some(Again::NotBefore(Duration::ZERO)));
        assert_eq!(again(503, "soon"), Some(Again::OnSchedule));
        assert_eq!(again(429, "-5"), Some(Again::OnSchedule));
        assert_eq!(again(410, "120"), Some(Again::Never));
    }

    #[test]
    fn what_is_gone_for_good_says_what_to_do() {
        let (error, _) = answer(410, &[]).verdict(NOW).expect_err("a failure");
        assert_eq!(error.hint.as_deref(), Some("it says that it is gone for good: remove the forward"));
    }

    #[test]
    fn a_redirect_names_where_it_points() {
        let (error, _) = answer(302, &[("location", "http://169.254.169.254/")]).verdict(NOW).expect_err("a failure");
        assert_eq!(error.message, "the target answered 302 Found and points to http://169.254.169.254/");
    }
}
