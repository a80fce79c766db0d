//! How many deliveries a trigger takes: a leaky bucket on the monotonic clock, which no clock change upsets.

use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};

use crate::trigger::Rate;

/// One trigger's limit.
pub struct RateLimit {
    rate: Rate,
    bucket: Option<RateLimiter<NotKeyed, InMemoryState, DefaultClock>>,
}

impl RateLimit {
    /// A fresh limit.
    pub fn new(rate: Rate) -> Self {
        let burst = NonZeroU32::new(rate.burst).unwrap_or(NonZeroU32::MIN);
        let bucket =
            NonZeroU32::new(rate.per_minute).map(|n| RateLimiter::direct(Quota::per_minute(n).allow_burst(burst)));
        Self { rate, bucket }
    }

    /// The setting it was made from.
    pub fn rate(&self) -> Rate {
        self.rate
    }

    /// Takes one; else how many whole seconds to wait, at least 1.
    pub fn take(&self) -> Result<(), u32> {
        let Some(bucket) = &self.bucket else { return Ok(()) };
        bucket.check().map_err(|refused| {
            let wait = refused.wait_time_from(DefaultClock::default().now());
            let seconds = (wait + Duration::from_millis(999)).as_secs().max(1);
            u32::try_from(seconds).unwrap_or(u32::MAX)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_burst_passes_and_the_next_one_is_told_when_to_come_again() {
        let limit = RateLimit::new(Rate { per_minute: 30, burst: 3 });
        assert!((0..3).all(|_| limit.take().is_ok()));
        assert_eq!(limit.take(), Err(2), "30 a minute is one every two seconds");
    }

    #[test]
    fn without_a_limit_everything_passes() {
        let limit = RateLimit::new(Rate::default());
        assert!((0..10_000).all(|_| limit.take().is_ok()));
    }
}
