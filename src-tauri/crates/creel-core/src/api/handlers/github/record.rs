//! GitHub's side of the story: its own record of what a hook sent, beside what arrived here, joined by GitHub's id of the
//! delivery. What failed or never arrived can be sent again: GitHub does not try by itself.

use std::sync::Arc;

use super::connect::hook_of;
use crate::api::Nothing;
use crate::api::github::{GithubAgain, GithubRecord, GithubRecordQuery, GithubSent, GithubSide};
use crate::app::App;
use crate::delivery::Delivery;
use crate::error::{ApiError, ErrorCode};
use crate::github::{ApiBase, Calls, DeliveryTold, Hook};
use crate::ids::TriggerId;
use crate::store::{deliveries, github as table};

/// The two sides' times of one attempt are no further apart: GitHub waits ten seconds, an Enterprise Server thirty.
const SAME_ATTEMPT_MS: i64 = 90_000;

/// What GitHub says it sent, newest first, a page at a time, each with what arrived here.
pub async fn github_record(app: &Arc<App>, input: GithubRecordQuery) -> Result<GithubRecord, ApiError> {
    let (hook, hook_id) = made(app, &input.trigger_id).await?;
    let calls = Calls::open(app, ApiBase::stored(&hook.api)).await?;
    let (told, next) = calls.deliveries(&hook.place, hook_id, input.after.as_deref()).await?;
    let (id, ids) = (hook.trigger_id, told.iter().map(|one| one.guid.clone()).collect::<Vec<_>>());
    let here = app.store.read(move |db| deliveries::of_event_ids(db, &id, &ids)).await?;
    // GitHub tells its time in whole seconds: a difference that small is none.
    let ahead = app.github.clock_off_ms().unwrap_or_default();
    Ok(GithubRecord { items: told.iter().map(|one| joined(one, &told, &here, ahead)).collect(), next })
}

/// An attempt with the delivery that it was here. Attempts share their id: which one it was, the time tells.
fn joined(told: &DeliveryTold, all: &[DeliveryTold], here: &[Delivery], ahead_ms: i64) -> GithubSent {
    let apart = |attempt: &DeliveryTold, one: &Delivery| (one.received_at.0 - ahead_ms - at(attempt)).abs();
    let same_id = || here.iter().filter(|one| one.event_id.as_ref() == Some(&told.guid));
    let nearest =
        |one: &Delivery| all.iter().filter(|other| other.guid == told.guid).min_by_key(|other| apart(other, one));
    let is_this = |one: &&Delivery| {
        apart(told, one) <= SAME_ATTEMPT_MS && nearest(one).is_none_or(|attempt| attempt.id == told.id)
    };
    let this = same_id().find(is_this);
    let status = u16::try_from(told.status_code).unwrap_or_default();
    let (side, words) = match (this, same_id().next()) {
        (Some(this), _) if this.answer_status == status => {
            (GithubSide::Same, format!("GitHub got {status}, as Creel answered."))
        }
        (Some(this), _) => (
            GithubSide::Otherwise,
            format!(
                "GitHub got {status} ({}); Creel answered {}: something in between changed it, or it was too late.",
                told.status, this.answer_status
            ),
        ),
        (None, Some(_)) => (
            GithubSide::OtherAttempt,
            format!(
                "GitHub got {status} ({}); Creel never saw this attempt, and has the delivery by another one.",
                told.status
            ),
        ),
        (None, None) => {
            (GithubSide::NeverArrived, format!("GitHub got {status} ({}); Creel never saw it.", told.status))
        }
    };
    let known = this.or_else(|| same_id().next()).cloned();
    GithubSent {
        id: told.id.to_string(),
        guid: told.guid.clone(),
        at: told.delivered_at.clone(),
        redelivery: told.redelivery,
        event: told.action.as_ref().map_or_else(|| told.event.clone(), |action| format!("{}.{action}", told.event)),
        status,
        seconds: told.duration,
        side,
        words,
        here: known,
    }
}

