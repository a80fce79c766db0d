//! Keeps one tunnel up until it is told to stop: starts it, asks through its public address whether it leads here, and
//! starts it again when it does not, for ever (`trust.md` R11). Not the providers' own reconnecting: ngrok's waits without
//! a bound, and a program that has lost its server may never say so.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::clock::{Clock, UnixMs};
use crate::error::{ApiError, ErrorCode};
use crate::ids::Ids;
use crate::tunnel::backoff::Backoff;
use crate::tunnel::board::Board;
use crate::tunnel::pace::Pace;
use crate::tunnel::probe::{PATIENCE, Probe};
use crate::tunnel::up::{Down, LOOK_AT_NETWORK, Next, Tunnel, Up};

/// Between two questions. A tunnel that is gone right after one is found out after this pause and two waits of [`PATIENCE`]:
/// 13 s.
const ASK_EVERY: Duration = Duration::from_secs(5);
/// The same where the tunnel notices by itself: a free plan's 20,000 requests a month must not go for questions.
const ASK_SELDOM: Duration = Duration::from_secs(300);
/// Between two questions to an address that has never led here: a new name takes a moment to be known.
const ASK_AT_FIRST: Duration = Duration::from_secs(2);
/// How long a new address may take to lead here.
const SETTLES_IN: Duration = Duration::from_secs(60);
/// How long a start may take: sign-on over a slow line, and the provider's own work.
const STARTS_IN: Duration = Duration::from_secs(45);
/// Up for so long, and the next wait is a short one again.
const HEALTHY: Duration = Duration::from_secs(60);
/// Waits are cut into pieces of this length, so that waking up is noticed soon.
const PIECE: Duration = Duration::from_secs(5);
/// A clock that is ahead of the other by more: the machine slept. Less is what a busy machine and a corrected clock do.
const SLEPT: Duration = Duration::from_secs(10);

/// What it works with.
pub struct Supervisor {
    /// The tunnel.
    pub tunnel: Arc<dyn Tunnel>,
    /// Asks through its address.
    pub probe: Arc<dyn Probe>,
    /// The monotonic clock.
    pub pace: Arc<dyn Pace>,
    /// The wall clock.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub ids: Arc<dyn Ids>,
    /// Where it says how it stands.
    pub board: Arc<Board>,
    /// Ends it.
    pub stop: CancellationToken,
    /// Asks now instead of later.
    pub look: Arc<Notify>,
    /// It switches itself off after so long.
    pub off_after: Option<Duration>,
}

/// Why a wait was over.
enum Over {
    Passed,
    /// The machine slept, or somebody wants to know now.
    Look,
    Fell(Down),
    End(End),
}

/// Why it ends for good.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Stopped,
    TimeUp,
}

/// How one standing of the tunnel ended.
enum Stood {
    Fell(Down, Duration),
    End(End),
}

impl Supervisor {
    /// Until it is stopped, its time is up, or only the user can help.
    pub async fn run(self) {
        let begun = self.pace.passed();
        let off_at = self.off_after.map(|after| (begun + after, self.clock.now().plus_ms(millis(after))));
        let mut backoff = Backoff::default();
        let end = loop {
            self.board.starts(self.clock.now());
            let down = match self.once(off_at).await {
                Stood::End(end) => break end,
                Stood::Fell(down, stood) => {
                    if stood >= HEALTHY {
                        backoff.reset();
                    }
                    down
                }
            };
            if down.next != Next::Again {
                self.stop.cancel();
                self.board.falls(&down, self.last_stood(), self.clock.now(), None);
                return;
            }
            let wait = backoff.next(self.ids.as_ref());
            let next = self.clock.now().plus_ms(millis(wait));
            self.board.falls(&down, self.last_stood(), self.clock.now(), Some((next, backoff.failed())));
            match self.rest(wait, &mut None, off_at).await {
                Over::End(end) => break end,
                // Awake again, or told to look: the waits before say nothing any more.
                Over::Look => backoff.reset(),
                Over::Passed | Over::Fell(_) => {}
            }
        };
        // With it ends the door that it led to.
        self.stop.cancel();
        self.board.ends(self.clock.now(), (end == End::TimeUp).then(|| self.time_up()));
    }

    /// One start, and the time that it stands.
    async fn once(&self, off_at: OffAt) -> Stood {
        let started = tokio::select! {
            biased;
            () = self.stop.cancelled() => return Stood::End(End::Stopped),
            started = self.tunnel.start() => started,
            () = self.pace.wait(STARTS_IN) => {
                let why = format!("the tunnel was not up after {} s", STARTS_IN.as_secs());
                Err(Down::again(why, LOOK_AT_NETWORK))
            }
        };
        let mut up = match started {
            Ok(up) => Some(up),
            Err(down) => return Stood::Fell(down, Duration::ZERO),
        };
        let stood = self.stands(&mut up, off_at).await;
        if let Some(up) = up {
            up.stop().await;
        }
        stood
    }

