//! Does a delivery concern a trigger? Rows of conditions, and a verdict in words.

mod decimal;
mod evaluate;
mod like;
mod validate;
mod words;

use serde::{Deserialize, Serialize};

pub(crate) use decimal::is_number;
pub use evaluate::{evaluate, passes};
pub(crate) use evaluate::{is, order};
pub(crate) use like::like_stars;
pub use validate::{validate, validate_over};

/// Rows that a delivery has to meet. No rows: every delivery passes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
#[serde(default)]
pub struct Filter {
    /// How the rows combine.
    #[serde(rename = "match")]
    pub mode: Combine,
    /// The rows, at most [`MAX_ROWS`].
    pub rows: Vec<Condition>,
}

/// More rows than a person reads; a bound on the work for one delivery.
pub const MAX_ROWS: usize = 50;

/// How the rows of a filter combine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum Combine {
    /// Every row holds.
    #[default]
    All,
    /// At least one row holds.
    Any,
    /// No row holds.
    None,
}

/// One row: a field, an operator, a value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct Condition {
    /// A path as in a template, without braces: `payload.environment`, `headers.x-github-event`.
    pub field: String,
    /// What has to hold.
    pub operator: Operator,
    /// What to compare with, as text; for `in` a comma-separated list; unused by `exists` and `missing`.
    #[serde(default)]
    pub value: String,
}

/// What a condition asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum Operator {
    /// Equal as text; numbers also as numbers (`1.0` is `1`).
    Is,
    /// Not equal; a missing field is not equal to anything.
    IsNot,
    /// Contains the text, or, in an array, an element that equals it.
    Contains,
    /// Does not contain it.
    NotContains,
    /// Begins with it.
    StartsWith,
    /// Ends with it.
    EndsWith,
    /// Matches the pattern with `*` and `?`.
    Like,
    /// A number greater than it.
    Gt,
    /// A number greater than or equal to it.
    Gte,
    /// A number less than it.
    Lt,
    /// A number less than or equal to it.
    Lte,
    /// Equals one of the comma-separated values.
    In,
    /// The field is there, whatever its value (null counts).
    Exists,
    /// The field is not there.
    Missing,
}

/// What one row said about one delivery.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct RowVerdict {
    /// The row.
    pub condition: Condition,
    /// Whether it held.
    pub held: bool,
    /// The field's value in this delivery, cut to 256 characters; `None`: the field is missing.
    pub actual: Option<String>,
    /// The row in words with its outcome: `payload.environment is "staging", not "production"`.
    pub words: String,
}

/// What a filter said about one delivery.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct FilterVerdict {
    /// Whether the delivery passes.
    pub passed: bool,
    /// One sentence: why it passes or not.
    pub reason: String,
    /// Row by row.
    pub rows: Vec<RowVerdict>,
}

#[cfg(test)]
mod tests;
