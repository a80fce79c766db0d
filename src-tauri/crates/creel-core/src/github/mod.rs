//! GitHub set up by clicking: a hook is made, pinged, re-pointed when the public address changes, given the new secret, and
//! removed. What a hook is to be is committed first; `life` then brings GitHub there, now or at the next start.
//!
//! What GitHub sent in vain is found by `catch_up`, which `follow` calls, and brought here by `bring` and `import`.

mod answer;
mod base;
mod bring;
mod calls;
mod catch_up;
mod client;
mod events;
mod follow;
pub mod forwarder;
mod hub;
mod import;
mod life;
mod missed;
mod place;
mod public_address;
mod rate;
mod record;
mod scopes;
mod token;
mod watch;
mod wire;

pub use answer::trouble;
pub use base::ApiBase;
pub use bring::{Bringing, Which};
pub use calls::Calls;
pub use catch_up::{explain_missed, leave_missed, look};
pub use client::VERSION;
pub use events::{GithubEvent, known as known_events};
pub use follow::{arrived, follow};
pub use hub::Hub;
pub use import::bring_in;
pub use life::{Hook, Known, NOBODYS, Wanted, forget_secret, make, once, settle};
pub use missed::MissedHow;
pub use place::{GithubPlace, PlaceKind};
pub use public_address::{
    by_tunnel, load as load_public_address, now as public_address, own_addresses, reachable, set as set_public_address,
};
pub use rate::RateLimit;
pub use record::Here;
pub use scopes::{missing_for, needed};
pub use token::{GithubAccount, TokenSource, forget, from_gh, keep, kept};
pub use watch::{OnQuit, on_quit, quit, set_on_quit, start};
pub use wire::{DeliveryTold, HookConfig, HookSent};
