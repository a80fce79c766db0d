//! Text with `{{payload.a.b}}`: parsed to spans, filled from one delivery, shown with the origin of every value.
//!
//! One pass: what a value holds is never read again as a template, whatever braces it has (`trust.md` T22).

mod fields;
pub(crate) mod nearest;
mod parse;
mod payload;
mod pluck;
mod preview;
mod render;
mod scope;

pub use fields::fields;
pub use parse::{Span, Template};
pub(crate) use pluck::{levels, skips_as_it_parses};
pub use preview::preview;
pub use render::{MAX_OUTPUT_BYTES, Rendered, text_of};
pub(crate) use scope::descend;
pub use scope::{ROOTS, Scope, ScopeOf};

#[cfg(test)]
mod tests;
