//! The door: sockets, limits, raw bytes. Here a request becomes an [`Incoming`]; nothing of its body is parsed.
//!
//! `server` takes connections, `tap` and `look` read each head as it was sent, `door` reads the body and hands both to
//! whatever stands behind it ([`Deliver`]).

mod answer;
mod body;
mod budget;
pub mod deliver;
mod door;
mod framing;
mod head;
mod incoming;
mod lenient;
mod limits;
pub mod listen;
mod look;
mod patience;
mod places;
mod routes;
mod server;
mod spoken;
mod tap;
#[cfg(test)]
pub(crate) mod tests;

pub use answer::respond;
pub use deliver::{Answered, Deliver, Endpoint, Manner, Refusal};
pub use door::{Door, HEALTH};
pub use framing::Framing;
pub use head::Head;
pub use incoming::{Headers, Incoming, Listener, Peer};
pub use limits::Limits;
pub use routes::{is_delivery, path_to};
pub use server::{Accept, Arrived, Serve, serve};
pub use spoken::Spoken;
