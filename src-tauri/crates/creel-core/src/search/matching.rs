//! The exact check behind what full text narrowed down: values in bodies and headers.

use serde_json::Value;

use super::query::{Compare, Test};
use crate::filter;
use crate::receive::Headers;
use crate::template::descend;

impl Test {
    /// Whether the value at the dotted `path` of a payload fits; in a list, whether an element does.
    pub fn holds(&self, payload: &Value, path: &str) -> bool {
        let segments: Vec<&str> = path.split('.').collect();
        match descend(payload, &segments) {
            Some(Value::Array(items)) => items.iter().any(|item| self.fits(item)),
            Some(value) => self.fits(value),
            None => false,
        }
    }

    /// Whether one of the header's values fits.
    pub fn holds_header(&self, headers: &Headers, name: &str) -> bool {
        headers.all(name).any(|value| self.fits(&Value::String(String::from_utf8_lossy(value).into_owned())))
    }

    /// Words that the body holds wherever the test does: what to ask the full-text index first. `None`: it cannot help.
    pub fn needle(&self) -> Option<&str> {
        let exact = self.compare == Compare::Equal && self.value != "null";
        // Numbers are equal in several spellings; what is not plain ASCII may stand in the body as an escape.
        let begins = self.value.starts_with(|c: char| c.is_ascii_alphabetic());
        let plain = self.value.chars().all(|c| c.is_ascii_alphanumeric() || "-_. @:".contains(c));
        (exact && begins && plain).then_some(self.value.as_str())
    }

    fn fits(&self, value: &Value) -> bool {
        let order = || filter::order(value, &self.value);
        match self.compare {
            Compare::Equal if self.value.contains('*') => {
                filter::like_stars(&crate::template::text_of(value), &self.value)
            }
            Compare::Equal => filter::is(value, &self.value),
            Compare::Greater => order().is_some_and(|o| o.is_gt()),
            Compare::GreaterOrEqual => order().is_some_and(|o| o.is_ge()),
            Compare::Less => order().is_some_and(|o| o.is_lt()),
            Compare::LessOrEqual => order().is_some_and(|o| o.is_le()),
        }
    }
}
