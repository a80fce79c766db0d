//! Code to copy that checks a scheme's signatures in a program of the user's own, made from the scheme's record.
//!
//! It never holds a secret: that is read from `WEBHOOK_SECRET`, and, while it is rotated, `WEBHOOK_SECRET_OLD`.

mod go;
mod node;
mod plan;
mod python;
mod rust;
mod shell;

use crate::api::verifiers::VerifierLanguage;
use crate::authenticate::Scheme;
use plan::Plan;

/// The code; `Err`: why the scheme cannot be written down like this.
pub fn verifier(scheme: &Scheme, language: VerifierLanguage) -> Result<String, String> {
    let plan = Plan::of(scheme)?;
    Ok(match language {
        VerifierLanguage::Node => node::code(&plan),
        VerifierLanguage::Python => python::code(&plan),
        VerifierLanguage::Go => go::code(&plan),
        VerifierLanguage::Rust => rust::code(&plan),
        VerifierLanguage::Shell => shell::code(&plan),
    })
}
