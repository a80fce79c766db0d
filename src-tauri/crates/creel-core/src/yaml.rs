//! JSON as YAML. serde_json keeps numbers as their text, which only its own writer knows to print.

use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};
use serde_json::Value;

use crate::error::{ApiError, ErrorCode};

/// One YAML document of a JSON value.
pub fn document(value: &Value) -> Result<String, ApiError> {
    serde_saphyr::to_string(&Plain(value)).map_err(|error| ApiError::new(ErrorCode::Internal, error.to_string()))
}

struct Plain<'v>(&'v Value);

impl Serialize for Plain<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Null => to.serialize_unit(),
            Value::Bool(value) => to.serialize_bool(*value),
            Value::String(text) => to.serialize_str(text),
            Value::Number(number) => match (number.as_i64(), number.as_f64()) {
                (Some(whole), _) => to.serialize_i64(whole),
                (None, Some(float)) => to.serialize_f64(float),
                (None, None) => to.serialize_str(&number.to_string()),
            },
            Value::Array(items) => {
                let mut list = to.serialize_seq(Some(items.len()))?;
                items.iter().try_for_each(|item| list.serialize_element(&Plain(item)))?;
                list.end()
            }
            Value::Object(members) => {
                let mut map = to.serialize_map(Some(members.len()))?;
                members.iter().try_for_each(|(name, value)| map.serialize_entry(name, &Plain(value)))?;
                map.end()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::document;

    #[test]
    fn a_document_reads_back_as_the_same_values() {
        let value = json!({ "kind": "Task", "n": 300, "text": "5", "off": "no", "deep": { "list": [1, "a: b", null, true] },
            "lines": "one\ntwo\n", "empty": "", "octal": "0777", "time": "2026-11-21T00:00:00Z" });
        let text = document(&value).expect("YAML");
        let back: serde_json::Value = serde_saphyr::from_str(&text).expect("YAML that reads");
        assert_eq!(back.to_string(), value.to_string(), "{text}");
    }
}
