//! What becomes of a hook: switched off, on again, removed, tested; and what an earlier Creel left.

use std::sync::Arc;

use super::connect::hook_of;
use super::record::made;
use super::view::gitlab_get;
use crate::api::Nothing;
use crate::api::gitlab::{GitlabHookChange, GitlabHookRef, GitlabLeftRef, GitlabView};
use crate::app::App;
use crate::error::ApiError;
use crate::events::Event;
use crate::forge;
use crate::gitlab::{ApiBase, Calls, GitlabPlace};
use crate::store::forge_hooks;

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

/// What the hook is to be is committed, then GitLab is asked. If GitLab cannot be asked now, it is done later; why stands
/// with the hook.
pub async fn gitlab_hook_set(app: &Arc<App>, input: GitlabHookChange) -> Result<GitlabView, ApiError> {
    let GitlabHookChange { trigger_id, wanted } = input;
    hook_of(app, &trigger_id).await?;
    let id = trigger_id.clone();
    app.store.write(move |turn| forge_hooks::want::<GitlabPlace>(turn.db, &id, wanted)).await?;
    app.events.send(Event::Github(Nothing {}));
    if forge::once::<GitlabPlace>(app, &trigger_id).await.is_err() {
        app.forge.look();
    }
    gitlab_get(app, Nothing {}).await
}

/// Has GitLab send a test of the first event that the hook is for and that can be tested. A hook that GitLab stopped after
/// failures sends again once the test arrived.
pub async fn gitlab_hook_test(app: &Arc<App>, input: GitlabHookRef) -> Result<Nothing, ApiError> {
    let (hook, hook_id) = made(app, &input.trigger_id).await?;
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
