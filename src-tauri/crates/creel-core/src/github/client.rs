//! One request to GitHub's API. The token is a header that no log shows.

use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue, IF_NONE_MATCH};
use http::{Method, StatusCode};
use serde::Serialize;
use url::Url;

use super::{ApiBase, Hub, answer, rate};
use crate::app::App;
use crate::authenticate::Secret;
use crate::error::{ApiError, ErrorCode};
use crate::forge::{Answer, exchange, said_at};

/// The version of the API that is spoken (GitHub's document "API Versions").
pub const VERSION: &str = "2022-11-28";
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
        rate::open(&self.hub().rates, self.api.as_str(), path, self.app.clock.now())?;
        let address = format!("{}{path}", self.api.as_str());
        let url = Url::parse(&address).map_err(|error| ApiError::invalid("api", format!("{address}: {error}")))?;
        let mut request = self.request(method, url, body)?;
        if let Some(tag) = tag {
            request.headers_mut().insert(IF_NONE_MATCH, tag);
        }
        let answer = exchange(self.app, "GitHub", request).await?;
        self.judge(path, answer)
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
        if let Some(body) = body {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            *request.body_mut() = Some(body.into());
        }
        Ok(request)
    }

    fn judge(&self, path: &str, answer: Answer) -> Result<Answer, ApiError> {
        let (now, status) = (self.app.clock.now(), answer.status);
        if let Some(there) = said_at(&answer.headers) {
            self.hub().time_there(there, now);
        }
        let taken = status.is_success() || status == StatusCode::NOT_MODIFIED;
        // A payload of 25 MB is not read for a refusal that is not in it.
        let said = if taken { String::new() } else { answer::said(&answer.body) };
        rate::heard(&self.hub().rates, self.api.as_str(), path, status.as_u16(), &answer.headers, &said, now)?;
        if taken {
            return Ok(answer);
        }
        let expired = self.expires.as_deref().filter(|expires| answer::is_over(expires, now));
        Err(answer::refusal(&self.api, &answer, &said, self.hub().clock_off_ms(), expired))
    }
}
