//! A record's YAML, read within bounds and written as a person would.

use super::{RecordError, SchemeRecord};

/// Bytes of one record's text: the longest that ships has 1,200.
pub const TEXT_MOST: usize = 64 * 1024;
/// How deep a record nests: handshakes, one of them, a list in it (`trust.md` T30).
const DEPTH_MOST: usize = 16;
/// Values in a record, names and list items counted.
const NODES_MOST: usize = 2_000;

const SHAPE: &str = "a record begins with name: and has signature: header:X-Signature; see the examples in the editor";

/// Reads the text of a record. The error names the line and, where it can be told, the field.
pub fn read(text: &str) -> Result<SchemeRecord, RecordError> {
    if text.trim().is_empty() || text.len() > TEXT_MOST {
        let words = format!("the text has {} bytes; 1 to {TEXT_MOST} are read", text.len());
        return Err(RecordError::new("text", words, SHAPE));
    }
    let options = serde_saphyr::options! {
        with_snippet: false,
        merge_keys: serde_saphyr::MergeKeyPolicy::Error,
        // Text stays text: a merge or an alias in a dozen fields is a trap, not a help.
        budget: serde_saphyr::budget! { max_depth: DEPTH_MOST, max_nodes: NODES_MOST, max_aliases: 0, max_anchors: 0, max_documents: 1 },
    };
    serde_saphyr::from_str_with_options(text, options).map_err(|error| {
        let whole = error.without_snippet().to_string();
        let words = whole.split(" at line ").next().unwrap_or_default().trim_start_matches("error: ").to_owned();
        let Some(place) = error.location() else { return RecordError::new("text", words, SHAPE) };
        let (line, column) = (place.line(), place.column());
        let field = usize::try_from(line).ok().and_then(|line| field_at(text, line));
        let words = format!("line {line}, column {column}: {words}");
        RecordError::new(field.as_deref().unwrap_or("text"), words, SHAPE)
    })
}

/// The field that a line of the text belongs to, where it names one at the margin.
fn field_at(text: &str, line: usize) -> Option<String> {
    let lines = text.lines().take(line);
    let named = |line: &str| {
        let (name, _) = line.split_once(':')?;
        (!name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')).then(|| name.to_owned())
    };
    lines.filter(|line| !line.starts_with([' ', '-', '#'])).filter_map(named).last()
}

/// The text of a record.
pub fn write(record: &SchemeRecord) -> Result<String, RecordError> {
    serde_saphyr::to_string(record).map_err(|error| RecordError::new("text", error.to_string(), SHAPE))
}
