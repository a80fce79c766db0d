//! A program that an action runs: its own process group, a bounded time, bounded output, and an environment that holds
//! nothing of Creel's. Nothing here reads text as code.

mod group;
mod hand_over;
mod kept;
mod run;

pub use hand_over::hand_over;
pub use kept::Kept;
pub use run::{Ended, How, ProcessError, Work, run};
