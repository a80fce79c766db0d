//! What a hook missed: looked for, listed, brought in, sent again, left.

use std::sync::Arc;

use super::connect::hook_of;
use super::record::check_id;
use crate::api::Nothing;
use crate::api::forge::HookRef;
use crate::api::github::{GithubAgain, GithubHook};
use crate::api::github_missed::{GithubMissedItem, GithubMissedRule, GithubMissedWork};
use crate::api::handlers::forge::made;
use crate::app::App;
use crate::delivery::Delivery;
use crate::error::ApiError;
use crate::events::Event;
use crate::github::{self, ApiBase, Bringing, Calls, GithubPlace, Which};
use crate::store::github as table;

/// GitHub is asked at most so often: its limit is 5,000 requests an hour, and a question that finds nothing new is free.
const ASKS_EVERY_LEAST: u32 = 10;
/// And at least so often: less is what catch-up does by itself.
const ASKS_EVERY_MOST: u32 = 3_600;

/// Takes the payload of one of GitHub's attempts as a delivery here, marked as imported. The trigger's allowlist is not
/// asked: nobody called, the user fetched it with a token of their own.
pub async fn github_import(app: &Arc<App>, input: GithubAgain) -> Result<Delivery, ApiError> {
    check_id(&input.id)?;
    let (hook, hook_id) = made::<GithubPlace>(app, &input.trigger_id).await?;
    let calls = Calls::open(app, ApiBase::stored(&hook.api)).await?;
    let delivery = github::bring_in(app, &calls, &hook, hook_id, &input.id).await?;
    app.events.send(Event::Github(Nothing {}));
    Ok(delivery)
}

/// What a hook missed, oldest first, as it was last found.
pub async fn github_missed(app: &Arc<App>, input: HookRef) -> Result<Vec<GithubMissedItem>, ApiError> {
    // With the hook it is told anew what kept them away.
    hook_of(app, &input.trigger_id).await?;
    Ok(app.github.missed.items(&input.trigger_id))
}

/// Reads GitHub's record now.
pub async fn github_missed_look(app: &Arc<App>, input: HookRef) -> Result<GithubHook, ApiError> {
    made::<GithubPlace>(app, &input.trigger_id).await?;
    github::look(app, &input.trigger_id).await?;
    hook_of(app, &input.trigger_id).await
}

/// Begins to bring them in, or to have them sent again; how it goes on stands with the hook.
pub async fn github_missed_work(app: &Arc<App>, input: GithubMissedWork) -> Result<Nothing, ApiError> {
    made::<GithubPlace>(app, &input.trigger_id).await?;
    let GithubMissedWork { trigger_id, how, ids } = input;
    let Some(work) = Bringing::begin(app, &trigger_id, how, &ids.map_or(Which::All, Which::These))? else {
        return Ok(Nothing {});
    };
    tokio::spawn(async move {
        if let Err(error) = work.run().await {
            tracing::info!(error = %error.message, "what was missed is not all here");
        }
    });
    Ok(Nothing {})
}

/// Brings in no more. What is here stays.
pub async fn github_missed_stop(app: &Arc<App>, input: HookRef) -> Result<Nothing, ApiError> {
    app.github.missed.stop(&input.trigger_id);
    Ok(Nothing {})
}

/// Those that are listed now are not wanted.
pub async fn github_missed_leave(app: &Arc<App>, input: HookRef) -> Result<GithubHook, ApiError> {
    github::leave_missed(app, &input.trigger_id).await?;
    hook_of(app, &input.trigger_id).await
}

/// Keeps what is done without asking.
pub async fn github_missed_rule(app: &Arc<App>, input: GithubMissedRule) -> Result<GithubHook, ApiError> {
    check_asks_every(input.asks_every)?;
    hook_of(app, &input.trigger_id).await?;
    let GithubMissedRule { trigger_id, always, asks_every } = input;
    let id = trigger_id.clone();
    app.store.write(move |turn| table::rule(turn.db, &id, always, asks_every)).await?;
    app.github.catch_up();
    app.events.send(Event::Github(Nothing {}));
    hook_of(app, &trigger_id).await
}

/// So often GitHub can be asked.
pub(super) fn check_asks_every(seconds: Option<u32>) -> Result<(), ApiError> {
    match seconds {
        Some(seconds) if !(ASKS_EVERY_LEAST..=ASKS_EVERY_MOST).contains(&seconds) => Err(ApiError::invalid(
            "asks_every",
            format!("{seconds} is not between {ASKS_EVERY_LEAST} and {ASKS_EVERY_MOST} seconds"),
        )),
        Some(_) | None => Ok(()),
    }
}
