//! What a webhook decides about the alerts it raises.

use serde::{Deserialize, Serialize};

use super::rules::{FilterRule, validate};
use super::{AlertBody, Judgement, Severity, judge};
use crate::error::ApiError;

/// Hours after its resolution in which an alert opens again, unless told otherwise.
const REOPEN_HOURS: u32 = 24;
/// Most hours: thirty days. Older trouble is new trouble.
const REOPEN_HOURS_MOST: u32 = 720;

/// Settings of one webhook of contract `opshift`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
#[ts(export)]
pub struct OpshiftSettings {
    /// For bodies that say none; sev3 unless told otherwise.
    pub default_severity: Option<Severity>,
    /// For so long after it was resolved an alert opens again instead of a new one; 0: never.
    pub reopen_hours: u32,
    /// In order: the first drop ends it.
    pub filter_rules: Vec<FilterRule>,
}

impl Default for OpshiftSettings {
    fn default() -> Self {
        Self { default_severity: None, reopen_hours: REOPEN_HOURS, filter_rules: Vec::new() }
    }
}

impl OpshiftSettings {
    /// Whether they can be kept.
    pub fn check(&self) -> Result<(), ApiError> {
        if self.reopen_hours > REOPEN_HOURS_MOST {
            let words = format!("{} hours; at most {REOPEN_HOURS_MOST}", self.reopen_hours);
            return Err(ApiError::invalid("reopen_hours", words));
        }
        validate(&self.filter_rules)
    }

    /// What they make of a body.
    pub fn judge(&self, body: &AlertBody) -> Judgement {
        judge(&self.filter_rules, body, self.default_severity)
    }
}
