//! Code that verifies a scheme's signatures elsewhere, to copy.

use serde::{Deserialize, Serialize};

/// Languages of verifiers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
#[ts(export)]
pub enum VerifierLanguage {
    /// JavaScript for Node, without packages.
    Node,
    /// Python, without packages.
    Python,
    /// Go, without modules.
    Go,
    /// Rust, with the crates `hmac`, `sha2`, `sha1`, `subtle`, `base64` and `hex`.
    Rust,
    /// A shell with openssl.
    Shell,
}

/// Which code.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct VerifierQuery {
    /// Key of the scheme.
    pub scheme: String,
    /// In which language.
    pub language: VerifierLanguage,
}

/// The code, or why there is none.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct VerifierCode {
    /// The code. It reads the secret from the environment and never holds one.
    pub text: Option<String>,
    /// Why the scheme cannot be written down like this, in one sentence.
    pub why: Option<String>,
}
