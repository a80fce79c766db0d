//! Enums as the words that the API and the screen use.

use serde::Serialize;

/// The word of a fieldless enum: `accepted`.
pub fn word<T: Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        Ok(other) => other.to_string(),
        Err(error) => error.to_string(),
    }
}

/// Microseconds as a person reads them: `3.4 ms`.
pub fn span(microseconds: i64) -> String {
    match microseconds {
        n if n < 1_000 => format!("{n} µs"),
        n if n < 1_000_000 => format!("{}.{} ms", n / 1_000, n % 1_000 / 100),
        n => format!("{}.{} s", n / 1_000_000, n % 1_000_000 / 100_000),
    }
}
