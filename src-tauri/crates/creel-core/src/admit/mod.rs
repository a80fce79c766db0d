//! Admission: allowlist, rate, and by which name it came. The duplicate check is decided at the commit (`commit.rs`), where it cannot race.

mod allowlist;
mod callers;
mod host;
mod rate;

pub use allowlist::{Allowlist, BadEntry, Standing};
pub use callers::Callers;
pub use host::is_rebound;
pub use rate::RateLimit;
