//! What a hook has that no other contract's trigger has.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::error::ApiError;

/// Settings of an Octipus hook.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct OctipusHook {
    /// For people.
    #[serde(default)]
    pub description: String,
    /// What its address ends with; several hooks may share it. `[A-Za-z0-9_.-]{1,64}`.
    pub path: String,
    /// All of them have to hold, or the run is skipped.
    #[serde(default)]
    pub conditions: Vec<HookCondition>,
    /// Hooks on one path fire with the highest first.
    #[serde(default)]
    pub priority: i32,
    /// So many runs and no more.
    #[serde(default)]
    pub max_executions: Option<u32>,
    /// So long after a run, in milliseconds, the next one is skipped.
    #[serde(default)]
    pub cooldown_ms: Option<u32>,
}

/// One condition of a hook.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[ts(export)]
pub struct HookCondition {
    /// Dot path into the context: `webhook.body.action`.
    pub field: String,
    /// What has to hold.
    pub operator: HookOperator,
    /// What to compare with; a list for `in`.
    #[ts(type = "unknown")]
    #[schema(value_type = Object)]
    pub value: Value,
}

/// What a hook's condition asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
#[ts(export)]
pub enum HookOperator {
    /// The same value, numbers as numbers.
    Equals,
    /// The text, or one element of the list.
    Contains,
    /// The regular expression is found in it.
    Matches,
    /// A greater number.
    Gt,
    /// A smaller number.
    Lt,
    /// One of the list.
    In,
}

/// More than a person reads; a bound on the work for one delivery.
const CONDITIONS_MOST: usize = 50;
/// Longest regular expression, in bytes: what a person can still read.
const PATTERN_MOST: usize = 500;
/// The route's bound on what stands behind its prefix.
const PATH_MOST: usize = 64;

impl OctipusHook {
    /// What is wrong with the settings; the error's field is the API's name of it.
    pub fn validate(&self) -> Result<(), ApiError> {
        let fits = |b: u8| b.is_ascii_alphanumeric() || b"_.-".contains(&b);
        if !(1..=PATH_MOST).contains(&self.path.len()) || !self.path.bytes().all(fits) {
            let words = format!("webhookPath \"{}\" is not 1 to {PATH_MOST} of letters, digits, _ . and -", self.path);
            return Err(ApiError::invalid("triggerConfig.webhookPath", words));
        }
        if self.conditions.len() > CONDITIONS_MOST {
            let words = format!("{} conditions; at most {CONDITIONS_MOST}", self.conditions.len());
            return Err(ApiError::invalid("conditions", words));
        }
        self.conditions.iter().zip(0..).try_for_each(|(condition, n)| condition.validate(n))
    }
}

impl HookCondition {
    fn validate(&self, n: usize) -> Result<(), ApiError> {
        let bad = |words: String| Err(ApiError::invalid(&format!("conditions.{n}"), words));
        if self.field.trim().is_empty() {
            return bad("the condition names no field".to_owned());
        }
        match (self.operator, &self.value) {
            (HookOperator::Matches, Value::String(pattern)) => match self.pattern() {
                _ if pattern.len() > PATTERN_MOST => {
                    bad(format!("the pattern has {} bytes; at most {PATTERN_MOST}", pattern.len()))
                }
                Some(_) => Ok(()),
                None => bad(format!("\"{pattern}\" is no regular expression")),
            },
            (HookOperator::Matches, value) => bad(format!("matches wants a regular expression, not {value}")),
            (HookOperator::In, Value::Array(_) | Value::String(_)) => Ok(()),
            (HookOperator::In, value) => bad(format!("in wants a list, not {value}")),
            (HookOperator::Equals | HookOperator::Contains | HookOperator::Gt | HookOperator::Lt, _) => Ok(()),
        }
    }

    /// The pattern of `matches`. Patterns of this kind are matched in time linear in the text.
    pub(super) fn pattern(&self) -> Option<regex::Regex> {
        regex::Regex::new(self.value.as_str()?).ok()
    }
}
