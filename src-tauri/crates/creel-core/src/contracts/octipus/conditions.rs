//! Does a delivery meet a hook's conditions? The first that it does not meet is the reason.

use std::cmp::Ordering;

use serde_json::Value;

use super::settings::{HookCondition, HookOperator};
use crate::api::preview::GateVerdict;
use crate::filter::{is, order};
use crate::template::{Scope, text_of};

/// Why the hook does not run; `None`: every condition holds.
pub(super) fn unmet(conditions: &[HookCondition], scope: &Scope<'_>) -> Option<String> {
    let unmet = conditions.iter().find(|condition| !holds(condition, scope))?;
    Some(format!("condition not met: {}", words(unmet, scope)))
}

/// Each condition with what it says.
pub(super) fn each(conditions: &[HookCondition], scope: &Scope<'_>) -> Vec<GateVerdict> {
    let said = |condition| GateVerdict { held: holds(condition, scope), words: words(condition, scope) };
    conditions.iter().map(said).collect()
}

fn words(condition: &HookCondition, scope: &Scope<'_>) -> String {
    let HookCondition { field, operator, value } = condition;
    let actual = scope.look(field).map_or_else(|| "missing".to_owned(), |value| shown(&value));
    format!("{field} {} {value}; it is {actual}", word(*operator))
}

fn holds(condition: &HookCondition, scope: &Scope<'_>) -> bool {
    let Some(actual) = scope.look(&condition.field) else { return false };
    let (wanted, text) = (&condition.value, text_of(&actual));
    match condition.operator {
        HookOperator::Equals => same(&actual, wanted),
        HookOperator::Contains => match &*actual {
            Value::Array(items) => items.iter().any(|item| same(item, wanted)),
            _ => text.contains(&*text_of(wanted)),
        },
        HookOperator::Matches => condition.pattern().is_some_and(|pattern| pattern.is_match(&text)),
        HookOperator::Gt => order(&actual, &text_of(wanted)) == Some(Ordering::Greater),
        HookOperator::Lt => order(&actual, &text_of(wanted)) == Some(Ordering::Less),
        HookOperator::In => match wanted {
            Value::Array(items) => items.iter().any(|item| same(&actual, item)),
            _ => text_of(wanted).split(',').any(|item| is(&actual, item.trim())),
        },
    }
}

fn same(actual: &Value, wanted: &Value) -> bool {
    actual == wanted || is(actual, &text_of(wanted))
}

fn word(operator: HookOperator) -> &'static str {
    match operator {
        HookOperator::Equals => "equals",
        HookOperator::Contains => "contains",
        HookOperator::Matches => "matches",
        HookOperator::Gt => "gt",
        HookOperator::Lt => "lt",
        HookOperator::In => "in",
    }
}

/// Characters of a value in a reason.
const SHOWN_MOST: usize = 120;

fn shown(value: &Value) -> String {
    value.to_string().chars().take(SHOWN_MOST).collect()
}
