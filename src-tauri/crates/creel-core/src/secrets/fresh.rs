//! New secrets.

use crate::authenticate::{Scheme, Secret};

/// A new secret of 32 random bytes, written as the scheme's senders expect it.
pub fn fresh(scheme: &Scheme) -> Secret {
    let mut entropy = [0u8; 32];
    getrandom::fill(&mut entropy).expect("the system's random source answers");
    scheme.new_secret(&entropy)
}
