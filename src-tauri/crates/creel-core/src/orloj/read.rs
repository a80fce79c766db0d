//! Text to resources: YAML in several documents, or JSON, which YAML contains.

use serde_saphyr::Location;

use super::manifest::Manifest;
use super::resource::{Resource, ResourceKind};
use crate::error::ApiError;

/// Bytes of one file of manifests.
const TEXT_MOST: usize = 1024 * 1024;
/// Resources in one file: they are applied in one transaction, which everybody waits for.
const RESOURCES_MOST: usize = 500;

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
    pub(super) fn at(place: Location, words: impl Into<String>) -> Self {
        Self { line: place.line(), column: place.column(), words: words.into() }
    }

    fn whole(words: impl Into<String>) -> Self {
        Self { line: 0, column: 0, words: words.into() }
    }
}

impl From<ManifestError> for ApiError {
    fn from(error: ManifestError) -> Self {
        Self::invalid("manifest", error.to_string())
    }
}

/// Reads every document of `text`. `expected`: the kind that a document without one has, and the only one that is taken.
pub fn read(text: &str, expected: Option<ResourceKind>) -> Result<Vec<Resource>, ManifestError> {
    if text.len() > TEXT_MOST {
        return Err(ManifestError::whole(format!("the manifests have {} bytes; at most {TEXT_MOST}", text.len())));
    }
    let options = serde_saphyr::options! { with_snippet: false };
    let manifests: Vec<Manifest> =
        serde_saphyr::from_multiple_with_options(text, options).map_err(|error| unreadable(&error))?;
    match manifests.len() {
        0 => Err(ManifestError::whole("there is no resource in it")),
        n if n > RESOURCES_MOST => {
            Err(ManifestError::whole(format!("{n} resources at once; at most {RESOURCES_MOST}")))
        }
        _ => manifests.into_iter().map(|manifest| Resource::of(manifest, expected)).collect(),
    }
}

/// The library's words without its drawing and without the place, which the error carries itself.
fn unreadable(error: &serde_saphyr::Error) -> ManifestError {
    let whole = error.without_snippet().to_string();
    let words = whole.lines().next().unwrap_or_default();
    match error.location() {
        Some(place) => {
            let again = format!(" at line {}, column {}", place.line(), place.column());
            ManifestError::at(place, words.strip_suffix(&again).unwrap_or(words))
        }
        None => ManifestError::whole(words),
    }
}
