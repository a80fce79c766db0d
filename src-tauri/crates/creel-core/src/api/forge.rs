//! What the commands about GitHub and GitLab share.

use serde::{Deserialize, Serialize};

use crate::forge::HookLeft;

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
