//! `creel`: the receiver without a window, and the commands that talk to a running Creel.
//!
//! To add a command: a file with its arguments and its `run`, a variant of [`Command`], a line in [`main`].

mod verify;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "creel", version, about = "Receive, verify, keep, act on and replay webhooks.")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Check signatures: JSON lines on stdin, a verdict a line on stdout.
    Verify(verify::Arguments),
}

fn main() -> anyhow::Result<()> {
    match Cli::parse().command {
        Command::Verify(arguments) => verify::run(&arguments),
    }
}
