//! What becomes of a hook: switched off, on again, removed, tested; and what an earlier Creel left.

use std::sync::Arc;

use super::view::gitlab_get;
use crate::api::Nothing;
use crate::api::forge::{HookChange, HookRef};
use crate::api::gitlab::{GitlabLeftRef, GitlabView};
use crate::api::handlers::forge::{made, set};
use crate::app::App;
use crate::error::ApiError;
use crate::forge;
use crate::gitlab::{ApiBase, Calls, GitlabPlace};

/// What GitLab can test, those that need nothing but a commit first.
const TESTABLE: [&str; 9] = [
    "push_events",
    "tag_push_events",
    "merge_requests_events",
    "issues_events",
    "note_events",
    "pipeline_events",
    "job_events",
    "wiki_page_events",
    "releases_events",
];

/// Switches a hook off, on again, or removes it, now or as soon as GitLab answers.
pub async fn gitlab_hook_set(app: &Arc<App>, input: HookChange) -> Result<GitlabView, ApiError> {
    set::<GitlabPlace>(app, input).await?;
    gitlab_get(app, Nothing {}).await
}

/// Has GitLab send a test of the first event that the hook is for and that can be tested. A hook that GitLab stopped after
/// failures sends again once the test arrived.
pub async fn gitlab_hook_test(app: &Arc<App>, input: HookRef) -> Result<Nothing, ApiError> {
    let (hook, hook_id) = made::<GitlabPlace>(app, &input.trigger_id).await?;
    let event = TESTABLE.into_iter().find(|event| hook.events.iter().any(|one| one == event));
    let calls = Calls::open(app, ApiBase::stored(&hook.api)).await?;
    calls.hook_test(&hook.place, hook_id, event.unwrap_or(TESTABLE[0])).await?;
    Ok(Nothing {})
}

/// Removes a hook that an earlier Creel left.
pub async fn gitlab_left_remove(app: &Arc<App>, input: GitlabLeftRef) -> Result<Nothing, ApiError> {
    forge::left_remove(app, &input.api, &input.place, input.hook_id).await?;
    Ok(Nothing {})
}
