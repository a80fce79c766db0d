//! The one tunnel of a Creel: started and stopped by commands, kept for the next time, ended with Creel.

use std::collections::HashSet;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use arc_swap::ArcSwap;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::error::{ApiError, ErrorCode};
use crate::events::{Event, Events};
use crate::ids::TriggerId;
use crate::receive::listen::listen;
use crate::receive::{Door, Limits, Listener, serve};
use crate::tunnel::board::Board;
use crate::tunnel::choice::{TunnelChoice, TunnelKind};
use crate::tunnel::heartbeat::Heartbeat;
use crate::tunnel::ingress::Ingress;
use crate::tunnel::kinds::{self, Parts};
use crate::tunnel::pace::SystemPace;
use crate::tunnel::probe::HttpProbe;
use crate::tunnel::supervise::Supervisor;

/// Holds the tunnel.
pub struct Hub {
    /// How it stands.
    pub board: Arc<Board>,
    heartbeat: Arc<Heartbeat>,
    door: Mutex<Weak<Door<App>>>,
    running: Mutex<Option<Running>>,
    /// One start or stop at a time.
    turn: tokio::sync::Mutex<()>,
    ticked: ArcSwap<HashSet<TriggerId>>,
}

struct Running {
    choice: TunnelChoice,
    stop: CancellationToken,
    look: Arc<Notify>,
    tasks: Vec<JoinHandle<()>>,
}

impl Hub {
    /// Without a tunnel.
    pub fn new(events: Events) -> Self {
        Self {
            board: Arc::new(Board::new(events, Event::Tunnel)),
            heartbeat: Arc::default(),
            door: Mutex::default(),
            running: Mutex::default(),
            turn: tokio::sync::Mutex::default(),
            ticked: ArcSwap::default(),
        }
    }

    /// The door that tunnels lead to. It is the listeners': a tunnel does not keep it open.
    pub fn leads_to(&self, door: &Arc<Door<App>>) {
        *lock(&self.door) = Arc::downgrade(door);
    }

    /// Triggers that are exposed although they check no signature.
    pub fn ticked(&self) -> Arc<HashSet<TriggerId>> {
        self.ticked.load_full()
    }

    /// What is being kept up now.
    pub fn choice(&self) -> Option<TunnelChoice> {
        lock(&self.running)
            .as_ref()
            .filter(|running| !running.stop.is_cancelled())
            .map(|running| running.choice.clone())
    }

    /// From now on exactly these are exposed although they check no signature. What runs, with them.
    pub fn tick(&self, ticked: &[TriggerId]) -> Option<TunnelChoice> {
        let mut running = lock(&self.running);
        let choice = &mut running.as_mut()?.choice;
        choice.ticked = ticked.to_vec();
        self.ticked.store(Arc::new(ticked.iter().cloned().collect()));
        Some(choice.clone())
    }

    /// Asks through the public address now, or starts again now where it waits.
    pub fn look(&self) {
        if let Some(running) = &*lock(&self.running) {
            running.look.notify_one();
        }
    }

    /// Starts a tunnel in place of the one that runs. Returns when it is being started; the board says how it goes on.
    pub async fn start(&self, app: &Arc<App>, choice: TunnelChoice) -> Result<(), ApiError> {
        kinds::check(&choice.kind)?;
        let _turn = self.turn.lock().await;
        // What could be refused is found out first: a tunnel that runs does not end for a choice that cannot start.
        let token = match choice.kind {
            TunnelKind::Ngrok(_) => crate::api::handlers::tunnel_token_of(app).await?,
            _ => None,
        };
        let door = lock(&self.door).upgrade().ok_or_else(|| {
            ApiError::new(ErrorCode::Unavailable, "Creel does not listen, so no tunnel can lead to it")
                .hint("free its ports or choose others, then start the tunnel")
        })?;
        if self.holds(kinds::port(&choice.kind)) {
            self.end().await;
        }
        let listener = kinds::port(&choice.kind).map(|port| listener(port, app)).transpose()?;
        self.end().await;
        let (stop, look) = (app.stopping.child_token(), Arc::new(Notify::new()));
        let port = listener.as_ref().and_then(|l| l.local_addr().ok()).map_or(0, |address| address.port());
        let tells = kinds::tells(&choice.kind);
        let ingress = Arc::new(Ingress::new(door, Arc::clone(&self.heartbeat), tells, port));
        let mut tasks = Vec::new();
        if let Some(listener) = listener {
            let (kind, stop) = (Listener::Tunnel(port), stop.clone());
            tasks.push(tokio::spawn(serve(listener, kind, Arc::clone(&ingress), Limits::RECEIVER, stop)));
        }
        let folder = app.store.path().to_owned();
        let parts = Parts { port, ingress: Some(ingress), token, folder, stop: stop.clone() };
        let supervisor = self.supervisor(app, &choice, parts, &look);
        self.ticked.store(Arc::new(choice.ticked.iter().cloned().collect()));
        tasks.insert(0, tokio::spawn(supervisor.run()));
        *lock(&self.running) = Some(Running { choice, stop, look, tasks });
        Ok(())
    }

