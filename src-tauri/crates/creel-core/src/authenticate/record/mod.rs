//! A scheme as text: the YAML that `schemes/records/` holds and that users write, and back.
//!
//! Places are written `header:Name`, `sig:t` (an item of the signature's list), `json:/pointer`, `form:name`, `query:name`;
//! `A | B` means the first that is there, `A & B` all of them. What is missing is as in the record that `like` names, or
//! the common case: HMAC-SHA256 of the body, hex, a secret whose own bytes are the key.

mod fields;
mod places;
mod read;
mod template;
mod told;
mod write;
mod yaml;

pub use fields::{SchemeEvent, SchemeForm, SchemeHandshake, SchemeId, SchemeKey, SchemeRecord, SchemeTime};
pub use read::scheme_of;
pub use write::record_of;
pub use yaml::{read as from_yaml, write as to_yaml};

use crate::error::{ApiError, ErrorCode};

/// Why a record cannot be read: which field, what of it, and what to write instead.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{words}")]
pub struct RecordError {
    /// The field, as a dotted path: `timestamp.from`.
    pub field: String,
    /// What is wrong with it.
    pub words: String,
    /// What to write.
    pub hint: String,
}

impl RecordError {
    pub(super) fn new(field: &str, words: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { field: field.to_owned(), words: words.into(), hint: hint.into() }
    }
}

impl From<RecordError> for ApiError {
    fn from(error: RecordError) -> Self {
        let RecordError { field, words, hint } = error;
        Self { field: Some(field), hint: Some(hint), ..Self::new(ErrorCode::Invalid, words) }
    }
}
