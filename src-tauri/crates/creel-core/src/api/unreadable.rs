//! A command's input that cannot be read: which field, and what it wants, so that a form can say it there.

use serde::de::DeserializeOwned;

use crate::error::{ApiError, ErrorCode};

/// Rust's words for whole numbers, and people's.
const NUMBERS: [(&str, &str); 4] = [
    ("expected u16", "a whole number from 0 to 65535 is wanted"),
    ("expected u32", "a whole number from 0 to 4294967295 is wanted"),
    ("expected i32", "a whole number from -2147483648 to 2147483647 is wanted"),
    ("expected i64", "a whole number is wanted"),
];

/// The error for `input`, which is no `T`. What is no JSON at all is about no field.
pub fn unreadable<T: DeserializeOwned>(input: &[u8], error: &serde_json::Error) -> ApiError {
    let field = error.is_data().then(|| place::<T>(input)).flatten();
    let refused = match &field {
        Some(field) => format!("{field} cannot be read: {}", words(error)),
        None => format!("the request cannot be read: {error}"),
    };
    ApiError { field, ..ApiError::new(ErrorCode::BadRequest, refused) }
        .hint("the OpenAPI document at /openapi.json says what each command takes")
}

/// The dotted path; a change is about the thing that it changes.
fn place<T: DeserializeOwned>(input: &[u8]) -> Option<String> {
    let mut reader = serde_json::Deserializer::from_slice(input);
    let path = serde_path_to_error::deserialize::<_, T>(&mut reader).err()?.path().to_string();
    let path = path.strip_prefix("change.").unwrap_or(&path);
    // `rows[2].value` is `rows.2.value` in every other error.
    let dotted = path.replace('[', ".").replace(']', "");
    Some(dotted).filter(|path| path != "." && path != "?")
}

/// The library's words without the place in the text, which nobody sees who sends a form.
fn words(error: &serde_json::Error) -> String {
    let whole = error.to_string();
    let said = whole.split(" at line ").next().unwrap_or_default();
    let number = NUMBERS.iter().find(|(rust, _)| said.ends_with(rust));
    number.map_or_else(|| said.to_owned(), |(rust, people)| said.replace(rust, people))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::api::triggers::{TriggerChange, TriggerDraft};

    fn refused<T: DeserializeOwned + std::fmt::Debug>(text: &str) -> ApiError {
        unreadable::<T>(text.as_bytes(), &serde_json::from_str::<T>(text).unwrap_err())
    }

    #[test]
    fn the_field_is_named_and_the_number_that_is_wanted() {
        let text = r#"{"settings":{"octipus":{"path":"a","max_executions":5000000000}}}"#;
        let error = refused::<TriggerDraft>(text);
        assert_eq!(error.field.as_deref(), Some("settings.octipus.max_executions"));
        assert!(error.message.contains("5000000000") && error.message.contains("0 to 4294967295"), "{error}");
        let change = refused::<TriggerChange>(r#"{"id":"trg_1","change":{"filter":{"rows":[{"field":5}]}}}"#);
        assert_eq!(change.field.as_deref(), Some("filter.rows.0.field"));
        assert_eq!(refused::<TriggerDraft>("{").field, None, "what is no JSON has no field");
    }
}
