//! `execute_tool` (Octipus): a tool with parameters. An outside effect; the tools themselves stand in `tools/`.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::error::ApiError;
use crate::template::Scope;
use crate::tools;
use crate::trigger::Trigger;

/// The lane in which programs and files wait for each other: two programs at once leave the machine to its user.
pub const TOOLS_LANE: &str = "tools";

/// Settings of `execute_tool`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct ExecuteTool {
    /// Which tool: `shell`.
    pub tool: String,
    /// What it is to do: `execute`.
    pub action: String,
    /// Its parameters; every text in them is a template.
    #[serde(default)]
    #[ts(type = "Record<string, unknown>")]
    #[schema(value_type = Object)]
    pub params: Map<String, Value>,
}

/// The call for one delivery.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolPlan {
    /// Which tool.
    pub tool: String,
    /// What it is to do.
    pub action: String,
    /// Its parameters as the tool made them out of the settings and the delivery.
    pub params: Value,
    /// Its lane in the queue: the host of a request, or the tools of this machine.
    pub host: String,
}

impl ExecuteTool {
    /// What is wrong with the settings: no such tool, parameters that it does not take.
    pub fn validate(&self) -> Result<(), ApiError> {
        let tool = tools::find(&self.tool, &self.action)?;
        tools::fits(tool.schema(), &Value::Object(self.params.clone()))?;
        tool.check(&self.params)
    }

    /// The call for one delivery, and what to call it.
    pub fn plan(&self, scope: &Scope<'_>, trigger: &Trigger) -> Result<(ToolPlan, String), ApiError> {
        let tool = tools::find(&self.tool, &self.action)?;
        let params = tool.plan(&self.params, scope, trigger)?;
        let host = params["host"].as_str().unwrap_or(TOOLS_LANE).to_owned();
        let summary = tool.summary(&params);
        Ok((ToolPlan { tool: self.tool.clone(), action: self.action.clone(), params, host }, summary))
    }
}
