//! Is a filter one that can be kept?

use super::decimal::Decimal;
use super::{Filter, MAX_ROWS, Operator};
use crate::error::ApiError;
use crate::template::ROOTS;

/// A longer value is a document, not a condition.
const MAX_VALUE_BYTES: usize = 4096;

/// A longer path leads nowhere.
const MAX_FIELD_BYTES: usize = 512;

/// Refuses a filter that could not mean what it says. `field`: where it stands in the request (`filter`); the error names
/// the row below it (`filter.rows.2.value`).
pub fn validate(filter: &Filter, field: &str) -> Result<(), ApiError> {
    validate_over(filter, field, &ROOTS)
}

/// The same where fields begin with one of `roots`.
pub fn validate_over(filter: &Filter, field: &str, roots: &[&str]) -> Result<(), ApiError> {
    if filter.rows.len() > MAX_ROWS {
        let message = format!("the filter has {} rows; at most {MAX_ROWS} are allowed", filter.rows.len());
        return Err(ApiError::invalid(&format!("{field}.rows"), message));
    }
    for (n, row) in filter.rows.iter().enumerate() {
        let refused =
            |part: &str, message: String| Err(ApiError::invalid(&format!("{field}.rows.{n}.{part}"), message));
        let path = row.field.as_str();
        if path.trim().is_empty() {
            return refused("field", "the row names no field".to_owned());
        }
        if path.len() > MAX_FIELD_BYTES || row.value.len() > MAX_VALUE_BYTES {
            return refused("field", format!("the row is longer than {MAX_VALUE_BYTES} bytes"));
        }
        if !roots.contains(&path.split('.').next().unwrap_or_default()) {
            let hint = format!("a field begins with {}: payload.{path}", roots.join(", "));
            return refused("field", format!("{path:?} is no field")).map_err(|error| error.hint(hint));
        }
        if is_numeric(row.operator) && Decimal::parse(&row.value).is_none() {
            return refused("value", format!("{:?} is not a number", row.value));
        }
    }
    Ok(())
}

fn is_numeric(operator: Operator) -> bool {
    match operator {
        Operator::Gt | Operator::Gte | Operator::Lt | Operator::Lte => true,
        Operator::Is
        | Operator::IsNot
        | Operator::Contains
        | Operator::NotContains
        | Operator::StartsWith
        | Operator::EndsWith
        | Operator::Like
        | Operator::In
        | Operator::Exists
        | Operator::Missing => false,
    }
}
