//! One request to GitLab's API. The token is a header that no log shows.

use std::sync::Arc;

use http::Method;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use serde_json::Value;
use url::Url;

use super::{ApiBase, rate, refusal};
use crate::app::App;
use crate::authenticate::Secret;
use crate::error::ApiError;
use crate::forge::{Answer, exchange};

/// A client with a token.
pub struct Client<'a> {
    app: &'a Arc<App>,
    api: ApiBase,
    token: Secret,
}

impl<'a> Client<'a> {
    /// A client of the GitLab at `api`.
    pub fn new(app: &'a Arc<App>, api: ApiBase, token: Secret) -> Self {
        Self { app, api, token }
    }

    /// Whose API it is.
    pub fn api(&self) -> &ApiBase {
        &self.api
    }

    /// GET `path`, which begins with `/` and may have a query.
    pub async fn get(&self, path: &str) -> Result<Answer, ApiError> {
        self.ask(Method::GET, path, None).await
    }

    /// Any request.
    pub async fn ask(&self, method: Method, path: &str, body: Option<&Value>) -> Result<Answer, ApiError> {
        let limit = self.app.gitlab.of(self.api.as_str());
        limit.open(self.app.clock.now())?;
        let address = format!("{}{path}", self.api.as_str());
        let url = Url::parse(&address).map_err(|error| ApiError::invalid("api", format!("{address}: {error}")))?;
        let answer = exchange(self.app, "GitLab", self.request(method, url, body)?).await?;
        rate::heard(&limit, answer.status.as_u16(), &answer.headers, self.app.clock.now())?;
        if answer.status.is_success() {
            return Ok(answer);
        }
        Err(refusal::of(&self.api, path, &answer))
    }

    /// GitLab takes access tokens of every kind as bearers: a user's, a project's, a group's, and an application's.
    fn request(&self, method: Method, url: Url, body: Option<&Value>) -> Result<reqwest::Request, ApiError> {
        let mut token = HeaderValue::from_str(&format!("Bearer {}", self.token.expose())).map_err(|_| {
            ApiError::invalid("token", "the token holds characters that no token has").hint("paste it again")
        })?;
        token.set_sensitive(true);
        let mut request = reqwest::Request::new(method, url);
        let headers = request.headers_mut();
        headers.insert(AUTHORIZATION, token);
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        if let Some(body) = body {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            *request.body_mut() = Some(body.to_string().into());
        }
        Ok(request)
    }
}
