//! What the routes of the control listener share.

use std::sync::Arc;

use axum::extract::FromRef;
use serde_json::{Map, Value};
use tokio_util::sync::CancellationToken;

use crate::control::access::Access;
use crate::control::commands::Commands;
use crate::error::{ApiError, ErrorCode};
use crate::events::Events;

/// The command list, the lock, the events, and the stop.
#[derive(Clone)]
pub struct Site {
    /// Runs commands.
    pub commands: Arc<dyn Commands>,
    /// Who may.
    pub access: Arc<Access>,
    /// What the UI hears.
    pub events: Events,
    /// Ends the streams of events.
    pub stop: CancellationToken,
}

impl Site {
    /// Runs a command on a JSON value.
    pub async fn run(&self, command: &str, input: Value) -> Result<Value, ApiError> {
        let output = self.commands.call(command, input.to_string().as_bytes()).await?;
        serde_json::from_slice(&output)
            .map_err(|error| ApiError::new(ErrorCode::Internal, format!("the command {command} gave no JSON: {error}")))
    }
}

impl FromRef<Site> for Arc<Access> {
    fn from_ref(site: &Site) -> Self {
        site.access.clone()
    }
}

/// A request's body as a JSON object; nothing at all is an empty one.
pub fn object(body: &[u8]) -> Result<Map<String, Value>, ApiError> {
    if body.trim_ascii().is_empty() {
        return Ok(Map::new());
    }
    serde_json::from_slice(body)
        .map_err(|error| ApiError::new(ErrorCode::BadRequest, format!("the body is no JSON object: {error}")))
}
