//! `gh webhook forward`: what it needs, how it stands, start and stop.

use std::sync::Arc;

use crate::api::Nothing;
use crate::api::forwarder::ForwarderView;
use crate::app::App;
use crate::error::{ApiError, ErrorCode};
use crate::github::forwarder::{self, ForwarderChoice, ForwarderNeeds};
use crate::store::meta;

/// Where the last choice is kept.
const KEPT: &str = "forwarder";

/// What is there and what is missing.
pub async fn forwarder_needs(_: &Arc<App>, _: Nothing) -> Result<ForwarderNeeds, ApiError> {
    Ok(forwarder::needs().await)
}

/// How it stands.
pub async fn forwarder_get(app: &Arc<App>, _: Nothing) -> Result<ForwarderView, ApiError> {
    let text = app.store.read(|db| Ok(meta::text(db, KEPT)?)).await?;
    // One that a newer Creel wrote is none.
    let kept = text.and_then(|text| serde_json::from_str(&text).ok());
    Ok(ForwarderView { now: app.forwarder.board.now(), running: app.forwarder.choice(), kept })
}

/// Starts it in place of what runs, and keeps the choice.
pub async fn forwarder_start(app: &Arc<App>, input: ForwarderChoice) -> Result<ForwarderView, ApiError> {
    app.forwarder.start(app, input.clone()).await?;
    let text = serde_json::to_string(&input).map_err(|error| ApiError::new(ErrorCode::Internal, error.to_string()))?;
    app.store.write(move |turn| Ok(meta::set_text(turn.db, KEPT, &text)?)).await?;
    forwarder_get(app, Nothing {}).await
}

/// Stops it.
pub async fn forwarder_stop(app: &Arc<App>, _: Nothing) -> Result<ForwarderView, ApiError> {
    app.forwarder.stop(app).await;
    forwarder_get(app, Nothing {}).await
}
