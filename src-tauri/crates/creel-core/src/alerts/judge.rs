//! Rules against one alert: in order; a drop ends it, a severity stays until a later rule gives another one.

use std::cmp::Ordering;

use serde_json::{Map, Value};

use super::rules::{Comparison, FilterRule, RuleEffect, RuleRow, ValueKind};
use super::{AlertBody, Severity};
use crate::api::preview::GateVerdict;
use crate::filter::{Combine, is, order};
use crate::template::{descend, text_of};

/// What the rules make of an alert.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Judgement {
    /// It is raised, with this severity.
    Raise(Severity),
    /// It is suppressed, with the reason in words: `metadata.branch != main`.
    Suppress(String),
}

/// What `rules` make of `body`. The severity is the body's, else the webhook's, else sev3; rules see it and may change it.
pub fn judge(rules: &[FilterRule], body: &AlertBody, webhook_default: Option<Severity>) -> Judgement {
    let mut severity = body.severity.or(webhook_default).unwrap_or(Severity::DEFAULT);
    if rules.is_empty() {
        return Judgement::Raise(severity);
    }
    let fields = body.fields();
    for rule in rules {
        let Some(reason) = met(rule, &fields, severity) else { continue };
        match (rule.effect, rule.severity) {
            (RuleEffect::Drop, _) => return Judgement::Suppress(reason),
            (RuleEffect::Severity, Some(given)) => severity = given,
            (RuleEffect::Severity, None) => {}
        }
    }
    Judgement::Raise(severity)
}

/// Each rule with whether it applies and why; those behind a drop are not reached.
pub fn rule_by_rule(rules: &[FilterRule], body: &AlertBody, webhook_default: Option<Severity>) -> Vec<GateVerdict> {
    let mut severity = body.severity.or(webhook_default).unwrap_or(Severity::DEFAULT);
    let (fields, mut dropped) = (body.fields(), false);
    let mut say = |rule: &FilterRule| {
        let reason = met(rule, &fields, severity).filter(|_| !dropped);
        let words = match (&reason, dropped) {
            (_, true) => "not reached: a rule above drops the alert".to_owned(),
            (None, false) => "does not apply".to_owned(),
            (Some(reason), false) => reason.clone(),
        };
        dropped |= reason.is_some() && rule.effect == RuleEffect::Drop;
        severity = rule.severity.filter(|_| reason.is_some()).unwrap_or(severity);
        GateVerdict { held: reason.is_some(), words }
    };
    rules.iter().map(&mut say).collect()
}

/// Why the rule applies; `None`: it does not.
fn met(rule: &FilterRule, fields: &Map<String, Value>, severity: Severity) -> Option<String> {
    let holds = |row: &&RuleRow| held(row, fields, severity);
    let all = |held: bool| rule.rules.iter().map(|row| words(row, held)).collect::<Vec<_>>().join(" and ");
    match rule.mode {
        Combine::All => rule.rules.iter().all(|row| holds(&row)).then(|| all(true)),
        Combine::Any => rule.rules.iter().find(holds).map(|row| words(row, true)),
        Combine::None => (!rule.rules.iter().any(|row| holds(&row))).then(|| all(false)),
    }
}

fn held(row: &RuleRow, fields: &Map<String, Value>, severity: Severity) -> bool {
    if row.field == "severity" {
        return serde_json::to_value(severity).is_ok_and(|value| compare(row, Some(&value)));
    }
    let path: Vec<&str> = row.field.split('.').collect();
    let (first, rest) = path.split_first().map_or(("", &[][..]), |(first, rest)| (*first, rest));
    // A name with dots of its own at the top is found by its whole text.
    let value = fields.get(first).and_then(|below| descend(below, rest)).or_else(|| fields.get(&row.field));
    compare(row, value)
}

fn compare(row: &RuleRow, value: Option<&Value>) -> bool {
    let Some(value) = value else {
        return matches!(row.operator, Comparison::Ne | Comparison::Nc | Comparison::Nx);
    };
    let wanted = row.wanted();
    let number = |holds: fn(Ordering) -> bool| order(value, &wanted).is_some_and(holds);
    match row.operator {
        Comparison::Eq => equal(row.kind, value, &wanted),
        Comparison::Ne => !equal(row.kind, value, &wanted),
        Comparison::Gt => number(Ordering::is_gt),
        Comparison::Gte => number(Ordering::is_ge),
        Comparison::Lt => number(Ordering::is_lt),
        Comparison::Lte => number(Ordering::is_le),
        Comparison::Co => contains(value, &wanted),
        Comparison::Nc => !contains(value, &wanted),
        Comparison::Sw => text_of(value).starts_with(&wanted),
        Comparison::Ew => text_of(value).ends_with(&wanted),
        // Kept rules were compiled once; one that does not compile any more holds for nothing.
        Comparison::Re => row.pattern().is_ok_and(|pattern| pattern.is_match(&text_of(value))),
        Comparison::Ex => true,
        Comparison::Nx => false,
    }
}

fn equal(kind: ValueKind, value: &Value, wanted: &str) -> bool {
    match kind {
        ValueKind::String | ValueKind::Boolean => text_of(value) == wanted,
        ValueKind::Number => order(value, wanted).is_some_and(Ordering::is_eq),
    }
}

fn contains(value: &Value, wanted: &str) -> bool {
    match value {
        Value::Array(items) => items.iter().any(|item| is(item, wanted)),
        value => text_of(value).contains(wanted),
    }
}

/// The row as it turned out: `metadata.branch != main`. A row that did not hold is told the other way round.
fn words(row: &RuleRow, held: bool) -> String {
    let operator = match (row.operator, held) {
        (Comparison::Eq, true) | (Comparison::Ne, false) => "==",
        (Comparison::Ne, true) | (Comparison::Eq, false) => "!=",
        (Comparison::Gt, true) | (Comparison::Lte, false) => ">",
        (Comparison::Gte, true) | (Comparison::Lt, false) => ">=",
        (Comparison::Lt, true) | (Comparison::Gte, false) => "<",
        (Comparison::Lte, true) | (Comparison::Gt, false) => "<=",
        (Comparison::Co, true) | (Comparison::Nc, false) => "contains",
        (Comparison::Nc, true) | (Comparison::Co, false) => "does not contain",
        (Comparison::Sw, true) => "starts with",
        (Comparison::Sw, false) => "does not start with",
        (Comparison::Ew, true) => "ends with",
        (Comparison::Ew, false) => "does not end with",
        (Comparison::Re, true) => "matches",
        (Comparison::Re, false) => "does not match",
        (Comparison::Ex, true) | (Comparison::Nx, false) => return format!("{} exists", row.field),
        (Comparison::Nx, true) | (Comparison::Ex, false) => return format!("{} does not exist", row.field),
    };
    format!("{} {operator} {}", row.field, row.wanted())
}
