//! What was missed is brought in, or GitHub is asked to send it again: oldest first, one after the other.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use super::import::bring_in;
use super::{ApiBase, Calls, MissedHow};
use crate::api::Nothing;
use crate::api::github_missed::GithubMissedItem;
use crate::app::App;
use crate::error::{ApiError, ErrorCode};
use crate::events::Event;
use crate::forge::Hook;
use crate::ids::TriggerId;
use crate::store::github as table;

/// Which of them.
pub enum Which {
    /// All.
    All,
    /// Those that did not fail before.
    Untried,
    /// GitHub's numbers of the attempts.
    These(Vec<String>),
}

/// Work on what a hook missed, which nobody else can begin meanwhile. It is over when this is dropped: also where whoever
/// waited for it went away.
pub struct Bringing {
    app: Arc<App>,
    trigger: TriggerId,
    how: MissedHow,
    ids: Vec<String>,
    stop: CancellationToken,
}

impl Bringing {
    /// Work on these. `Ok(None)`: there are none.
    pub fn begin(app: &Arc<App>, trigger: &TriggerId, how: MissedHow, which: &Which) -> Result<Option<Self>, ApiError> {
        let chosen = |item: &GithubMissedItem| match which {
            Which::All => true,
            Which::Untried => item.trouble.is_none(),
            Which::These(ids) => ids.contains(&item.sent.id),
        };
        let board = &app.github.missed;
        let ids: Vec<_> = board.items(trigger).into_iter().filter(chosen).map(|item| item.sent.id).collect();
        if ids.is_empty() {
            return Ok(None);
        }
        let stop = app.stopping.child_token();
        if !board.begin(trigger, how, ids.len(), stop.clone()) {
            return Err(ApiError::new(ErrorCode::Conflict, "this is being done already")
                .hint("wait until it is through, or stop it"));
        }
        app.events.send(Event::Github(Nothing {}));
        Ok(Some(Self { app: Arc::clone(app), trigger: trigger.clone(), how, ids, stop }))
    }

    /// Does it, until it is through, stopped, or GitHub answers no more. What fails keeps its reason, and the next one
    /// follows.
    pub async fn run(self) -> Result<(), ApiError> {
        let done = self.stop.run_until_cancelled(self.each()).await.unwrap_or(Ok(()));
        done.inspect_err(|error| self.app.github.missed.failed(&self.trigger, error.clone()))
    }

    async fn each(&self) -> Result<(), ApiError> {
        let (app, id) = (&self.app, self.trigger.clone());
        let Some(hook) = app.store.read(move |db| table::get(db, &id)).await? else { return Ok(()) };
        let Some(hook_id) = hook.known.as_ref().map(|known| known.hook_id) else { return Ok(()) };
        let calls = Calls::open(app, ApiBase::stored(&hook.api)).await?;
        for item in &self.ids {
            match self.one(&calls, &hook, hook_id, item).await {
                Ok(()) => {}
                Err(error) if ends_all(&error) => return Err(error),
                Err(error) => app.github.missed.note(&self.trigger, item, Some(error)),
            }
            app.github.missed.step(&self.trigger);
            app.events.send(Event::Github(Nothing {}));
        }
        Ok(())
    }

    async fn one(&self, calls: &Calls<'_>, hook: &Hook, hook_id: u64, item: &str) -> Result<(), ApiError> {
        let missed = &self.app.github.missed;
        match self.how {
            MissedHow::BringIn => {
                let delivery = bring_in(&self.app, calls, hook, hook_id, item).await?;
                missed.arrived(&self.trigger, &delivery.event_id.unwrap_or_default());
            }
            MissedHow::SendAgain => {
                calls.send_again(&hook.place, hook_id, item).await?;
                missed.note(&self.trigger, item, None);
            }
        }
        Ok(())
    }
}

impl Drop for Bringing {
    fn drop(&mut self) {
        self.app.github.missed.end(&self.trigger);
        self.app.events.send(Event::Github(Nothing {}));
    }
}

/// The next one would fail of the same.
fn ends_all(error: &ApiError) -> bool {
    matches!(
        error.code,
        ErrorCode::RateLimited | ErrorCode::Unauthorized | ErrorCode::Upstream | ErrorCode::Unavailable
    )
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::api::status::SecretsStore;
    use crate::app::{Config, Search};
    use crate::clock::{ManualClock, UnixMs};
    use crate::github::{DeliveryTold, Here};
    use crate::ids::RandomIds;

    #[tokio::test]
    async fn work_that_nobody_waits_for_any_more_keeps_nobody_from_beginning_again() {
        let folder = tempfile::tempdir().unwrap();
        let config = Config {
            data_dir: folder.path().join("data"),
            clock: Arc::new(ManualClock::at(UnixMs(1_795_300_000_000))),
            ids: Arc::new(RandomIds),
            secrets: Some(SecretsStore::File),
            search: Search::Indexed,
        };
        let app = App::open(config).await.unwrap();
        let told: DeliveryTold = serde_json::from_value(json!({
            "id": 1, "guid": "g", "delivered_at": "2026-11-21T12:00:00Z", "redelivery": false, "duration": 0.2,
            "status": "failed", "status_code": 502, "event": "push", "action": null,
        }))
        .unwrap();
        let trigger = TriggerId("trg_a".into());
        let sent = Here::nothing().joined(&told, std::slice::from_ref(&told));
        app.github.missed.found(&trigger, vec![sent], false, None, UnixMs(0));
        let begin = || Bringing::begin(&app, &trigger, MissedHow::BringIn, &Which::All);
        let work = begin().unwrap().unwrap();
        assert_eq!(begin().err().unwrap().code, ErrorCode::Conflict, "one at a time");
        drop(work);
        assert!(begin().unwrap().is_some(), "whoever asked for it went away: it is not under way for ever");
    }
}
