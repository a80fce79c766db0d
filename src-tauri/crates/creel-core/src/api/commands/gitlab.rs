//! GitLab: who is signed in, hooks, what it says it sent.

use crate::api::Nothing;
use crate::api::forge::*;
use crate::api::gitlab::*;
use crate::gitlab::{GitlabAccount, GitlabEvent};

commands! {
    /// How it stands with GitLab: who is signed in, and the hooks that Creel made.
    gitlab_get(Nothing) -> GitlabView;
    /// Sign in with a token.
    gitlab_sign_in(GitlabSignIn) -> GitlabAccount;
    /// Forget a token.
    gitlab_sign_out(HookApiRef) -> Nothing;
    /// Projects of the user, and groups that the user owns.
    gitlab_places(HookPlacesQuery) -> Vec<GitlabPlaceFound>;
    /// The events that a hook can be for.
    gitlab_events(Nothing) -> Vec<GitlabEvent>;
    /// What connecting would do: the exact call.
    gitlab_plan(GitlabDraft) -> HookPlan;
    /// Make the trigger, its secret and the hook.
    gitlab_connect(GitlabDraft) -> GitlabHook;
    /// Switch a hook off or on, or remove it.
    gitlab_hook_set(HookChange) -> GitlabView;
    /// Have GitLab send a test; a hook that it stopped sends again then.
    gitlab_hook_test(HookRef) -> Nothing;
    /// Remove a hook that an earlier Creel left.
    gitlab_left_remove(GitlabLeftRef) -> Nothing;
    /// What GitLab says it sent by a hook, beside what arrived here.
    gitlab_record(GitlabRecordQuery) -> GitlabRecord;
    /// Have GitLab send one again.
    gitlab_send_again(GitlabAgain) -> Nothing;
}
