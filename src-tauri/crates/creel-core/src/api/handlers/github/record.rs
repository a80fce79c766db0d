//! GitHub's side of the story: its own record of what a hook sent, beside what arrived here, joined by GitHub's id of the
//! delivery. What failed or never arrived can be sent again: GitHub does not try by itself.

use std::sync::Arc;

use crate::api::Nothing;
use crate::api::github::{GithubAgain, GithubRecord, GithubRecordQuery};
use crate::api::handlers::forge::made;
use crate::app::App;
use crate::error::ApiError;
use crate::github::{ApiBase, Calls, GithubPlace, Here};

/// Rows of a page of a hook's record: a screen or two.
const RECORD_PAGE: usize = 50;

/// What GitHub says it sent, newest first, a page at a time, each with what arrived here.
pub async fn github_record(app: &Arc<App>, input: GithubRecordQuery) -> Result<GithubRecord, ApiError> {
    let (hook, hook_id) = made::<GithubPlace>(app, &input.trigger_id).await?;
    let calls = Calls::open(app, ApiBase::stored(&hook.api)).await?;
    let (told, next) = calls.deliveries(&hook.place, hook_id, input.after.as_deref(), RECORD_PAGE).await?;
    let here = Here::of(app, &hook.trigger_id, &told).await?;
    Ok(GithubRecord { items: told.iter().map(|one| here.joined(one, &told)).collect(), next })
}

/// Has GitHub send one again, with the same id.
pub async fn github_send_again(app: &Arc<App>, input: GithubAgain) -> Result<Nothing, ApiError> {
    check_id(&input.id)?;
    let (hook, hook_id) = made::<GithubPlace>(app, &input.trigger_id).await?;
    let calls = Calls::open(app, ApiBase::stored(&hook.api)).await?;
    calls.send_again(&hook.place, hook_id, &input.id).await?;
    Ok(Nothing {})
}

/// Refuses what would lead to another place of the API.
pub(super) fn check_id(id: &str) -> Result<(), ApiError> {
    if id.is_empty() || !id.bytes().all(|b| b.is_ascii_digit()) {
        return Err(ApiError::invalid("id", format!("\"{id}\" is no delivery of GitHub's")));
    }
    Ok(())
}
