//! The door through real sockets: what a sender writes, byte by byte, and what is answered and recorded.

#![allow(clippy::unwrap_used)]

mod bodies;
mod connections;
mod properties;
pub mod recorder;
mod refusals;
mod requests;
