//! Channels: where messages go. One gets nothing before the user has typed back the code that was sent there.
//!
//! To add a kind: a variant of [`ChannelKind`] with its check in `channels/kind.rs`, its form in `channels/message.rs`,
//! and its way out in `channels/send.rs`.

mod capped;
mod desktop;
mod email;
mod kind;
mod letter;
mod message;
mod post;
mod quiet;
mod send;

use serde::{Deserialize, Serialize};

use crate::alerts::Severity;
use crate::clock::UnixMs;
use crate::error::ApiError;
use crate::ids::{ChannelId, SecretId};

pub use email::{Email, MailTls};
pub use kind::{ChannelKind, Telegram};
pub use quiet::Quiet;
pub use send::Notifier;

/// A channel as it is stored and shown. Its address, token or password is elsewhere, sealed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct Channel {
    /// `chn_…`
    pub id: ChannelId,
    /// 1 to 100 characters, another one for every channel: what `notify` names.
    pub name: String,
    /// What is there.
    pub kind: ChannelKind,
    /// Its address, token or password; the value is never shown. `None`: this kind needs none.
    pub secret: Option<SecretId>,
    /// When the user proved that it is his; `None`: it gets nothing.
    pub verified_at: Option<UnixMs>,
    /// What is for the owner (`notifyOwner`) comes here.
    #[serde(default = "yes")]
    pub owner: bool,
    /// Alerts of these severities are told here (OpShift).
    #[serde(default)]
    pub severities: Vec<Severity>,
    /// When nothing is sent; what comes then waits.
    #[serde(default)]
    pub quiet: Option<Quiet>,
    /// When it was made.
    pub created_at: UnixMs,
}

/// Octipus's page: the owner is told at every verified channel, unless the user says otherwise of one.
fn yes() -> bool {
    true
}

impl Channel {
    /// Whether messages for the owner come here.
    pub fn is_owners(&self) -> bool {
        self.owner && self.verified_at.is_some()
    }

    /// What is wrong with it beside its secret.
    pub fn validate(&self) -> Result<(), ApiError> {
        self.quiet.as_ref().map_or(Ok(()), Quiet::validate)?;
        self.kind.validate()
    }
}
