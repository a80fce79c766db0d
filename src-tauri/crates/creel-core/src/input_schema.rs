//! JSON Schema of an agent's input: compiled when it is saved and when the routes are made, never for one delivery.

use jsonschema::{PatternOptions, Validator};
use serde_json::Value;

use crate::error::ApiError;

/// A schema that can be asked.
#[derive(Debug)]
pub struct InputSchema(Validator);

/// Longest schema, as JSON text: more than a person writes, and a bound on what is compiled.
const MOST_BYTES: usize = 64 * 1024;
/// Characters of a reason: a value that does not fit may be as long as the payload.
const WORDS_MOST: usize = 300;

impl InputSchema {
    /// Compiles a schema. It cannot name others outside itself, and its patterns are matched in linear time.
    pub fn read(schema: &Value) -> Result<Self, ApiError> {
        let bad = |words: String| ApiError::invalid("input_schema", words);
        let length = schema.to_string().len();
        if length > MOST_BYTES {
            return Err(bad(format!("the input schema has {length} bytes; at most {MOST_BYTES}")));
        }
        let options = jsonschema::options().with_pattern_options(PatternOptions::regex());
        options.build(schema).map(Self).map_err(|error| bad(format!("the input schema cannot be used: {error}")))
    }

    /// What does not fit, and where: `priority: 5 is not of type "string"`. `None`: it fits.
    pub fn misfit(&self, input: &Value) -> Option<String> {
        let error = self.0.iter_errors(input).next()?;
        let place = error.instance_path().to_string().trim_start_matches('/').replace('/', ".");
        let place = if place.is_empty() { "input".to_owned() } else { place };
        Some(format!("{place}: {error}").chars().take(WORDS_MOST).collect())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_field_that_does_not_fit_is_named() {
        let schema = json!({ "type": "object", "required": ["message"],
            "properties": { "message": { "type": "string" }, "n": { "type": "integer", "maximum": 9007199254740993_i64 } } });
        let schema = InputSchema::read(&schema).unwrap();
        assert_eq!(schema.misfit(&json!({ "message": "m", "n": 9007199254740993_i64 })), None, "numbers are exact");
        for (input, words) in [
            (json!({}), "input: \"message\" is a required property"),
            (json!({ "message": 5 }), "message: 5 is not of type \"string\""),
            (json!({ "message": "m", "n": 9007199254740994_i64 }), "n: 9007199254740994 is greater than"),
            (json!([]), "input: [] is not of type \"object\""),
        ] {
            let said = schema.misfit(&input).unwrap();
            assert!(said.starts_with(words), "{said}");
        }
    }

    #[test]
    fn a_schema_that_is_none_or_reaches_outside_is_refused() {
        for schema in
            [json!({ "type": "nothing" }), json!({ "$ref": "https://example.com/a" }), json!({ "pattern": "(" })]
        {
            assert_eq!(InputSchema::read(&schema).unwrap_err().field.as_deref(), Some("input_schema"), "{schema}");
        }
    }
}
