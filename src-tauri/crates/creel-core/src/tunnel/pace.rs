//! The monotonic clock and its waits, passed in: a test lets half an hour pass in no time. The wall clock is `Clock`.

use std::time::{Duration, Instant};

use crate::tunnel::up::Doing;

/// Time as it passes while the machine is awake.
pub trait Pace: Send + Sync {
    /// Since some moment in the past.
    fn passed(&self) -> Duration;

    /// Waits so long.
    fn wait(&self, long: Duration) -> Doing<'_, ()>;
}

/// The machine's own.
#[derive(Debug)]
pub struct SystemPace(Instant);

impl Default for SystemPace {
    fn default() -> Self {
        Self(Instant::now())
    }
}

impl Pace for SystemPace {
    fn passed(&self) -> Duration {
        self.0.elapsed()
    }

    fn wait(&self, long: Duration) -> Doing<'_, ()> {
        // The one real wait of the supervisor; tests have a pace of their own.
        Box::pin(tokio::time::sleep(long))
    }
}
