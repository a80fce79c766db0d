//! A delivery for `act`.

use serde::{Deserialize, Serialize};

/// A payload as a file, and the line that runs workflows with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct ActExport {
    /// `push`
    pub event: String,
    /// What the file is called in the line: `event.json`.
    pub file: String,
    /// `act push -e event.json`, to be run in the repository's folder.
    pub command: String,
    /// The file's text: the body exactly, or what its form holds.
    pub payload: String,
}
