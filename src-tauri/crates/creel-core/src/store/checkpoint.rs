//! Brings the write-ahead log into the database on a connection of its own, off the writer's path.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use rusqlite::Connection;

use crate::store::open::set_pragmas;

/// Frames of 4 KiB that wait before they are brought in (16 MB): measured best between flush cost and restart time.
const FRAMES: i64 = 4096;
/// How often that is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// Starts the thread. It ends, after a last checkpoint, when `stop` is set and it is unparked.
pub fn start(database: &Path, stop: Arc<AtomicBool>) -> rusqlite::Result<JoinHandle<()>> {
    let db = Connection::open(database)?;
    set_pragmas(&db)?;
    std::thread::Builder::new()
        .name("creel-checkpoint".to_owned())
        .spawn(move || {
            while !stop.load(Ordering::Relaxed) {
                std::thread::park_timeout(LOOK_EVERY);
                if checkpoint(&db, "NOOP") >= FRAMES {
                    checkpoint(&db, "PASSIVE");
                }
            }
            checkpoint(&db, "TRUNCATE");
        })
        .map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))
}

/// Runs one kind of checkpoint. How many frames still wait after it; NOOP only looks.
fn checkpoint(db: &Connection, kind: &str) -> i64 {
    let waiting = db.query_row(&format!("PRAGMA wal_checkpoint({kind})"), [], |row| {
        Ok(row.get::<_, i64>(1)? - row.get::<_, i64>(2)?)
    });
    waiting.unwrap_or_else(|error| {
        tracing::warn!(%error, kind, "checkpoint");
        0
    })
}
