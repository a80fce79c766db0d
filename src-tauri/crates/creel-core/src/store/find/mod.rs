//! The inbox's list: a search as SQL, newest first, page by page.
//!
//! A page looks through the positions slice by slice (`page.rs`) and stops when it is full or its time is up, so that
//! no search, however rare what it wants, holds up the screen or another reader. Words go through the full-text index,
//! a block at a time; everything else is a condition on `deliveries` (`plan.rs`, `conditions.rs`). What SQL cannot decide
//! (a value at a path, a header) is decided on the bytes, row by row (`check.rs`).

mod check;
mod conditions;
mod page;
mod plan;
mod span;

pub use page::{BUDGET, Found, newest, page};
pub use plan::needs_index;

#[cfg(test)]
mod tests;