/// When an attempt was, in milliseconds since 1970.
fn at(told: &DeliveryTold) -> i64 {
    told.delivered_at.parse::<jiff::Timestamp>().map(jiff::Timestamp::as_millisecond).unwrap_or_default()
}

/// Has GitHub send one again, with the same id.
pub async fn github_send_again(app: &Arc<App>, input: GithubAgain) -> Result<Nothing, ApiError> {
    if input.id.is_empty() || !input.id.bytes().all(|b| b.is_ascii_digit()) {
        return Err(ApiError::invalid("id", format!("\"{}\" is no delivery of GitHub's", input.id)));
    }
    let (hook, hook_id) = made(app, &input.trigger_id).await?;
    let calls = Calls::open(app, ApiBase::stored(&hook.api)).await?;
    calls.send_again(&hook.place, hook_id, &input.id).await?;
    Ok(Nothing {})
}

/// The hook of a trigger with its number, once it is made.
pub(super) async fn made(app: &App, trigger: &TriggerId) -> Result<(Hook, u64), ApiError> {
    let shown = hook_of(app, trigger).await?;
    let id = trigger.clone();
    let hook = app.store.read(move |db| table::get(db, &id)).await?;
    hook.zip(shown.hook_id).ok_or_else(|| {
        ApiError::new(ErrorCode::Conflict, "the hook is not there yet")
            .hint("it is made as soon as GitHub answers; look at what it says")
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::json;

    use super::*;

    fn told(id: u64, at: &str, status: i64) -> DeliveryTold {
        let told = json!({
            "id": id, "guid": "g", "delivered_at": at, "redelivery": false, "duration": 0.2, "status": "OK",
            "status_code": status, "event": "issues", "action": "opened",
        });
        serde_json::from_value(told).unwrap()
    }

    fn here(id: &str, at: &str, status: u16) -> Delivery {
        let at: jiff::Timestamp = at.parse().unwrap();
        let delivery = json!({
            "id": "dlv_1", "seq": 1, "received_at": at.as_millisecond(), "method": "POST", "path": "/", "contract": null,
            "trigger_ids": [], "endpoint": null, "source": "github", "event": null, "event_id": id, "peer": null,
            "answer_status": status, "outcome": "accepted", "signature": "valid", "reason_code": null, "reason": null,
            "cause": null, "bytes": 0, "duration_us": 0, "identical_body": false, "conflict": false, "pinned": false,
            "replay_of": null,
        });
        serde_json::from_value(delivery).unwrap()
    }

    #[test]
    fn the_id_joins_and_the_time_tells_which_attempt_it_was() {
        let (noon, later) = ("2026-11-21T12:00:00Z", "2026-11-21T12:30:00Z");
        for (what, kept, ahead_ms, side) in [
            ("as answered", vec![here("g", noon, 202)], 0, GithubSide::Same),
            ("another answer", vec![here("g", noon, 401)], 0, GithubSide::Otherwise),
            ("another attempt", vec![here("g", later, 202)], 0, GithubSide::OtherAttempt),
            ("another attempt beside it", vec![here("g", later, 500), here("g", noon, 202)], 0, GithubSide::Same),
            ("another id", vec![here("h", noon, 202)], 0, GithubSide::NeverArrived),
            ("a clock half an hour ahead", vec![here("g", later, 202)], 1_800_000, GithubSide::Same),
        ] {
            let told = told(1, noon, 202);
            let joined = joined(&told, std::slice::from_ref(&told), &kept, ahead_ms);
            assert_eq!((joined.side, joined.event.as_str()), (side, "issues.opened"), "{what}");
        }
    }

    #[test]
    fn what_was_sent_again_at_once_is_the_second_attempt_and_not_the_first() {
        let all = [told(2, "2026-11-21T12:00:05Z", 202), told(1, "2026-11-21T12:00:00Z", 502)];
        let kept = [here("g", "2026-11-21T12:00:05Z", 202)];
        let sides = all.iter().map(|one| joined(one, &all, &kept, 0).side);
        assert_eq!(sides.collect::<Vec<_>>(), [GithubSide::Same, GithubSide::OtherAttempt]);
    }
}
