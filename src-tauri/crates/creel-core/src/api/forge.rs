//! What the commands about GitHub and GitLab share.

use serde::{Deserialize, Serialize};

use crate::forge::{HookLeft, Wanted};
use crate::ids::TriggerId;

/// What connecting would do: the exact call, with the token and the secret left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct HookPlan {
    /// `POST`
    pub method: String,
    /// In full.
    pub url: String,
    /// Header lines.
    #[schema(value_type = Vec<Vec<String>>)]
    pub headers: Vec<(String, String)>,
    /// The body, as JSON in lines.
    pub body: String,
    /// What else happens, a sentence each.
    pub also: Vec<String>,
    /// Hooks there that an earlier Creel left behind.
    pub left: Vec<HookLeft>,
}

/// At which of a sender's servers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct HookApiRef {
    /// Where its API is, as an account has it: `https://api.github.com`, `https://gitlab.com/api/v4`.
    pub api: String,
}

/// Look for a place that a hook can belong to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct HookPlacesQuery {
    /// Where, as an account has it.
    pub api: String,
    /// A part of the name; empty: the ones where something happened last.
    #[serde(default)]
    pub q: String,
}

/// Which hook.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct HookRef {
    /// Whose.
    pub trigger_id: TriggerId,
}

/// What a hook is to be from now on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct HookChange {
    /// Whose.
    pub trigger_id: TriggerId,
    /// What it is to be.
    pub wanted: Wanted,
}
