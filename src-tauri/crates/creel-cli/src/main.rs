//! `creel`: the receiver without a window, and the commands that talk to a running Creel.
//!
//! To add a command: a file with its arguments and its `run`, a variant of [`Command`], a line in [`main`].

mod act;
mod apply;
mod broken;
mod deliveries;
mod executions;
mod folder;
mod get;
mod log;
mod open;
mod output;
mod replay;
mod said;
mod send;
mod serve;
mod show;
mod talk;
mod to;
mod triggers;
mod verify;
mod words;

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
    /// Send a signed webhook from a file, standard input or a shipped sample.
    Send(Box<send::Arguments>),
    /// Fire a delivery again.
    Replay(replay::Arguments),
    /// List what arrived, newest first.
    Deliveries(deliveries::Arguments),
    /// Show one delivery.
    Show(show::Arguments),
    /// Write a delivery of GitHub's as event.json, and print the line for `act`.
    Act(act::Arguments),
    /// List the triggers.
    Triggers(triggers::Arguments),
    /// List what ran, runs and waits.
    Executions(executions::Arguments),
    /// Apply Orloj's resources from a file: all of them or none.
    Apply(apply::Arguments),
    /// Show Orloj's resources.
    Get(get::Arguments),
    /// Check signatures: JSON lines on stdin, a verdict a line on stdout.
    Verify(verify::Arguments),
}

fn main() -> ExitCode {
    log::start();
    match run(Cli::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("creel: {}", output::safe_lines(&format!("{error:#}")));
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Serve(arguments) => serve::run(arguments),
        Command::Open(arguments) => open::run(&arguments),
        Command::Send(arguments) => send::run(&arguments),
        Command::Replay(arguments) => replay::run(&arguments),
        Command::Deliveries(arguments) => deliveries::run(&arguments),
        Command::Show(arguments) => show::run(&arguments),
        Command::Act(arguments) => act::run(&arguments),
        Command::Triggers(arguments) => triggers::run(&arguments),
        Command::Executions(arguments) => executions::run(&arguments),
        Command::Apply(arguments) => apply::run(&arguments),
        Command::Get(arguments) => get::run(&arguments),
        Command::Verify(arguments) => verify::run(&arguments),
    }
}
