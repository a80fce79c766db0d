//! What can be wrong with a manifest, with its place in the text.

use serde_saphyr::Location;

use super::ResourceKind;
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
    /// Which field it is about, as a dotted path behind the kind: `TaskWebhook.spec.auth.signature_header`.
    pub field: Option<String>,
}

fn place(line: u64, column: u64) -> String {
    if line == 0 { String::new() } else { format!("line {line}, column {column}: ") }
}

impl ManifestError {
    /// At a place of the text.
    pub(super) fn at(place: Location, words: impl Into<String>) -> Self {
        Self { line: place.line(), column: place.column(), words: words.into(), field: None }
    }

    /// About the text as a whole.
    pub(super) fn whole(words: impl Into<String>) -> Self {
        Self { line: 0, column: 0, words: words.into(), field: None }
    }

    /// The same about a resource of this kind. What is wrong with a field begins with the field's path.
    pub(super) fn of(self, kind: ResourceKind) -> Self {
        let first = self.words.split([' ', ':']).next().unwrap_or_default();
        let named = first.starts_with("spec.") || first.starts_with("metadata.");
        let field = named.then(|| format!("{}.{first}", kind.name()));
        Self { field, ..self }
    }
}

impl From<ManifestError> for ApiError {
    fn from(error: ManifestError) -> Self {
        Self::invalid(error.field.as_deref().unwrap_or("manifest"), error.to_string())
    }
}
