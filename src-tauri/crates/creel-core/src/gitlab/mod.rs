//! GitLab's side of a hook: who is signed in, where a hook can be, the calls of its API, what its refusals mean, and its limit.
//! The life of a hook is `forge`'s.

mod account;
mod base;
mod calls;
mod client;
mod events;
mod hooks;
mod place;
mod rate;
mod refusal;
mod wire;

pub use account::{GitlabAccount, forget, keep, kept, missing_scope};
pub use base::ApiBase;
pub use calls::Calls;
pub use events::{GitlabEvent, known as known_events};
pub use hooks::body;
pub use place::{GitlabPlace, GitlabPlaceKind};
pub use wire::{EventTold, HookTold};
