//! GitHub set up by clicking: a hook is made, pinged, re-pointed when the public address changes, given the new secret, and
//! removed. What a hook is to be is committed first; `life` then brings GitHub there, now or at the next start.

mod answer;
mod base;
mod calls;
mod client;
mod events;
pub mod forwarder;
mod hub;
mod life;
mod place;
mod public_address;
mod rate;
mod scopes;
mod token;
mod watch;
mod wire;

pub use answer::trouble;
pub use base::ApiBase;
pub use calls::Calls;
pub use client::VERSION;
pub use events::{GithubEvent, known as known_events};
pub use hub::Hub;
pub use life::{Hook, Known, Wanted, forget_secret, make, once, settle};
pub use place::{GithubPlace, PlaceKind};
pub use public_address::{
    by_tunnel, load as load_public_address, now as public_address, own_addresses, reachable, set as set_public_address,
};
pub use rate::RateLimit;
pub use scopes::{missing_for, needed};
pub use token::{GithubAccount, TokenSource, forget, from_gh, keep, kept};
pub use watch::{OnQuit, on_quit, quit, set_on_quit, start};
pub use wire::{DeliveryTold, HookConfig, HookSent};
