//! What can be wrong with a manifest, with its place in the text.

use serde_saphyr::Location;

use crate::error::ApiError;

/// What is wrong with a manifest, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}{words}", place(*.line, *.column))]
pub struct ManifestError {
    /// From 1; 0: the text as a whole.
    pub line: u64,
    /// From 1.
    pub column: u64,
    /// In one sentence.
    pub words: String,
}

fn place(line: u64, column: u64) -> String {
    if line == 0 { String::new() } else { format!("line {line}, column {column}: ") }
}

impl ManifestError {
    /// At a place of the text.
    pub(super) fn at(place: Location, words: impl Into<String>) -> Self {
        Self { line: place.line(), column: place.column(), words: words.into() }
    }

    /// About the text as a whole.
    pub(super) fn whole(words: impl Into<String>) -> Self {
        Self { line: 0, column: 0, words: words.into() }
    }
}

impl From<ManifestError> for ApiError {
    fn from(error: ManifestError) -> Self {
        Self::invalid("manifest", error.to_string())
    }
}
