//! The follower of GitHub's record: hooks are caught up after a start, after an outage, after a sleep and when a hook was
//! brought back, and now and then; a hook without a public address every few seconds.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Instant, sleep_until};

use super::catch_up::{asks, look};
use crate::api::Nothing;
use crate::app::App;
use crate::delivery::Delivery;
use crate::error::{ApiError, ErrorCode};
use crate::events::Event;
use crate::forge::{Hook, Wanted};
use crate::ids::TriggerId;
use crate::store::github as table;
use crate::tunnel::TunnelState;

/// Without a reason: a question that finds nothing new costs nothing of GitHub's limit.
const NOW_AND_THEN: Duration = Duration::from_secs(900);
/// GitHub waits ten seconds for an answer and writes down afterwards that none came.
const ONCE_MORE: Duration = Duration::from_secs(30);
/// How long GitHub takes to list the `ping` of a hook that was made just now: somebody waits for its tick.
const PING_LISTED: Duration = Duration::from_secs(2);
/// The first wait after a failure; it doubles.
const AGAIN_FIRST: Duration = Duration::from_secs(5);
/// The longest wait after a failure.
const AGAIN_MOST: Duration = Duration::from_secs(600);

/// Starts it; it ends when the app closes.
pub fn follow(app: &Arc<App>) {
    let listening = Arc::clone(app);
    let mut events = app.events.subscribe_to_settings();
    tokio::spawn(async move {
        let mut online = false;
        loop {
            match listening.stopping.run_until_cancelled(events.recv()).await {
                Some(Ok(Event::Tunnel(state))) => {
                    let stands = state == TunnelState::Online;
                    if stands && !online {
                        listening.github.catch_up();
                    }
                    online = stands;
                }
                Some(Ok(Event::Github(_))) => listening.github.change(),
                Some(Ok(_)) => {}
                Some(Err(RecvError::Lagged(_))) => listening.github.catch_up(),
                Some(Err(RecvError::Closed)) | None => return,
            }
        }
    });
    let app = Arc::clone(app);
    tokio::spawn(async move {
        let stopping = app.stopping.clone();
        stopping.run_until_cancelled(Follower::default().run(&app)).await;
    });
}

/// What is here is not missed any more.
pub fn arrived(app: &App, deliveries: &[Delivery]) {
    let missed = |one: &Delivery| match (&one.endpoint, &one.event_id) {
        (Some(trigger), Some(guid)) => super::record::is_taken(one) && app.github.missed.arrived(trigger, guid),
        (None, _) | (_, None) => false,
    };
    if deliveries.iter().filter(|one| missed(one)).count() > 0 {
        app.events.send(Event::Github(Nothing {}));
    }
}

/// When each hook is looked at next.
#[derive(Default)]
struct Follower {
    due: HashMap<TriggerId, Due>,
}

struct Due {
    at: Instant,
    /// The wait after the next failure.
    again: Duration,
    /// It is looked at once more soon.
    once_more: bool,
}

impl Follower {
    async fn run(mut self, app: &Arc<App>) {
        loop {
            let hooks = match app.store.read(table::all).await {
                Ok(hooks) => hooks.into_iter().filter(is_followed).collect::<Vec<_>>(),
                Err(error) => {
                    tracing::warn!(%error, "GitHub's record is not followed");
                    Vec::new()
                }
            };
            self.meet(&hooks);
            for hook in &hooks {
                if self.due.get(&hook.trigger_id).is_some_and(|due| due.at <= Instant::now()) {
                    self.visit(app, hook).await;
                }
            }
            let next = self.due.values().map(|due| due.at).min();
            let next = next.unwrap_or_else(|| Instant::now() + NOW_AND_THEN);
            tokio::select! {
                () = sleep_until(next) => {}
                () = app.github.catch_up_wanted() => self.all_now(),
                () = app.github.hooks_changed() => {}
            }
        }
    }

    /// A hook that is new or was brought back is looked at now; one that is gone not any more.
    fn meet(&mut self, hooks: &[Hook]) {
        let there: HashSet<_> = hooks.iter().map(|hook| hook.trigger_id.clone()).collect();
        self.due.retain(|trigger, _| there.contains(trigger));
        for trigger in there {
            let now = Due { at: Instant::now(), again: AGAIN_FIRST, once_more: true };
            self.due.entry(trigger).or_insert(now);
        }
    }

    fn all_now(&mut self) {
        for due in self.due.values_mut() {
            *due = Due { at: Instant::now(), again: AGAIN_FIRST, once_more: true };
        }
    }

    async fn visit(&mut self, app: &Arc<App>, hook: &Hook) {
        let looked = look(app, &hook.trigger_id).await;
        let every = if asks(app, hook).await.unwrap_or_default() { hook.asks_every } else { None };
        let Some(due) = self.due.get_mut(&hook.trigger_id) else { return };
        let wait = match looked {
            Ok(()) => {
                due.again = AGAIN_FIRST;
                let every = every.map(|seconds| Duration::from_secs(seconds.into()));
                pause(every, std::mem::take(&mut due.once_more))
            }
            Err(error) => {
                tracing::info!(error = %error.message, "GitHub's record could not be read");
                let wait = due.again;
                due.again = (wait * 2).min(AGAIN_MOST);
                closed_for(app, hook, &error).unwrap_or(wait)
            }
        };
        due.at = Instant::now() + wait;
    }
}

/// Until the next look; `every`: GitHub is asked so often because it reaches nobody here.
fn pause(every: Option<Duration>, once_more: bool) -> Duration {
    match (every, once_more) {
        (Some(every), true) => every.min(PING_LISTED),
        (Some(every), false) => every,
        (None, true) => ONCE_MORE,
        (None, false) => NOW_AND_THEN,
    }
}

/// What GitHub knows of and sends.
fn is_followed(hook: &Hook) -> bool {
    hook.wanted == Wanted::Connected && hook.known.as_ref().is_some_and(|known| known.active && !known.url.is_empty())
}

/// How long GitHub asked to wait.
fn closed_for(app: &App, hook: &Hook, error: &ApiError) -> Option<Duration> {
    let now = app.clock.now();
    let until = app.github.rates.of(&hook.api).closed_until(now).filter(|_| error.code == ErrorCode::RateLimited)?;
    Some(Duration::from_millis(until.0.saturating_sub(now.0).unsigned_abs()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hook_that_is_asked_for_is_looked_at_soon_after_it_was_made() {
        let minute = Duration::from_secs(60);
        assert_eq!(pause(Some(minute), true), PING_LISTED);
        assert_eq!(pause(Some(minute), false), minute);
        assert_eq!((pause(None, true), pause(None, false)), (ONCE_MORE, NOW_AND_THEN));
    }
}
