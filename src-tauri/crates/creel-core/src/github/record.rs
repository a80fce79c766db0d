//! GitHub's record of what a hook sent, held against what arrived here and against the times in which nothing could arrive.

use std::sync::Arc;

use rusqlite::Connection;

use super::DeliveryTold;
use crate::absences::{self, Absence};
use crate::api::github::{GithubSent, GithubSide};
use crate::app::App;
use crate::clock::UnixMs;
use crate::delivery::{Delivery, ReasonCode};
use crate::error::ApiError;
use crate::ids::TriggerId;
use crate::store::{StoreError, deliveries};

/// The two sides' times of one attempt are no further apart: GitHub waits ten seconds, an Enterprise Server thirty.
const SAME_ATTEMPT_MS: i64 = 90_000;

/// What this side knows of some of GitHub's attempts.
pub struct Here {
    deliveries: Vec<Delivery>,
    absences: Vec<Absence>,
    /// By how much this clock is ahead of GitHub's.
    ahead_ms: i64,
}

impl Here {
    /// What is known of these attempts of a trigger's hook.
    pub async fn of(app: &Arc<App>, trigger: &TriggerId, told: &[DeliveryTold]) -> Result<Self, ApiError> {
        // GitHub tells its time in whole seconds: a difference that small is none.
        let ahead_ms = app.github.clock_off_ms().unwrap_or_default();
        let times = || told.iter().map(|one| UnixMs(one.at().0.saturating_add(ahead_ms)));
        let (from, to) = (times().min().unwrap_or_default(), times().max().unwrap_or_default());
        let (trigger, ids) = (trigger.clone(), told.iter().map(|one| one.guid.clone()).collect::<Vec<_>>());
        let read = move |db: &Connection| {
            let deliveries = deliveries::of_event_ids(db, &trigger, &ids)?;
            Ok::<_, StoreError>(Self { deliveries, absences: absences::between(db, from, to)?, ahead_ms })
        };
        Ok(app.store.read(read).await?)
    }

    /// What is here of the delivery that this is an attempt of, newest first.
    fn same_id(&self, told: &DeliveryTold) -> impl Iterator<Item = &Delivery> {
        self.deliveries.iter().filter(|one| one.event_id.as_ref() == Some(&told.guid))
    }

    /// Whether the delivery is here, and not only a trace of Creel's own trouble with it.
    pub fn has(&self, told: &DeliveryTold) -> bool {
        self.same_id(told).any(is_taken)
    }

    /// Nothing.
    #[cfg(test)]
    pub fn nothing() -> Self {
        Self { deliveries: Vec::new(), absences: Vec::new(), ahead_ms: 0 }
    }

    fn apart(&self, attempt: &DeliveryTold, one: &Delivery) -> i64 {
        (one.received_at.0 - self.ahead_ms - attempt.at().0).abs()
    }

    /// The delivery that this attempt was here. Attempts share their id: which one it was, the time tells.
    fn this(&self, told: &DeliveryTold, all: &[DeliveryTold]) -> Option<&Delivery> {
        let nearest = |one: &Delivery| {
            all.iter().filter(|other| other.guid == told.guid).min_by_key(|other| self.apart(other, one))
        };
        let is_this = |one: &&Delivery| {
            !one.imported
                && self.apart(told, one) <= SAME_ATTEMPT_MS
                && nearest(one).is_none_or(|attempt| attempt.id == told.id)
        };
        self.same_id(told).find(is_this)
    }

    /// An attempt with what became of it here; `all`: the attempts around it.
    pub fn joined(&self, told: &DeliveryTold, all: &[DeliveryTold]) -> GithubSent {
        let this = self.this(told, all);
        let sent = || self.same_id(told).find(|one| !one.imported);
        let known = this.or_else(sent).or_else(|| self.same_id(told).next());
        let (side, words) = compared(told, this, known);
        let local = UnixMs(told.at().0.saturating_add(self.ahead_ms));
        let away = if this.is_none() { absences::explains(&self.absences, local).cloned() } else { None };
        GithubSent {
            id: told.id.to_string(),
            guid: told.guid.clone(),
            at: told.delivered_at.clone(),
            redelivery: told.redelivery,
            event: told.action.as_ref().map_or_else(|| told.event.clone(), |action| format!("{}.{action}", told.event)),
            status: told.status(),
            seconds: told.duration,
            side,
            words,
            away,
            here: known.cloned(),
        }
    }
}

