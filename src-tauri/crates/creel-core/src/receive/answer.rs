//! An answer as it goes out: fixed headers that keep a browser from making anything of it.

use std::time::Duration;

use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, X_CONTENT_TYPE_OPTIONS};
use http::header::{CONNECTION, CONTENT_LENGTH, TRANSFER_ENCODING, UPGRADE};
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};

use crate::receive::deliver::{Answered, Manner};
use crate::receive::spoken::Spoken;

/// Between two bytes of a slow body: 100 bytes take 25 s, which is longer than most senders wait.
const BYTE_EVERY: Duration = Duration::from_millis(250);

/// Marks a response that is never written: the connection closes instead.
#[derive(Clone, Copy, Debug)]
pub struct HangUp;

/// Turns `answered` into a response. A header that cannot be sent is left out; the fixed ones win.
pub fn respond(answered: Answered) -> Response<Spoken> {
    let mut response = Response::new(match answered.manner {
        Manner::Whole | Manner::Drop => Spoken::whole(answered.body),
        Manner::SlowBody => Spoken::slow(answered.body, BYTE_EVERY),
    });
    if answered.manner == Manner::Drop {
        response.extensions_mut().insert(HangUp);
    }
    *response.status_mut() = StatusCode::from_u16(answered.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.reserve(answered.headers.len() + 4);
    for (name, value) in &answered.headers {
        let name = HeaderName::from_bytes(name.as_bytes()).ok().filter(|name| !is_framing(name));
        if let (Some(name), Ok(value)) = (name, HeaderValue::from_str(value)) {
            headers.append(name, value);
        }
    }
    harden(headers);
    response
}

/// The headers that every answer of the delivery routes has.
fn harden(headers: &mut HeaderMap) {
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox"));
}

/// Headers that say how a message is framed: the door's own business.
fn is_framing(name: &HeaderName) -> bool {
    [CONNECTION, CONTENT_LENGTH, TRANSFER_ENCODING, UPGRADE].contains(name)
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    #[test]
    fn a_reply_of_the_users_choice_cannot_break_the_framing_or_the_fixed_headers() {
        let headers = [
            ("Content-Length", "5"),
            ("Transfer-Encoding", "chunked"),
            ("X-Mine", "yes"),
            ("X-Mine", "twice"),
            ("Content-Security-Policy", "default-src *"),
            ("bad name", "x"),
            ("X-Split", "a\r\nb: c"),
        ];
        let headers = headers.into_iter().map(|(name, value)| (name.into(), value.into())).collect();
        let response = respond(Answered { status: 299, headers, body: Bytes::from("hello"), ..Answered::default() });
        let shown: Vec<_> =
            response.headers().iter().map(|(n, v)| format!("{n}: {}", v.to_str().expect("text"))).collect();
        assert_eq!(response.status(), 299);
        assert_eq!(
            shown,
            [
                "x-mine: yes",
                "x-mine: twice",
                "content-security-policy: default-src 'none'; sandbox",
                "x-content-type-options: nosniff",
                "cache-control: no-store"
            ]
        );
    }
}
