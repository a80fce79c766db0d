//! The body of an OpShift request: read, and held to the document's limits. Lengths count Unicode characters.

use serde_json::{Map, Value};

use super::Severity;

/// `title`: "max 200 chars".
pub const TITLE_MOST: usize = 200;
/// `description`: "max 2000 chars".
pub const DESCRIPTION_MOST: usize = 2_000;
/// `group_key`: "max 200 chars".
pub const GROUP_KEY_MOST: usize = 200;
/// `metadata`: "max 100 KB", of its compact JSON in UTF-8; KB read as 1,024 bytes.
pub const METADATA_BYTES_MOST: usize = 100 * 1024;
/// `metadata`: "max 10 nesting levels"; the object itself is the first.
pub const METADATA_LEVELS_MOST: usize = 10;

/// What the sender said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlertBody {
    /// 1 to [`TITLE_MOST`] characters.
    pub title: String,
    /// Empty when it was left out.
    pub description: String,
    /// `None`: the webhook decides.
    pub severity: Option<Severity>,
    /// The explicit key; an empty one counts as none.
    pub group_key: Option<String>,
    /// The whole body, for the rules.
    pub fields: Map<String, Value>,
}

/// What is wrong with a body: the field and the limit. The sender is told, after its signature was found good.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BodyTrouble {
    /// Not JSON, with line and column.
    #[error("the body is not valid JSON: {0}")]
    NotJson(String),
    /// JSON, but a list or a single value.
    #[error("the body must be a JSON object")]
    NotAnObject,
    /// No title, or a blank one.
    #[error("title is required")]
    NoTitle,
    /// A field of another type.
    #[error("{field} must be {wanted}")]
    Type {
        /// The field.
        field: &'static str,
        /// What it has to be.
        wanted: &'static str,
    },
    /// A text beyond its limit.
    #[error("{field} must be at most {most} characters, not {found}")]
    TooLong {
        /// The field.
        field: &'static str,
        /// Its limit.
        most: usize,
        /// How many there are.
        found: usize,
    },
    /// A severity that there is not.
    #[error("severity must be one of sev0, sev1, sev2, sev3, sev4, not {0}")]
    Severity(String),
    /// Too many bytes of metadata.
    #[error("metadata must be at most 100 KB ({METADATA_BYTES_MOST} bytes), not {0} bytes")]
    MetadataBytes(usize),
    /// Metadata in too many levels.
    #[error("metadata must have at most {METADATA_LEVELS_MOST} nesting levels, not {0}")]
    MetadataLevels(usize),
}

/// Characters of a wrong severity that the answer repeats.
const ECHOED: usize = 40;

/// Reads a body. Fields that the document does not name are kept for the rules and otherwise let be.
pub fn read(body: &[u8]) -> Result<AlertBody, BodyTrouble> {
    let fields = match serde_json::from_slice(body).map_err(|error| BodyTrouble::NotJson(error.to_string()))? {
        Value::Object(fields) => fields,
        _ => return Err(BodyTrouble::NotAnObject),
    };
    let title = text(&fields, "title", TITLE_MOST)?.filter(|title| !title.trim().is_empty());
    let title = title.ok_or(BodyTrouble::NoTitle)?;
    let description = text(&fields, "description", DESCRIPTION_MOST)?.unwrap_or_default();
    let severity = severity(&fields)?;
    metadata(&fields)?;
    let group_key = text(&fields, "group_key", GROUP_KEY_MOST)?.filter(|key| !key.is_empty());
    Ok(AlertBody { title, description, severity, group_key, fields })
}

/// A field that is there; `null` is as good as left out.
fn given<'f>(fields: &'f Map<String, Value>, name: &str) -> Option<&'f Value> {
    fields.get(name).filter(|value| !value.is_null())
}

fn text(fields: &Map<String, Value>, field: &'static str, most: usize) -> Result<Option<String>, BodyTrouble> {
    let Some(value) = given(fields, field) else { return Ok(None) };
    let text = value.as_str().ok_or(BodyTrouble::Type { field, wanted: "a string" })?;
    let found = text.chars().count();
    if found > most {
        return Err(BodyTrouble::TooLong { field, most, found });
    }
    Ok(Some(text.to_owned()))
}

