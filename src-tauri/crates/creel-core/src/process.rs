//! A program that an action runs, or that a tunnel needs: its own process group, a bounded time, bounded output, and an environment that holds
//! nothing of Creel's. Nothing here reads text as code.

mod group;
mod hand_over;
mod kept;
mod run;
mod stay;

pub use hand_over::hand_over;
pub use kept::Kept;
pub use run::{Ended, How, ProcessError, Work, run};
pub use stay::{Staying, stay};
