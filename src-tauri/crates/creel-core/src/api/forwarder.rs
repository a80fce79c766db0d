//! Commands about `gh webhook forward`.

use serde::{Deserialize, Serialize};

use crate::github::forwarder::ForwarderChoice;
use crate::tunnel::TunnelNow;

/// The forwarder as the screen shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export, optional_fields)]
pub struct ForwarderView {
    /// How it stands, in a tunnel's words; its address is the receiver's own.
    pub now: TunnelNow,
    /// What is being kept up; `None`: nothing.
    pub running: Option<ForwarderChoice>,
    /// What was started last, to be offered again.
    pub kept: Option<ForwarderChoice>,
}
