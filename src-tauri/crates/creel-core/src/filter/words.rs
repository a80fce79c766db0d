//! Verdicts in words: what the field is, and what the row wanted.

use super::{Combine, Condition, Operator, RowVerdict};

/// One row with its outcome: `payload.environment is "staging", not "production"`.
pub(super) fn row(row: &Condition, actual: Option<&str>, held: bool) -> String {
    let Condition { field, operator, value } = row;
    let Some(actual) = actual else {
        return match (operator, held) {
            (Operator::Missing, _) => format!("{field} is missing"),
            (_, true) => format!("{field} is missing, so it {}", wish(*operator, value)),
            (_, false) => format!("{field} is missing; the rule wants that it {}", wish(*operator, value)),
        };
    };
    let is = format!("{field} is {actual:?}");
    match (operator, held) {
        (Operator::Is | Operator::Exists, true) => is,
        (Operator::Is, false) => format!("{is}, not {value:?}"),
        (Operator::IsNot, true) => format!("{is}, which is not {value:?}"),
        (Operator::IsNot | Operator::Exists, false) => format!("{is}; the rule wants something else"),
        (Operator::Missing, _) => format!("{is}; the rule wants that it is missing"),
        (_, true) => format!("{is}, which {}", wish(*operator, value)),
        (_, false) => format!("{is}; the rule wants that it {}", wish(*operator, value)),
    }
}

fn wish(operator: Operator, value: &str) -> String {
    match operator {
        Operator::Is => format!("is {value:?}"),
        Operator::IsNot => format!("is not {value:?}"),
        Operator::Contains => format!("contains {value:?}"),
        Operator::NotContains => format!("does not contain {value:?}"),
        Operator::StartsWith => format!("begins with {value:?}"),
        Operator::EndsWith => format!("ends with {value:?}"),
        Operator::Like => format!("is like {value:?}"),
        Operator::Gt => format!("is more than {value}"),
        Operator::Gte => format!("is {value} or more"),
        Operator::Lt => format!("is less than {value}"),
        Operator::Lte => format!("is {value} or less"),
        Operator::In => format!("is one of {value}"),
        Operator::Exists => "is there".to_owned(),
        Operator::Missing => "is missing".to_owned(),
    }
}

/// One sentence for the whole filter: the rows that decided.
pub(super) fn reason(mode: Combine, passed: bool, rows: &[RowVerdict]) -> String {
    let first = |held: bool| rows.iter().find(|row| row.held == held).map_or("", |row| row.words.as_str());
    match (mode, passed) {
        _ if rows.is_empty() => "no conditions: every delivery passes".to_owned(),
        (Combine::All | Combine::Any, held) if rows.len() == 1 => first(held).to_owned(),
        (Combine::All, true) => format!("all {} conditions hold", rows.len()),
        (Combine::All, false) => first(false).to_owned(),
        (Combine::Any, true) => first(true).to_owned(),
        (Combine::Any, false) => format!("none of the {} conditions holds: {}", rows.len(), joined(rows)),
        (Combine::None, true) => format!("no condition holds: {}", joined(rows)),
        (Combine::None, false) => format!("no condition may hold, and one does: {}", first(true)),
    }
}

/// More rows than these are seen in the list below the sentence.
const JOINED: usize = 2;

fn joined(rows: &[RowVerdict]) -> String {
    let shown: Vec<&str> = rows.iter().take(JOINED).map(|row| row.words.as_str()).collect();
    let more = if rows.len() > JOINED { "; …" } else { "" };
    format!("{}{more}", shown.join("; "))
}
