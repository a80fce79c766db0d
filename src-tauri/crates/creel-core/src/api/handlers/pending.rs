//! Commands whose module is being built beside this one. This file goes when they land.

use std::sync::Arc;

use crate::api::Nothing;
use crate::api::replays::{ReplayDraft, ReplayPlan, ReplayResult, ReplaySent, SampleInfo, SendTest};
use crate::app::App;
use crate::error::{ApiError, ErrorCode};

fn not_yet() -> ApiError {
    ApiError::new(ErrorCode::Unavailable, "not built yet")
}
/// Pending.
pub async fn replay_plan(_: &Arc<App>, _: ReplayDraft) -> Result<ReplayPlan, ApiError> {
    Err(not_yet())
}
/// Pending.
pub async fn replay_send(_: &Arc<App>, _: ReplayDraft) -> Result<ReplaySent, ApiError> {
    Err(not_yet())
}
/// Pending.
pub async fn samples_list(_: &Arc<App>, _: Nothing) -> Result<Vec<SampleInfo>, ApiError> {
    Err(not_yet())
}
/// Pending.
pub async fn send_test(_: &Arc<App>, _: SendTest) -> Result<ReplayResult, ApiError> {
    Err(not_yet())
}
