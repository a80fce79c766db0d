//! Triggers as text: read from another service's JSON or from what was exported, and written as YAML.

use serde::{Deserialize, Serialize};

use crate::api::triggers::TriggerDraft;

/// A trigger as text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct TriggerText {
    /// JSON of an Octipus hook or an OpenGate trigger as their documents print them, or YAML that Creel exported.
    pub text: String,
}

/// A draft that was read from text; nothing is saved.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct TriggerRead {
    /// The draft.
    pub draft: TriggerDraft,
    /// What it was: `an Octipus hook`.
    pub what: String,
}
