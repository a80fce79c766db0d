//! What is at the other end of a channel, and what its secret has to be.

use serde::{Deserialize, Serialize};

use super::Email;
use crate::actions::check_fixed_address;
use crate::authenticate::Secret;
use crate::error::ApiError;

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
    /// An e-mail address; the secret is the password of its server, where that wants one.
    Email(Email),
    /// Notifications on the desktop of this machine; no secret.
    Desktop,
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

impl ChannelKind {
    /// What is wrong with it.
    pub fn validate(&self) -> Result<(), ApiError> {
        match self {
            Self::Telegram(telegram) if telegram.chat_id.trim().is_empty() => {
                Err(ApiError::invalid("kind.telegram.chat_id", "the chat_id is empty"))
            }
            Self::Telegram(telegram) => check_fixed_address(&telegram.api)
                .map_err(|error| ApiError { field: Some("kind.telegram.api".to_owned()), ..error }),
            Self::Email(email) => email.validate(),
            Self::Slack | Self::Discord | Self::Webhook | Self::Desktop => Ok(()),
        }
    }

    /// What its secret is called; `None`: it has none.
    pub fn wants(&self) -> Option<&'static str> {
        match self {
            Self::Slack | Self::Discord | Self::Webhook => Some("address"),
            Self::Telegram(_) => Some("token"),
            Self::Email(email) if email.user.is_empty() => None,
            Self::Email(_) => Some("password"),
            Self::Desktop => None,
        }
    }

    /// Whether a secret that was typed for this kind may stay with `other`: what was meant for one server is not sent to
    /// another one.
    pub fn keeps_secret(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Telegram(one), Self::Telegram(other)) => one.api == other.api,
            (Self::Email(one), Self::Email(other)) => one.login_place() == other.login_place(),
            (one, other) => one == other,
        }
    }

    /// What is wrong with its secret.
    pub fn check_secret(&self, secret: &Secret) -> Result<(), ApiError> {
        match self {
            // The token becomes a part of an address: nothing in it may lead elsewhere.
            Self::Telegram(_) => {
                let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, ':' | '_' | '-');
                match secret.expose().trim().chars().all(plain) {
                    true => Ok(()),
                    false => {
                        Err(ApiError::invalid("secret", "this is no token of a bot: it looks like 123456:ABC-DEF"))
                    }
                }
            }
            Self::Slack | Self::Discord | Self::Webhook => {
                // The address is a secret: the error must not repeat it.
                check_fixed_address(secret.expose().trim()).map_err(|_| {
                    ApiError::invalid("secret", "this is no address that a channel can have")
                        .hint("paste the whole address, beginning with https://")
                })
            }
            Self::Email(email) if email.user.is_empty() => {
                Err(ApiError::invalid("kind.email.user", "there is a password and no user")
                    .hint("name the user, or leave the password out"))
            }
            Self::Email(_) => Ok(()),
            Self::Desktop => Err(ApiError::invalid("secret", "notifications on this desktop have no secret")),
        }
    }
}
