//! GitHub: who is signed in, where a hook can be, and making one.

mod choose;
mod connect;
mod hooks;
mod left;
mod record;
mod sign_in;
mod view;

pub use choose::*;
pub use connect::*;
pub use hooks::*;
pub use left::*;
pub use record::*;
pub use sign_in::*;
pub use view::*;
