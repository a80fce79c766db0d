//! How often one caller may call: a window that slides, exact to the millisecond.

use std::collections::{HashMap, VecDeque};
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use crate::clock::UnixMs;

/// One minute, in milliseconds.
const WINDOW_MS: i64 = 60_000;
/// Callers that are remembered: each costs at most `most` times of eight bytes. Beyond it those that rest are forgotten.
const CALLERS_MOST: usize = 10_000;

/// Calls of the last minute by caller; a tunnel that tells no address is one caller.
#[derive(Debug, Default)]
pub struct Callers(Mutex<HashMap<Option<IpAddr>, VecDeque<UnixMs>>>);

impl Callers {
    /// Counts a call at `now`; else how many whole seconds to wait until one of the `most` a minute is free again.
    pub fn take(&self, caller: Option<IpAddr>, now: UnixMs, most: usize) -> Result<(), u32> {
        let mut callers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if callers.len() >= CALLERS_MOST {
            callers.retain(|_, calls| calls.back().is_some_and(|last| within(*last, now)));
        }
        let calls = callers.entry(caller).or_default();
        while calls.front().is_some_and(|first| !within(*first, now)) {
            calls.pop_front();
        }
        match calls.front() {
            Some(first) if calls.len() >= most => {
                let wait = first.plus_ms(WINDOW_MS).0 - now.0;
                Err(u32::try_from((wait + 999) / 1000).unwrap_or(u32::MAX).max(1))
            }
            Some(_) | None => {
                calls.push_back(now);
                Ok(())
            }
        }
    }
}

/// A call that seems to come from the future is as good as none: the clock was set back.
fn within(at: UnixMs, now: UnixMs) -> bool {
    at <= now && now.0 - at.0 < WINDOW_MS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_31st_call_of_a_minute_waits_until_the_first_is_a_minute_old() {
        let callers = Callers::default();
        let me = Some(IpAddr::from([127, 0, 0, 1]));
        let take = |caller, at: i64| callers.take(caller, UnixMs(at), 30);
        assert!((0..30).all(|n| take(me, n * 100).is_ok()));
        assert_eq!(take(me, 3_000), Err(57));
        assert_eq!(take(me, 59_999), Err(1));
        assert!(take(Some(IpAddr::from([127, 0, 0, 2])), 3_000).is_ok(), "another caller has its own count");
        assert!(take(me, 60_000).is_ok());
        assert_eq!(take(me, 60_000), Err(1), "and only one was free");
    }

    #[test]
    fn a_clock_that_is_set_back_locks_nobody_out() {
        let callers = Callers::default();
        assert!((0..30).all(|_| callers.take(None, UnixMs(10_000_000), 30).is_ok()));
        assert!(callers.take(None, UnixMs(0), 30).is_ok());
    }
}
