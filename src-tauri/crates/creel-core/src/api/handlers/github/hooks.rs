//! What becomes of a hook: switched off, on again, removed, pinged.

use std::sync::Arc;

use super::connect::hook_of;
use super::view::github_get;
use crate::api::Nothing;
use crate::api::forge::{HookChange, HookRef};
use crate::api::github::GithubView;
use crate::api::handlers::forge::{made, set};
use crate::app::App;
use crate::error::ApiError;
use crate::forge;
use crate::github::{ApiBase, Calls, GithubPlace};

/// Switches a hook off, on again, or removes it, now or as soon as GitHub answers.
pub async fn github_hook_set(app: &Arc<App>, input: HookChange) -> Result<GithubView, ApiError> {
    set::<GithubPlace>(app, input).await?;
    github_get(app, Nothing {}).await
}

/// Gives the hook the trigger's current secret, whatever it is thought to have.
pub async fn github_hook_secret(app: &Arc<App>, input: HookRef) -> Result<GithubView, ApiError> {
    hook_of(app, &input.trigger_id).await?;
    forge::forget_secret::<GithubPlace>(app, &input.trigger_id).await?;
    forge::once::<GithubPlace>(app, &input.trigger_id).await?;
    github_get(app, Nothing {}).await
}

/// Has GitHub send its `ping` again.
pub async fn github_hook_ping(app: &Arc<App>, input: HookRef) -> Result<Nothing, ApiError> {
    let (hook, hook_id) = made::<GithubPlace>(app, &input.trigger_id).await?;
    let calls = Calls::open(app, ApiBase::stored(&hook.api)).await?;
    calls.hook_ping(&hook.place, hook_id).await?;
    Ok(Nothing {})
}
