//! Schemes that users make: the same records as those that ship, checked more strictly because nobody reviewed them.
//!
//! A user's scheme verifies, signs and is suggested like any other. What is refused here is what could never work, what
//! would let anybody in, and what is larger than any record has reason to be.

mod catalogue;
mod check;
mod check_places;
mod guess;
mod places_found;

pub use catalogue::{Catalogue, leaked};
pub use check::{Checked, check, check_key};
pub use guess::{copy, guess};
pub use places_found::places;
