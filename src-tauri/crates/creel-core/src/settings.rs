//! What the user can set. Stored as one JSON object; a field that is missing has its default.

use serde::{Deserialize, Serialize};

/// All settings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[serde(default)]
#[ts(export)]
pub struct Settings {
    /// Which deliveries are deleted by themselves.
    pub retention: Retention,
    /// Largest body in bytes, 1 KiB to 25 MiB.
    pub max_body_bytes: u32,
    /// Further names under which senders reach the receiver directly, such as one in the hosts file, without a port. By
    /// other names than these and this machine's own, triggers that check no signature take nothing at the receiver's
    /// port: a web page can make its name point here. At most 20.
    pub host_names: Vec<String>,
    /// Outside effects of all triggers are planned and shown, not run.
    pub capture_only: bool,
    /// No execution starts. Deliveries are taken, answered and queued; what runs already ends.
    pub paused: bool,
    /// How much runs at once.
    pub at_once: AtOnce,
    /// Where tools may write files, as an absolute path; empty: nowhere.
    pub tool_folder: String,
    /// The receiver answers 503 to everything.
    pub stop_answering: bool,
    /// How the window looks.
    pub appearance: Appearance,
    /// Single-letter shortcuts work.
    pub shortcuts: bool,
    /// The window's own state: sizes, open tab. A JSON object as text, at most 16 KiB, which only the UI reads.
    pub ui_state: String,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            retention: Retention::default(),
            max_body_bytes: 1024 * 1024,
            host_names: Vec::new(),
            capture_only: false,
            paused: false,
            at_once: AtOnce::default(),
            tool_folder: String::new(),
            stop_answering: false,
            appearance: Appearance::System,
            shortcuts: true,
            ui_state: "{}".to_owned(),
        }
    }
}

/// How many executions run at once, 1 to 64 each. Messages go one after the other, so that a digest can gather them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
#[serde(default)]
pub struct AtOnce {
    /// Of every kind together.
    pub all: u32,
    /// Requests to one host: a dead one must not hold up the others.
    pub host: u32,
    /// Tools that work on this machine.
    pub tools: u32,
    /// Agents.
    pub agents: u32,
    /// Pipelines, and what else waits for nobody's host.
    pub pipelines: u32,
}

impl Default for AtOnce {
    /// Enough that a few slow targets do not hold up the quick ones, few for a laptop's sockets; programs and models
    /// share the machine with its user (`trust.md` 5.4).
    fn default() -> Self {
        Self { all: 16, host: 4, tools: 2, agents: 2, pipelines: 4 }
    }
}

/// Which deliveries are deleted by themselves; pinned ones stay. What they left goes by the same age and number:
/// occurrences, resolved alerts, runs of Orloj's templates. 0 means no bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
#[serde(default)]
pub struct Retention {
    /// Older than this many days.
    pub days: u32,
    /// More than this many.
    pub deliveries: u32,
    /// Bodies of more than this many megabytes (10^6 bytes as stored).
    pub megabytes: u32,
}

impl Default for Retention {
    /// A month, a million, two gigabytes: enough to look back, small enough to forget about.
    fn default() -> Self {
        Self { days: 30, deliveries: 1_000_000, megabytes: 2_000 }
    }
}

/// How the window looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
#[serde(rename_all = "lowercase")]
pub enum Appearance {
    /// As the system.
    System,
    /// Dark text on light.
    Light,
    /// Light text on dark.
    Dark,
}
