//! JSON that is carried as its text: a payload that is only handed on is neither built as a tree nor written anew.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::template::skips_as_it_parses;

/// One JSON value as text, valid since it was made. Two are equal when their texts are.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RawJson(Box<RawValue>);

impl RawJson {
    /// The text as it came; `None`: it is no JSON, or some that only whole parsing judges.
    pub fn of(text: &[u8]) -> Option<Self> {
        if !skips_as_it_parses(text) {
            return None;
        }
        serde_json::from_slice(text).ok().map(Self)
    }

    /// A value as compact text.
    pub fn from_value(value: &Value) -> Self {
        serde_json::value::to_raw_value(value).map(Self).unwrap_or_default()
    }

    /// The tree.
    pub fn value(&self) -> Value {
        serde_json::from_str(self.0.get()).unwrap_or_default()
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        self.0.get()
    }
}

impl Default for RawJson {
    /// `null`
    fn default() -> Self {
        Self(RawValue::NULL.to_owned())
    }
}

impl PartialEq for RawJson {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for RawJson {}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_text_stays_as_it_is_and_what_is_not_sure_to_parse_is_not_taken() {
        let text = r#"{ "a": 10000000000000000000000001, "b": "\u00e9" }"#;
        let raw = RawJson::of(text.as_bytes()).unwrap();
        assert_eq!(raw.as_str(), text);
        let again: RawJson = serde_json::from_value(serde_json::to_value(&raw).unwrap()).unwrap();
        assert_eq!(again.as_str(), r#"{"a":10000000000000000000000001,"b":"é"}"#);
        assert_eq!(again.value(), raw.value());
        for other in ["", "{", "1 2", r#""\ud800""#] {
            assert!(RawJson::of(other.as_bytes()).is_none(), "{other}");
        }
        assert!(RawJson::of(&[b'"', 0xff, b'"']).is_none());
        assert_eq!(RawJson::default().value(), Value::Null);
    }
}
