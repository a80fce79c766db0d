//! The events that a hook can be for, each in one line, as GitHub's document "Webhook events and payloads" has them.

use serde::{Deserialize, Serialize};

use super::PlaceKind;

/// An event that GitHub sends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct GithubEvent {
    /// `pull_request`
    pub name: String,
    /// What happened when it is sent.
    pub about: String,
    /// Which hooks can be for it.
    pub of: Vec<PlaceKind>,
}

/// All events: where it can be (`b` both, `r` repository, `o` organisation), name, what it says.
const EVENTS: &[(char, &str, &str)] = &[
    ('b', "*", "Everything, also what GitHub adds later."),
    ('b', "branch_protection_configuration", "All branch protections of a repository were switched on or off."),
    ('b', "branch_protection_rule", "A branch protection rule was made, changed or deleted."),
    ('b', "check_run", "A single check was created, completed, or asked for again."),
    ('b', "check_suite", "The checks of a commit were completed, or asked for again."),
    ('b', "code_scanning_alert", "Code scanning found, fixed or closed something."),
    ('b', "commit_comment", "Somebody commented on a commit."),
    ('b', "create", "A branch or a tag was created."),
    ('b', "custom_property_values", "The custom properties of a repository got other values."),
    ('b', "delete", "A branch or a tag was deleted."),
    ('b', "dependabot_alert", "Dependabot found, fixed or closed a vulnerable dependency."),
    ('b', "deploy_key", "A deploy key was added or removed."),
    ('b', "deployment", "A deployment was created."),
    ('b', "deployment_status", "A deployment went on: queued, in progress, success, failure."),
    ('b', "discussion", "A discussion was opened, changed, answered or closed."),
    ('b', "discussion_comment", "Somebody commented in a discussion."),
    ('b', "fork", "Somebody forked a repository."),
    ('b', "gollum", "A wiki page was made or changed."),
    ('b', "issue_comment", "Somebody commented on an issue or a pull request."),
    ('b', "issues", "An issue was opened, changed, assigned, labelled or closed."),
    ('b', "label", "A label was made, changed or deleted."),
    ('b', "member", "A collaborator was added, changed or removed."),
    ('o', "membership", "Somebody was added to a team or removed from it."),
    ('b', "merge_group", "A merge queue asked for checks, or its group was taken apart."),
    ('b', "meta", "The hook itself was deleted."),
    ('b', "milestone", "A milestone was made, changed, closed or deleted."),
    ('o', "org_block", "Somebody was blocked by the organisation, or is not any more."),
    ('o', "organization", "Somebody was invited, added or removed; the organisation was renamed or deleted."),
    ('b', "package", "A package was published or updated."),
    ('b', "page_build", "GitHub Pages tried to build a site."),
    ('b', "project", "A classic project was made, changed, closed or deleted."),
    ('b', "project_card", "A card of a classic project was made, moved or deleted."),
    ('b', "project_column", "A column of a classic project was made, moved or deleted."),
    ('o', "projects_v2", "A project was made, changed, closed or deleted."),
    ('o', "projects_v2_item", "An item of a project was added, changed, moved or deleted."),
    ('b', "public", "A private repository was made public."),
    ('b', "pull_request", "A pull request was opened, pushed to, labelled, assigned, merged or closed."),
    ('b', "pull_request_review", "A review was submitted, changed or dismissed."),
    ('b', "pull_request_review_comment", "Somebody commented on the changes of a pull request."),
    ('b', "pull_request_review_thread", "A thread of a review was resolved, or is open again."),
    ('b', "push", "Commits were pushed, or a branch or tag moved."),
    ('b', "registry_package", "A package was published or updated in the registry."),
    ('b', "release", "A release was made, published, changed or deleted."),
    ('b', "repository", "A repository was made, renamed, moved, archived or deleted."),
    ('b', "repository_advisory", "A security advisory of a repository was reported or published."),
    ('r', "repository_import", "An import of a repository succeeded, failed or was cancelled."),
    ('b', "repository_ruleset", "A ruleset was made, changed or deleted."),
    ('r', "repository_vulnerability_alert", "A vulnerability alert came up, was resolved or dismissed (older form)."),
    ('b', "secret_scanning_alert", "Secret scanning found a secret, or an alert was resolved."),
    ('b', "secret_scanning_alert_location", "A secret was found at another place."),
    ('b', "security_and_analysis", "Security features of a repository were switched on or off."),
    ('b', "star", "Somebody starred a repository, or took the star back."),
    ('b', "status", "A commit got another status from outside."),
    ('o', "team", "A team was made, changed or deleted, or got a repository."),
    ('r', "team_add", "A repository was added to a team."),
    ('b', "watch", "Somebody starred a repository (older form)."),
    ('b', "workflow_job", "A job of a workflow was queued, started or completed."),
    ('b', "workflow_run", "A workflow was asked for, started or completed."),
];

/// All events that can be chosen.
pub fn known() -> Vec<GithubEvent> {
    let of = |mark: &char| match mark {
        'r' => vec![PlaceKind::Repository],
        'o' => vec![PlaceKind::Organisation],
        _ => vec![PlaceKind::Repository, PlaceKind::Organisation],
    };
    let event = |(mark, name, about): &(char, &str, &str)| GithubEvent {
        name: (*name).to_owned(),
        about: (*about).to_owned(),
        of: of(mark),
    };
    EVENTS.iter().map(event).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_event_is_there_once_and_explained_in_a_line() {
        let all = known();
        for (at, event) in all.iter().enumerate() {
            assert!(all[..at].iter().all(|before| before.name != event.name), "{} is there twice", event.name);
            assert!(event.about.ends_with('.') && event.about.len() < 100, "{}: {}", event.name, event.about);
        }
        assert!(all.iter().any(|event| event.name == "push"));
    }
}
