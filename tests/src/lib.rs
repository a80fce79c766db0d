//! The harness of the black-box suites: it starts the real `creel serve`, talks to it through sockets, and knows of
//! Creel only what its documents say. It shares no code with `creel-core`, so that a fault there cannot hide itself here.

pub mod bus;
pub mod clock;
pub mod creel;
pub mod fakellm;
pub mod github;
pub mod gitlab;
pub mod keyring;
pub mod ngrok_edge;
pub mod notifications;
pub mod program;
pub mod recorder;
pub mod sign;
pub mod smtp;
pub mod sshd;
pub mod stand_in;
pub mod tools;
pub mod tray;
pub mod wait;
pub mod wire;

pub use clock::ShiftedClock;
pub use creel::{Creel, Setup, free_port};
pub use github::Github;
pub use gitlab::Gitlab;
pub use keyring::Keyring;
pub use notifications::Notifications;
pub use recorder::Recorder;
pub use smtp::Smtp;
pub use sshd::Sshd;
pub use wait::until;
pub use wire::{Connection, Request, Response};
