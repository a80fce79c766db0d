//! Rows against one delivery: whether they hold, and the verdict in words.

use std::borrow::Cow;
use std::cmp::Ordering;

use serde_json::Value;

use super::decimal::Decimal;
use super::like::like;
use super::words;
use super::{Combine, Condition, Filter, FilterVerdict, Operator, RowVerdict};
use crate::template::{Scope, text_of};

/// Enough of a value to see why a row did not hold.
const ACTUAL_CHARACTERS: usize = 256;

/// What `filter` says of one delivery, row by row, with reasons. Every row is evaluated, also behind the one that decides.
pub fn evaluate(filter: &Filter, scope: &Scope<'_>) -> FilterVerdict {
    let rows: Vec<RowVerdict> = filter.rows.iter().map(|row| verdict(row, scope)).collect();
    let passed = combined(filter.mode, rows.iter().map(|row| row.held));
    FilterVerdict { passed, reason: words::reason(filter.mode, passed, &rows), rows }
}

/// Whether `filter` lets the delivery through: the same answer as [`evaluate`] without words, as early as it is known.
pub fn passes(filter: &Filter, scope: &Scope<'_>) -> bool {
    combined(filter.mode, filter.rows.iter().map(|row| holds(row, scope.look(&row.field).as_deref())))
}

fn combined(mode: Combine, mut rows: impl Iterator<Item = bool>) -> bool {
    match mode {
        Combine::All => rows.all(|held| held),
        Combine::Any => {
            let mut rows = rows.peekable();
            rows.peek().is_none() || rows.any(|held| held)
        }
        Combine::None => !rows.any(|held| held),
    }
}

fn verdict(row: &Condition, scope: &Scope<'_>) -> RowVerdict {
    let value = scope.look(&row.field);
    let held = holds(row, value.as_deref());
    let actual = value.as_deref().map(|value| cut(&shown(value)));
    RowVerdict { words: words::row(row, actual.as_deref(), held), condition: row.clone(), held, actual }
}

fn shown(value: &Value) -> Cow<'_, str> {
    if value.is_null() { Cow::Borrowed("null") } else { text_of(value) }
}

fn cut(text: &str) -> String {
    text.chars().take(ACTUAL_CHARACTERS).collect()
}

fn holds(row: &Condition, value: Option<&Value>) -> bool {
    let wanted = row.value.as_str();
    let Some(value) = value else {
        return matches!(row.operator, Operator::Missing | Operator::IsNot | Operator::NotContains);
    };
    let number = |holds: fn(Ordering) -> bool| order(value, wanted).is_some_and(holds);
    match row.operator {
        Operator::Is => is(value, wanted),
        Operator::IsNot => !is(value, wanted),
        Operator::Contains => contains(value, wanted),
        Operator::NotContains => !contains(value, wanted),
        Operator::StartsWith => text_of(value).starts_with(wanted),
        Operator::EndsWith => text_of(value).ends_with(wanted),
        Operator::Like => like(&text_of(value), wanted),
        Operator::Gt => number(Ordering::is_gt),
        Operator::Gte => number(Ordering::is_ge),
        Operator::Lt => number(Ordering::is_lt),
        Operator::Lte => number(Ordering::is_le),
        Operator::In => wanted.split(',').any(|one| is(value, one.trim())),
        Operator::Exists => true,
        Operator::Missing => false,
    }
}

/// Equal as text, or both numbers of the same value. Null is `null` and also nothing.
pub(crate) fn is(value: &Value, wanted: &str) -> bool {
    if value.is_null() {
        return wanted == "null" || wanted.is_empty();
    }
    text_of(value) == wanted || order(value, wanted).is_some_and(Ordering::is_eq)
}

/// How the value compares with a number; `None` unless both are numbers, or text that reads as one (forms have no others).
pub(crate) fn order(value: &Value, wanted: &str) -> Option<Ordering> {
    let scalar = matches!(value, Value::Number(_) | Value::String(_));
    let text = scalar.then(|| text_of(value))?;
    Some(Decimal::parse(&text)?.compare(&Decimal::parse(wanted)?))
}

fn contains(value: &Value, wanted: &str) -> bool {
    match value {
        Value::Array(items) => items.iter().any(|item| is(item, wanted)),
        value => text_of(value).contains(wanted),
    }
}
