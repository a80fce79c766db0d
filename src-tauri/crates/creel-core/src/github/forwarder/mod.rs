//! `gh webhook forward`: deliveries without a public address. GitHub's own program makes a hook for as long as it runs and
//! hands on over its own connection what the hook sends. Kept up as a tunnel is, by the same supervisor.
//!
//! The way: [`choice`] what the user wants → [`hub`] lends the trigger a secret of this run and starts → [`program`] `gh`,
//! what it prints, why it ended. [`slept`] is what a machine that slept does to it.

mod choice;
mod hub;
mod needs;
mod program;
mod slept;

pub use choice::ForwarderChoice;
pub use hub::Hub;
pub use needs::{ForwarderNeeds, needs};
