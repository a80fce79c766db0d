//! A delivery fired again. It enters at the socket, so that it proves the whole way.

mod marks;

pub use marks::{MARK_HEADER, Mark, Marks};
