//! A world in which time passes only where everybody waits, with a network that can be off and a tunnel over it.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::clock::{Clock, UnixMs};
use crate::events::{Event, Events};
use crate::ids::Ids;
use crate::tunnel::PublicAddress;
use crate::tunnel::board::{Board, TunnelNow};
use crate::tunnel::pace::Pace;
use crate::tunnel::probe::{PATIENCE, Probe};
use crate::tunnel::supervise::Supervisor;
use crate::tunnel::up::{Doing, Down, Needs, Tunnel, Up};

/// How often others get their turn before it counts as "everybody waits".
const TURNS: usize = 40;

/// Time, the network, and what the tunnel's provider does.
#[derive(Default)]
pub struct World {
    passed: Mutex<Duration>,
    slept_ms: AtomicI64,
    timers: Mutex<BTreeMap<(Duration, u32), Waker>>,
    drawn: AtomicU32,
    /// The network is off.
    pub off: Mutex<bool>,
    provider: Provider,
    /// Starts so far, and questions.
    pub starts: AtomicU32,
    pub asked: AtomicU32,
    gone: Notify,
}

/// What the tunnel's provider does.
#[derive(Default)]
pub struct Provider {
    /// It gives another address at each start.
    pub wanders: bool,
    /// What every start ends with.
    pub refuses: Option<Down>,
    /// It notices an end by itself, as soon as the network is off.
    pub notices: bool,
    /// Its edge answers for a tunnel that it lost; otherwise nobody answers.
    pub edge_answers: bool,
    /// No start of it ever ends.
    pub hangs: bool,
}

impl World {
    /// One with this provider.
    pub fn with(provider: Provider) -> Self {
        Self { provider, ..Self::default() }
    }

    /// Everything so far happened; then time passes until `long` from now.
    pub async fn pass(&self, long: Duration) {
        let until = *self.passed.lock().unwrap() + long;
        loop {
            for _ in 0..TURNS {
                tokio::task::yield_now().await;
            }
            let mut timers = self.timers.lock().unwrap();
            let Some(entry) = timers.first_entry().filter(|entry| entry.key().0 <= until) else { break };
            *self.passed.lock().unwrap() = entry.key().0;
            entry.remove().wake();
        }
        *self.passed.lock().unwrap() = until;
    }

    /// Passes second by second until `is`, at most `most`; how long it took.
    pub async fn pass_until(&self, board: &Board, most: Duration, is: impl Fn(&TunnelNow) -> bool) -> Duration {
        let start = *self.passed.lock().unwrap();
        loop {
            self.pass(Duration::from_millis(100)).await;
            let took = *self.passed.lock().unwrap() - start;
            if is(&board.now()) {
                return took;
            }
            assert!(took <= most, "not within {most:?}: {:?}", board.now());
        }
    }

    /// The machine sleeps: the wall's clock goes on, the monotonic one does not.
    pub fn sleep(&self, long: Duration) {
        self.slept_ms.fetch_add(long.as_millis() as i64, Ordering::SeqCst);
    }

    /// The network goes off or on.
    pub fn network(&self, on: bool) {
        *self.off.lock().unwrap() = !on;
        if !on {
            self.gone.notify_waiters();
        }
    }

    fn is_off(&self) -> bool {
        *self.off.lock().unwrap()
    }

    fn timer(self: &Arc<Self>, long: Duration) -> Timer {
        let due = *self.passed.lock().unwrap() + long;
        Timer { world: Arc::clone(self), key: (due, self.drawn.fetch_add(1, Ordering::SeqCst)) }
    }
}

struct Timer {
    world: Arc<World>,
    key: (Duration, u32),
}

impl Future for Timer {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if *self.world.passed.lock().unwrap() >= self.key.0 {
            return Poll::Ready(());
        }
        self.world.timers.lock().unwrap().insert(self.key, cx.waker().clone());
        Poll::Pending
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        self.world.timers.lock().unwrap().remove(&self.key);
    }
}

/// What of the world each part sees.
#[derive(Clone)]
pub struct Seen(pub Arc<World>);