    /// From its address to its end.
    async fn stands(&self, up: &mut Option<Box<dyn Up>>, off_at: OffAt) -> Stood {
        let Some(address) = up.as_ref().map(|up| up.address().clone()) else { return Stood::End(End::Stopped) };
        self.board.has(&address, self.clock.now());
        if let Err(over) = self.settles(up, &address, off_at).await {
            return over;
        }
        let since = self.pace.passed();
        let every = if self.tunnel.notices() { ASK_SELDOM } else { ASK_EVERY };
        loop {
            match self.rest(every, up, off_at).await {
                Over::End(end) => return Stood::End(end),
                Over::Fell(down) => return Stood::Fell(down, self.pace.passed() - since),
                Over::Passed | Over::Look => {}
            }
            let asked = self.pace.passed();
            if self.asks(up, &address).await.is_ok() {
                continue;
            }
            // A single question may be lost on the way; two in a row are not. Where the first was refused at once, the second
            // waits as long as an answer may take: a drop of a second must not cost the address.
            match self.rest((asked + PATIENCE).saturating_sub(self.pace.passed()), up, off_at).await {
                Over::End(end) => return Stood::End(end),
                Over::Fell(down) => return Stood::Fell(down, self.pace.passed() - since),
                Over::Passed | Over::Look => {}
            }
            if let Err(down) = self.asks(up, &address).await {
                return Stood::Fell(down, self.pace.passed() - since);
            }
        }
    }

    /// Asks until the first answer. A new address may take its time.
    async fn settles(
        &self,
        up: &mut Option<Box<dyn Up>>,
        address: &super::PublicAddress,
        off_at: OffAt,
    ) -> Result<(), Stood> {
        let until = self.pace.passed() + SETTLES_IN;
        loop {
            let Err(down) = self.asks(up, address).await else { return Ok(()) };
            let down = up.as_ref().and_then(|up| up.explains()).unwrap_or(down);
            if self.pace.passed() >= until || down.next != Next::Again {
                return Err(Stood::Fell(down, Duration::ZERO));
            }
            self.board.doubts(&down, self.clock.now());
            match self.rest(ASK_AT_FIRST, up, off_at).await {
                Over::End(end) => return Err(Stood::End(end)),
                Over::Fell(down) => return Err(Stood::Fell(down, Duration::ZERO)),
                Over::Passed | Over::Look => {}
            }
        }
    }

    /// One question through the public address; it also ends when the tunnel ends.
    async fn asks(&self, up: &mut Option<Box<dyn Up>>, address: &super::PublicAddress) -> Result<(), Down> {
        let took = tokio::select! {
            biased;
            answer = self.probe.ask(address) => answer?,
            down = ended(up) => return Err(down),
            () = self.stop.cancelled() => return Ok(()),
        };
        self.board.stands(took, self.clock.now());
        Ok(())
    }

    /// Waits, in pieces; the two clocks are compared after each.
    async fn rest(&self, long: Duration, up: &mut Option<Box<dyn Up>>, off_at: OffAt) -> Over {
        let until = self.pace.passed() + long;
        loop {
            let (passed, wall) = (self.pace.passed(), self.clock.now());
            let piece = until.saturating_sub(passed).min(PIECE);
            if piece.is_zero() {
                return Over::Passed;
            }
            tokio::select! {
                biased;
                () = self.stop.cancelled() => return Over::End(End::Stopped),
                () = self.look.notified() => return Over::Look,
                down = ended(up) => return Over::Fell(down),
                () = self.pace.wait(piece) => {}
            }
            if off_at.is_some_and(|(passed, wall)| self.pace.passed() >= passed || self.clock.now() >= wall) {
                return Over::End(End::TimeUp);
            }
            let passed = self.pace.passed().saturating_sub(passed);
            let wall = Duration::from_millis(u64::try_from(self.clock.now().0 - wall.0).unwrap_or_default());
            // One clock stops while the machine sleeps, or both went on and the piece took far too long.
            if wall > passed + SLEPT || passed > piece + SLEPT {
                return Over::Look;
            }
        }
    }

    /// When it was last known to lead here; `None`: it had not since it was down.
    fn last_stood(&self) -> Option<UnixMs> {
        let now = self.board.now();
        now.checked_at.filter(|_| now.outages.last().is_none_or(|outage| outage.to.is_some()))
    }

    fn time_up(&self) -> ApiError {
        let hours = self.off_after.unwrap_or_default().as_secs() / 3600;
        ApiError::new(ErrorCode::Unavailable, format!("the tunnel was switched off after {hours} h, as you chose"))
            .hint("start it again when you need it")
    }
}

/// When it switches itself off: by the monotonic clock and by the wall's, whichever is there first. One stands still while
/// the machine sleeps, and the other may be set back.
type OffAt = Option<(Duration, UnixMs)>;

/// Its end by itself; without a tunnel that never comes.
async fn ended(up: &mut Option<Box<dyn Up>>) -> Down {
    match up {
        Some(up) => up.ended().await,
        None => std::future::pending().await,
    }
}

fn millis(long: Duration) -> i64 {
    i64::try_from(long.as_millis()).unwrap_or(i64::MAX)
}
