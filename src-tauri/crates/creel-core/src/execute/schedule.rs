//! When an attempt that failed is made again.

use std::time::Duration;

/// The wait after the first, second, … failure, in seconds (`trust.md` R12). Eight attempts spread over 17 hours.
const WAITS_S: [u64; 7] = [5, 30, 120, 600, 3_600, 14_400, 43_200];
/// No `Retry-After` holds an attempt back for longer than a day.
const RETRY_AFTER_MOST: Duration = Duration::from_secs(86_400);
/// Waits are longer by up to this part, so that what failed together does not come back together.
const JITTER: f64 = 0.2;

/// Whether an attempt that failed is made again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Again {
    /// No retry mends it: a 404, a refused address.
    Never,
    /// As the schedule says.
    OnSchedule,
    /// As the schedule says, but not before this time is over: the target asked for it.
    NotBefore(Duration),
}

/// Where jitter comes from.
pub trait Random: Send + Sync {
    /// At least 0, less than 1.
    fn unit(&self) -> f64;
}

/// The system's random source.
#[derive(Debug, Default)]
pub struct SystemRandom;

impl Random for SystemRandom {
    fn unit(&self) -> f64 {
        let drawn = getrandom::u32().unwrap_or(0);
        f64::from(drawn) / (f64::from(u32::MAX) + 1.0)
    }
}

/// The wait after failure number `failures` (from 1) of a set of attempts; `None`: no further attempt.
pub(super) fn wait(failures: u32, again: Again, random: &dyn Random) -> Option<Duration> {
    let index = usize::try_from(failures.saturating_sub(1)).unwrap_or(usize::MAX).min(WAITS_S.len() - 1);
    let scheduled = Duration::from_secs(WAITS_S[index]);
    let least = match again {
        Again::Never => return None,
        Again::OnSchedule => scheduled,
        Again::NotBefore(asked) => scheduled.max(asked.min(RETRY_AFTER_MOST)),
    };
    Some(least.mul_f64(1.0 + JITTER * random.unit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Always(f64);

    impl Random for Always {
        fn unit(&self) -> f64 {
            self.0
        }
    }

    #[test]
    fn waits_grow_as_written_and_stay_at_the_last() {
        let waits: Vec<_> = (1..=8).filter_map(|n| wait(n, Again::OnSchedule, &Always(0.0))).collect();
        let seconds: Vec<_> = waits.iter().map(Duration::as_secs).collect();
        assert_eq!(seconds, [5, 30, 120, 600, 3_600, 14_400, 43_200, 43_200]);
    }

    #[test]
    fn jitter_only_lengthens_a_wait_and_by_a_fifth_at_most() {
        assert_eq!(wait(2, Again::OnSchedule, &Always(0.5)), Some(Duration::from_secs(33)));
        assert_eq!(wait(2, Again::OnSchedule, &Always(1.0)), Some(Duration::from_secs(36)));
    }

    #[test]
    fn the_target_may_ask_for_a_longer_wait_up_to_a_day_and_never_for_a_shorter_one() {
        let asked = |s| wait(1, Again::NotBefore(Duration::from_secs(s)), &Always(0.0)).map(|d| d.as_secs());
        assert_eq!((asked(1), asked(90), asked(1_000_000)), (Some(5), Some(90), Some(86_400)));
    }

    #[test]
    fn what_no_retry_mends_is_not_tried_again() {
        assert_eq!(wait(1, Again::Never, &Always(0.0)), None);
    }

    #[test]
    fn the_system_draws_between_zero_and_one() {
        let drawn: Vec<f64> = (0..100).map(|_| SystemRandom.unit()).collect();
        assert!(drawn.iter().all(|u| (0.0..1.0).contains(u)) && drawn.iter().any(|u| *u != drawn[0]), "{drawn:?}");
    }
}