fn severity(fields: &Map<String, Value>) -> Result<Option<Severity>, BodyTrouble> {
    let Some(value) = given(fields, "severity") else { return Ok(None) };
    let known = serde_json::from_value(value.clone());
    known.map(Some).map_err(|_| BodyTrouble::Severity(value.to_string().chars().take(ECHOED).collect()))
}

fn metadata(fields: &Map<String, Value>) -> Result<(), BodyTrouble> {
    let Some(value) = given(fields, "metadata") else { return Ok(()) };
    if !value.is_object() {
        return Err(BodyTrouble::Type { field: "metadata", wanted: "an object" });
    }
    let levels = levels(value);
    if levels > METADATA_LEVELS_MOST {
        return Err(BodyTrouble::MetadataLevels(levels));
    }
    let bytes = value.to_string().len();
    if bytes > METADATA_BYTES_MOST {
        return Err(BodyTrouble::MetadataBytes(bytes));
    }
    Ok(())
}

/// Objects and lists inside each other; a single value has none. serde_json's own bound of 128 ends the recursion.
fn levels(value: &Value) -> usize {
    match value {
        Value::Object(members) => 1 + members.values().map(levels).max().unwrap_or(0),
        Value::Array(items) => 1 + items.iter().map(levels).max().unwrap_or(0),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 0,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::json;

    use super::*;

    fn words(body: &Value) -> String {
        read(body.to_string().as_bytes()).err().map(|error| error.to_string()).unwrap_or_default()
    }

    fn nested(levels: usize) -> Value {
        (1..levels).fold(json!({}), |inner, _| json!({ "in": inner }))
    }

    /// An object whose compact JSON has exactly `bytes` bytes.
    fn sized(bytes: usize) -> Value {
        json!({ "x": "y".repeat(bytes - r#"{"x":""}"#.len()) })
    }

    #[test]
    fn each_limit_is_taken_to_its_last_character_and_named_one_beyond() {
        let wide = |n: usize| "é".repeat(n);
        for good in [
            json!({ "title": wide(200) }),
            json!({ "title": "t", "description": wide(2000), "group_key": wide(200), "severity": "sev4" }),
            json!({ "title": "t", "metadata": nested(10) }),
            json!({ "title": "t", "metadata": sized(METADATA_BYTES_MOST) }),
            json!({ "title": "t", "severity": null, "metadata": null, "description": null, "else": [1] }),
        ] {
            assert_eq!(words(&good), "", "{}", good.to_string().chars().take(80).collect::<String>());
        }
        for (bad, expected) in [
            (json!({}), "title is required"),
            (json!({ "title": "  " }), "title is required"),
            (json!({ "title": 7 }), "title must be a string"),
            (json!({ "title": wide(201) }), "title must be at most 200 characters, not 201"),
            (
                json!({ "title": "t", "description": wide(2001) }),
                "description must be at most 2000 characters, not 2001",
            ),
            (json!({ "title": "t", "group_key": wide(201) }), "group_key must be at most 200 characters, not 201"),
            (
                json!({ "title": "t", "severity": "sev5" }),
                "severity must be one of sev0, sev1, sev2, sev3, sev4, not \"sev5\"",
            ),
            (
                json!({ "title": "t", "severity": "SEV1" }),
                "severity must be one of sev0, sev1, sev2, sev3, sev4, not \"SEV1\"",
            ),
            (json!({ "title": "t", "severity": 1 }), "severity must be one of sev0, sev1, sev2, sev3, sev4, not 1"),
            (json!({ "title": "t", "metadata": [1] }), "metadata must be an object"),
            (json!({ "title": "t", "metadata": nested(11) }), "metadata must have at most 10 nesting levels, not 11"),
            (
                json!({ "title": "t", "metadata": sized(METADATA_BYTES_MOST + 1) }),
                "metadata must be at most 100 KB (102400 bytes), not 102401 bytes",
            ),
            (json!(["title"]), "the body must be a JSON object"),
        ] {
            assert_eq!(words(&bad), expected);
        }
        assert!(read(b"{\n oops").unwrap_err().to_string().contains("line 2 column"));
        let deep = format!(r#"{{"title":"t","metadata":{}}}"#, "[".repeat(100_000));
        assert!(matches!(read(deep.as_bytes()), Err(BodyTrouble::NotJson(_))), "no stack is used up");
    }

    #[test]
    fn an_empty_group_key_is_none() {
        let body = read(br#"{"title":"t","group_key":""}"#).unwrap();
        assert_eq!((body.group_key, body.severity), (None, None));
    }
}
