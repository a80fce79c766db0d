//! Both listeners of the window, and the note by which the command line finds them.

use std::path::Path;
use std::sync::Arc;

use creel_core::app::App;
use creel_core::control::{Bound, Listeners, Ports, Running, Token};
use creel_core::error::{ApiError, ErrorCode};

/// The token's file in the data folder; `creel serve` uses the same.
const TOKEN_FILE: &str = "token";

/// Being served.
pub struct Listening {
    listeners: Listeners,
    running: Running,
}

impl Listening {
    /// Listens at the addresses that this data folder keeps, or as the user chose where one of them is taken; says so to
    /// the core and the command line.
    pub fn start(app: &Arc<App>, data_dir: &Path, ports: Ports) -> Result<Self, ApiError> {
        let bound = Bound::chosen(data_dir, ports)?;
        let token_file = data_dir.join(TOKEN_FILE);
        let token = Token::read_or_make(&token_file)
            .map_err(|error| ApiError::new(ErrorCode::Unavailable, error.to_string()))?;
        let listeners = bound.serve_app(app, token);
        let running = Running {
            receiver: format!("http://{}", listeners.receiver),
            control: format!("http://{}", listeners.control),
            token_file,
            pid: std::process::id(),
        };
        if let Err(error) = running.write(data_dir) {
            tracing::warn!(%error, "the command line will not find this Creel");
        }
        Ok(Self { listeners, running })
    }

    /// Takes nothing new, answers what is under way, closes.
    pub async fn close(self, data_dir: &Path) {
        self.running.remove(data_dir);
        self.listeners.close().await;
    }
}
