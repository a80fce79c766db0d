//! A connection does not outlive the machine's sleep, and the program may not notice for minutes: so it is started anew.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::clock::{Clock, UnixMs};
use crate::tunnel::{Doing, Down, Pace, Probe, PublicAddress};

/// The wall clock ahead of the other by more: the machine slept. Less is a clock that was corrected.
const SLEPT: Duration = Duration::from_secs(10);

/// Knows when the program started, by both clocks: one of them stands still while the machine sleeps.
pub(super) struct Slept {
    pace: Arc<dyn Pace>,
    clock: Arc<dyn Clock>,
    begun: Mutex<(Duration, UnixMs)>,
}

impl Slept {
    /// With these two clocks, begun now.
    pub fn new(pace: Arc<dyn Pace>, clock: Arc<dyn Clock>) -> Self {
        let begun = Mutex::new((pace.passed(), clock.now()));
        Self { pace, clock, begun }
    }

    /// The program starts now.
    pub fn starts(&self) {
        *self.begun.lock().unwrap_or_else(PoisonError::into_inner) = (self.pace.passed(), self.clock.now());
    }

    fn slept(&self) -> bool {
        let (passed, wall) = *self.begun.lock().unwrap_or_else(PoisonError::into_inner);
        let wall = u64::try_from(self.clock.now().0.saturating_sub(wall.0)).unwrap_or_default();
        Duration::from_millis(wall) > self.pace.passed().saturating_sub(passed) + SLEPT
    }
}

impl Probe for Slept {
    fn ask<'a>(&'a self, _: &'a PublicAddress) -> Doing<'a, Result<Duration, Down>> {
        let hint = "Creel starts gh anew";
        let found = if self.slept() { Err(Down::again("the machine slept", hint)) } else { Ok(Duration::ZERO) };
        Box::pin(std::future::ready(found))
    }
}
