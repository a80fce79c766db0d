//! The control listener: what the user, the UI and scripts talk to. Loopback only, and never what a tunnel reaches.
//!
//! `listener` sorts a request: delivery routes go to the door, everything else past `guard` (which address, which
//! page) and `access` (which token or session) to `rpc`, `events`, `rest`, `openapi` or the embedded UI (`assets`).

mod access;
mod assets;
mod commands;
mod envelope;
mod events;
mod guard;
mod kept;
mod listener;
mod listeners;
mod openapi;
mod rest;
mod route;
mod rpc;
mod running;
mod session;
mod site;
#[cfg(test)]
mod tests;
mod token;
mod trouble;

pub use access::Access;
pub use commands::{Called, Commands};
pub use envelope::{Envelope, Enveloped};
pub use kept::Ports;
pub use listener::Control;
pub use listeners::{Bound, ListenAt, Listeners};
pub use openapi::document;
pub use route::{Route, of, text};
pub use running::Running;
pub use site::{Site, object};
pub use token::{Token, TokenError};
pub use trouble::Trouble;
