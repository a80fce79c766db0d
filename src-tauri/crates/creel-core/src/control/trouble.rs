//! Errors of the REST routes: `{"error":{"code","message","hint"?,"field"?}}` with the code's status.

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::HeaderValue;
use http::header::{RETRY_AFTER, WWW_AUTHENTICATE};
use serde::Serialize;

use crate::error::{ApiError, ErrorCode};

/// An error in the REST routes' envelope.
#[derive(Debug)]
pub struct Trouble(pub ApiError);

/// What an error looks like on the wire.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ErrorBody {
    /// The error.
    pub error: ApiError,
}

impl From<ApiError> for Trouble {
    fn from(error: ApiError) -> Self {
        Self(error)
    }
}

impl IntoResponse for Trouble {
    fn into_response(self) -> Response {
        let (status, code) = (self.0.status(), self.0.code);
        with_hints(code, (status, Json(ErrorBody { error: self.0 })).into_response())
    }
}

/// An error of `/rpc`: the bare `ApiError`.
pub fn bare(error: ApiError) -> Response {
    let (status, code) = (error.status(), error.code);
    with_hints(code, (status, Json(error)).into_response())
}

/// The headers that belong to 401, 429 and 503.
fn with_hints(code: ErrorCode, mut response: Response) -> Response {
    let hint = match code {
        ErrorCode::Unauthorized => (WWW_AUTHENTICATE, "Bearer"),
        ErrorCode::RateLimited => (RETRY_AFTER, "60"),
        ErrorCode::Unavailable => (RETRY_AFTER, "2"),
        _ => return response,
    };
    response.headers_mut().insert(hint.0, HeaderValue::from_static(hint.1));
    response
}
