//! What can go wrong in the store, and what the rest of Creel makes of it.

use crate::error::{ApiError, ErrorCode};

/// A failure of the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// SQLite's own.
    #[error("sqlite: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// What is stored cannot be read back: a word or JSON that no version wrote.
    #[error("stored {what} is unreadable: {detail}")]
    Unreadable {
        /// Table and column.
        what: &'static str,
        /// Why.
        detail: String,
    },
    /// The change is refused by a rule; nothing was changed.
    #[error("{0}")]
    Refused(ApiError),
    /// The group this change was in could not be committed.
    #[error("the commit failed: {0}")]
    Commit(String),
    /// The store is closing.
    #[error("the store is closed")]
    Closed,
}

impl From<ApiError> for StoreError {
    fn from(error: ApiError) -> Self {
        Self::Refused(error)
    }
}

impl From<StoreError> for ApiError {
    /// The user sees a refusal as it is, and Creel's own trouble as "unavailable" with what to do. Causes go to the log.
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Refused(refusal) => refusal,
            StoreError::Sqlite(_) | StoreError::Commit(_) if error.disk_is_full() => {
                ApiError::new(ErrorCode::Unavailable, "the disk is full")
                    .hint("free some space; Creel goes on by itself")
            }
            StoreError::Closed => ApiError::new(ErrorCode::Unavailable, "creel is closing"),
            StoreError::Sqlite(_) | StoreError::Unreadable { .. } | StoreError::Commit(_) => {
                tracing::error!(%error, "store");
                ApiError::new(ErrorCode::Unavailable, format!("the store did not answer: {error}"))
                    .hint("try again; if it stays, look at the log in the data folder")
            }
        }
    }
}

impl StoreError {
    /// Whether there is no room on the disk.
    pub fn disk_is_full(&self) -> bool {
        match self {
            Self::Sqlite(error) => error.sqlite_error_code() == Some(rusqlite::ErrorCode::DiskFull),
            Self::Commit(text) => text.contains("disk is full"),
            Self::Unreadable { .. } | Self::Refused(_) | Self::Closed => false,
        }
    }
}
