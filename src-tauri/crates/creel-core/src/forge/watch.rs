//! The watch: hooks are looked at when Creel starts and whenever something changed that they depend on, and what failed is
//! tried again. At the end they are left as the user said.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Instant, sleep_until, timeout};

use super::life::{self, Leave};
use super::{Place, Wanted, settle};
use crate::api::Nothing;
use crate::app::App;
use crate::error::{ApiError, ErrorCode};
use crate::events::Event;
use crate::github::GithubPlace;
use crate::gitlab::GitlabPlace;
use crate::store::{forge_hooks, meta};
use crate::tunnel::TunnelState;

/// The first wait after a failure; it doubles.
const AGAIN_FIRST: Duration = Duration::from_secs(5);
/// The longest wait after a failure.
const AGAIN_MOST: Duration = Duration::from_secs(600);
/// What leaving may take: nobody waits longer for a window to close.
const LEAVE_WITHIN: Duration = Duration::from_secs(5);
/// Under which the user's word is kept.
const KEY: &str = "github_on_quit";

/// What happens to hooks when Creel ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
#[ts(export)]
pub enum OnQuit {
    /// They stay; what their sender sends meanwhile fails there, and can be brought in later.
    Leave,
    /// They are switched off, and on again at the next start.
    Pause,
    /// They are removed, and made again at the next start.
    Remove,
}

/// What the user said; `None`: nobody asked yet.
pub async fn on_quit(app: &App) -> Result<Option<OnQuit>, ApiError> {
    let kept = app.store.read(|db| Ok(meta::text(db, KEY)?)).await?;
    Ok(kept.and_then(|word| serde_json::from_value(word.into()).ok()))
}

/// Keeps what the user said.
pub async fn set_on_quit(app: &App, what: OnQuit) -> Result<(), ApiError> {
    let word = crate::store::words::word(&what);
    app.store.write(move |turn| Ok(meta::set_text(turn.db, KEY, &word)?)).await?;
    app.events.send(Event::Github(Nothing {}));
    Ok(())
}

/// Starts the watch; it ends when the app closes.
pub fn start(app: &Arc<App>) {
    let listening = Arc::clone(app);
    let mut events = app.events.subscribe_to_settings();
    let mut stood = stand(app);
    tokio::spawn(async move {
        loop {
            match listening.stopping.run_until_cancelled(events.recv()).await {
                // A tunnel that stands as it stood is told of at every question through it: no sender is asked for that.
                Some(Ok(Event::Tunnel(_))) => {
                    let stands = stand(&listening);
                    if std::mem::replace(&mut stood, stands.clone()) != stands {
                        listening.forge.look();
                    }
                }
                // A trigger's secret or path changed.
                Some(Ok(Event::Trigger(_)) | Err(RecvError::Lagged(_))) => listening.forge.look(),
                Some(Ok(_)) => {}
                Some(Err(RecvError::Closed)) | None => return,
            }
        }
    });
    let app = Arc::clone(app);
    tokio::spawn(async move {
        let stopping = app.stopping.clone();
        stopping.run_until_cancelled(watch(&app)).await;
    });
}

/// What of the tunnel matters to a hook.
fn stand(app: &App) -> (TunnelState, Option<String>) {
    let now = app.tunnel.board.now();
    (now.state, now.address)
}

async fn watch(app: &Arc<App>) {
    let mut wait = AGAIN_FIRST;
    loop {
        let failed = settle(app).await.unwrap_or_else(Some);
        let Some(error) = failed else {
            wait = AGAIN_FIRST;
            app.forge.looked_for().await;
            continue;
        };
        tracing::info!(error = %error.message, "a hook is not yet what it is to be");
        let until = Instant::now() + pause(app, &error, wait);
        wait = (wait * 2).min(AGAIN_MOST);
        tokio::select! {
            () = sleep_until(until) => {}
            () = app.forge.looked_for() => {}
        }
    }
}

/// How long to wait: until the first of those that asked to wait is open again, else as long as it is the turn of.
fn pause(app: &App, error: &ApiError, wait: Duration) -> Duration {
    let now = app.clock.now();
    let closed = [app.github.rates.closed_until(now), app.gitlab.closed_until(now)];
    let until = closed.into_iter().flatten().min().filter(|_| error.code == ErrorCode::RateLimited);
    let asked = until.map(|until| until.0.saturating_sub(now.0).unsigned_abs());
    asked.map_or(wait, Duration::from_millis)
}

/// Creel ends: the hooks are left as the user said, within a few seconds. What is not done by then the next start mends.
pub async fn quit(app: &Arc<App>) {
    if timeout(LEAVE_WITHIN, leave(app)).await.is_err() {
        tracing::warn!("a sender did not answer in time; its hooks stay as they are");
    }
}

async fn leave(app: &Arc<App>) {
    let how = match on_quit(app).await {
        Ok(Some(OnQuit::Pause)) => Leave::Silent,
        Ok(Some(OnQuit::Remove)) => Leave::Removed,
        Ok(Some(OnQuit::Leave) | None) | Err(_) => return,
    };
    let _turn = app.forge.turn().await;
    app.forge.leave();
    // Both at once: the one must not wait for the other's silence.
    tokio::join!(leave_at::<GithubPlace>(app, how), leave_at::<GitlabPlace>(app, how));
}

async fn leave_at<P: Place>(app: &Arc<App>, how: Leave) {
    let hooks = app.store.read(forge_hooks::all::<P>).await.unwrap_or_default();
    for hook in hooks.iter().filter(|hook| hook.wanted == Wanted::Connected && hook.known.is_some()) {
        if let Err(error) = life::rest(app, hook, how).await {
            tracing::warn!(%error, sender = P::SENDER, place = hook.place.name(), "a hook stays as it is");
        }
    }
}
