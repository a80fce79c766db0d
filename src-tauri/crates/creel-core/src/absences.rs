//! When no sender could reach this Creel, and why: it was not running, the machine slept, its tunnel was down, or none was
//! on. One follower writes it down as it happens; GitHub's record is held against it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{MissedTickBehavior, interval};

use crate::app::App;
use crate::clock::UnixMs;
use crate::events::Event;
use crate::store::{StoreError, absences as table};
use crate::tunnel::{TunnelNow, TunnelState};

/// How often the clocks are compared.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// How often it is written down that Creel runs: after a crash its end is known to this.
const BEAT_EVERY_MS: i64 = 20_000;
/// A clock that is ahead of the other by more: the machine slept. Less is what a busy machine and a corrected clock do.
const SLEPT: Duration = Duration::from_secs(10);
/// GitHub tells whole seconds, and a tunnel is gone a moment before that shows.
const NEAR_MS: i64 = 3_000;

/// Why no sender could reach this Creel. Of several at once the first in this order tells the most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum AbsenceCause {
    /// Creel was not running.
    Closed,
    /// The machine slept.
    Asleep,
    /// The tunnel was down.
    Tunnel,
    /// There was no tunnel and no other public address.
    NoTunnel,
}

/// A time in which no sender could reach this Creel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct Absence {
    /// Why.
    pub cause: AbsenceCause,
    /// Since when, by this machine's clock.
    pub from: UnixMs,
    /// Until when; `None`: it still lasts.
    pub to: Option<UnixMs>,
    /// What the tunnel said of it.
    pub why: Option<String>,
}

impl Absence {
    /// By how many milliseconds it missed this moment; `None`: by too many.
    fn misses(&self, at: UnixMs) -> Option<i64> {
        let early = (self.from.0 - at.0).max(0);
        let late = self.to.map_or(0, |to| (at.0 - to.0).max(0));
        Some(early + late).filter(|by| *by <= NEAR_MS)
    }
}

/// Those that may explain something between these two moments.
pub fn between(db: &rusqlite::Connection, from: UnixMs, to: UnixMs) -> Result<Vec<Absence>, StoreError> {
    table::between(db, from.plus_ms(-NEAR_MS), to.plus_ms(NEAR_MS))
}

/// The one that explains best why nothing arrived at this moment: one that lasted then, before one that almost did.
pub fn explains(all: &[Absence], at: UnixMs) -> Option<&Absence> {
    let near = all.iter().filter_map(|one| Some((one.misses(at)?, one)));
    near.min_by_key(|(by, one)| (*by, one.cause)).map(|(_, one)| one)
}

/// Creel starts: since its last sign of life it was not running.
pub async fn woke(app: &App) -> Result<(), StoreError> {
    app.store.write(|turn| table::woke(turn.db, turn.now)).await
}

/// Starts the follower; it ends when the app closes.
pub fn start(app: &Arc<App>) {
    let app = Arc::clone(app);
    tokio::spawn(async move {
        let stopping = app.stopping.clone();
        stopping.run_until_cancelled(follow(&app)).await;
    });
}

/// Creel ends, and nothing leads to it any more.
pub async fn ends(app: &App) {
    if let Err(error) = app.store.write(|turn| table::alive(turn.db, turn.now)).await {
        tracing::warn!(%error, "when Creel ended was not noted");
    }
}

async fn follow(app: &App) {
    let mut events = app.events.subscribe_to_settings();
    let mut ticks = interval(LOOK_EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut follower = Follower::new(app.clock.now());
    loop {
        let looked = tokio::select! {
            _ = ticks.tick() => follower.look(app).await,
            event = events.recv() => match event {
                Ok(Event::Tunnel(_) | Event::Github(_)) | Err(RecvError::Lagged(_)) => follower.note(app, None).await,
                Ok(_) => continue,
                Err(RecvError::Closed) => return,
            },
        };
        if let Err(error) = looked {
            tracing::warn!(%error, "what kept senders away was not noted");
        }
    }
}

/// What the follower knows.
struct Follower {
    /// When it last compared the clocks, by both.
    wall: UnixMs,
    passed: Instant,
    /// When it last wrote that Creel runs.
    beat: UnixMs,
    /// What it wrote last.
    written: Vec<Absence>,
}

impl Follower {
    fn new(now: UnixMs) -> Self {
        Self { wall: now, passed: Instant::now(), beat: now, written: Vec::new() }
    }

    /// Compares the clocks, then notes how it stands.
    async fn look(&mut self, app: &App) -> Result<(), StoreError> {
        let (wall, passed) = (app.clock.now(), Instant::now());
        let slept = slept(self.wall, wall, passed - self.passed);
        (self.wall, self.passed) = (wall, passed);
        self.note(app, slept).await
    }

    async fn note(&mut self, app: &App, slept: Option<Absence>) -> Result<(), StoreError> {
        let typed = app.github.typed_address().is_some();
        let now = app.clock.now();
        let absent = absent(&app.tunnel.board.now(), typed, &self.written, now);
        let beats = now.0 < self.beat.0 || now.0 - self.beat.0 >= BEAT_EVERY_MS;
        if absent == self.written && slept.is_none() && !beats {
            return Ok(());
        }
        let (rows, woke) = (absent.clone(), slept.is_some());
        app.store
            .write(move |turn| {
                table::close_others(turn.db, &rows, turn.now)?;
                rows.iter().chain(&slept).try_for_each(|row| table::put(turn.db, row))?;
                table::trim(turn.db, turn.now)?;
                table::alive(turn.db, turn.now)
            })
            .await?;
        (self.written, self.beat) = (absent, now);
        if woke {
            app.github.catch_up();
        }
        Ok(())
    }
}

/// The sleep between two looks: one clock stops while the machine sleeps, or both went on and the pause was far too long.
fn slept(before: UnixMs, now: UnixMs, passed: Duration) -> Option<Absence> {
    let wall = Duration::from_millis(u64::try_from(now.0 - before.0).unwrap_or_default());
    let gone = wall > passed + SLEPT || passed > LOOK_EVERY + SLEPT;
    gone.then_some(Absence { cause: AbsenceCause::Asleep, from: before, to: Some(now), why: None })
}

/// What keeps senders away now, and what the tunnel had of it since its start. What lasts keeps the beginning that it has
/// in `before`.
fn absent(tunnel: &TunnelNow, typed: bool, before: &[Absence], now: UnixMs) -> Vec<Absence> {
    let of_tunnel = |outage: &crate::tunnel::Outage| Absence {
        cause: AbsenceCause::Tunnel,
        from: outage.from,
        to: outage.to,
        why: Some(outage.why.clone()),
    };
    let mut all: Vec<_> = tunnel.outages.iter().map(of_tunnel).collect();
    if all.iter().any(|one| one.to.is_none()) {
        return all;
    }
    let lasting = match tunnel.state {
        TunnelState::Online => None,
        TunnelState::Off if typed => None,
        TunnelState::Off => Some((AbsenceCause::NoTunnel, None)),
        TunnelState::Starting | TunnelState::Checking | TunnelState::Waiting | TunnelState::NeedsYou => {
            let why = tunnel.last_error.as_ref().map_or("it was being started", |error| &error.message);
            Some((AbsenceCause::Tunnel, Some(why.to_owned())))
        }
    };
    if let Some((cause, why)) = lasting {
        let known = before.iter().find(|one| one.cause == cause && one.to.is_none());
        let from = known.map_or(tunnel.since.unwrap_or(now).min(now), |known| known.from);
        all.push(Absence { cause, from, to: None, why });
    }
    all
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
