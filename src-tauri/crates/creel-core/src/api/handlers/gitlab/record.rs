//! GitLab's side of the story: how it treats the hook, and its own record of what the hook sent, beside what arrived here,
//! joined by the id that travels with each delivery.

use std::sync::Arc;

use crate::api::Nothing;
use crate::api::gitlab::{GitlabAgain, GitlabRecord, GitlabRecordQuery, GitlabSent};
use crate::api::handlers::forge::made;
use crate::app::App;
use crate::delivery::Delivery;
use crate::error::ApiError;
use crate::gitlab::{ApiBase, Calls, EventTold, GitlabPlace, HookTold};
use crate::store::deliveries;

/// Headers of a delivery that can be its id here, the one of each scheme.
const IDS: [&str; 3] = ["webhook-id", "X-Gitlab-Event-UUID", "Idempotency-Key"];

/// What GitLab says it sent, newest first, a page at a time, each with what arrived here.
pub async fn gitlab_record(app: &Arc<App>, input: GitlabRecordQuery) -> Result<GitlabRecord, ApiError> {
    let (hook, hook_id) = made::<GitlabPlace>(app, &input.trigger_id).await?;
    let calls = Calls::open(app, ApiBase::stored(&hook.api)).await?;
    let page = input.page.unwrap_or(1).max(1);
    let stopped = stopped(&calls.hook(&hook.place, hook_id).await?);
    let told = calls.events(&hook.place, hook_id, page).await?;
    let ids: Vec<_> = told.iter().flat_map(ids).map(str::to_owned).collect();
    let id = hook.trigger_id;
    let here = app.store.read(move |db| deliveries::of_event_ids(db, &id, &ids)).await?;
    let next = Calls::is_full(&told).then_some(page + 1);
    Ok(GitlabRecord { stopped, items: told.iter().map(|one| joined(one, &here)).collect(), next })
}

/// GitLab's own words for a hook that it sends nothing to after failures, in plain ones.
fn stopped(told: &HookTold) -> Option<String> {
    match told.alert_status.as_deref()? {
        "executable" => None,
        "disabled" => Some(
            "GitLab stopped sending, because Creel or what is in front of it answered with errors. It begins again when a test arrives."
                .to_owned(),
        ),
        _ => Some(format!(
            "GitLab waits{} before it sends again, because there was no answer. It begins at once when a test arrives.",
            told.disabled_until.as_ref().map(|until| format!(" until {until}")).unwrap_or_default()
        )),
    }
}

fn ids(told: &EventTold) -> impl Iterator<Item = &str> {
    IDS.into_iter().filter_map(|name| told.header(name))
}

fn joined(told: &EventTold, here: &[Delivery]) -> GitlabSent {
    let is_this = |one: &&Delivery| ids(told).any(|id| one.event_id.as_deref() == Some(id));
    let this = here.iter().find(is_this);
    let status = told.response_status.as_deref().and_then(|text| text.parse::<u16>().ok());
    let got = status.map_or_else(|| "no answer".to_owned(), |status| status.to_string());
    let words = match this {
        Some(this) if Some(this.answer_status) == status => format!("GitLab got {got}, as Creel answered."),
        Some(this) => format!(
            "GitLab got {got}; Creel answered {}: something in between changed it, or it was too late.",
            this.answer_status
        ),
        None => format!("GitLab got {got}; Creel never saw it."),
    };
    GitlabSent {
        id: told.id,
        event: told.header("X-Gitlab-Event").unwrap_or(&told.trigger).to_owned(),
        status,
        seconds: told.execution_duration.unwrap_or_default(),
        words,
        arrived: status.is_some_and(|status| (200..300).contains(&status)),
        here: this.cloned(),
    }
}

/// Has GitLab send one again.
pub async fn gitlab_send_again(app: &Arc<App>, input: GitlabAgain) -> Result<Nothing, ApiError> {
    let (hook, hook_id) = made::<GitlabPlace>(app, &input.trigger_id).await?;
    Calls::open(app, ApiBase::stored(&hook.api)).await?.send_again(&hook.place, hook_id, input.id).await?;
    Ok(Nothing {})
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_id_joins_whichever_header_it_is_and_a_hook_that_was_stopped_is_said_so() {
        let told = |status: &str| -> EventTold {
            let headers = json!({ "X-Gitlab-Event": "Push Hook", "Idempotency-Key": "k", "X-Gitlab-Event-UUID": "e" });
            serde_json::from_value(json!({
                "id": 1, "trigger": "push_hooks", "request_headers": headers, "response_status": status,
                "execution_duration": 0.2,
            }))
            .unwrap()
        };
        let here = |id: &str| -> Vec<Delivery> {
            let one = json!({
                "id": "dlv_1", "seq": 1, "received_at": 1, "method": "POST", "path": "/", "contract": null,
                "trigger_ids": [], "endpoint": null, "source": "gitlab", "event": null, "event_id": id, "peer": null,
                "answer_status": 202, "outcome": "accepted", "signature": "valid", "reason_code": null,
                "reason": null, "cause": null, "bytes": 0, "duration_us": 0, "identical_body": false,
                "conflict": false, "pinned": false, "replay_of": null, "imported": false,
            });
            vec![serde_json::from_value(one).unwrap()]
        };
        for (status, id, words) in [
            ("202", "e", "as Creel answered"),
            ("202", "k", "as Creel answered"),
            ("502", "e", "Creel answered 202"),
            ("internal error", "x", "no answer; Creel never saw it"),
        ] {
            let joined = joined(&told(status), &here(id));
            assert!(joined.words.contains(words), "{status} {id}: {}", joined.words);
            assert_eq!((joined.arrived, joined.event.as_str()), (status == "202", "Push Hook"));
        }
        let hook = |status: &str| HookTold::read(json!({ "id": 1, "url": "x", "alert_status": status })).unwrap();
        assert_eq!(stopped(&hook("executable")), None);
        assert!(stopped(&hook("disabled")).unwrap().contains("stopped"));
        assert!(stopped(&hook("temporarily_disabled")).unwrap().contains("waits"));
    }
}
