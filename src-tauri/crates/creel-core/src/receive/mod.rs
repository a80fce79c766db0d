//! The door: sockets, limits, raw bytes.

mod incoming;

pub use incoming::{Headers, Incoming, Listener, Peer};
