//! `status`: what the frame of the window shows.

use serde::{Deserialize, Serialize};

use crate::error::ApiError;
use crate::tunnel::TunnelState;

/// The state of the app.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct Status {
    /// Creel's version.
    pub version: String,
    /// The receiver's base address, `http://127.0.0.1:4419`; `None`: it does not listen, see `trouble`.
    pub receiver: Option<String>,
    /// The control listener's base address.
    pub control: Option<String>,
    /// How the tunnel stands.
    pub tunnel: TunnelState,
    /// The tunnel's public base address; it is known to lead here while `tunnel` is `online`.
    pub public: Option<String>,
    /// The receiver answers 503 to everything because the user said so.
    pub stop_answering: bool,
    /// Outside effects are planned, not run.
    pub capture_only: bool,
    /// No execution starts.
    pub paused: bool,
    /// Triggers that answer a fault in place of their work.
    pub answering_faults: u32,
    /// Executions queued or running.
    pub queue_depth: i64,
    /// Deliveries kept.
    pub deliveries: i64,
    /// Deliveries that full-text search does not know yet.
    pub search_lag: i64,
    /// Bytes on disk.
    pub disk_bytes: i64,
    /// Where everything is kept.
    pub data_dir: String,
    /// Where the key to the secrets is: `keychain` or `file`.
    pub secrets_store: SecretsStore,
    /// What is wrong now, newest first; empty when all is well.
    pub trouble: Vec<ApiError>,
    /// The path of the built-in test endpoint (`/hooks/test`).
    pub test_path: String,
}

/// Where the key to the secrets is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
#[serde(rename_all = "lowercase")]
pub enum SecretsStore {
    /// The system's keychain.
    Keychain,
    /// A file that only this user can read.
    File,
}
