//! The log of one attempt while it runs. It is kept with the attempt's end, in the same change.

use std::sync::Arc;
use std::time::Instant;

use crate::clock::{Clock, UnixMs};
use crate::execution::Step;

/// Longest detail of a line in bytes; of a longer one the two ends are kept, which is where errors stand.
pub const DETAIL_MOST: usize = 64 * 1024;

/// The lines of one attempt.
pub struct StepLog {
    attempt: u32,
    clock: Arc<dyn Clock>,
    steps: Vec<Step>,
}

/// When a step began.
#[derive(Clone, Copy, Debug)]
pub struct Started {
    at: UnixMs,
    since: Instant,
}

impl StepLog {
    /// An empty log of attempt number `attempt`.
    pub fn new(attempt: u32, clock: Arc<dyn Clock>) -> Self {
        Self { attempt, clock, steps: Vec::new() }
    }

    /// A step begins.
    pub fn begin(&self) -> Started {
        Started { at: self.clock.now(), since: Instant::now() }
    }

    /// The step went well: what happened in one sentence, and the details.
    pub fn went_well(&mut self, name: &str, started: Started, words: impl Into<String>, detail: Option<String>) {
        self.push(name, started, true, words.into(), detail);
    }

    /// The step went wrong: what happened in one sentence, and the details.
    pub fn went_wrong(&mut self, name: &str, started: Started, words: impl Into<String>, detail: Option<String>) {
        self.push(name, started, false, words.into(), detail);
    }

    fn push(&mut self, name: &str, started: Started, ok: bool, words: String, detail: Option<String>) {
        let duration_us = i64::try_from(started.since.elapsed().as_micros()).unwrap_or(i64::MAX);
        let detail = detail.map(|text| cut(&text));
        let name = name.to_owned();
        self.steps.push(Step { attempt: self.attempt, name, ok, at: started.at, duration_us, words, detail });
    }

    /// The lines, oldest first.
    pub fn into_steps(self) -> Vec<Step> {
        self.steps
    }
}

/// At most [`DETAIL_MOST`] bytes of `text`: all of it, or its two ends around a mark that says how much is missing.
pub(crate) fn cut(text: &str) -> String {
    if text.len() <= DETAIL_MOST {
        return text.to_owned();
    }
    let end = DETAIL_MOST / 2 - 64;
    let head = text.floor_char_boundary(end);
    let tail = text.ceil_char_boundary(text.len() - end);
    format!("{}\n… {} bytes left out …\n{}", &text[..head], tail - head, &text[tail..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_detail_stays_and_a_long_one_keeps_both_ends_and_says_what_is_missing() {
        assert_eq!(cut("short"), "short");
        let long = format!("begin{}end", "ä".repeat(DETAIL_MOST));
        let kept = cut(&long);
        assert!(kept.len() <= DETAIL_MOST, "{}", kept.len());
        assert!(kept.starts_with("begin") && kept.ends_with("end"));
        let missing = kept.split("… ").nth(1).and_then(|rest| rest.split(' ').next()).expect("a mark");
        let ends: usize = kept.len() - format!("\n… {missing} bytes left out …\n").len();
        assert_eq!(missing.parse::<usize>().expect("a number") + ends, long.len(), "the mark tells the truth");
    }
}