    /// Whether the tunnel that runs has this port of the user's choice: then it has to end before another one can have it.
    fn holds(&self, port: Option<u16>) -> bool {
        let now = lock(&self.running).as_ref().and_then(|running| kinds::port(&running.choice.kind));
        port.is_some_and(|port| port != 0 && now == Some(port))
    }

    fn supervisor(&self, app: &Arc<App>, choice: &TunnelChoice, parts: Parts<App>, look: &Arc<Notify>) -> Supervisor {
        let off_after = choice.off_after_hours.map(|hours| Duration::from_secs(u64::from(hours) * 3600));
        let now = app.clock.now();
        let off_at = choice.off_after_hours.map(|hours| now.plus_ms(i64::from(hours) * 3_600_000));
        self.board.begins(choice.kind.name(), now, off_at);
        Supervisor {
            stop: parts.stop.clone(),
            tunnel: kinds::build(&choice.kind, parts),
            probe: Arc::new(HttpProbe::new(Arc::clone(&self.heartbeat), Arc::clone(&app.ids))),
            pace: Arc::new(SystemPace::default()),
            clock: Arc::clone(&app.clock),
            ids: Arc::clone(&app.ids),
            board: Arc::clone(&self.board),
            look: Arc::clone(look),
            off_after,
        }
    }

    /// Ends the tunnel, if there is one; requests under way get their answers.
    pub async fn stop(&self, app: &App) {
        let _turn = self.turn.lock().await;
        self.end().await;
        self.board.ends(app.clock.now(), None);
    }

    async fn end(&self) {
        let Some(running) = lock(&self.running).take() else { return };
        running.stop.cancel();
        for task in running.tasks {
            let _ = task.await;
        }
        self.ticked.store(Arc::default());
    }
}

/// A listener for one tunnel alone.
fn listener(port: u16, app: &App) -> Result<tokio::net::TcpListener, ApiError> {
    let address = SocketAddr::new(Ipv4Addr::LOCALHOST.into(), port);
    let own = app.addresses();
    let taken_by_creel = [own.receiver, own.control].into_iter().flatten().any(|own| own.port() == port);
    if port != 0 && taken_by_creel {
        let words = format!("port {port} is Creel's own");
        return Err(ApiError::new(ErrorCode::Conflict, words)
            .hint("the proxy needs a port of the tunnel's own: the receiver's would believe any header"));
    }
    listen(address, "the tunnel's port").map_err(|error| match error.code {
        ErrorCode::Conflict => ApiError { field: Some("kind.own.port".to_owned()), ..error }
            .hint(format!("another program listens on {address}: choose another port, here and in your proxy")),
        _ => error,
    })
}

/// Starts the tunnel that the user wants at every start.
pub async fn start_as_kept(app: Arc<App>) {
    let kept = crate::api::handlers::kept_choice(&app).await;
    let Ok(Some(choice)) = kept else { return };
    if choice.at_start
        && let Err(error) = app.tunnel.start(&app, choice).await
    {
        app.tunnel.board.ends(app.clock.now(), Some(error));
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
