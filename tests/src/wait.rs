//! Waiting for a condition with a limit. Tests never sleep for a fixed time and hope.

use std::time::{Duration, Instant};

/// Long enough for a debug build on two cores that others keep busy; a condition that holds returns at once.
pub const LIMIT: Duration = Duration::from_secs(60);

/// How long to wait between two looks at the condition.
const STEP: Duration = Duration::from_millis(5);

/// Waits until `look` gives something, and returns it. Panics with `what` when [`LIMIT`] has passed.
pub fn until<T>(what: &str, look: impl FnMut() -> Option<T>) -> T {
    until_within(LIMIT, what, look)
}

/// As [`until`] with a limit of one's own.
pub fn until_within<T>(limit: Duration, what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(start.elapsed() < limit, "waited {limit:?} for: {what}");
        std::thread::sleep(STEP);
    }
}
