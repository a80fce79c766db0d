//! What one Creel keeps in memory of its hooks: whose turn it is, and whether there is something to do.

use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::{Mutex, MutexGuard, Notify};

/// The turns of those who change hooks.
#[derive(Debug, Default)]
pub struct Turns {
    turn: Mutex<()>,
    look: Notify,
    leaving: AtomicBool,
}

impl Turns {
    /// Something may have to be done at a sender.
    pub fn look(&self) {
        self.look.notify_one();
    }

    /// Waits until something may have to be done.
    pub(super) async fn looked_for(&self) {
        self.look.notified().await;
    }

    /// Hooks are changed one after the other: two at once would make two of one.
    pub(super) async fn turn(&self) -> MutexGuard<'_, ()> {
        self.turn.lock().await
    }

    /// Creel ends: no hook is brought back any more.
    pub(super) fn leave(&self) {
        self.leaving.store(true, Ordering::Relaxed);
    }

    /// Whether Creel ends.
    pub(super) fn is_leaving(&self) -> bool {
        self.leaving.load(Ordering::Relaxed)
    }
}
