//! Errors as they cross the seam: `{code, message, hint?}`. The UI branches on `code`.
//!
//! Messages are lower case and name the thing and the value; the hint says what to do.
//! This is the one place that maps an error to an HTTP status.

use http::StatusCode;
use serde::{Deserialize, Serialize};

/// What kind of error it is. The UI and scripts branch on this, never on the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum ErrorCode {
    /// The request cannot be read: malformed JSON, an unknown field.
    BadRequest,
    /// A value is understood and not allowed; `field` names it.
    Invalid,
    /// The token is missing or wrong.
    Unauthorized,
    /// The caller is known and may not do this.
    Forbidden,
    /// No such thing.
    NotFound,
    /// It clashes with what is there.
    Conflict,
    /// The search query has an error.
    BadQuery,
    /// Too many requests.
    RateLimited,
    /// The request is larger than the limit.
    TooLarge,
    /// Creel cannot do it now: starting, disk full, database locked, secrets locked.
    Unavailable,
    /// Something outside did not answer as needed.
    Upstream,
    /// A fault of Creel's own.
    Internal,
}

/// An error for a person and for code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error, ts_rs::TS, utoipa::ToSchema)]
#[error("{message}")]
#[ts(export, optional_fields)]
pub struct ApiError {
    /// What kind of error it is.
    pub code: ErrorCode,
    /// What is wrong: the thing and the value.
    pub message: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub hint: Option<String>,
    /// Which field of the request is meant, as a dotted path.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub field: Option<String>,
}

impl ApiError {
    /// An error of `code` that says `message`.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), hint: None, field: None }
    }

    /// A value that is not allowed in `field`.
    pub fn invalid(field: &str, message: impl Into<String>) -> Self {
        Self { field: Some(field.to_owned()), ..Self::new(ErrorCode::Invalid, message) }
    }

    /// No `kind` with that `id`.
    pub fn not_found(kind: &str, id: impl std::fmt::Display) -> Self {
        Self::new(ErrorCode::NotFound, format!("no {kind} {id}"))
    }

    /// The same error with what to do.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The HTTP status that goes with the code.
    pub fn status(&self) -> StatusCode {
        match self.code {
            ErrorCode::BadRequest | ErrorCode::BadQuery => StatusCode::BAD_REQUEST,
            ErrorCode::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
            ErrorCode::Unauthorized => StatusCode::UNAUTHORIZED,
            ErrorCode::Forbidden => StatusCode::FORBIDDEN,
            ErrorCode::NotFound => StatusCode::NOT_FOUND,
            ErrorCode::Conflict => StatusCode::CONFLICT,
            ErrorCode::RateLimited => StatusCode::TOO_MANY_REQUESTS,
            ErrorCode::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            ErrorCode::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            ErrorCode::Upstream => StatusCode::BAD_GATEWAY,
            ErrorCode::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}
