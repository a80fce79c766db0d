//! Which address and which page a request comes from: the defence against other pages in the user's browser.
//!
//! A page elsewhere can reach this port, directly or by making its own name point here (DNS rebinding). The first shows
//! in `Origin` and `Sec-Fetch-Site`, the second in `Host`.

use http::header::{HOST, ORIGIN};
use http::{HeaderMap, HeaderName};

use crate::error::{ApiError, ErrorCode};

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// The names of this listener.
#[derive(Clone, Debug)]
pub struct Guard {
    hosts: [String; 3],
}

impl Guard {
    /// A guard for the listener at `port`.
    pub fn new(port: u16) -> Self {
        Self { hosts: [format!("127.0.0.1:{port}"), format!("localhost:{port}"), format!("[::1]:{port}")] }
    }

    /// Whether the request names this listener exactly.
    pub fn check_host(&self, headers: &HeaderMap) -> Result<(), ApiError> {
        let host = headers.get(HOST).map(|host| host.as_bytes()).unwrap_or_default();
        if self.hosts.iter().any(|mine| mine.as_bytes() == host) {
            return Ok(());
        }
        let words = format!("the Host {:?} is not this listener", String::from_utf8_lossy(host));
        Err(ApiError::new(ErrorCode::Forbidden, words).hint(format!("use http://{}", self.hosts[0])))
    }

    /// Whether the request names this listener and comes from no other page.
    pub fn check(&self, headers: &HeaderMap) -> Result<(), ApiError> {
        self.check_host(headers)?;
        let own = |origin: &[u8]| origin.strip_prefix(b"http://") == headers.get(HOST).map(|host| host.as_bytes());
        if let Some(origin) = headers.get_all(ORIGIN).into_iter().find(|origin| !own(origin.as_bytes())) {
            return Err(foreign("Origin", origin.as_bytes()));
        }
        let own = |site: &[u8]| site == b"none" || site == b"same-origin";
        match headers.get_all(SEC_FETCH_SITE).into_iter().find(|site| !own(site.as_bytes())) {
            Some(site) => Err(foreign("Sec-Fetch-Site", site.as_bytes())),
            None => Ok(()),
        }
    }
}

fn foreign(header: &str, value: &[u8]) -> ApiError {
    let words = format!("the request comes from another page ({header}: {})", String::from_utf8_lossy(value));
    ApiError::new(ErrorCode::Forbidden, words)
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn allowed(lines: &[(&'static str, &'static str)]) -> bool {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        Guard::new(4420).check(&headers).is_ok()
    }

    #[test]
    fn only_this_listeners_own_names_and_pages_pass() {
        let host = ("host", "127.0.0.1:4420");
        assert!(allowed(&[host]));
        assert!(allowed(&[("host", "localhost:4420"), ("origin", "http://localhost:4420")]));
        assert!(allowed(&[("host", "[::1]:4420"), ("sec-fetch-site", "same-origin")]));
        assert!(allowed(&[host, ("origin", "http://127.0.0.1:4420"), ("sec-fetch-site", "none")]));
        let refused: [&[(&str, &str)]; 14] = [
            &[],
            &[("host", "evil.test:4420")],
            &[("host", "127.0.0.1")],
            &[("host", "127.0.0.1:4419")],
            &[("host", "127.0.0.1:44200")],
            &[("host", "127.0.0.1.evil.test:4420")],
            &[("host", "LOCALHOST:4420")],
            &[host, ("origin", "null")],
            &[host, ("origin", "http://evil.test")],
            &[host, ("origin", "https://127.0.0.1:4420")],
            &[host, ("origin", "http://localhost:4420")],
            &[host, ("origin", "http://127.0.0.1:4420"), ("origin", "http://evil.test")],
            &[host, ("sec-fetch-site", "same-site")],
            &[host, ("sec-fetch-site", "cross-site")],
        ];
        for lines in refused {
            assert!(!allowed(lines), "{lines:?}");
        }
    }
}
