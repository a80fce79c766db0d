//! Commands about rotation: which secret each sender still uses, and when an old one ends.

use serde::{Deserialize, Serialize};

use crate::api::triggers::SecretInfo;
use crate::clock::UnixMs;
use crate::ids::{SecretId, TriggerId};

/// Which senders of a trigger use which of its secrets. Creel's own replays and tests do not count.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct RotationRadar {
    /// Its secrets, the current one first, ended ones too.
    pub secrets: Vec<RadarSecret>,
    /// Its senders: those with an older secret first, then the latest first; at most 50.
    pub senders: Vec<RadarSender>,
    /// How many more there are.
    pub more: u32,
}

/// A secret and who uses it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct RadarSecret {
    /// The secret; its name is `current`, `previous`, or whose it is where another's was accepted for a while.
    pub secret: SecretInfo,
    /// How many senders used it last.
    pub senders: u32,
}

/// A sender, by address and User-Agent, and the secret that it used last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct RadarSender {
    /// Its address, if known.
    pub address: Option<String>,
    /// Its User-Agent, cut to 120 characters; empty: it sends none.
    pub agent: String,
    /// The secret; `None`: one that is gone, so that its deliveries are refused now.
    pub secret_id: Option<SecretId>,
    /// How many deliveries it proved with that secret.
    #[ts(type = "number")]
    pub deliveries: i64,
    /// When it last did.
    pub last_at: UnixMs,
}

/// Lets an old secret of a trigger work for longer, or ends it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct ChangeGrace {
    /// `trg_…`
    pub id: TriggerId,
    /// The secret, which is not the current one.
    pub secret_id: SecretId,
    /// How long it works from now on, in hours, at most 720; 0: it ends now.
    pub hours: u32,
}
