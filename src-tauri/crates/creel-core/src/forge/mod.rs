//! Hooks at the senders that have an API for them, GitHub and GitLab: made, re-pointed when the public address changes, given
//! the new secret, left as the user said when Creel ends, and removed. What a hook is to be is committed first; `life` then
//! brings the sender there, now or at the next start. What differs between the senders is a `Place`.

pub mod address;
mod exchange;
mod left;
mod life;
mod place;
mod rate;
pub mod token;
mod turns;
mod watch;

pub use exchange::{Answer, exchange, said_at};
pub use left::{HookLeft, left_at, left_remove, slug};
pub use life::{Hook, Known, Leave, NOBODYS, Wanted, forget_secret, make, once, settle};
pub use place::{Place, Sent, Told};
pub use rate::{Rate, RateLimit, Rates};
pub use turns::Turns;
pub use watch::{OnQuit, on_quit, quit, set_on_quit, start};
