//! What one Creel keeps in memory of its dealings with GitHub: the limit, and the clock's difference.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use arc_swap::ArcSwap;
use tokio::sync::Notify;

use super::missed::MissedBoard;
use crate::clock::UnixMs;
use crate::forge::Rates;

/// A difference between the two clocks up to this is a slow answer, not a wrong clock.
const CLOCK_OFF_FROM_MS: i64 = 120_000;

/// GitHub, as one Creel knows it.
#[derive(Debug, Default)]
pub struct Hub {
    /// What each GitHub still allows.
    pub rates: Rates,
    /// What each hook missed.
    pub missed: MissedBoard,
    catch_up: Notify,
    changed: Notify,
    clock_off_ms: AtomicI64,
    typed: ArcSwap<String>,
}

impl Hub {
    /// GitHub may have sent something that is not here.
    pub fn catch_up(&self) {
        self.catch_up.notify_one();
    }

    /// Waits until something may have been missed.
    pub(super) async fn catch_up_wanted(&self) {
        self.catch_up.notified().await;
    }

    /// A hook is another than it was.
    pub(crate) fn change(&self) {
        self.changed.notify_one();
    }

    /// Waits until a hook is another than it was.
    pub(super) async fn hooks_changed(&self) {
        self.changed.notified().await;
    }

    /// The address that the user typed, as it is kept.
    pub(crate) fn typed_address(&self) -> Option<String> {
        Some(self.typed.load().to_string()).filter(|address| !address.is_empty())
    }

    /// From now on this is the typed one; empty: there is none.
    pub(super) fn set_typed_address(&self, address: String) {
        self.typed.store(Arc::new(address));
    }

    /// An answer said what time it is at GitHub.
    pub(super) fn time_there(&self, there: UnixMs, here: UnixMs) {
        self.clock_off_ms.store(here.0.saturating_sub(there.0), Ordering::Relaxed);
    }

    /// By how many milliseconds this machine's clock is ahead of GitHub's, if that is more than two minutes.
    pub fn clock_off_ms(&self) -> Option<i64> {
        Some(self.clock_off_ms.load(Ordering::Relaxed)).filter(|off| off.saturating_abs() >= CLOCK_OFF_FROM_MS)
    }
}
