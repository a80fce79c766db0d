//! Programs that make a tunnel: where they are, and what they print until there is an address.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use crate::process::{ProcessError, Staying, Work, stay};
use crate::tunnel::address::PublicAddress;
use crate::tunnel::up::{Doing, Down, Next, Up};

/// Where programs are besides `PATH`: what a window is started with on macOS has none of these.
const ALSO: [&str; 4] = ["/opt/homebrew/bin", "/usr/local/bin", "/usr/bin", "/bin"];
/// Lines kept to say why it ended.
const SAID: usize = 40;
/// How long a program may take to print an address.
const PRINTS_IN: Duration = Duration::from_secs(30);
/// How long it may go on after it said what only the user can mend: the rest of what it has to say, a link perhaps.
const FINISHES_IN: Duration = Duration::from_secs(2);

/// Where a program is.
pub fn find(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain(ALSO.into_iter().map(PathBuf::from));
    let names = if cfg!(windows) { vec![format!("{name}.exe"), name.to_owned()] } else { vec![name.to_owned()] };
    folders
        .flat_map(|folder| names.iter().map(move |name| folder.join(name)).collect::<Vec<_>>())
        .find(|file| file.is_file())
}

/// A program with its arguments.
pub fn work(program: impl Into<String>, arguments: Vec<String>) -> Work {
    Work {
        program: program.into(),
        arguments,
        environment: Vec::new(),
        input: Bytes::new(),
        folder: None,
        timeout: Duration::ZERO,
    }
}

/// A trouble in what a program printed.
pub type Why = Arc<dyn Fn(&[String]) -> Option<Down> + Send + Sync>;

/// What a program's output is read by.
pub struct Reading<'a> {
    /// What people call the program.
    pub name: &'a str,
    /// The address in a line.
    pub address: &'a (dyn Fn(&str) -> Option<PublicAddress> + Send + Sync),
    /// Why it ended, or does not lead here, from the lines that it printed last; `None`: nothing that is known.
    pub why: Why,
    /// What to do when it prints nothing that helps.
    pub hint: &'a str,
}

/// Starts a program and reads on until it has printed its address.
pub async fn start(work: &Work, reading: Reading<'_>) -> Result<Printed, Down> {
    let mut program = stay(work).map_err(|error| not_started(reading.name, &error))?;
    let mut said = VecDeque::new();
    let mut until = tokio::time::Instant::now() + PRINTS_IN;
    loop {
        let line = match tokio::time::timeout_at(until, program.line()).await {
            Err(_) => {
                let why = format!("{} printed no address in {} s", reading.name, PRINTS_IN.as_secs());
                return Err(explained(&reading.why, &said).unwrap_or_else(|| Down::again(why, reading.hint)));
            }
            Ok(line) => line,
        };
        let Some(line) = line else {
            program.ended().await;
            return Err(explained(&reading.why, &said).unwrap_or_else(|| ended(reading.name, &said, reading.hint)));
        };
        if let Some(address) = (reading.address)(&line) {
            return Ok(Printed {
                program,
                address,
                name: reading.name.to_owned(),
                said,
                why: reading.why,
                hint: reading.hint.to_owned(),
            });
        }
        keep(&mut said, line);
        // Some wait for the user in a terminal that nobody sees.
        if explained(&reading.why, &said).is_some_and(|down| down.next != Next::Again) {
            until = until.min(tokio::time::Instant::now() + FINISHES_IN);
        }
    }
}

/// A program that runs and has an address.
pub struct Printed {
    program: Staying,
    address: PublicAddress,
    name: String,
    said: VecDeque<String>,
    why: Why,
    hint: String,
}

impl Up for Printed {
    fn address(&self) -> &PublicAddress {
        &self.address
    }

    fn ended(&mut self) -> Doing<'_, Down> {
        Box::pin(async {
            while let Some(line) = self.program.line().await {
                keep(&mut self.said, line);
            }
            self.program.ended().await;
            let after_its_address = || match self.said.is_empty() {
                true => Down::again(format!("{} ended by itself", self.name), self.hint.as_str()),
                false => ended(&self.name, &self.said, &self.hint),
            };
            explained(&self.why, &self.said).unwrap_or_else(after_its_address)
        })
    }

    fn explains(&self) -> Option<Down> {
        explained(&self.why, &self.said)
    }

    fn stop(self: Box<Self>) -> Doing<'static, ()> {
        Box::pin(self.program.stop())
    }
}

fn keep(said: &mut VecDeque<String>, line: String) {
    if said.len() == SAID {
        said.pop_front();
    }
    if !line.trim().is_empty() {
        said.push_back(line);
    }
}

fn explained(why: &Why, said: &VecDeque<String>) -> Option<Down> {
    why(&said.iter().cloned().collect::<Vec<_>>())
}

fn ended(name: &str, said: &VecDeque<String>, hint: &str) -> Down {
    match said.back() {
        Some(last) => Down::again(format!("{name} ended: {}", last.trim()), hint),
        None => Down::again(format!("{name} ended and printed nothing"), hint),
    }
}

fn not_started(name: &str, error: &ProcessError) -> Down {
    Down::for_user(format!("{name} does not start: {error}"), format!("install {name}, then start the tunnel again"))
}
