//! Catch-up: GitHub's record of a hook is read back to the last moment up to which everything is known to be here, and what
//! failed or never arrived since is what was missed.

use std::collections::HashSet;
use std::sync::Arc;

use super::bring::{Bringing, Which};
use super::{ApiBase, Calls, DeliveryTold, Here, MissedHow, public_address};
use crate::absences;
use crate::api::Nothing;
use crate::api::github::GithubSent;
use crate::app::App;
use crate::clock::UnixMs;
use crate::error::ApiError;
use crate::events::Event;
use crate::forge::Hook;
use crate::ids::TriggerId;
use crate::store::github as table;

/// GitHub.com keeps its record for three days.
const BACK_MOST_MS: i64 = 3 * 86_400_000;
/// An attempt is written down when it is over, under the time at which it began: an Enterprise Server waits thirty seconds.
const WRITTEN_LATE_MS: i64 = 120_000;
/// Rows of one page: the most that GitHub gives.
const PAGE: usize = 100;
/// Pages that are read at once: three thousand attempts, for less than a hundredth of an hour's limit.
const PAGES_MOST: usize = 30;

/// Looks what a hook missed, and brings it in where the user said so once and for all.
pub async fn look(app: &Arc<App>, trigger: &TriggerId) -> Result<(), ApiError> {
    let id = trigger.clone();
    let Some(hook) = app.store.read(move |db| table::get(db, &id)).await? else { return Ok(()) };
    let looked = read(app, &hook).await;
    if let Err(error) = &looked {
        app.github.missed.failed(trigger, error.clone());
    }
    app.events.send(Event::Github(Nothing {}));
    looked?;
    // What the user began goes on by itself.
    if (hook.always || asks(app, &hook).await?)
        && let Ok(Some(work)) = Bringing::begin(app, trigger, MissedHow::BringIn, &Which::Untried)
    {
        work.run().await?;
    }
    Ok(())
}

/// Whether GitHub is asked because nothing leads here.
pub(super) async fn asks(app: &App, hook: &Hook) -> Result<bool, ApiError> {
    Ok(hook.asks_every.is_some() && public_address(app).await?.is_none())
}

async fn read(app: &Arc<App>, hook: &Hook) -> Result<(), ApiError> {
    let Some(known) = &hook.known else { return Ok(()) };
    let (trigger, board) = (&hook.trigger_id, &app.github.missed);
    let calls = Calls::open(app, ApiBase::stored(&hook.api)).await?;
    let Some(told) = told_since(app, &calls, hook, known.hook_id).await? else {
        board.unchanged(trigger, app.clock.now());
        return Ok(());
    };
    let here = Here::of(app, trigger, &told.attempts).await?;
    let pings = asks(app, hook).await?;
    let missed = missed(&told.attempts, &here, pings);
    let whole = whole_until(&told, &missed);
    board.found(trigger, missed, told.cut, told.tag, app.clock.now());
    if let Some(whole) = whole.filter(|whole| hook.whole_until.is_none_or(|before| *whole > before)) {
        let id = trigger.clone();
        app.store.write(move |turn| table::note_whole(turn.db, &id, whole)).await?;
    }
    Ok(())
}

/// What GitHub told.
struct Told {
    /// Newest first.
    attempts: Vec<DeliveryTold>,
    cut: bool,
    tag: Option<String>,
}

/// The attempts since everything was known to be here; `None`: nothing is new since the last look.
async fn told_since(app: &App, calls: &Calls<'_>, hook: &Hook, hook_id: u64) -> Result<Option<Told>, ApiError> {
    let now_there = app.clock.now().plus_ms(-app.github.clock_off_ms().unwrap_or_default());
    let back_to = hook.whole_until.unwrap_or_default().max(now_there.plus_ms(-BACK_MOST_MS)).plus_ms(-WRITTEN_LATE_MS);
    let tag = app.github.missed.tag(&hook.trigger_id);
    let Some(first) = calls.record(&hook.place, hook_id, tag.as_deref()).await? else { return Ok(None) };
    let mut told = Told { attempts: first.items, cut: false, tag: first.tag };
    let mut next = first.next;
    for _ in 1..PAGES_MOST {
        let Some(cursor) = next.as_ref().filter(|_| told.attempts.last().is_some_and(|last| last.at() > back_to))
        else {
            next = None;
            break;
        };
        let (more, after) = calls.deliveries(&hook.place, hook_id, Some(cursor), PAGE).await?;
        told.attempts.extend(more);
        next = after;
    }
    told.cut = next.is_some();
    told.attempts.retain(|attempt| attempt.at() > back_to);
    Ok(Some(told))
}

