//! The command that lists the tools of `execute_tool`.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One tool, as the builder offers it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct ToolInfo {
    /// `shell`
    pub tool: String,
    /// `execute`
    pub action: String,
    /// What it does, in a few words.
    pub about: String,
    /// JSON Schema of its parameters: an object whose `properties` each have a `description`.
    #[ts(type = "Record<string, unknown>")]
    #[schema(value_type = Object)]
    pub schema: Value,
}
