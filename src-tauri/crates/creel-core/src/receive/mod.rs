//! The door: sockets, limits, raw bytes.

pub mod deliver;
mod incoming;
mod routes;

pub use deliver::{Answered, Deliver, Endpoint, Refusal};
pub use incoming::{Headers, Incoming, Listener, Peer};
