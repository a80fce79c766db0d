//! `notify` (Octipus): a message to channels. An outside effect.

use serde::{Deserialize, Serialize};

use crate::error::ApiError;
use crate::template::{Scope, Template};
use crate::trigger::MissingPolicy;

/// Settings of `notify`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct Notify {
    /// Template.
    pub message: String,
    /// To every verified channel of the owner.
    #[serde(default)]
    pub notify_owner: bool,
    /// To these channels.
    #[serde(default)]
    pub channels: Vec<String>,
}

impl Notify {
    /// What is wrong with the settings.
    pub fn validate(&self) -> Result<(), ApiError> {
        match self.message.trim() {
            "" => Err(ApiError::invalid("message", "the message is empty")),
            _ => Ok(()),
        }
    }

    /// The message for one delivery; the same settings with the text resolved.
    pub fn plan(&self, scope: &Scope<'_>, missing: MissingPolicy) -> Self {
        Self { message: Template::parse(&self.message).render(scope, missing).text, ..self.clone() }
    }
}
