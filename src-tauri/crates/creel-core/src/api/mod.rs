//! The ONE command list that the window, the browser UI, the CLI and HTTP share.
//!
//! To add a command: its input and output in a file here, its function, a line in the list (`commands/`).
//! `cargo xtask test` writes the TypeScript side (`ui/src/generated`) and fails when it was stale.

pub mod act;
pub mod agents;
pub mod alerts;
pub mod approvals;
pub mod channels;
pub mod commands;
pub mod deliveries;
pub mod doctor;
pub mod executions;
pub mod forge;
pub mod forwarder;
pub mod github;
pub mod github_missed;
pub mod gitlab;
pub mod handlers;
pub mod hooks;
pub mod imports;
pub mod page;
pub mod pipelines;
pub mod preview;
pub mod question;
pub mod replays;
pub mod resources;
pub mod rotation;
pub mod schemes;
pub mod search;
pub mod status;
pub mod tasks;
pub mod team;
pub mod tools;
pub mod triggers;
pub mod tunnels;
mod unreadable;
pub mod verifiers;

use serde::{Deserialize, Serialize};

/// No input, or nothing to say.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export, type = "Record<string, never>")]
pub struct Nothing {}

/// The receiver answers 503 to everything while this is on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct StopAnswering {
    /// On or off.
    pub on: bool,
}
