//! Hooks that earlier runs left behind.

use std::sync::Arc;

use crate::api::Nothing;
use crate::api::github::GithubLeftRef;
use crate::app::App;
use crate::error::ApiError;
use crate::forge;

/// Removes one of them.
pub async fn github_left_remove(app: &Arc<App>, input: GithubLeftRef) -> Result<Nothing, ApiError> {
    input.place.check()?;
    forge::left_remove(app, &input.api, &input.place, input.hook_id).await?;
    Ok(Nothing {})
}
