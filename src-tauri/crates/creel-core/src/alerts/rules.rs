//! The filter rules of an OpShift webhook: which alerts are dropped, and which get another severity.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Severity;
use crate::error::ApiError;
use crate::filter::{Combine, is_number};

/// Rules of one webhook: more than a person reads, and a bound on the work for one delivery.
pub const RULES_MOST: usize = 50;
/// Rows of one rule.
pub const ROWS_MOST: usize = 50;
/// Characters of a field path and of a value.
const TEXT_MOST: usize = 500;
/// Memory that one compiled pattern may take: a few Unicode classes, not a bomb of repetitions.
const PATTERN_BYTES_MOST: usize = 1024 * 1024;

/// One rule: when its rows hold, it drops the alert or gives it a severity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[ts(export, optional_fields)]
pub struct FilterRule {
    /// How the rows combine.
    #[serde(rename = "match", default)]
    pub mode: Combine,
    /// The rows, 1 to 50.
    #[schema(min_items = 1, max_items = 50)]
    pub rules: Vec<RuleRow>,
    /// What it does.
    pub effect: RuleEffect,
    /// With effect `severity`: which one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
}

/// What a rule does to an alert.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
#[ts(export)]
pub enum RuleEffect {
    /// The alert is suppressed; the sender is told why.
    Drop,
    /// The alert gets the rule's severity.
    Severity,
}

/// One row: a field, an operator, a value of a type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[ts(export)]
pub struct RuleRow {
    /// A path into the body: `metadata.branch`, `title`, `severity` (after the webhook's default).
    pub field: String,
    /// What is asked.
    pub operator: Comparison,
    /// What to compare with; unused by `ex` and `nx`.
    #[serde(default)]
    #[ts(type = "string | number | boolean | null")]
    pub value: Value,
    /// How both are read.
    #[serde(rename = "type", default)]
    pub kind: ValueKind,
}

/// The thirteen operators, in OpShift's own words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
#[ts(export)]
pub enum Comparison {
    /// Equal.
    Eq,
    /// Not equal; a missing field is equal to nothing.
    Ne,
    /// A greater number.
    Gt,
    /// A greater or the same number.
    Gte,
    /// A smaller number.
    Lt,
    /// A smaller or the same number.
    Lte,
    /// Contains the text, or as a list an item that equals it.
    Co,
    /// Does not.
    Nc,
    /// Begins with it.
    Sw,
    /// Ends with it.
    Ew,
    /// Fits the regular expression somewhere.
    Re,
    /// Is there.
    Ex,
    /// Is not there.
    Nx,
}

/// How a row's values are read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
#[ts(export)]
pub enum ValueKind {
    /// As text.
    #[default]
    String,
    /// As exact decimal numbers.
    Number,
    /// As `true` and `false`.
    Boolean,
}

impl RuleRow {
    /// The value to compare with, as text.
    pub(super) fn wanted(&self) -> String {
        crate::template::text_of(&self.value).into_owned()
    }

    /// Its pattern, compiled. Matching takes time in proportion to text and pattern, whatever the pattern is.
    pub(super) fn pattern(&self) -> Result<regex::Regex, regex::Error> {
        regex::RegexBuilder::new(&self.wanted()).size_limit(PATTERN_BYTES_MOST).build()
    }
}

/// Whether these rules can be kept; the error names the row as a dotted path.
pub fn validate(rules: &[FilterRule]) -> Result<(), ApiError> {
    if rules.len() > RULES_MOST {
        return Err(ApiError::invalid("filter_rules", format!("{} filter rules; at most {RULES_MOST}", rules.len())));
    }
    for (at, rule) in rules.iter().enumerate() {
        let place = format!("filter_rules.{at}");
        if rule.rules.is_empty() || rule.rules.len() > ROWS_MOST {
            let words = format!("a filter rule has 1 to {ROWS_MOST} rows, not {}", rule.rules.len());
            return Err(ApiError::invalid(&format!("{place}.rules"), words));
        }
        if (rule.effect == RuleEffect::Severity) != rule.severity.is_some() {
            let words = "a rule with effect \"severity\" has a severity, and no other has one";
            return Err(ApiError::invalid(&format!("{place}.severity"), words));
        }
        rule.rules.iter().enumerate().try_for_each(|(n, row)| check(row, &format!("{place}.rules.{n}")))?;
    }
    Ok(())
}

fn check(row: &RuleRow, place: &str) -> Result<(), ApiError> {
    let refuse = |part: &str, words: String| Err(ApiError::invalid(&format!("{place}.{part}"), words));
    if row.field.is_empty() || row.field.chars().count() > TEXT_MOST {
        return refuse("field", format!("a field path has 1 to {TEXT_MOST} characters"));
    }
    if matches!(row.operator, Comparison::Ex | Comparison::Nx) {
        return Ok(());
    }
    let wanted = row.wanted();
    if row.value.is_null() || row.value.is_array() || row.value.is_object() || wanted.chars().count() > TEXT_MOST {
        return refuse(
            "value",
            format!("a value is text of at most {TEXT_MOST} characters, a number or true or false"),
        );
    }
    match row.kind {
        ValueKind::Number if !is_number(&wanted) => return refuse("value", format!("\"{wanted}\" is no number")),
        ValueKind::Boolean if !matches!(wanted.as_str(), "true" | "false") => {
            return refuse("value", format!("\"{wanted}\" is neither true nor false"));
        }
        _ => {}
    }
    let fits = match row.operator {
        Comparison::Eq | Comparison::Ne | Comparison::Ex | Comparison::Nx => true,
        Comparison::Gt | Comparison::Gte | Comparison::Lt | Comparison::Lte => row.kind == ValueKind::Number,
        Comparison::Co | Comparison::Nc | Comparison::Sw | Comparison::Ew | Comparison::Re => {
            row.kind == ValueKind::String
        }
    };
    if !fits {
        return refuse("type", "gt, gte, lt and lte compare numbers; co, nc, sw, ew and re compare text".to_owned());
    }
    match (row.operator, row.pattern()) {
        (Comparison::Re, Err(error)) => refuse("value", format!("\"{wanted}\" is no pattern: {}", last_line(&error))),
        _ => Ok(()),
    }
}

/// The library draws the place over several lines; its last one says what is wrong.
fn last_line(error: &regex::Error) -> String {
    error.to_string().lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned()
}
