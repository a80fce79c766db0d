//! How long to wait before the next attempt: up to 1 s, doubling to 60 s, for ever (`trust.md` R11). Full jitter: the wait
//! is any part of that, so that many who lost one provider do not come back at one moment.

use std::time::Duration;

use crate::ids::Ids;

/// The first wait is at most this long.
const FIRST: Duration = Duration::from_secs(1);
/// No wait is longer: after the network is back it takes at most this and a start.
pub const LONGEST: Duration = Duration::from_secs(60);
/// No wait is shorter: a program that ends at once is not started without a pause.
const SHORTEST: Duration = Duration::from_millis(100);

/// Attempts since it last stood for a while.
#[derive(Clone, Copy, Debug, Default)]
pub struct Backoff {
    failed: u32,
}

impl Backoff {
    /// One more attempt failed: how long to wait.
    pub fn next(&mut self, ids: &dyn Ids) -> Duration {
        let ceiling = FIRST.saturating_mul(1 << self.failed.min(6)).min(LONGEST);
        self.failed = self.failed.saturating_add(1);
        let most = u32::try_from(ceiling.as_millis()).unwrap_or(u32::MAX);
        Duration::from_millis(ids.number(most.saturating_add(1)).into()).max(SHORTEST)
    }

    /// How many failed one after the other.
    pub fn failed(&self) -> u32 {
        self.failed
    }

    /// It stood long enough, or the machine woke up: the next wait is a short one.
    pub fn reset(&mut self) {
        self.failed = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Draws the largest number there is.
    struct Most;

    impl Ids for Most {
        fn ksuid(&self) -> String {
            String::new()
        }

        fn number(&self, bound: u32) -> u32 {
            bound - 1
        }
    }

    #[test]
    fn waits_double_to_a_minute_and_stay_there_for_ever() {
        let mut backoff = Backoff::default();
        let waits: Vec<_> = (0..9).map(|_| backoff.next(&Most).as_secs()).collect();
        assert_eq!(waits, [1, 2, 4, 8, 16, 32, 60, 60, 60]);
        for _ in 0..10_000 {
            assert!(backoff.next(&crate::ids::RandomIds) <= LONGEST);
        }
        backoff.reset();
        assert_eq!(backoff.next(&Most), FIRST);
    }
}
