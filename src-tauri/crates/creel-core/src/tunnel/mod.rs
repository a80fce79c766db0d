//! A public address that leads to the receiver's delivery routes, and to nothing else. Off unless the user said so.
//!
//! To add a kind: a variant of [`TunnelKind`], a file in `kinds/` with its [`Tunnel`], a line in `kinds::build` and one in
//! `kinds::cards`.

mod address;
mod backoff;
mod bites;
mod board;
mod certificate;
mod choice;
mod exposure;
mod heartbeat;
mod hub;
mod ingress;
pub mod kinds;
mod known_hosts;
mod pace;
mod probe;
pub(crate) mod programs;
mod supervise;
#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
mod up;
mod words;

pub use address::PublicAddress;
pub use board::{Board, Outage, TunnelNow, TunnelState};
pub use choice::{ClientHeader, CustomCommand, NgrokChoice, OwnAddress, SshChoice, SshService, TailscaleChoice};
pub use choice::{TunnelChoice, TunnelKind};
pub use exposure::{Exposure, KeptBack, Reached, exposure, hides};
pub use hub::{Hub, start_as_kept};
pub use ingress::{Ingress, Tells};
pub use known_hosts::{HostKey, trust as trust_key};
pub use pace::{Pace, SystemPace};
pub use probe::Probe;
pub use supervise::Supervisor;
pub use up::{Doing, Down, LOOK_AT_NETWORK, Needs, Next, Tunnel, Up};
