//! Commands about the team: what OpShift's webhooks share.

use serde::{Deserialize, Serialize};

/// The one team of this Creel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct Team {
    /// Whether it has a secret yet.
    pub has_secret: bool,
    /// Alerts and occurrences that one month may bring, of all webhooks; 0: any number.
    pub alerts_per_month: u32,
    /// How many this month brought (UTC).
    pub alerts_this_month: i64,
}

/// What to change of the team.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[ts(export, optional_fields)]
pub struct TeamChange {
    /// Alerts and occurrences that one month may bring; 0: any number.
    #[serde(default)]
    pub alerts_per_month: Option<u32>,
}

/// The team's secret, once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct TeamSecret {
    /// In clear. It is never shown again.
    pub secret: String,
}

/// How to rotate the team's secret.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
#[ts(export, optional_fields)]
pub struct RotateTeam {
    /// How long the old one works; 24 unless told otherwise, at most 720.
    pub grace_hours: Option<u32>,
}
