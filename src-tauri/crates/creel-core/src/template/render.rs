//! Filling a template in.

use std::borrow::Cow;

use serde_json::Value;

use super::parse::{Span, Template};
use super::scope::Scope;
use crate::trigger::MissingPolicy;

/// The most that a template becomes (`trust.md` T22): a title, a description, a small body; not a copy of everything.
pub const MAX_OUTPUT_BYTES: usize = 64 * 1024;

/// A template, filled in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rendered {
    /// The text, at most [`MAX_OUTPUT_BYTES`].
    pub text: String,
    /// The paths that led to nothing, in order.
    pub missing: Vec<String>,
    /// The text was longer and is cut.
    pub cut: bool,
}

impl Template {
    /// The template's text for one delivery. A value is put in as it is and never read again.
    pub fn render(&self, scope: &Scope<'_>, missing: MissingPolicy) -> Rendered {
        let mut rendered = Rendered::default();
        for span in self.spans() {
            let source = &self.source()[span.at()];
            match span {
                Span::Text(_) | Span::Unclosed(_) => rendered.push(source),
                Span::Placeholder { path, .. } => match scope.look(path) {
                    Some(value) => rendered.push(&text_of(&value)),
                    None => {
                        rendered.missing.push(path.clone());
                        rendered.push(in_place_of(source, missing));
                    }
                },
            }
        }
        rendered
    }
}

impl Rendered {
    fn push(&mut self, text: &str) {
        let room = MAX_OUTPUT_BYTES - self.text.len();
        let end = text.floor_char_boundary(room.min(text.len()));
        self.text.push_str(&text[..end]);
        self.cut |= end < text.len();
    }
}

/// What stands where a field is missing.
pub(super) fn in_place_of(source: &str, missing: MissingPolicy) -> &str {
    match missing {
        MissingPolicy::Empty => "",
        MissingPolicy::Keep => source,
    }
}

/// A value as text: null is nothing; bools as in the document; numbers with the document's own digits, however many (only
/// an exponent is spelt anew: `1E5` comes out as `1e+5`); objects and arrays as compact JSON.
pub fn text_of(value: &Value) -> Cow<'_, str> {
    match value {
        Value::Null => Cow::Borrowed(""),
        Value::String(text) => Cow::Borrowed(text),
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => Cow::Owned(value.to_string()),
    }
}
