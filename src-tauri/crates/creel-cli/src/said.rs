//! Errors as the command line says them: one line, what is wrong and what to do.

use creel_core::error::ApiError;

/// The error with its hint.
pub fn said(error: ApiError) -> anyhow::Error {
    match error.hint {
        Some(hint) => anyhow::anyhow!("{}: {hint}", error.message),
        None => anyhow::anyhow!(error.message),
    }
}
