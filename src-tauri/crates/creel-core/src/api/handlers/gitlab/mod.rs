//! GitLab: who is signed in, where a hook can be, making one, and what it says it sent.

mod choose;
mod connect;
mod hooks;
mod record;
mod sign_in;
mod view;

pub use choose::*;
pub use connect::*;
pub use hooks::*;
pub use record::*;
pub use sign_in::*;
pub use view::*;
