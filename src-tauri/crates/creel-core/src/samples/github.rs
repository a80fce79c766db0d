//! A payload for each action of GitHub's 58 webhook events, from `@octokit/webhooks-examples` (MIT, see `NOTICE.md`).
//!
//! `github.zst` is a zstd-compressed JSON object in GitHub's compact spelling; `cargo xtask samples` makes it. Under an
//! event's name stands the payload that tells most about it, under `event.action` one for each further action.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::Sample;
use crate::api::replays::SampleInfo;

const ARCHIVE: &[u8] = include_bytes!("github.zst");

/// The archive unpacks to less than half of this; a larger one would be somebody's mistake.
const MAX_UNPACKED_BYTES: usize = 4 * 1024 * 1024;

/// The payloads of the archive by event name.
pub(super) fn samples() -> Vec<Sample> {
    let unpacked = zstd::bulk::decompress(ARCHIVE, MAX_UNPACKED_BYTES).expect("the archive is built in and tested");
    let payloads: BTreeMap<String, &RawValue> =
        serde_json::from_slice(&unpacked).expect("the archive is built in and tested");
    payloads.iter().map(|(event, payload)| sample(event, payload.get())).collect()
}

fn sample(key: &str, payload: &str) -> Sample {
    let event = key.split('.').next().unwrap_or(key);
    let action = action_of(payload);
    let about = match &action {
        Some(action) => format!("{}: {}", about(event), action.replace('_', " ")),
        None => about(event).to_owned(),
    };
    Sample {
        info: SampleInfo {
            key: format!("github/{key}"),
            sender: "GitHub".to_owned(),
            scheme: "github".to_owned(),
            also: ["octipus", "orloj-github"].map(str::to_owned).into(),
            event: action.map_or_else(|| event.to_owned(), |action| format!("{event}.{action}")),
            about,
            asks: event == "ping",
        },
        method: "POST".to_owned(),
        query: None,
        unsigned: false,
        body: payload.as_bytes().to_vec(),
        headers: [
            ("Accept", "*/*"),
            ("Content-Type", "application/json"),
            ("User-Agent", "GitHub-Hookshot/c3ee1b0"),
            ("X-GitHub-Event", event),
            ("X-GitHub-Hook-ID", "419000001"),
            ("X-GitHub-Hook-Installation-Target-ID", "186853002"),
            ("X-GitHub-Hook-Installation-Target-Type", "repository"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec(),
    }
}

fn action_of(payload: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Acted {
        action: Option<String>,
    }
    serde_json::from_str::<Acted>(payload).ok()?.action
}

/// What the event is, in a few words.
fn about(event: &str) -> &'static str {
    match EVENTS.binary_search_by_key(&event, |row| row.0) {
        Ok(row) => EVENTS[row].1,
        Err(_) => "",
    }
}

/// Event and what it is, by name.
const EVENTS: &[(&str, &str)] = &[
    ("branch_protection_rule", "A branch protection rule changed"),
    ("check_run", "A check run of a commit changed"),
    ("check_suite", "A suite of checks of a commit changed"),
    ("code_scanning_alert", "Code scanning found or closed an alert"),
    ("commit_comment", "Somebody commented on a commit"),
    ("create", "A branch or tag was made"),
    ("delete", "A branch or tag was deleted"),
    ("dependabot_alert", "Dependabot found or closed an alert"),
    ("deploy_key", "A deploy key was added or removed"),
    ("deployment", "A deployment was asked for"),
    ("deployment_review", "A deployment waits for, or got, approval"),
    ("deployment_status", "A deployment reported its state"),
    ("discussion", "A discussion changed"),
    ("discussion_comment", "Somebody commented on a discussion"),
    ("fork", "Somebody forked the repository"),
    ("github_app_authorization", "Somebody revoked a GitHub App"),
    ("gollum", "A wiki page changed"),
    ("installation", "A GitHub App was installed or removed"),
    ("installation_repositories", "A GitHub App gained or lost repositories"),
    ("issue_comment", "Somebody commented on an issue or pull request"),
    ("issues", "An issue changed"),
    ("label", "A label changed"),
    ("marketplace_purchase", "A Marketplace plan was bought or changed"),
    ("member", "A collaborator was added or changed"),
    ("membership", "Somebody joined or left a team"),
    ("merge_group", "The merge queue asks for checks"),
    ("meta", "The webhook itself was deleted"),
    ("milestone", "A milestone changed"),
    ("org_block", "An organization blocked somebody"),
    ("organization", "An organization or its members changed"),
    ("package", "A package was published"),
    ("page_build", "GitHub Pages built the site"),
    ("ping", "GitHub greets a new webhook"),
    ("project", "A classic project changed"),
    ("project_card", "A card of a classic project changed"),
    ("project_column", "A column of a classic project changed"),
    ("projects_v2_item", "An item of a project changed"),
    ("public", "The repository was made public"),
    ("pull_request", "A pull request changed"),
    ("pull_request_review", "Somebody reviewed a pull request"),
    ("pull_request_review_comment", "Somebody commented on a pull request's diff"),
    ("pull_request_review_thread", "A thread of a review was resolved or reopened"),
    ("push", "Commits were pushed to a branch"),
    ("release", "A release changed"),
    ("repository", "The repository changed"),
    ("repository_dispatch", "Somebody sent an event of their own"),
    ("repository_import", "An import of a repository ended"),
    ("repository_vulnerability_alert", "A vulnerable dependency was found"),
    ("security_advisory", "A security advisory was published or changed"),
    ("sponsorship", "A sponsorship changed"),
    ("star", "Somebody starred the repository, or no longer does"),
    ("status", "A commit's status changed"),
    ("team", "A team changed"),
    ("team_add", "A team got access to the repository"),
    ("watch", "Somebody watches the repository"),
    ("workflow_dispatch", "Somebody started a workflow by hand"),
    ("workflow_job", "A job of a workflow changed"),
    ("workflow_run", "A run of a workflow changed"),
];

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_archive_holds_exactly_the_events_of_the_table() {
        let header = |sample: &Sample| sample.headers.iter().find(|line| line.0 == "X-GitHub-Event").unwrap().1.clone();
        let shipped: std::collections::BTreeSet<_> = samples().iter().map(header).collect();
        let listed: std::collections::BTreeSet<_> = EVENTS.iter().map(|(event, _)| (*event).to_owned()).collect();
        assert_eq!(shipped, listed);
        assert_eq!(shipped.len(), 58);
    }

    #[test]
    fn bodies_are_compact_as_github_sends_them() {
        for sample in samples() {
            let value: serde_json::Value = serde_json::from_slice(&sample.body).unwrap();
            assert_eq!(serde_json::to_vec(&value).unwrap(), sample.body, "{}", sample.info.key);
        }
    }

    #[test]
    fn an_event_with_an_action_is_named_with_it() {
        let named = |key: &str| super::super::get(key).unwrap().info.event;
        assert_eq!(named("github/pull_request"), "pull_request.opened");
        assert_eq!(named("github/pull_request.closed"), "pull_request.closed");
        assert_eq!(named("github/push"), "push");
        let events: Vec<_> = samples().into_iter().map(|sample| sample.info.event).collect();
        let different: std::collections::BTreeSet<_> = events.iter().collect();
        assert_eq!((events.len(), different.len()), (161, 161), "every recorded action once");
    }
}
