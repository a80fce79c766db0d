//! SQLite: one file a table, one thread that writes with group commit, many readers.
//!
//! SQL stands only here. What a module of the way needs, it asks in Rust.

pub mod absences;
pub mod activity;
pub mod agent_days;
pub mod agent_executions;
pub mod agents;
pub mod alerts;
pub mod answer_as;
pub mod approvals;
mod captured;
pub mod channels;
mod checkpoint;
pub mod contents;
pub mod deliveries;
mod error;
pub mod executions;
pub mod find;
pub mod forge_hooks;
pub mod github;
pub mod gitlab;
pub mod hooks;
pub mod kept_answer;
pub mod learning;
pub mod lists;
pub mod meta;
pub mod occurrences;
mod open;
pub mod orloj_secrets;
pub mod orloj_seen;
pub mod orloj_tasks;
pub mod orloj_webhooks;
pub mod own_schemes;
pub mod pipelines;
pub mod queue;
mod readers;
pub mod records;
pub mod recover;
mod refused;
pub mod retention;
pub mod search_index;
pub mod secrets;
mod seen;
pub mod senders;
pub mod steps;
mod tally;
pub mod tasks;
pub mod triggers;
pub mod views;
pub mod words;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::clock::Clock;
use crate::store::retention::Gone;

pub use captured::Captured;
pub use error::StoreError;
pub use open::{Folder, OpenError, close_to_others};
pub use readers::Readers;
pub use refused::{AT_ONE_TRIGGER, STEP, UNMATCHED};
pub use seen::SeenKeys;
pub use tally::MINUTE_MS;
pub use writer::{Counters, Turn, Writer};

/// The store of one Creel.
pub struct Store {
    folder: Folder,
    writer: Writer,
    readers: Readers,
    gone: Mutex<Option<UnboundedReceiver<Vec<Gone>>>>,
    stop: Arc<AtomicBool>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

impl Store {
    /// Opens the folder's database, brings its schema up to date and starts the writing thread.
    pub fn open(path: &Path, clock: Arc<dyn Clock>) -> Result<Self, OpenError> {
        let folder = Folder::claim(path)?;
        let database = folder.database();
        let failed = |cause| OpenError::Sqlite { file: database.clone(), cause };
        let db = open::open_database(&database, clock.now())?;
        search_index::open(&folder.search()).map_err(failed)?;
        let stop = Arc::new(AtomicBool::new(false));
        let checkpoints = checkpoint::start(&database, Arc::clone(&stop)).map_err(failed)?;
        let (tell, gone) = unbounded_channel();
        let (writer, writing) = Writer::start(db, clock, tell).map_err(failed)?;
        let readers = Readers::open(&folder).map_err(failed)?;
        let threads = Mutex::new(vec![writing, checkpoints]);
        Ok(Self { folder, writer, readers, gone: Mutex::new(Some(gone)), stop, threads })
    }

    /// Runs a change in the next group; see [`Writer::write`].
    pub async fn write<T, F>(&self, change: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Turn<'_>) -> Result<T, StoreError> + Send + 'static,
    {
        self.writer.write(change).await
    }

    /// Runs a query; see [`Readers::read`].
    pub async fn read<T, F>(&self, query: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&rusqlite::Connection) -> Result<T, StoreError> + Send + 'static,
    {
        self.readers.read(query).await
    }

    /// What is deleted from now on, a group at a time. There is one listener: the first who asks.
    pub fn deletions(&self) -> Option<UnboundedReceiver<Vec<Gone>>> {
        self.gone.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// What the writer counted.
    pub fn counters(&self) -> &Counters {
        self.writer.counters()
    }

    /// The data folder.
    pub fn path(&self) -> &Path {
        &self.folder.path
    }

    /// The search index's file.
    pub fn search_file(&self) -> PathBuf {
        self.folder.search()
    }

    /// Bytes of the databases and their logs on disk.
    pub fn disk_bytes(&self) -> i64 {
        let files = ["creel.db", "creel.db-wal", "search.db", "search.db-wal"];
        let sizes =
            files.iter().filter_map(|name| std::fs::metadata(self.folder.path.join(name)).ok()).map(|meta| meta.len());
        i64::try_from(sizes.sum::<u64>()).unwrap_or(i64::MAX)
    }

    /// Commits what is queued, brings the log in, and ends the threads.
    pub fn close(&self) {
        self.writer.close();
        self.stop.store(true, Ordering::Relaxed);
        let threads = std::mem::take(&mut *self.threads.lock().unwrap_or_else(PoisonError::into_inner));
        for thread in threads {
            thread.thread().unpark();
            if thread.join().is_err() {
                tracing::error!("a thread of the store panicked");
            }
        }
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        self.close();
    }
}

/// A new database with the schema of now, in a folder that lives as long as it is held.
#[cfg(test)]
#[allow(clippy::unwrap_used)]
pub(crate) fn open_for_tests() -> (tempfile::TempDir, rusqlite::Connection) {
    let place = tempfile::tempdir().unwrap();
    let folder = Folder::claim(place.path()).unwrap();
    let db = open::open_database(&folder.database(), crate::clock::UnixMs(0)).unwrap();
    (place, db)
}
