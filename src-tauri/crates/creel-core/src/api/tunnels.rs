//! Commands about the tunnel: what there is, what it would expose, start, stop, and what only the user can say.

use serde::{Deserialize, Serialize};

use crate::ids::TriggerId;
use crate::tunnel::{Exposure, TunnelChoice, TunnelNow};

/// The tunnel as the screen shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export, optional_fields)]
pub struct TunnelView {
    /// How it stands.
    pub now: TunnelNow,
    /// What is being kept up; `None`: nothing.
    pub running: Option<TunnelChoice>,
    /// What was started last, to be offered again.
    pub kept: Option<TunnelChoice>,
    /// Who can reach what; of what was started last while nothing runs.
    pub exposure: Exposure,
}

/// Triggers without a verified scheme that are exposed all the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct TunnelTicks {
    /// All of them; who is not named is exposed no longer.
    pub ticked: Vec<TriggerId>,
}

/// The user says that this is the host's key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct TrustHostKey {
    /// The host as it was shown.
    pub host: String,
    /// The fingerprint as it was shown.
    pub fingerprint: String,
}

/// ngrok's authtoken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export, optional_fields)]
pub struct TunnelToken {
    /// Kept sealed and never shown again; missing or empty: the kept one is deleted.
    #[serde(default)]
    pub token: Option<String>,
}
