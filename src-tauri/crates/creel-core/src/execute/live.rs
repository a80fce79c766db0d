//! What an execution says while it runs: told in bounded pieces, and kept for a window that opens in between.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::events::{Event, Events, Output};
use crate::ids::ExecutionId;

/// How often one execution is told of: quicker than anybody reads, and a flood becomes ten events a second.
const TELL_EVERY: Duration = Duration::from_millis(100);
/// Bytes of one event; of a flood the last ones are told.
const TOLD_MOST: usize = 8 * 1024;
/// Bytes that are kept of one execution while it runs: the last ones.
const KEPT_MOST: usize = 64 * 1024;

/// The outputs of what runs now.
#[derive(Debug)]
pub struct Live {
    events: Events,
    running: Mutex<HashMap<ExecutionId, String>>,
}

impl Live {
    /// Tells what it hears to `events`.
    pub fn new(events: Events) -> Arc<Self> {
        Arc::new(Self { events, running: Mutex::default() })
    }

    /// An execution begins to speak. What it said is forgotten here when the [`LiveOutput`] is dropped.
    pub fn open(self: &Arc<Self>, id: &ExecutionId) -> LiveOutput {
        let id = whole(id);
        self.lock().insert(id.clone(), String::new());
        LiveOutput { live: Arc::clone(self), id, untold: String::new(), from: 0, told_at: None }
    }

    /// The last of what an execution said so far; `None`: it does not speak now.
    pub fn of(&self, id: &ExecutionId) -> Option<String> {
        self.lock().get(id).cloned()
    }

    /// Tells whoever listens.
    pub fn tell(&self, event: Event) {
        self.events.send(event);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<ExecutionId, String>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The output of one execution.
#[derive(Debug)]
pub struct LiveOutput {
    live: Arc<Live>,
    id: ExecutionId,
    untold: String,
    from: u64,
    told_at: Option<Instant>,
}

impl LiveOutput {
    /// It said this.
    pub fn push(&mut self, text: &str) {
        if let Some(kept) = self.live.lock().get_mut(&self.id) {
            kept.push_str(text);
            keep_last(kept, KEPT_MOST);
        }
        self.untold.push_str(text);
        self.from += keep_last(&mut self.untold, TOLD_MOST);
        if self.told_at.is_none_or(|at| at.elapsed() >= TELL_EVERY) {
            self.tell();
        }
    }

    fn tell(&mut self) {
        if self.untold.is_empty() {
            return;
        }
        let text = std::mem::take(&mut self.untold);
        let part = Output { execution_id: self.id.clone(), from: self.from, text };
        self.from += part.text.len() as u64;
        self.told_at = Some(Instant::now());
        self.live.events.send(Event::Output(part));
    }
}

impl Drop for LiveOutput {
    fn drop(&mut self) {
        self.tell();
        self.live.lock().remove(&self.id);
    }
}

/// The execution that an id belongs to: a step of a pipeline is `exe_….3`.
fn whole(id: &ExecutionId) -> ExecutionId {
    ExecutionId::from(id.0.split('.').next().unwrap_or_default())
}

/// Cuts the beginning off; how many bytes that were.
fn keep_last(text: &mut String, most: usize) -> u64 {
    if text.len() <= most {
        return 0;
    }
    let cut = text.ceil_char_boundary(text.len() - most);
    text.drain(..cut);
    cut as u64
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_becomes_few_bounded_events_whose_places_tell_what_is_left_out() {
        let events = Events::default();
        let mut heard = events.subscribe();
        let live = Live::new(events);
        let id = ExecutionId::from("exe_1");
        let mut output = live.open(&id);
        for _ in 0..10_000 {
            output.push("0123456789");
        }
        assert_eq!(live.of(&id).unwrap().len(), KEPT_MOST, "the last bytes are kept while it runs");
        drop(output);
        assert_eq!(live.of(&id), None, "and forgotten when it ends");
        let mut parts = Vec::new();
        while let Ok(Event::Output(part)) = heard.try_recv() {
            parts.push(part);
        }
        assert!(parts.len() < 100, "{} events", parts.len());
        assert!(parts.iter().all(|part| part.text.len() <= TOLD_MOST));
        let last = parts.last().unwrap();
        assert_eq!(last.from + last.text.len() as u64, 100_000, "the last event ends where the output ends");
        assert!(parts.windows(2).all(|two| two[0].from + two[0].text.len() as u64 <= two[1].from));
    }
}
