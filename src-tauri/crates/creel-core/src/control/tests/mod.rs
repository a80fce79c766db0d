//! The control listener through real sockets, with a scripted command list behind it.

#![allow(clippy::unwrap_used)]

mod document;
mod locks;
mod routes;
mod running;
mod streams;
