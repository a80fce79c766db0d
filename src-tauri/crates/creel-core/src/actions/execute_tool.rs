//! `execute_tool` (Octipus): a tool with parameters. An outside effect.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::error::ApiError;
use crate::template::{Scope, Template};
use crate::trigger::MissingPolicy;

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

impl ExecuteTool {
    /// What is wrong with the settings.
    pub fn validate(&self) -> Result<(), ApiError> {
        for (field, text) in [("tool", &self.tool), ("action", &self.action)] {
            if text.trim().is_empty() {
                return Err(ApiError::invalid(field, format!("the {field} is empty")));
            }
        }
        Ok(())
    }

    /// The call for one delivery; the same settings with every text resolved.
    pub fn plan(&self, scope: &Scope<'_>, missing: MissingPolicy) -> Self {
        let params = self.params.iter().map(|(name, value)| (name.clone(), resolved(value, scope, missing)));
        Self { params: params.collect(), ..self.clone() }
    }
}

/// A value with its texts filled in; what is put in is never read as JSON or as a template again.
fn resolved(value: &Value, scope: &Scope<'_>, missing: MissingPolicy) -> Value {
    match value {
        Value::String(text) => Value::String(Template::parse(text).render(scope, missing).text),
        Value::Array(items) => items.iter().map(|item| resolved(item, scope, missing)).collect(),
        Value::Object(members) => {
            members.iter().map(|(name, value)| (name.clone(), resolved(value, scope, missing))).collect()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
    }
}
