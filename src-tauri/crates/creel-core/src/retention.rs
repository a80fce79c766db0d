//! Deletes what the user does not want to keep, a little at a time, so that no delivery waits for it; and tells of
//! everything that was deleted, whoever did it.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc::UnboundedReceiver;

use crate::app::{App, NEWS_EVERY};
use crate::clock::UnixMs;
use crate::events::Event;
use crate::orloj::ResourceKind;
use crate::store::StoreError;
use crate::store::records;
use crate::store::retention::{self, Gone};

/// How often it looks.
const LOOK_EVERY: Duration = Duration::from_secs(60);
/// Deliveries deleted in one change: about 20 ms of the writer's time.
const BATCH: u32 = 200;
/// The pause between two changes leaves the writer to the deliveries.
const BREATH: Duration = Duration::from_millis(50);
/// Deliveries in one event: some 20 KB.
const TOLD_MOST: usize = 500;
/// One day.
const DAY_MS: i64 = 86_400_000;

/// Starts it; it ends when the app closes.
pub fn start(app: &Arc<App>) {
    if let Some(deletions) = app.store.deletions() {
        tokio::spawn(tell(Arc::clone(app), deletions));
    }
    let app = Arc::clone(app);
    tokio::spawn(async move {
        while app.stopping.run_until_cancelled(tokio::time::sleep(LOOK_EVERY)).await.is_some() {
            if let Err(error) = sweep(&app).await {
                tracing::warn!(%error, "retention");
            }
        }
    });
}

/// The windows drop what is gone, and the search index too. A flood of refusals becomes a few events a second.
async fn tell(app: Arc<App>, mut deletions: UnboundedReceiver<Vec<Gone>>) {
    while let Some(Some(first)) = app.stopping.run_until_cancelled(deletions.recv()).await {
        // What goes in the meantime is told together.
        tokio::time::sleep(NEWS_EVERY).await;
        let mut gone = first;
        while let Ok(more) = deletions.try_recv() {
            gone.extend(more);
        }
        app.leave_the_index(gone.iter().map(|one| one.seq));
        for some in gone.chunks(TOLD_MOST) {
            app.events.send(Event::DeliveriesDeleted(some.iter().map(|one| one.id.clone()).collect()));
        }
    }
}

/// Deletes until nothing is too old, too many or too large; what deliveries left in targets by the same bounds. How many
/// deliveries went.
pub async fn sweep(app: &App) -> Result<usize, StoreError> {
    let bounds = bounds(app);
    // Before their deliveries: a run that outlives its delivery takes the body over.
    while app.store.write(move |turn| records::delete_some(turn.db, &bounds, BATCH)).await? > 0 {
        app.events.send(Event::Resources(ResourceKind::Task));
        // Deliveries wait for the writer; what is deleted does not.
        tokio::time::sleep(BREATH).await;
    }
    let mut gone = 0;
    loop {
        let count = app.store.write(move |turn| retention::delete_some(turn, &bounds, BATCH)).await?;
        if count == 0 {
            break;
        }
        gone += count;
        // As above: deliveries wait for the writer.
        tokio::time::sleep(BREATH).await;
    }
    app.store.write(|turn| retention::tidy(turn)).await?;
    Ok(gone)
}

/// The user's settings as bounds of the store.
fn bounds(app: &App) -> retention::Bounds {
    let keep = app.settings.load().retention;
    let older_than = UnixMs(app.clock.now().0 - i64::from(keep.days) * DAY_MS);
    retention::Bounds {
        older_than: (keep.days > 0).then_some(older_than),
        deliveries: (keep.deliveries > 0).then_some(keep.deliveries.into()),
        stored_bytes: (keep.megabytes > 0).then_some(i64::from(keep.megabytes) * 1_000_000),
    }
}
