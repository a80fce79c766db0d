//! The body of an OpShift request: read, and held to the document's limits. Lengths count Unicode characters.
//!
//! Every sender waits for this, and metadata may be large: what no limit asks for is checked and skipped, not built.

use bytes::Bytes;
use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::Severity;
use crate::template::{levels, skips_as_it_parses};

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
    /// As received.
    whole: Bytes,
}

impl AlertBody {
    /// The whole body, for the rules.
    pub fn fields(&self) -> Map<String, Value> {
        serde_json::from_slice(&self.whole).unwrap_or_default()
    }
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
pub fn read(body: &Bytes) -> Result<AlertBody, BodyTrouble> {
    let parts = parts(body)?;
    let title = text(parts.title, "title", TITLE_MOST)?.filter(|title| !title.trim().is_empty());
    let title = title.ok_or(BodyTrouble::NoTitle)?;
    let description = text(parts.description, "description", DESCRIPTION_MOST)?.unwrap_or_default();
    let severity = parts.severity.map(severity).transpose()?;
    parts.metadata.map_or(Ok(()), metadata)?;
    let group_key = text(parts.group_key, "group_key", GROUP_KEY_MOST)?.filter(|key| !key.is_empty());
    Ok(AlertBody { title, description, severity, group_key, whole: body.clone() })
}

/// The fields that the document names; `null` is as good as left out, and of a repeated field the last one counts.
#[derive(Default)]
struct Parts<'b> {
    title: Option<&'b RawValue>,
    description: Option<&'b RawValue>,
    severity: Option<&'b RawValue>,
    metadata: Option<&'b RawValue>,
    group_key: Option<&'b RawValue>,
}

#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "snake_case")]
enum Name {
    Title,
    Description,
    Severity,
    Metadata,
    GroupKey,
    #[serde(other)]
    Other,
}

fn parts(body: &[u8]) -> Result<Parts<'_>, BodyTrouble> {
    let not_json = |error: serde_json::Error| BodyTrouble::NotJson(error.to_string());
    if !skips_as_it_parses(body) {
        serde_json::from_slice::<Value>(body).map_err(not_json)?;
    }
    serde_json::from_slice(body).map_err(|_| match serde_json::from_slice::<IgnoredAny>(body) {
        Ok(_) => BodyTrouble::NotAnObject,
        Err(error) => not_json(error),
    })
}

impl<'de: 'b, 'b> Deserialize<'de> for Parts<'b> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(InParts)
    }
}

struct InParts;

impl<'de> Visitor<'de> for InParts {
    type Value = Parts<'de>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut parts = Parts::default();
        while let Some(name) = map.next_key()? {
            let part = match name {
                Name::Title => &mut parts.title,
                Name::Description => &mut parts.description,
                Name::Severity => &mut parts.severity,
                Name::Metadata => &mut parts.metadata,
                Name::GroupKey => &mut parts.group_key,
                Name::Other => {
                    map.next_value::<IgnoredAny>()?;
                    continue;
                }
            };
            *part = map.next_value()?;
        }
        Ok(parts)
    }
}

fn text(part: Option<&RawValue>, field: &'static str, most: usize) -> Result<Option<String>, BodyTrouble> {
    let Some(part) = part else { return Ok(None) };
    let text: String = serde_json::from_str(part.get()).map_err(|_| BodyTrouble::Type { field, wanted: "a string" })?;
    let found = text.chars().count();
    if found > most {
        return Err(BodyTrouble::TooLong { field, most, found });
    }
    Ok(Some(text))
}

fn severity(part: &RawValue) -> Result<Severity, BodyTrouble> {
    let known = serde_json::from_str(part.get());
    known.map_err(|_| BodyTrouble::Severity(part.get().chars().take(ECHOED).collect()))
}

fn metadata(part: &RawValue) -> Result<(), BodyTrouble> {
    let raw = part.get();
    if !raw.starts_with('{') {
        return Err(BodyTrouble::Type { field: "metadata", wanted: "an object" });
    }
    let levels = levels(raw.as_bytes());
    if levels > METADATA_LEVELS_MOST {
        return Err(BodyTrouble::MetadataLevels(levels));
    }
    // Compact JSON is never longer than what it was made from.
    if raw.len() > METADATA_BYTES_MOST {
        let bytes = serde_json::from_str::<Value>(raw).map_or(raw.len(), |value| value.to_string().len());
        if bytes > METADATA_BYTES_MOST {
            return Err(BodyTrouble::MetadataBytes(bytes));
        }
    }
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::json;

    use super::*;

    fn words(body: &Value) -> String {
        read(&Bytes::from(body.to_string())).err().map(|error| error.to_string()).unwrap_or_default()
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
        let read = |body: &str| read(&Bytes::copy_from_slice(body.as_bytes()));
        assert!(read("{\n oops").unwrap_err().to_string().contains("line 2 column"));
        let deep = format!(r#"{{"title":"t","metadata":{}}}"#, "[".repeat(100_000));
        assert!(matches!(read(&deep), Err(BodyTrouble::NotJson(_))), "no stack is used up");
    }

    #[test]
    fn an_empty_group_key_is_none() {
        let body = read(&Bytes::from_static(br#"{"title":"t","group_key":""}"#)).unwrap();
        assert_eq!((body.group_key, body.severity), (None, None));
    }

    #[test]
    fn what_is_skipped_is_checked_all_the_same_and_a_repeated_field_counts_as_last_said() {
        for (body, expected) in [
            (r#"{"title":"a","title":"b","\u0074itle":"c","x":{"title":"d"}}"#, Ok("c")),
            ("[1,", Err("the body is not valid JSON: EOF while parsing a value at line 1 column 3")),
            ("7 7", Err("the body is not valid JSON: trailing characters at line 1 column 3")),
            ("7", Err("the body must be a JSON object")),
            (
                r#"{"title":"t","x":"\ud800"}"#,
                Err("the body is not valid JSON: unexpected end of hex escape at line 1 column 25"),
            ),
            (r#"{"title":"t","x":[1}"#, Err("the body is not valid JSON: expected `,` or `]` at line 1 column 20")),
        ] {
            let found = read(&Bytes::copy_from_slice(body.as_bytes())).map(|body| body.title);
            assert_eq!(found.as_deref().map_err(ToString::to_string), expected.map_err(str::to_owned), "{body}");
        }
        let spaced = format!(r#"{{"title":"t","metadata":{{"x":{}1}}}}"#, " ".repeat(METADATA_BYTES_MOST));
        assert!(read(&Bytes::from(spaced)).is_ok(), "spaces between values do not count");
        assert!(read(&Bytes::from_static(b"{\"title\":\"\xff\"}")).is_err());
    }
}
