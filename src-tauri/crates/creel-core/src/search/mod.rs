//! The search language of the inbox: `sig:bad source:github after:1h "disk full"`. Parsed here, turned into SQL by the store.
//!
//! All terms have to hold. To add a key: a line in [`Key`], its parsing in `parse.rs`, its words in `meaning.rs`, its SQL in
//! the store.

mod key;
mod matching;
mod meaning;
mod parse;
mod query;
mod suggest;
mod tokens;
mod when;

pub use key::Key;
pub use parse::{parse, parse_in};
pub use query::{Ask, Column, Compare, Is, Pattern, Query, SignatureAsk, Term, Test};
pub use suggest::{Fact, Facts, suggest};

#[cfg(test)]
mod tests;
