//! Code to copy that verifies.

use std::sync::Arc;

use crate::api::verifiers::{VerifierCode, VerifierQuery};
use crate::app::App;
use crate::error::ApiError;
use crate::verifier::verifier;

/// Code that verifies a scheme's signatures, or why there is none.
pub async fn verifier_code(app: &Arc<App>, input: VerifierQuery) -> Result<VerifierCode, ApiError> {
    let routes = app.registry.now();
    let unknown = || ApiError::invalid("scheme", format!("there is no scheme \"{}\"", input.scheme));
    let scheme = routes.schemes().find(&input.scheme).ok_or_else(unknown)?;
    Ok(match verifier(scheme, input.language) {
        Ok(text) => VerifierCode { text: Some(text), why: None },
        Err(why) => VerifierCode { text: None, why: Some(why) },
    })
}
