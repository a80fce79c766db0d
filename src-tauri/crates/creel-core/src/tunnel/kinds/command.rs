//! A program of the user's choice. No shell starts it; the window asks before it runs (`api/question.rs`).

use std::sync::Arc;

use regex::{Regex, RegexBuilder};

use crate::error::ApiError;
use crate::tunnel::address::PublicAddress;
use crate::tunnel::choice::CustomCommand;
use crate::tunnel::programs::{self, Reading};
use crate::tunnel::up::{Doing, Down, Needs, Tunnel, Up};
use crate::tunnel::words::words;

/// The longest command and the longest pattern: more than a person reads before agreeing to it.
const TEXT_MOST: usize = 2_000;
/// What a compiled pattern may take.
const PATTERN_SIZE: usize = 256 * 1024;

/// The user's own command.
pub struct Custom {
    /// As set up.
    pub choice: CustomCommand,
    /// Where it has to forward to.
    pub port: u16,
}

pub fn none() -> CustomCommand {
    CustomCommand { command: String::new(), pattern: String::new(), caller: None }
}

pub fn needs() -> Needs {
    Needs::met("nothing has to be installed")
}

pub fn check(choice: &CustomCommand) -> Result<(), ApiError> {
    for (field, text) in [("kind.command.command", &choice.command), ("kind.command.pattern", &choice.pattern)] {
        if text.len() > TEXT_MOST {
            return Err(ApiError::invalid(field, format!("{} bytes; at most {TEXT_MOST}", text.len())));
        }
    }
    words(&choice.command).map_err(|error| {
        ApiError::invalid("kind.command.command", error.to_string())
            .hint("write program and arguments, as: bore local {port} --to bore.pub")
    })?;
    if !["{port}", "{address}"].iter().any(|place| choice.command.contains(place)) {
        return Err(ApiError::invalid("kind.command.command", "the command does not say where to forward to")
            .hint("put {port} or {address} where the program takes the port"));
    }
    pattern(choice).map_err(|error| {
        ApiError::invalid("kind.command.pattern", format!("no regular expression: {error}"))
            .hint(r"an example: (https://\S+)")
    })?;
    Ok(())
}

fn pattern(choice: &CustomCommand) -> Result<Regex, regex::Error> {
    RegexBuilder::new(&choice.pattern).size_limit(PATTERN_SIZE).build()
}

/// The address in a line: the first group, or the whole match.
pub(super) fn found(pattern: &Regex, line: &str) -> Option<PublicAddress> {
    let groups = pattern.captures(line)?;
    let text = groups.get(1).or_else(|| groups.get(0))?.as_str();
    // A program may print the port alone or a name alone; a pattern that takes a name is as good.
    PublicAddress::read(text).or_else(|_| PublicAddress::read(&format!("http://{text}"))).ok()
}

impl Tunnel for Custom {
    fn detect(&self) -> Doing<'_, Needs> {
        Box::pin(async { needs() })
    }

    fn start(&self) -> Doing<'_, Result<Box<dyn Up>, Down>> {
        Box::pin(async move {
            let bad = |why: String| Down::for_user(why, "change the command or its pattern");
            let pattern = pattern(&self.choice).map_err(|error| bad(error.to_string()))?;
            let filled = |word: String| {
                word.replace("{port}", &self.port.to_string()).replace("{address}", &format!("127.0.0.1:{}", self.port))
            };
            let mut words =
                words(&self.choice.command).map_err(|error| bad(error.to_string()))?.into_iter().map(filled);
            let program = words.next().unwrap_or_default();
            let at = programs::find(&program).map_or(program.clone(), |path| path.display().to_string());
            let reading = Reading {
                name: &program,
                address: &|line| found(&pattern, line),
                why: Arc::new(|_| None),
                hint: "run the command in a terminal, and look whether the pattern finds the address in what it prints",
            };
            let up = programs::start(&programs::work(at, words.collect()), reading).await?;
            Ok(Box::new(up) as Box<dyn Up>)
        })
    }
}
