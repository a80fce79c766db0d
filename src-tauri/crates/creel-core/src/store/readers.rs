//! Connections that only read, apart from the writer: a long search never holds up an answer.

use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Connection;
use tokio::sync::Semaphore;

use crate::store::StoreError;
use crate::store::open::{Folder, open_reader};

/// Reads at once: the cores of a small machine, and one more for a search that waits for the disk.
const READERS: usize = 4;

/// A few connections, handed out one at a time.
#[derive(Clone)]
pub struct Readers {
    free: Arc<Mutex<Vec<Connection>>>,
    permits: Arc<Semaphore>,
}

impl Readers {
    /// Opens them. The databases must be there.
    pub fn open(folder: &Folder) -> rusqlite::Result<Self> {
        let connections = (0..READERS).map(|_| open_reader(folder)).collect::<Result<Vec<_>, _>>()?;
        Ok(Self { free: Arc::new(Mutex::new(connections)), permits: Arc::new(Semaphore::new(READERS)) })
    }

    /// Runs `query` on a thread that may block.
    pub async fn read<T, F>(&self, query: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    {
        let permit = Arc::clone(&self.permits).acquire_owned().await.map_err(|_| StoreError::Closed)?;
        let free = Arc::clone(&self.free);
        let ran = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            let connection = lock(&free).pop().ok_or(StoreError::Closed)?;
            let found = query(&connection);
            lock(&free).push(connection);
            found
        });
        ran.await.map_err(|_| StoreError::Closed)?
    }
}

fn lock(free: &Mutex<Vec<Connection>>) -> std::sync::MutexGuard<'_, Vec<Connection>> {
    free.lock().unwrap_or_else(PoisonError::into_inner)
}
