//! Commands about channels: link, verify by a code that is typed back, try out, change, unlink.

use serde::{Deserialize, Serialize};

use crate::alerts::Severity;
use crate::channels::{ChannelKind, Quiet};
use crate::ids::ChannelId;

/// A channel to link. It gets nothing but its code until that is typed back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[ts(export, optional_fields)]
pub struct ChannelDraft {
    /// 1 to 100 characters.
    pub name: String,
    /// What is there.
    pub kind: ChannelKind,
    /// Its address, the bot's token, or the password; kept sealed and never shown again. Missing or empty: this kind needs
    /// none.
    #[serde(default)]
    pub secret: Option<String>,
    /// What is for the owner comes here, unless this is false.
    #[serde(default)]
    pub owner: Option<bool>,
    /// Alerts of these severities are told here.
    #[serde(default)]
    pub severities: Vec<Severity>,
    /// When nothing is sent.
    #[serde(default)]
    pub quiet: Option<Quiet>,
}

/// A change to a channel. Another kind, address, token or password has to be verified anew.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export, optional_fields)]
pub struct ChannelChange {
    /// Which one.
    pub id: ChannelId,
    /// Another name.
    #[serde(default)]
    pub name: Option<String>,
    /// Another end.
    #[serde(default)]
    pub kind: Option<ChannelKind>,
    /// Another address, token or password.
    #[serde(default)]
    pub secret: Option<String>,
    /// Whether what is for the owner comes here.
    #[serde(default)]
    pub owner: Option<bool>,
    /// Alerts of these severities are told here.
    #[serde(default)]
    pub severities: Option<Vec<Severity>>,
    /// When nothing is sent; from and to alike: never quiet.
    #[serde(default)]
    pub quiet: Option<Quiet>,
}

/// Which channel.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct ChannelRef {
    /// `chn_…`
    pub id: ChannelId,
}

/// The code that arrived there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct ChannelCode {
    /// `chn_…`
    pub id: ChannelId,
    /// Six digits.
    pub code: String,
}
