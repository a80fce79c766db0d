//! `notify` (Octipus): a message to channels. An outside effect.

use serde::{Deserialize, Serialize};

use crate::alerts::Severity;
use crate::error::ApiError;
use crate::template::{Scope, Template};
use crate::trigger::MissingPolicy;

/// The lane in which messages wait for each other: one at a time, so that a digest gathers what came meanwhile.
pub const NOTIFY_LANE: &str = "notify";

/// Settings of `notify`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct Notify {
    /// Template.
    pub message: String,
    /// To every verified channel of the owner.
    #[serde(default)]
    pub notify_owner: bool,
    /// To these channels, by name or id.
    #[serde(default)]
    pub channels: Vec<String>,
}

/// The message for one delivery.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotifyPlan {
    /// The text.
    pub message: String,
    /// To every verified channel.
    pub notify_owner: bool,
    /// To these.
    pub channels: Vec<String>,
    /// To those that want alerts of this severity.
    #[serde(default)]
    pub severity: Option<Severity>,
    /// Its lane in the queue.
    pub host: String,
}

impl Notify {
    /// What is wrong with the settings.
    pub fn validate(&self) -> Result<(), ApiError> {
        match self.message.trim() {
            "" => Err(ApiError::invalid("message", "the message is empty")),
            _ => Ok(()),
        }
    }

    /// Why it tells nobody, as it is set.
    pub fn nobody(&self) -> Option<&'static str> {
        (!self.notify_owner && self.channels.is_empty())
            .then_some("it tells nobody: neither the owner nor a channel is named")
    }

    /// The message for one delivery. One that renders to nothing cannot be sent.
    pub fn plan(&self, scope: &Scope<'_>, missing: MissingPolicy) -> Result<NotifyPlan, ApiError> {
        let message = Template::parse(&self.message).render(scope, missing).text;
        if message.trim().is_empty() {
            return Err(ApiError::invalid("message", "the message is empty for this delivery")
                .hint("name fields that this delivery has, or add words of your own"));
        }
        Ok(NotifyPlan {
            message,
            notify_owner: self.notify_owner,
            channels: self.channels.clone(),
            severity: None,
            host: NOTIFY_LANE.to_owned(),
        })
    }
}

impl NotifyPlan {
    /// `text` for every verified channel.
    pub fn to_owner(text: String) -> Self {
        Self { message: text, notify_owner: true, channels: Vec::new(), severity: None, host: NOTIFY_LANE.to_owned() }
    }

    /// `text` for the channels that want alerts of this severity.
    pub fn of_alert(text: String, severity: Severity) -> Self {
        Self { notify_owner: false, severity: Some(severity), ..Self::to_owner(text) }
    }
}
