//! Replays and samples.

use crate::api::Nothing;
use crate::api::replays::*;

commands! {
    /// What a replay would send and set off.
    replay_plan(ReplayDraft) -> ReplayPlan;
    /// Send it.
    replay_send(ReplayDraft) -> ReplaySent;
    /// How a replay goes on.
    replay_progress(ReplayProgress) -> ReplaySent;
    /// Send no more of it.
    replay_stop(ReplayRef) -> ReplaySent;
    /// The shipped samples.
    samples_list(Nothing) -> Vec<SampleInfo>;
    /// What a shipped sample sends.
    sample_get(SampleRef) -> SampleContents;
    /// Send a signed sample through the socket.
    send_test(SendTest) -> ReplayResult;
}
