//! One request to GitHub's API. The token is a header that no log shows, and goes to the host of the API alone: redirects
//! are not followed.

use std::time::Duration;

use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, DATE, HeaderMap, HeaderValue, IF_NONE_MATCH, USER_AGENT};
use http::{Method, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::time::{Instant, timeout_at};
use url::Url;

use super::{ApiBase, Hub, answer};
use crate::actions::{address_guard, wire};
use crate::app::App;
use crate::authenticate::Secret;
use crate::clock::UnixMs;
use crate::error::{ApiError, ErrorCode};
use crate::queue;

/// The version of the API that is spoken (GitHub's document "API Versions").
pub const VERSION: &str = "2022-11-28";
/// From the name's resolution to the answer's end: GitHub itself ends a request after ten seconds.
const TOTAL: Duration = Duration::from_secs(20);
/// Bytes of an answer: a delivery's payload has up to 25 MB, and comes with its headers around it.
const ANSWER_MOST: usize = 32 * 1024 * 1024;
/// GitHub refuses requests without a name.
const NAME: &str = concat!("Creel/", env!("CARGO_PKG_VERSION"));

/// An answer with success.
pub struct Answer {
    /// 200 to 299; 304 where a tag was asked about.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Vec<u8>,
}

impl Answer {
    /// The body, read.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, ApiError> {
        serde_json::from_slice(&self.body).map_err(|error| {
            ApiError::new(ErrorCode::Upstream, format!("GitHub's answer cannot be read: {error}"))
                .hint("is the address really that of a GitHub?")
        })
    }
}

/// A client with a token.
pub struct Client<'a> {
    app: &'a std::sync::Arc<App>,
    api: ApiBase,
    token: Secret,
    expires: Option<String>,
}

impl<'a> Client<'a> {
    /// A client of the GitHub at `api`.
    pub fn new(app: &'a std::sync::Arc<App>, api: ApiBase, token: Secret) -> Self {
        Self { app, api, token, expires: None }
    }

    /// With what GitHub said of the token's end when it last took it: a refusal then names it.
    pub fn expiring(self, expires: Option<String>) -> Self {
        Self { expires, ..self }
    }

    /// Whose API it is.
    pub fn api(&self) -> &ApiBase {
        &self.api
    }

    fn hub(&self) -> &Hub {
        &self.app.github
    }

    /// GET `path`, which begins with `/` and may have a query.
    pub async fn get(&self, path: &str) -> Result<Answer, ApiError> {
        self.send(Method::GET, path, None, None).await
    }

    /// The same, unless what is there still has this tag: then the answer is 304 without a body.
    pub async fn get_unless(&self, path: &str, tag: Option<&str>) -> Result<Answer, ApiError> {
        self.send(Method::GET, path, None, tag.and_then(|tag| HeaderValue::from_str(tag).ok())).await
    }

    /// Any other request.
    pub async fn ask(&self, method: Method, path: &str, body: Option<&impl Serialize>) -> Result<Answer, ApiError> {
        let body = body.map(serde_json::to_vec).transpose();
        let body = body.map_err(|error| ApiError::new(ErrorCode::Internal, error.to_string()))?;
        self.send(method, path, body, None).await
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        body: Option<Vec<u8>>,
        tag: Option<HeaderValue>,
    ) -> Result<Answer, ApiError> {
        self.hub().rate.open(self.app.clock.now())?;
        let address = format!("{}{path}", self.api.as_str());
        let url = Url::parse(&address).map_err(|error| ApiError::invalid("api", format!("{address}: {error}")))?;
        let deadline = Instant::now() + TOTAL;
        let forwarder = queue::forwarder(self.app);
        let offline = |error: ApiError| answer::offline(&self.api, error);
        let found = wire::addresses(forwarder.resolver.as_ref(), &url, deadline).await;
        let (host, addresses) = found.map_err(|(error, _)| offline(error))?;
        // An Enterprise Server stands in a private network; Creel's own ports and metadata services stay refused.
        address_guard::check(&host, &addresses, &forwarder.listeners.listeners(), true)?;
        let client = wire::client(addresses, forwarder.limits.connect).map_err(|(error, _)| error)?;
        let host = wire::host_of(&url);
        let mut request = self.request(method, url, body)?;
        if let Some(tag) = tag {
            request.headers_mut().insert(IF_NONE_MATCH, tag);
        }
        let late = || offline(wire::upstream(format!("no whole answer from {host} within {} s", TOTAL.as_secs())));
        let response = timeout_at(deadline, client.execute(request)).await.map_err(|_| late())?;
        let response =
            response.map_err(|error| offline(wire::broken(&host, forwarder.limits.connect, &error.without_url())))?;
        let answer = timeout_at(deadline, read(response)).await.map_err(|_| late())?.map_err(offline)?;
        self.judge(answer)
    }

    fn request(&self, method: Method, url: Url, body: Option<Vec<u8>>) -> Result<reqwest::Request, ApiError> {
        let mut token = HeaderValue::from_str(&format!("Bearer {}", self.token.expose())).map_err(|_| {
            ApiError::invalid("token", "the token holds characters that no token has").hint("paste it again")
        })?;
        token.set_sensitive(true);
        let mut request = reqwest::Request::new(method, url);
        let headers = request.headers_mut();
        headers.insert(AUTHORIZATION, token);
        headers.insert(ACCEPT, HeaderValue::from_static("application/vnd.github+json"));
        headers.insert("x-github-api-version", HeaderValue::from_static(VERSION));
        headers.insert(USER_AGENT, HeaderValue::from_static(NAME));
        if let Some(body) = body {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            *request.body_mut() = Some(body.into());
        }
        Ok(request)
    }

    fn judge(&self, answer: Answer) -> Result<Answer, ApiError> {
        let now = self.app.clock.now();
        if let Some(there) = date(&answer.headers) {
            self.hub().time_there(there, now);
        }
        let said = answer::said(&answer.body);
        self.hub().rate.heard(answer.status.as_u16(), &answer.headers, &said, now)?;
        if answer.status.is_success() || answer.status == StatusCode::NOT_MODIFIED {
            return Ok(answer);
        }
        let expired = self.expires.as_deref().filter(|expires| answer::is_over(expires, now));
        Err(answer::refusal(&self.api, &answer, &said, self.hub().clock_off_ms(), expired))
    }
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

/// The time in an answer's `Date`.
fn date(headers: &HeaderMap) -> Option<UnixMs> {
    let text = headers.get(DATE)?.to_str().ok()?;
    let at = jiff::fmt::rfc2822::parse(text).ok()?;
    Some(UnixMs(at.timestamp().as_millisecond()))
}
