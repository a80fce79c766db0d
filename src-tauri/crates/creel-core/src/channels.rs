//! Channels: where messages go. One gets nothing before the user has typed back the code that was sent there.
//!
//! To add a kind: a variant of [`ChannelKind`], a line in `channels/message.rs`.

mod message;
mod quiet;
mod send;

use serde::{Deserialize, Serialize};

use crate::alerts::Severity;
use crate::authenticate::Secret;
use crate::clock::UnixMs;
use crate::error::ApiError;
use crate::ids::{ChannelId, SecretId};

pub use quiet::Quiet;
pub use send::Notifier;

/// A channel as it is stored and shown. Its address or token is elsewhere, sealed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct Channel {
    /// `chn_…`
    pub id: ChannelId,
    /// 1 to 100 characters, another one for every channel: what `notify` names.
    pub name: String,
    /// What is there.
    pub kind: ChannelKind,
    /// Its address or token; the value is never shown.
    pub secret: SecretId,
    /// When the user proved that it is his; `None`: it gets nothing.
    pub verified_at: Option<UnixMs>,
    /// Alerts of these severities are told here (OpShift).
    #[serde(default)]
    pub severities: Vec<Severity>,
    /// When nothing is sent; what comes then waits.
    #[serde(default)]
    pub quiet: Option<Quiet>,
    /// When it was made.
    pub created_at: UnixMs,
}

/// What is at the other end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum ChannelKind {
    /// An incoming webhook of Slack; the secret is its address.
    Slack,
    /// A webhook of Discord; the secret is its address.
    Discord,
    /// A bot of Telegram; the secret is its token.
    Telegram(Telegram),
    /// Anything that takes `{"text": …}` as JSON; the secret is its address.
    Webhook,
}

/// Where a Telegram bot writes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct Telegram {
    /// The chat's number, or `@name` of a public channel.
    pub chat_id: String,
    /// Where the bot API is: Telegram's own unless the user runs one.
    #[serde(default = "telegram_api")]
    pub api: String,
}

fn telegram_api() -> String {
    "https://api.telegram.org".to_owned()
}

impl Channel {
    /// What is wrong with its address or token.
    pub fn check_secret(&self, secret: &Secret) -> Result<(), ApiError> {
        match &self.kind {
            // The token becomes a part of an address: nothing in it may lead elsewhere.
            ChannelKind::Telegram(_) => {
                let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, ':' | '_' | '-');
                match secret.expose().trim().chars().all(plain) {
                    true => Ok(()),
                    false => {
                        Err(ApiError::invalid("secret", "this is no token of a bot: it looks like 123456:ABC-DEF"))
                    }
                }
            }
            ChannelKind::Slack | ChannelKind::Discord | ChannelKind::Webhook => {
                // The address is a secret: the error must not repeat it.
                crate::actions::check_fixed_address(secret.expose().trim()).map_err(|_| {
                    ApiError::invalid("secret", "this is no address that a channel can have")
                        .hint("paste the whole address, beginning with https://")
                })
            }
        }
    }

    /// What is wrong with it beside its secret.
    pub fn validate(&self) -> Result<(), ApiError> {
        if let Some(quiet) = &self.quiet {
            quiet.validate()?;
        }
        match &self.kind {
            ChannelKind::Telegram(telegram) if telegram.chat_id.trim().is_empty() => {
                Err(ApiError::invalid("kind.telegram.chat_id", "the chat_id is empty"))
            }
            ChannelKind::Telegram(telegram) => crate::actions::check_fixed_address(&telegram.api)
                .map_err(|error| ApiError { field: Some("kind.telegram.api".to_owned()), ..error }),
            ChannelKind::Slack | ChannelKind::Discord | ChannelKind::Webhook => Ok(()),
        }
    }
}
