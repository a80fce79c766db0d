//! GitHub's side of a hook: who is signed in, where a hook can be, the calls of its API, what its refusals mean, and its limit.
//! The life of a hook is `forge`'s.
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
mod hooks;
mod hub;
mod import;
mod missed;
mod place;
mod public_address;
mod rate;
mod record;
mod scopes;
mod token;
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
pub use missed::MissedHow;
pub use place::{GithubPlace, PlaceKind};
pub use public_address::{
    by_tunnel, load as load_public_address, now as public_address, own_addresses, reachable, reachable_from,
    set as set_public_address,
};
pub use record::Here;
pub use scopes::{missing_for, needed};
pub use token::{GithubAccount, TokenSource, forget, from_gh, keep, kept};
pub use wire::{DeliveryTold, HookConfig, HookSent};
