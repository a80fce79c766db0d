//! What becomes of a hook: switched off, on again, removed, pinged.

use std::sync::Arc;

use super::connect::hook_of;
use super::view::github_get;
use crate::api::Nothing;
use crate::api::github::{GithubHookChange, GithubHookRef, GithubView};
use crate::app::App;
use crate::error::{ApiError, ErrorCode};
use crate::events::Event;
use crate::forge;
use crate::github::{ApiBase, Calls, GithubPlace};
use crate::store::github as table;

/// What the hook is to be is committed, then GitHub is asked. If GitHub cannot be asked now, it is done later; why stands
/// with the hook.
pub async fn github_hook_set(app: &Arc<App>, input: GithubHookChange) -> Result<GithubView, ApiError> {
    let GithubHookChange { trigger_id, wanted } = input;
    hook_of(app, &trigger_id).await?;
    let id = trigger_id.clone();
    app.store.write(move |turn| table::want(turn.db, &id, wanted)).await?;
    app.events.send(Event::Github(Nothing {}));
    if forge::once::<GithubPlace>(app, &trigger_id).await.is_err() {
        app.forge.look();
    }
    github_get(app, Nothing {}).await
}

/// Gives the hook the trigger's current secret, whatever it is thought to have.
pub async fn github_hook_secret(app: &Arc<App>, input: GithubHookRef) -> Result<GithubView, ApiError> {
    hook_of(app, &input.trigger_id).await?;
    forge::forget_secret::<GithubPlace>(app, &input.trigger_id).await?;
    forge::once::<GithubPlace>(app, &input.trigger_id).await?;
    github_get(app, Nothing {}).await
}

/// Has GitHub send its `ping` again.
pub async fn github_hook_ping(app: &Arc<App>, input: GithubHookRef) -> Result<Nothing, ApiError> {
    let id = input.trigger_id.clone();
    let hook = app.store.read(move |db| table::get(db, &id)).await?;
    let hook = hook.ok_or_else(|| ApiError::not_found("hook at GitHub of trigger", &input.trigger_id))?;
    let Some(known) = hook.known else {
        return Err(ApiError::new(ErrorCode::Conflict, "the hook is not there yet")
            .hint("it is made as soon as GitHub answers; look at what it says"));
    };
    let calls = Calls::open(app, ApiBase::stored(&hook.api)).await?;
    calls.hook_ping(&hook.place, known.hook_id).await?;
    Ok(Nothing {})
}
