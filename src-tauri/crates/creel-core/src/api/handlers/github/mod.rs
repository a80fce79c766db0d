//! GitHub: who is signed in, where a hook can be, and making one.

mod choose;
mod connect;
mod hooks;
mod left;
mod missed;
mod record;
mod sign_in;
mod view;

pub use choose::*;
pub use connect::*;
pub use hooks::*;
pub use left::*;
pub use missed::*;
pub use record::*;
pub use sign_in::*;
pub use view::*;
