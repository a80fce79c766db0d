//! The core behind the window: opened beside it, asked by it, closed after it.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use creel_core::api::commands;
use creel_core::api::question::{self, Question};
use creel_core::api::status::{SecretsStore, Status};
use creel_core::app::{App, Config};
use creel_core::clock::SystemClock;
use creel_core::control::Ports;
use creel_core::error::{ApiError, ErrorCode};
use creel_core::ids::RandomIds;
use creel_core::tunnel::TunnelState;
use tokio::sync::watch;

use crate::backend::listening::Listening;

mod listening;

/// The core and how far it is.
pub struct Backend {
    data_dir: PathBuf,
    state: watch::Sender<State>,
    listening: Mutex<Heard>,
}

/// Whether it listens, and if not, why not.
#[derive(Default)]
enum Heard {
    #[default]
    NotYet,
    Listening(Listening),
    Not(ApiError),
}

#[derive(Clone)]
enum State {
    Opening,
    Open(Arc<App>),
    Failed(ApiError),
}

impl Backend {
    /// A core that is not open yet.
    pub fn new(data_dir: PathBuf) -> Self {
        Self { data_dir, state: watch::Sender::new(State::Opening), listening: Mutex::default() }
    }

    /// Opens the core and listens. A core that does not open is told to whoever asks; one that cannot listen shows
    /// what is there and says why it hears nothing. `None`: it did not open.
    pub async fn open(&self) -> Option<Arc<App>> {
        let opened = App::open(Config {
            data_dir: self.data_dir.clone(),
            clock: Arc::new(SystemClock),
            ids: Arc::new(RandomIds),
            secrets: None,
            search: creel_core::app::Search::Indexed,
        });
        let app = match opened.await {
            Ok(app) => app,
            Err(error) => {
                tracing::error!(%error, "the data folder does not open");
                let told = ApiError::new(ErrorCode::Unavailable, error.to_string()).hint(error.hint());
                self.state.send_replace(State::Failed(told));
                return None;
            }
        };
        self.start_listening(&app, Ports::Kept);
        self.state.send_replace(State::Open(Arc::clone(&app)));
        Some(app)
    }

    /// Listens after all, as the user chose in the window. An error: it still does not, and why.
    pub async fn listen(&self, ports: Ports) -> Result<(), ApiError> {
        match self.ready().await? {
            State::Open(app) => self.start_listening(&app, ports).map_or(Ok(()), Err),
            State::Failed(error) => Err(error),
            State::Opening => Err(closing()),
        }
    }

    /// What went wrong, unless it listens now or did so before. The core knows it too, until it is over.
    fn start_listening(&self, app: &Arc<App>, ports: Ports) -> Option<ApiError> {
        let mut heard = self.listening.lock().unwrap_or_else(PoisonError::into_inner);
        if matches!(*heard, Heard::Listening(_)) {
            return None;
        }
        if let Heard::Not(before) = std::mem::take(&mut *heard) {
            app.over(&before.message);
        }
        match Listening::start(app, &self.data_dir, ports) {
            Ok(listening) => {
                *heard = Heard::Listening(listening);
                None
            }
            Err(error) => {
                tracing::error!(%error, "not listening");
                app.trouble(error.clone());
                *heard = Heard::Not(error.clone());
                Some(error)
            }
        }
    }

    /// Runs a command of the list, JSON to JSON, once the core is open.
    pub async fn call(&self, command: &str, input: &[u8]) -> Result<Vec<u8>, ApiError> {
        match self.ready().await? {
            State::Open(app) => commands::call(&app, command, input).await,
            State::Failed(error) if command == "status" => status_of_a_failure(&self.data_dir, error),
            State::Failed(error) => Err(error),
            State::Opening => Err(closing()),
        }
    }

    /// What the person at the window has to agree to before this command runs.
    pub async fn question(&self, command: &str, input: &[u8]) -> Result<Option<Question>, ApiError> {
        match self.ready().await? {
            State::Open(app) => question::before(&app, command, input),
            State::Failed(_) | State::Opening => Ok(None),
        }
    }

    /// Where everything is kept.
    pub fn data_dir(&self) -> &Path {
        &self.data_dir
    }

    /// Answers what is under way, ends the queue, closes the store.
    pub async fn close(&self) {
        let heard = std::mem::take(&mut *self.listening.lock().unwrap_or_else(PoisonError::into_inner));
        if let Heard::Listening(listening) = heard {
            listening.close(&self.data_dir).await;
        }
        let state = self.state.borrow().clone();
        if let State::Open(app) = state {
            app.close().await;
        }
    }

    async fn ready(&self) -> Result<State, ApiError> {
        let mut state = self.state.subscribe();
        let ready = state.wait_for(|state| !matches!(state, State::Opening)).await;
        ready.map(|state| state.clone()).map_err(|_| closing())
    }
}

/// What the frame of the window shows when there is no core to ask.
fn status_of_a_failure(data_dir: &Path, error: ApiError) -> Result<Vec<u8>, ApiError> {
    let status = Status {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        receiver: None,
        control: None,
        tunnel: TunnelState::Off,
        public: None,
        stop_answering: false,
        capture_only: false,
        paused: false,
        answering_faults: 0,
        queue_depth: 0,
        deliveries: 0,
        search_lag: 0,
        disk_bytes: 0,
        data_dir: data_dir.display().to_string(),
        secrets_store: SecretsStore::File,
        trouble: vec![error],
        test_path: "/hooks/test".to_owned(),
    };
    serde_json::to_vec(&status).map_err(|error| ApiError::new(ErrorCode::Internal, error.to_string()))
}

fn closing() -> ApiError {
    ApiError::new(ErrorCode::Unavailable, "Creel is closing")
}
