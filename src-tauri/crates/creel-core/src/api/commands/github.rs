//! GitHub: who is signed in, hooks, what it says it sent, what was missed.

use crate::api::Nothing;
use crate::api::forge::*;
use crate::api::github::*;
use crate::api::github_missed::*;
use crate::delivery::Delivery;
use crate::github::{GithubAccount, GithubEvent};

commands! {
    /// How it stands with GitHub: who is signed in, and the hooks that Creel made.
    github_get(Nothing) -> GithubView;
    /// Sign in with a token, or with the one of `gh`.
    github_sign_in(GithubSignIn) -> GithubAccount;
    /// Forget a token.
    github_sign_out(HookApiRef) -> Nothing;
    /// The public address that hooks send to.
    github_address(GithubAddress) -> GithubView;
    /// Repositories and organisations of the user.
    github_places(HookPlacesQuery) -> Vec<GithubPlaceFound>;
    /// The events that a hook can be for.
    github_events(Nothing) -> Vec<GithubEvent>;
    /// What connecting would do: the exact call.
    github_plan(GithubDraft) -> HookPlan;
    /// Make a trigger, its secret and the hook.
    github_connect(GithubDraft) -> GithubHook;
    /// Switch a hook off, on again, or remove it.
    github_hook_set(HookChange) -> GithubView;
    /// Give the hook the trigger's current secret.
    github_hook_secret(HookRef) -> GithubView;
    /// Have a hook send its ping again.
    github_hook_ping(HookRef) -> Nothing;
    /// What GitHub says a hook sent, beside what arrived here.
    github_record(GithubRecordQuery) -> GithubRecord;
    /// Have GitHub send a delivery again.
    github_send_again(GithubAgain) -> Nothing;
    /// Takes the payload of one of GitHub's attempts as a delivery here, marked as imported.
    github_import(GithubAgain) -> Delivery;
    /// What a hook missed, oldest first, as it was last found.
    github_missed(HookRef) -> Vec<GithubMissedItem>;
    /// Reads GitHub's record of a hook now, for what was missed.
    github_missed_look(HookRef) -> GithubHook;
    /// Begins to bring in what a hook missed, or to have it sent again.
    github_missed_work(GithubMissedWork) -> Nothing;
    /// Brings in no more of what a hook missed.
    github_missed_stop(HookRef) -> Nothing;
    /// What a hook missed until now is not wanted.
    github_missed_leave(HookRef) -> GithubHook;
    /// What is done without asking: what was missed is brought in; GitHub is asked every so often.
    github_missed_rule(GithubMissedRule) -> GithubHook;
    /// Remove a hook that an earlier Creel left behind.
    github_left_remove(GithubLeftRef) -> Nothing;
    /// What happens to hooks when Creel ends.
    github_on_quit(GithubOnQuit) -> GithubView;
}
