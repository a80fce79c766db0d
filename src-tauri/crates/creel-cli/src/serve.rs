//! `creel serve`: the whole of Creel without a window.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use creel_core::api::status::SecretsStore;
use creel_core::app::{App, Config, Search};
use creel_core::clock::SystemClock;
use creel_core::control::{Bound, Listeners, Running, Token};
use creel_core::ids::RandomIds;
use creel_core::store::OpenError;

use crate::folder::Folder;
use crate::said::said;

/// A stop takes no longer: what is not done then is done after the next start.
const STOP_MOST: Duration = Duration::from_millis(4800);

/// What `creel serve` takes.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    folder: Folder,
    /// Where deliveries come in, this once; port 0 takes a free one [default: as kept in the data folder; at the first
    /// start 127.0.0.1:4419, or a free port where that is taken].
    #[arg(long, value_name = "ADDRESS")]
    receiver: Option<SocketAddr>,
    /// Where the UI and scripts come in, this once; port 0 takes a free one [default: as kept; at first 127.0.0.1:4420].
    #[arg(long, value_name = "ADDRESS")]
    control: Option<SocketAddr>,
    /// Where the control listener's token is kept; made when missing [default: token in the data folder].
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
    /// Where the key to the secrets goes at the very first start [default: the keychain where it works, else a file].
    #[arg(long, value_name = "PLACE", value_parser = place)]
    secrets: Option<SecretsStore>,
    /// Leave bodies out of the search index, to measure what it costs.
    #[arg(long, hide = true)]
    no_search_index: bool,
}

fn place(text: &str) -> Result<SecretsStore, String> {
    match text {
        "keychain" => Ok(SecretsStore::Keychain),
        "file" => Ok(SecretsStore::File),
        _ => Err("either keychain or file".to_owned()),
    }
}

/// Serves until SIGTERM or SIGINT.
pub fn run(arguments: Arguments) -> anyhow::Result<()> {
    // Before the first file and the first thread: whatever is made is for this user only.
    #[cfg(unix)]
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let served = runtime.block_on(serve(arguments));
    // A command of the store that hangs on a dead disk does not hold the end.
    runtime.shutdown_timeout(Duration::ZERO);
    served
}

async fn serve(arguments: Arguments) -> anyhow::Result<()> {
    let stop = Stop::listen()?;
    let data_dir = arguments.folder.path()?;
    // Before the folder is opened: senders wait in line meanwhile, and a taken port is told at once.
    let bound = Bound::for_serve(&data_dir, arguments.receiver, arguments.control).map_err(said)?;
    let config = Config {
        data_dir: data_dir.clone(),
        clock: Arc::new(SystemClock),
        ids: Arc::new(RandomIds),
        secrets: arguments.secrets,
        search: if arguments.no_search_index { Search::LeftOut } else { Search::Indexed },
    };
    let app = App::open(config).await.map_err(|error| anyhow::anyhow!("{error}: {}", what_to_do(&error)))?;
    if arguments.receiver.is_none() && arguments.control.is_none() {
        bound.keep_first(&data_dir).map_err(said)?;
    }
    let token_file = arguments.token_file.unwrap_or_else(|| data_dir.join("token"));
    let token = Token::read_or_make(&token_file)?;
    let listeners = bound.serve_app(&app, token);
    let running = Running {
        receiver: format!("http://{}", listeners.receiver),
        control: format!("http://{}", listeners.control),
        token_file: std::path::absolute(token_file)?,
        pid: std::process::id(),
    };
    running.write(&data_dir).with_context(|| format!("cannot write to the data folder {}", data_dir.display()))?;
    println!("{}", serde_json::to_string(&running)?);
    stop.asked().await;
    tracing::info!("stopping");
    let _ = tokio::time::timeout(STOP_MOST, end(listeners, &app)).await;
    running.remove(&data_dir);
    Ok(())
}

/// The listeners first: what they took is committed before the store closes.
async fn end(listeners: Listeners, app: &Arc<App>) {
    listeners.close().await;
    app.close().await;
}

/// What the user can do about a store that does not open.
fn what_to_do(error: &OpenError) -> &'static str {
    match error {
        OpenError::Folder { .. } => "make it writable for this user, or choose another with --data-dir",
        OpenError::InUse { .. } => "stop the other one, or choose another folder with --data-dir",
        OpenError::Newer { .. } => "a newer Creel wrote it; use that one, or choose another folder with --data-dir",
        OpenError::Damaged { .. } => {
            "nothing was changed; put a backup from the folder's backups in its place, or choose another --data-dir"
        }
        OpenError::Sqlite { .. } => "nothing was changed; check the disk, or choose another folder with --data-dir",
    }
}

/// The signals that ask for an end.
struct Stop {
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
}

impl Stop {
    /// Listens from now on: a stop during the start is not lost.
    fn listen() -> anyhow::Result<Self> {
        Ok(Self {
            #[cfg(unix)]
            terminate: tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?,
        })
    }

    #[cfg(unix)]
    async fn asked(mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
        }
    }

    #[cfg(not(unix))]
    async fn asked(self) {
        let _ = tokio::signal::ctrl_c().await;
    }
}
