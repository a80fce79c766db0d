//! Text to resources: YAML in several documents, or JSON, which YAML contains.

use super::manifest::Manifest;
use super::manifest_error::ManifestError;
use super::resource::{Resource, ResourceKind};

/// Bytes of one file of manifests.
const TEXT_MOST: usize = 1024 * 1024;
/// Resources in one file: they are applied in one transaction, which everybody waits for.
const RESOURCES_MOST: usize = 500;

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
