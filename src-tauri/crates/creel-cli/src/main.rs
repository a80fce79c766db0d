//! `creel`: the receiver without a window, and the commands that talk to a running Creel.
//!
//! To add a command: a file with its arguments and its `run`, a variant of [`Command`], a line in [`main`].

mod folder;
mod log;
mod open;
mod said;
mod serve;
mod talk;
mod verify;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "creel", version, about = "Receive, verify, keep, act on and replay webhooks.")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Receive, keep and act on webhooks until SIGTERM; prints one JSON line when ready.
    Serve(serve::Arguments),
    /// Print the address of the running Creel's UI, with a code that lets one browser in.
    Open(open::Arguments),
    /// Check signatures: JSON lines on stdin, a verdict a line on stdout.
    Verify(verify::Arguments),
}

fn main() -> ExitCode {
    log::start();
    match run(Cli::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("creel: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Serve(arguments) => serve::run(arguments),
        Command::Open(arguments) => open::run(&arguments),
        Command::Verify(arguments) => verify::run(&arguments),
    }
}