/// The deliveries of which no attempt was answered with success and nothing is here, oldest first, each by its first
/// attempt. A ping tells nothing new, except that GitHub reaches its record's reader.
fn missed(attempts: &[DeliveryTold], here: &Here, pings: bool) -> Vec<GithubSent> {
    let taken: HashSet<&str> =
        attempts.iter().filter(|one| (200..300).contains(&one.status())).map(|one| one.guid.as_str()).collect();
    let mut seen = HashSet::new();
    let oldest_first = attempts.iter().rev().filter(|one| seen.insert(one.guid.as_str()));
    oldest_first
        .filter(|one| !taken.contains(one.guid.as_str()) && !here.has(one) && (pings || one.event != "ping"))
        .map(|one| here.joined(one, attempts))
        .collect()
}

/// Until when everything is here: until the first that is missing, else until the newest. `None`: GitHub told nothing, or more
/// than was read, which may hold more that is missing.
fn whole_until(told: &Told, missed: &[GithubSent]) -> Option<UnixMs> {
    let attempts = Some(&told.attempts).filter(|_| !told.cut)?;
    let first = missed.first().and_then(|sent| attempts.iter().find(|one| one.id.to_string() == sent.id));
    first.map(|one| one.at().plus_ms(-1)).or_else(|| attempts.iter().map(DeliveryTold::at).max())
}

/// What kept away what a hook missed is told as it is known now.
pub async fn explain_missed(app: &App, trigger: &TriggerId) -> Result<(), ApiError> {
    let Some((from, to)) = app.github.missed.span(trigger) else { return Ok(()) };
    let ahead_ms = app.github.clock_off_ms().unwrap_or_default();
    let known = app.store.read(move |db| absences::between(db, from.plus_ms(ahead_ms), to.plus_ms(ahead_ms))).await?;
    app.github.missed.explain(trigger, &known, ahead_ms);
    Ok(())
}

/// The user wants none of what a hook missed.
pub async fn leave_missed(app: &App, trigger: &TriggerId) -> Result<(), ApiError> {
    if let Some(newest) = app.github.missed.leave(trigger) {
        // What was written late is looked at again; what is left must not be among it.
        let (id, whole) = (trigger.clone(), newest.plus_ms(WRITTEN_LATE_MS));
        app.store.write(move |turn| table::note_whole(turn.db, &id, whole)).await?;
    }
    app.events.send(Event::Github(Nothing {}));
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::json;

    use super::*;

    fn told(id: u64, guid: &str, second: u8, status: u16, event: &str) -> DeliveryTold {
        let told = json!({
            "id": id, "guid": guid, "delivered_at": format!("2026-11-21T12:00:{second:02}Z"), "redelivery": false,
            "duration": 0.2, "status": "failed", "status_code": status, "event": event, "action": null,
        });
        serde_json::from_value(told).unwrap()
    }

    fn ids(missed: &[GithubSent]) -> Vec<&str> {
        missed.iter().map(|sent| sent.id.as_str()).collect()
    }

    #[test]
    fn a_delivery_is_missed_when_no_attempt_had_success_and_it_is_told_once_oldest_first() {
        let attempts = vec![
            told(6, "sent-again", 50, 202, "push"),
            told(5, "twice", 40, 502, "push"),
            told(4, "lost", 30, 502, "issues"),
            told(3, "sent-again", 20, 502, "push"),
            told(2, "twice", 10, 502, "push"),
            told(1, "ping", 0, 502, "ping"),
        ];
        let here = Here::nothing();
        let found = missed(&attempts, &here, false);
        assert_eq!(ids(&found), ["2", "4"]);
        assert_eq!(ids(&missed(&attempts, &here, true)), ["1", "2", "4"], "who asks for everything hears of the ping");
        let (first, newest) = (attempts[4].at(), attempts[0].at());
        let read = |attempts, cut| Told { attempts, cut, tag: None };
        assert_eq!(whole_until(&read(attempts.clone(), false), &found), Some(first.plus_ms(-1)));
        assert_eq!(whole_until(&read(attempts.clone(), false), &[]), Some(newest));
        assert_eq!(whole_until(&read(attempts, true), &[]), None, "nobody knows what was not read");
        assert_eq!(whole_until(&read(Vec::new(), false), &[]), None);
    }
}
