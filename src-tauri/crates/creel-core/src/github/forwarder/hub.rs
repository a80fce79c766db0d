//! The one forwarder of a Creel: started and stopped by commands, ended with Creel.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::choice::ForwarderChoice;
use super::program::Forwarder;
use super::slept::Slept;
use crate::admit::Standing;
use crate::app::App;
use crate::authenticate::{Key, Scheme};
use crate::error::{ApiError, ErrorCode};
use crate::events::{Event, Events};
use crate::ids::SecretId;
use crate::registry::{Listening, require};
use crate::secrets::fresh;
use crate::tunnel::{Board, Pace, PublicAddress, Supervisor, SystemPace};

/// Whose signature a hook of GitHub's carries.
const SCHEME: &str = "github";
/// What people call it.
const NAME: &str = "gh webhook forward";

/// Holds the forwarder.
pub struct Hub {
    /// How it stands.
    pub board: Arc<Board>,
    running: Mutex<Option<Running>>,
    /// One start or stop at a time.
    turn: tokio::sync::Mutex<()>,
}

struct Running {
    choice: ForwarderChoice,
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Hub {
    /// Without a forwarder.
    pub fn new(events: Events) -> Self {
        let board = Arc::new(Board::new(events, Event::Forwarder));
        Self { board, running: Mutex::default(), turn: tokio::sync::Mutex::default() }
    }

    /// What is being kept up now.
    pub fn choice(&self) -> Option<ForwarderChoice> {
        self.open().as_ref().filter(|running| !running.stop.is_cancelled()).map(|running| running.choice.clone())
    }

    /// Starts forwarding in place of what runs. Its secret is made for this run: it is known from the program's arguments
    /// to everybody on this machine, so it counts for as long as the program runs and is written down nowhere.
    pub async fn start(&self, app: &Arc<App>, choice: ForwarderChoice) -> Result<(), ApiError> {
        choice.check()?;
        let at = require(&app.registry.now(), &choice.trigger_id)?;
        let scheme = takes_it(&at)?;
        let receiver = app.addresses().receiver.and_then(|at| PublicAddress::read(&format!("http://{at}")).ok());
        let receiver = receiver.ok_or_else(|| {
            ApiError::new(ErrorCode::Unavailable, "Creel does not listen, so nothing can be forwarded to it")
                .hint("free its ports or choose others, then start again")
        })?;
        let _turn = self.turn.lock().await;
        self.end().await;
        let secret = fresh(scheme);
        let key = Key { id: SecretId::new(app.ids.as_ref()), value: secret.clone(), expires_at: None };
        let pace: Arc<dyn Pace> = Arc::new(SystemPace::default());
        let slept = Arc::new(Slept::new(Arc::clone(&pace), Arc::clone(&app.clock)));
        let stop = app.stopping.child_token();
        let forwarder =
            Forwarder { choice: choice.clone(), receiver, path: at.path(), secret, slept: Arc::clone(&slept) };
        self.board.begins(NAME, app.clock.now(), None);
        let supervisor = Supervisor {
            tunnel: Arc::new(forwarder),
            probe: slept,
            pace,
            clock: Arc::clone(&app.clock),
            ids: Arc::clone(&app.ids),
            board: Arc::clone(&self.board),
            stop: stop.clone(),
            look: Arc::new(Notify::new()),
            off_after: None,
        };
        app.registry.lend(Some((choice.trigger_id.clone(), key)));
        app.reload().await?;
        let owner = Arc::clone(app);
        let task = tokio::spawn(async move {
            supervisor.run().await;
            owner.registry.lend(None);
            if let Err(error) = owner.reload().await {
                tracing::warn!(%error, "a forwarder's secret counts until the next change");
            }
        });
        *self.open() = Some(Running { choice, stop, task });
        Ok(())
    }

    /// Ends it, if there is one.
    pub async fn stop(&self, app: &App) {
        let _turn = self.turn.lock().await;
        self.end().await;
        self.board.ends(app.clock.now(), None);
    }

    async fn end(&self) {
        let running = self.open().take();
        if let Some(running) = running {
            running.stop.cancel();
            let _ = running.task.await;
        }
    }

    fn open(&self) -> MutexGuard<'_, Option<Running>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether what is forwarded could get in at all; its scheme.
fn takes_it(at: &Listening) -> Result<&'static Scheme, ApiError> {
    let name = &at.trigger.name;
    let no = |why: String, hint: &str| Err(ApiError::invalid("trigger_id", why).hint(hint));
    if !at.trigger.enabled {
        return no(format!("\"{name}\" is switched off"), "switch it on, then start again");
    }
    // Without a secret of its own the lent one would pass for it.
    let Some(scheme) = at.scheme.filter(|scheme| scheme.key == SCHEME && !at.keys.is_empty() && !at.is_test()) else {
        let hint = "choose a trigger whose scheme is GitHub";
        return no(format!("\"{name}\" does not check GitHub's signature"), hint);
    };
    match at.allowlist.standing(Some(IpAddr::V4(Ipv4Addr::LOCALHOST))) {
        Standing::Allowed => Ok(scheme),
        Standing::NotListed | Standing::Unknown => no(
            format!("the allowlist of \"{name}\" refuses this machine, from which forwarded deliveries come"),
            "add 127.0.0.1 to the allowlist, or choose another trigger",
        ),
    }
}
