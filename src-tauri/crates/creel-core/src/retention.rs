//! Deletes what the user does not want to keep, a little at a time, so that no delivery waits for it.

use std::sync::Arc;
use std::time::Duration;

use crate::app::App;
use crate::clock::UnixMs;
use crate::store::{StoreError, retention, search_index};

/// How often it looks.
const LOOK_EVERY: Duration = Duration::from_secs(60);
/// Deliveries deleted in one change: about 20 ms of the writer's time.
const BATCH: u32 = 200;
/// The pause between two changes leaves the writer to the deliveries.
const BREATH: Duration = Duration::from_millis(50);
/// Refused deliveries kept for one trigger, and unmatched ones kept in all (`trust.md`).
const REFUSED_KEPT: (u32, u32) = (1_000, 5_000);
/// One day.
const DAY_MS: i64 = 86_400_000;

/// Starts it; it ends when the app closes.
pub fn start(app: &Arc<App>) {
    let app = Arc::clone(app);
    tokio::spawn(async move {
        while app.stopping.run_until_cancelled(tokio::time::sleep(LOOK_EVERY)).await.is_some() {
            if let Err(error) = sweep(&app).await {
                tracing::warn!(%error, "retention");
            }
        }
    });
}

/// Deletes until nothing is too old, too many or too large. How many deliveries went.
pub async fn sweep(app: &App) -> Result<usize, StoreError> {
    let bounds = bounds(app);
    let mut gone = 0;
    loop {
        let seqs = app.store.write(move |turn| retention::delete_some(turn, &bounds, BATCH)).await?;
        if seqs.is_empty() {
            break;
        }
        gone += seqs.len();
        forget_in_index(app, seqs).await;
        tokio::time::sleep(BREATH).await;
    }
    app.store.write(|turn| retention::tidy(turn)).await?;
    Ok(gone)
}

/// Takes deleted deliveries out of the search index. What fails is only found in vain.
pub async fn forget_in_index(app: &App, seqs: Vec<i64>) {
    let file = app.store.search_file();
    let removed =
        tokio::task::spawn_blocking(move || search_index::remove(&mut search_index::open(&file)?, &seqs)).await;
    if let Ok(Err(error)) = removed {
        tracing::warn!(%error, "deleted deliveries are still in the search index");
    }
}

/// The user's settings as bounds of the store.
fn bounds(app: &App) -> retention::Bounds {
    let keep = app.settings.load().retention;
    let older_than = UnixMs(app.clock.now().0 - i64::from(keep.days) * DAY_MS);
    retention::Bounds {
        older_than: (keep.days > 0).then_some(older_than),
        deliveries: (keep.deliveries > 0).then_some(keep.deliveries.into()),
        stored_bytes: (keep.megabytes > 0).then_some(i64::from(keep.megabytes) * 1_000_000),
        refused_at_one: REFUSED_KEPT.0,
        unmatched: REFUSED_KEPT.1,
    }
}
