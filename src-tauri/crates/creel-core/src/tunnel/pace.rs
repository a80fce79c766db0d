//! The monotonic clock and its waits, passed in: a test lets half an hour pass in no time. The wall clock is `Clock`.

use std::time::{Duration, Instant};

use crate::tunnel::up::Doing;

/// An environment variable with a whole number: so many times as fast the supervisor's time passes. For tests of the whole
/// program, in which half an hour has to be over in a minute; nothing else of Creel is quicker by it.
const VARIABLE: &str = "CREEL_TUNNEL_PACE";
/// A start has 45 s of the supervisor's time; faster than this no program could be up in them.
const FASTEST: u32 = 60;

/// Time as it passes while the machine is awake.
pub trait Pace: Send + Sync {
    /// Since some moment in the past.
    fn passed(&self) -> Duration;

    /// Waits so long.
    fn wait(&self, long: Duration) -> Doing<'_, ()>;
}

/// The machine's own.
#[derive(Debug)]
pub struct SystemPace {
    begun: Instant,
    times: u32,
}

impl Default for SystemPace {
    fn default() -> Self {
        Self { begun: Instant::now(), times: times(std::env::var(VARIABLE).ok().as_deref()) }
    }
}

/// How many times as fast; what is no number in its bounds changes nothing.
fn times(said: Option<&str>) -> u32 {
    said.and_then(|text| text.parse().ok()).filter(|times| (1..=FASTEST).contains(times)).unwrap_or(1)
}

impl Pace for SystemPace {
    fn passed(&self) -> Duration {
        self.begun.elapsed() * self.times
    }

    fn wait(&self, long: Duration) -> Doing<'_, ()> {
        // The one real wait of the supervisor; tests of it alone have a pace of their own.
        Box::pin(tokio::time::sleep(long / self.times))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pace_is_the_machines_unless_a_number_in_its_bounds_says_otherwise() {
        for (said, is) in [(None, 1), (Some("30"), 30), (Some("0"), 1), (Some("61"), 1), (Some("fast"), 1)] {
            assert_eq!(times(said), is, "{said:?}");
        }
    }
}