/// Whether nothing is missing of it. What Creel answered with 5xx it had trouble with of its own; unless the user wanted
/// that answer.
pub(super) fn is_taken(one: &Delivery) -> bool {
    one.imported || one.answer_status < 500 || one.reason_code == Some(ReasonCode::AnsweredAs)
}

/// Whether both sides tell the same, and that in a sentence. `this`: what the attempt was here; `known`: else what is here
/// of the same delivery.
fn compared(told: &DeliveryTold, this: Option<&Delivery>, known: Option<&Delivery>) -> (GithubSide, String) {
    let (status, why) = (told.status(), &told.status);
    match (this, known) {
        (Some(this), _) if this.answer_status == status => {
            (GithubSide::Same, format!("GitHub got {status}, as Creel answered."))
        }
        (Some(this), _) => (
            GithubSide::Otherwise,
            format!(
                "GitHub got {status} ({why}); Creel answered {}: something in between changed it, or it was too late.",
                this.answer_status
            ),
        ),
        (None, Some(known)) if known.imported => {
            (GithubSide::BroughtIn, format!("GitHub got {status} ({why}); Creel never saw it, and you brought it in."))
        }
        (None, Some(_)) => (
            GithubSide::OtherAttempt,
            format!("GitHub got {status} ({why}); Creel never saw this attempt, and has the delivery by another one."),
        ),
        (None, None) => (GithubSide::NeverArrived, format!("GitHub got {status} ({why}); Creel never saw it.")),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::absences::AbsenceCause;

    fn told(id: u64, at: &str, status: i64) -> DeliveryTold {
        let told = json!({
            "id": id, "guid": "g", "delivered_at": at, "redelivery": false, "duration": 0.2, "status": "OK",
            "status_code": status, "event": "issues", "action": "opened",
        });
        serde_json::from_value(told).unwrap()
    }

    fn joined(told: &DeliveryTold, all: &[DeliveryTold], here: &[Delivery], ahead_ms: i64) -> GithubSent {
        Here { deliveries: here.to_vec(), absences: Vec::new(), ahead_ms }.joined(told, all)
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

    #[test]
    fn why_it_never_arrived_is_told_by_this_machines_clock() {
        let noon: jiff::Timestamp = "2026-11-21T12:00:00Z".parse().unwrap();
        let noon = noon.as_millisecond();
        let down = |from: i64, to: i64| Absence {
            cause: AbsenceCause::Tunnel,
            from: UnixMs(noon + from),
            to: Some(UnixMs(noon + to)),
            why: Some("it did not answer".to_owned()),
        };
        for (what, absence, ahead_ms, kept, expected) in [
            ("down then", down(-60_000, 60_000), 0, vec![], true),
            ("down before", down(-600_000, -300_000), 0, vec![], false),
            ("down then, by a clock that is ahead", down(3_540_000, 3_660_000), 3_600_000, vec![], true),
            ("it arrived all the same", down(-60_000, 60_000), 0, vec![here("g", "2026-11-21T12:00:00Z", 202)], false),
        ] {
            let told = told(1, "2026-11-21T12:00:00Z", 502);
            let here = Here { deliveries: kept, absences: vec![absence], ahead_ms };
            let joined = here.joined(&told, std::slice::from_ref(&told));
            assert_eq!(joined.away.is_some(), expected, "{what}");
        }
    }

    #[test]
    fn what_was_brought_in_says_so_until_it_is_sent_again() {
        let told = told(1, "2026-11-21T12:00:00Z", 502);
        let imported = Delivery { imported: true, ..here("g", "2026-11-21T12:00:10Z", 202) };
        let of = |kept: &[Delivery]| joined(&told, std::slice::from_ref(&told), kept, 0);
        assert_eq!(of(std::slice::from_ref(&imported)).side, GithubSide::BroughtIn);
        let again = here("g", "2026-11-21T12:30:00Z", 202);
        assert_eq!(of(&[imported, again]).side, GithubSide::OtherAttempt);
    }
}
