//! Admission: allowlist and rate. The duplicate check is decided at the commit (`commit.rs`), where it cannot race.

mod allowlist;
mod callers;
mod rate;

pub use allowlist::{Allowlist, BadEntry, Standing};
pub use callers::Callers;
pub use rate::RateLimit;
