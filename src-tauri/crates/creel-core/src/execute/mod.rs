//! The queue at work: executions are claimed, run, written down, tried again. Outside effects happen only here, after
//! the answer, at least once.
//!
//! Rows move in `store/queue.rs`; what an action does stands in `actions/`.

mod attempt;
mod bounds;
mod dispatch;
mod executor;
mod live;
mod log;
mod run;
mod schedule;

pub use attempt::{Effect, Effected, Perform, Ran};
pub use bounds::{Bounds, BoundsSource};
pub use executor::{Executor, Parts, STOP_WITHIN};
pub use live::{Live, LiveOutput};
pub use log::{Started, StepLog};
pub use run::Actions;
pub use schedule::{Again, Random, SystemRandom};

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
