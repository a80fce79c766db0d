//! Replays and samples.

use std::sync::Arc;

use crate::api::Nothing;
use crate::api::replays::{
    ReplayDraft, ReplayPlan, ReplayProgress, ReplayRef, ReplayResult, ReplaySent, ReplayTarget, SampleContents,
    SampleInfo, SampleRef, SendTest, Signing,
};
use crate::app::App;
use crate::error::{ApiError, ErrorCode};
use crate::registry::{TEST_TRIGGER, require};
use crate::{replay, samples};

/// What a replay would send and set off.
pub async fn replay_plan(app: &Arc<App>, input: ReplayDraft) -> Result<ReplayPlan, ApiError> {
    replay::plan(app, &input).await
}

/// Sends it.
pub async fn replay_send(app: &Arc<App>, input: ReplayDraft) -> Result<ReplaySent, ApiError> {
    replay::send(app, input).await
}

/// How it goes on.
pub async fn replay_progress(app: &Arc<App>, input: ReplayProgress) -> Result<ReplaySent, ApiError> {
    app.under_way.progress(&input.id, input.seen).await
}

/// Sends no more of it.
pub async fn replay_stop(app: &Arc<App>, input: ReplayRef) -> Result<ReplaySent, ApiError> {
    app.under_way.stop(&input.id).await
}

/// The shipped samples.
pub async fn samples_list(_: &Arc<App>, _: Nothing) -> Result<Vec<SampleInfo>, ApiError> {
    Ok(samples::list())
}

/// What a shipped sample sends.
pub async fn sample_get(_: &Arc<App>, input: SampleRef) -> Result<SampleContents, ApiError> {
    let sample = samples::get(&input.key).ok_or_else(|| {
        let words = format!("no sample \"{}\"", input.key);
        ApiError { field: Some("key".to_owned()), ..ApiError::new(ErrorCode::NotFound, words) }
    })?;
    let body = String::from_utf8_lossy(&sample.body).into_owned();
    Ok(SampleContents { info: sample.info, method: sample.method, query: sample.query, headers: sample.headers, body })
}

/// What is sent to a trigger that checks no signature when nobody chose a sample.
const UNSIGNED_SAMPLE: &str = "generic/order.created";

/// Sends a signed sample under a new event id. Without a trigger it goes to `/hooks/test`, whoever listens there.
pub async fn send_test(app: &Arc<App>, input: SendTest) -> Result<ReplayResult, ApiError> {
    let scheme = match &input.trigger_id {
        Some(id) => require(&app.registry.now(), id)?.trigger.scheme.clone(),
        None => test_scheme(app),
    };
    let fitting = || samples::default_for(&scheme).map_or_else(|| UNSIGNED_SAMPLE.to_owned(), |sample| sample.info.key);
    let draft = ReplayDraft {
        delivery_id: None,
        sample: Some(input.sample.unwrap_or_else(fitting)),
        target: input.trigger_id.map_or(ReplayTarget::Original, ReplayTarget::Trigger),
        method: None,
        headers: None,
        body: None,
        body_base64: None,
        signing: Signing::Target,
        at: None,
        new_event_id: true,
        broken: None,
        times: None,
        outside_effects: input.outside_effects,
        in_background: None,
    };
    let mut sent = replay::send(app, draft).await?;
    sent.results.pop().ok_or_else(|| ApiError::new(ErrorCode::Internal, "nothing was sent"))
}

/// The scheme of whoever listens at the test path: a trigger of the user's may have taken it over.
fn test_scheme(app: &App) -> String {
    let endpoint = crate::receive::Endpoint::of(&crate::registry::test_endpoint().path());
    let routes = app.registry.now();
    let listening = routes.find(&endpoint).first().cloned().or_else(|| routes.get(&TEST_TRIGGER.into()));
    listening.map(|at| at.trigger.scheme.clone()).unwrap_or_default()
}