impl Pace for Seen {
    fn passed(&self) -> Duration {
        *self.0.passed.lock().unwrap()
    }

    fn wait(&self, long: Duration) -> Doing<'_, ()> {
        Box::pin(self.0.timer(long))
    }
}

impl Clock for Seen {
    fn now(&self) -> UnixMs {
        let awake = self.0.passed.lock().unwrap().as_millis() as i64;
        UnixMs(1_760_000_000_000 + awake + self.0.slept_ms.load(Ordering::SeqCst))
    }
}

impl Ids for Seen {
    fn ksuid(&self) -> String {
        String::new()
    }

    /// Spread over the whole range, and the same at every run.
    fn number(&self, bound: u32) -> u32 {
        self.0.drawn.fetch_add(1, Ordering::SeqCst).wrapping_mul(2_654_435_761) % bound
    }
}

impl Probe for Seen {
    fn ask<'a>(&'a self, _: &'a PublicAddress) -> Doing<'a, Result<Duration, Down>> {
        Box::pin(async {
            self.0.asked.fetch_add(1, Ordering::SeqCst);
            if self.0.is_off() {
                self.wait(if self.0.provider.edge_answers { Duration::from_millis(50) } else { PATIENCE }).await;
                return Err(Down::again("no answer", ""));
            }
            self.wait(Duration::from_millis(50)).await;
            Ok(Duration::from_millis(50))
        })
    }
}

impl Tunnel for Seen {
    fn detect(&self) -> Doing<'_, Needs> {
        Box::pin(async { Needs::met("") })
    }

    fn notices(&self) -> bool {
        self.0.provider.notices
    }

    fn start(&self) -> Doing<'_, Result<Box<dyn Up>, Down>> {
        Box::pin(async {
            let starts = self.0.starts.fetch_add(1, Ordering::SeqCst);
            if self.0.provider.hangs {
                std::future::pending::<()>().await;
            }
            if let Some(down) = &self.0.provider.refuses {
                return Err(down.clone());
            }
            self.wait(Duration::from_secs(1)).await;
            if self.0.is_off() {
                return Err(Down::again("the network is off", ""));
            }
            let name = if self.0.provider.wanders {
                format!("https://x{starts}.example")
            } else {
                "https://x.example".to_owned()
            };
            let address = PublicAddress::read(&name).unwrap();
            Ok(Box::new(Standing { world: self.clone(), address }) as Box<dyn Up>)
        })
    }
}

struct Standing {
    world: Seen,
    address: PublicAddress,
}

impl Up for Standing {
    fn address(&self) -> &PublicAddress {
        &self.address
    }

    fn ended(&mut self) -> Doing<'_, Down> {
        Box::pin(async {
            let gone = self.world.0.gone.notified();
            if !self.world.0.provider.notices {
                std::future::pending::<()>().await;
            }
            gone.await;
            Down::again("the connection is gone", "")
        })
    }

    fn stop(self: Box<Self>) -> Doing<'static, ()> {
        Box::pin(async {})
    }
}

/// A tunnel under supervision.
pub struct Kept {
    pub world: Arc<World>,
    pub board: Arc<Board>,
    pub stop: CancellationToken,
    pub look: Arc<Notify>,
}

/// Starts one in `world`, on this thread's runtime.
pub fn keep(world: World, off_after: Option<Duration>) -> Kept {
    let world = Arc::new(world);
    let seen = Seen(Arc::clone(&world));
    let (board, stop, look) =
        (Arc::new(Board::new(Events::default(), Event::Tunnel)), CancellationToken::new(), Arc::new(Notify::new()));
    board.begins("test", seen.now(), None);
    let supervisor = Supervisor {
        tunnel: Arc::new(seen.clone()),
        probe: Arc::new(seen.clone()),
        pace: Arc::new(seen.clone()),
        clock: Arc::new(seen.clone()),
        ids: Arc::new(seen),
        board: Arc::clone(&board),
        stop: stop.clone(),
        look: Arc::clone(&look),
        off_after,
    };
    tokio::spawn(supervisor.run());
    Kept { world, board, stop, look }
}
