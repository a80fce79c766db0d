//! One request to a sender's API. It goes to the host of the API alone: redirects are not followed.

use std::sync::Arc;
use std::time::Duration;

use http::header::{DATE, HeaderMap};
use http::{HeaderValue, StatusCode};
use serde::de::DeserializeOwned;
use tokio::time::{Instant, timeout_at};

use crate::actions::{address_guard, wire};
use crate::app::App;
use crate::clock::UnixMs;
use crate::error::{ApiError, ErrorCode};
use crate::queue;

/// From the name's resolution to the answer's end: GitHub itself ends a request after ten seconds.
const TOTAL: Duration = Duration::from_secs(20);
/// Bytes of an answer: a delivery's payload has up to 25 MB, and comes with its headers around it.
const ANSWER_MOST: usize = 32 * 1024 * 1024;
/// Senders refuse requests without a name.
const NAME: &str = concat!("Creel/", env!("CARGO_PKG_VERSION"));

/// An answer, whatever its status.
pub struct Answer {
    /// 100 to 599.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Vec<u8>,
}

impl Answer {
    /// The body, read; `sender` is whose it should be.
    pub fn json<T: DeserializeOwned>(&self, sender: &str) -> Result<T, ApiError> {
        serde_json::from_slice(&self.body).map_err(|error| {
            ApiError::new(ErrorCode::Upstream, format!("{sender}'s answer cannot be read: {error}"))
                .hint(format!("is the address really that of a {sender}?"))
        })
    }
}

/// Asks. No answer is an error that says why there is none; a refusal is an answer.
pub async fn exchange(app: &Arc<App>, sender: &str, mut request: reqwest::Request) -> Result<Answer, ApiError> {
    request.headers_mut().insert(http::header::USER_AGENT, HeaderValue::from_static(NAME));
    let url = request.url().clone();
    let deadline = Instant::now() + TOTAL;
    let forwarder = queue::forwarder(app);
    let host = wire::host_of(&url);
    let offline = |error: ApiError| offline(&host, sender, error);
    let found = wire::addresses(forwarder.resolver.as_ref(), &url, deadline).await;
    let (name, addresses) = found.map_err(|(error, _)| offline(error))?;
    // A server of one's own stands in a private network; Creel's own ports and metadata services stay refused.
    address_guard::check(&name, &addresses, &forwarder.listeners.listeners(), true)?;
    let client = wire::client(addresses, forwarder.limits.connect).map_err(|(error, _)| error)?;
    let late = || offline(wire::upstream(format!("no whole answer from {host} within {} s", TOTAL.as_secs())));
    let response = timeout_at(deadline, client.execute(request)).await.map_err(|_| late())?;
    let broken = |error: reqwest::Error| wire::broken(&host, forwarder.limits.connect, &error.without_url());
    let response = response.map_err(|error| offline(broken(error)))?;
    timeout_at(deadline, read(response)).await.map_err(|_| late())?.map_err(offline)
}

async fn read(mut response: reqwest::Response) -> Result<Answer, ApiError> {
    let (status, headers) = (response.status(), std::mem::take(response.headers_mut()));
    let mut body = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(piece)) if body.len() + piece.len() > ANSWER_MOST => {
                return Err(wire::upstream(format!("the answer is longer than {ANSWER_MOST} bytes")));
            }
            Ok(Some(piece)) => body.extend_from_slice(&piece),
            Ok(None) => return Ok(Answer { status, headers, body }),
            Err(error) => return Err(wire::upstream(format!("the answer broke off: {}", wire::innermost(&error)))),
        }
    }
}

/// No answer came from `host`, or none that could be read: by its cause, what to do.
fn offline(host: &str, sender: &str, error: ApiError) -> ApiError {
    let words = error.message.to_lowercase();
    let hint = if words.contains("certificate") {
        format!(
            "the certificate of {host} is not believed: is this machine's clock right, and does the system trust the server's authority?"
        )
    } else if words.contains("no address of") || words.contains("has no address") {
        format!("is this machine online, and is \"{host}\" the right name?")
    } else {
        format!("is this machine online? What was begun goes on by itself once {sender} answers")
    };
    ApiError { code: ErrorCode::Upstream, field: None, hint: None, ..error }.hint(hint)
}

/// The time in an answer's `Date`.
pub fn said_at(headers: &HeaderMap) -> Option<UnixMs> {
    let text = headers.get(DATE)?.to_str().ok()?;
    let at = jiff::fmt::rfc2822::parse(text).ok()?;
    Some(UnixMs(at.timestamp().as_millisecond()))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn no_answer_is_explained_by_its_cause() {
        let of =
            |words: &str| offline("ghe.example.com", "GitHub", ApiError::new(ErrorCode::Upstream, words)).hint.unwrap();
        assert!(of("no connection to ghe.example.com: invalid peer certificate: Expired").contains("clock"));
        assert!(of("no address of ghe.example.com: failed to lookup").contains("right name"));
        assert!(of("no connection to ghe.example.com: Connection refused").contains("online"));
    }
}
