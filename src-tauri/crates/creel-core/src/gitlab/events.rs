//! The events that a hook can be for, each in one line. They are the boolean parameters of GitLab's `lib/api/project_hooks.rb`
//! and of its document "Group webhooks API" (19.4, read on 2026-11-22); older ones pass over what they do not know.

use serde::{Deserialize, Serialize};

use super::GitlabPlaceKind;

/// An event that GitLab sends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct GitlabEvent {
    /// The field of GitLab's API: `merge_requests_events`.
    pub name: String,
    /// What people call it: `Merge requests`.
    pub title: String,
    /// What happened when it is sent.
    pub about: String,
    /// Which hooks can be for it.
    pub of: Vec<GitlabPlaceKind>,
}

/// All events: where it can be (`b` both, `g` group), field, title, what it says.
const EVENTS: &[(char, &str, &str, &str)] = &[
    ('b', "push_events", "Push", "Somebody pushed to a branch."),
    ('b', "tag_push_events", "Tag push", "A tag was created or deleted."),
    (
        'b',
        "merge_requests_events",
        "Merge requests",
        "A merge request was opened, changed, approved, merged or closed.",
    ),
    ('b', "issues_events", "Issues", "An issue was opened, changed, closed or opened again."),
    ('b', "confidential_issues_events", "Confidential issues", "The same of an issue that not everybody sees."),
    ('b', "note_events", "Comments", "Somebody commented on a commit, merge request, issue or snippet."),
    (
        'b',
        "confidential_note_events",
        "Confidential comments",
        "Somebody commented on a confidential issue, or inside.",
    ),
    ('b', "pipeline_events", "Pipelines", "A pipeline went on: created, running, success, failed."),
    ('b', "job_events", "Jobs", "A job of a pipeline went on."),
    ('b', "deployment_events", "Deployments", "A deployment started, succeeded, failed or was cancelled."),
    ('b', "releases_events", "Releases", "A release was made, changed or deleted."),
    ('b', "milestone_events", "Milestones", "A milestone was made, closed, opened again or deleted."),
    ('b', "emoji_events", "Emoji", "Somebody reacted with an emoji, or took it back."),
    (
        'b',
        "vulnerability_events",
        "Vulnerabilities",
        "A vulnerability was found or changed, where GitLab's plan has them.",
    ),
    ('b', "wiki_page_events", "Wiki pages", "A wiki page was made, changed or deleted."),
    ('b', "feature_flag_events", "Feature flags", "A feature flag was switched on or off."),
    (
        'b',
        "resource_access_token_events",
        "Access tokens",
        "An access token of the project or group is about to expire.",
    ),
    ('g', "member_events", "Members", "Somebody was added to the group, changed or removed."),
    ('g', "subgroup_events", "Subgroups", "A subgroup was made or removed."),
    ('g', "project_events", "Projects", "A project was made in the group or removed."),
];

/// All events that are known, by how often they are wanted.
pub fn known() -> Vec<GitlabEvent> {
    let places = |of| match of {
        'g' => vec![GitlabPlaceKind::Group],
        _ => vec![GitlabPlaceKind::Project, GitlabPlaceKind::Group],
    };
    let each = EVENTS.iter().map(|&(of, name, title, about)| GitlabEvent {
        name: name.to_owned(),
        title: title.to_owned(),
        about: about.to_owned(),
        of: places(of),
    });
    each.collect()
}
