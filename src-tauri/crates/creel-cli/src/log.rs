//! The log: to standard error, by `RUST_LOG`, control characters escaped. Never a body, never a secret.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

/// Starts it. Warnings and errors unless `RUST_LOG` says otherwise.
pub fn start() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn"));
    let colours = std::io::stderr().is_terminal();
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(colours).init();
}
