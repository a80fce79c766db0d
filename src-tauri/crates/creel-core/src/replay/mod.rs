//! A delivery fired again. It enters at the socket, so that it proves the whole way.
//!
//! `source` is what is fired, `aim` where it goes, `signer` how it is signed; `compose` makes the bytes, `plan` shows
//! them, `send` sends them over `wire`, as often as asked (`under_way`), and holds each outcome against the original
//! (`compare`).

mod aim;
mod answer;
mod compare;
mod compose;
mod effects;
mod event_id;
mod marks;
mod plan;
mod send;
mod shown;
mod signer;
mod source;
#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
mod under_way;
mod wire;

pub use marks::{Expected, MARK_HEADER, Mark, Marks};
pub use plan::plan;
pub use send::send;
pub use under_way::UnderWay;
