//! What counts as seen: a hash in memory over an append-only table.
//!
//! An index in SQLite would touch two random pages for every delivery. Here a delivery appends one narrow row, and
//! the writer, which alone decides, asks its own map. At the start the rows of the window are read back in order.

use std::collections::HashMap;
use std::collections::VecDeque;

use rusqlite::Connection;
use sha2::{Digest, Sha256};

use crate::clock::UnixMs;

/// No delivery is looked for further back than this, in milliseconds (720 hours).
pub const LONGEST_WINDOW_MS: i64 = 720 * 3_600_000;
/// Entries in memory: about 100 MB at the most. Beyond it the oldest are forgotten.
const MOST: usize = 2_000_000;

/// Two keys of one delivery; 0 stands for none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SeenKeys {
    /// Of endpoint and event id.
    pub id: i64,
    /// Of endpoint and body.
    pub body: i64,
}

impl SeenKeys {
    /// The keys for a delivery at `endpoint`. Keys are only a way to the row: the row itself is compared exactly.
    pub fn of(endpoint: &str, event_id: Option<&str>, body_sha256: &[u8; 32]) -> Self {
        Self {
            id: event_id.map_or(0, |id| key(endpoint, b"id", id.as_bytes())),
            body: key(endpoint, b"body", body_sha256),
        }
    }
}

fn key(endpoint: &str, kind: &[u8], value: &[u8]) -> i64 {
    let digest = Sha256::new()
        .chain_update(endpoint)
        .chain_update([0])
        .chain_update(kind)
        .chain_update([0])
        .chain_update(value)
        .finalize();
    let mut first = [0u8; 8];
    first.copy_from_slice(&digest[..8]);
    match i64::from_be_bytes(first) {
        0 => 1,
        key => key,
    }
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    seq: i64,
    at: UnixMs,
    keys: SeenKeys,
}

/// The map. Owned by the writer; nothing else decides what is a duplicate.
#[derive(Debug, Default)]
pub struct Seen {
    latest: HashMap<i64, (i64, UnixMs)>,
    order: VecDeque<Entry>,
    undo: Vec<(i64, Option<(i64, UnixMs)>)>,
}

impl Seen {
    /// Reads the rows back that the longest window still covers.
    pub fn load(db: &Connection, now: UnixMs) -> rusqlite::Result<Self> {
        let mut seen = Self::default();
        let from: i64 = db.query_row("SELECT COALESCE(MAX(seq), 0) FROM seen", [], |row| row.get(0))?;
        let from = (from - i64::try_from(MOST).unwrap_or(i64::MAX)).max(0);
        let mut rows =
            db.prepare("SELECT seq, at, id_key, body_key FROM seen WHERE seq > ?1 AND at > ?2 ORDER BY seq")?;
        let entries = rows.query_map((from, now.0 - LONGEST_WINDOW_MS), |row| {
            Ok(Entry { seq: row.get(0)?, at: row.get(1)?, keys: SeenKeys { id: row.get(2)?, body: row.get(3)? } })
        })?;
        for entry in entries {
            seen.remember(entry?);
        }
        seen.undo.clear();
        Ok(seen)
    }

    /// The newest delivery with this key that came after `since`.
    pub fn find(&self, key: i64, since: UnixMs) -> Option<i64> {
        self.latest.get(&key).filter(|(_, at)| *at > since).map(|(seq, _)| *seq)
    }

    /// Notes a delivery, in memory and in the table.
    pub fn note(&mut self, db: &Connection, seq: i64, at: UnixMs, keys: SeenKeys) -> rusqlite::Result<()> {
        db.prepare_cached("INSERT INTO seen (seq, at, id_key, body_key) VALUES (?1, ?2, ?3, ?4)")?
            .execute((seq, at, keys.id, keys.body))?;
        self.remember(Entry { seq, at, keys });
        Ok(())
    }

    /// What was noted since the last settling stays.
    pub fn settle(&mut self, now: UnixMs) {
        self.undo.clear();
        while self.order.len() > MOST
            || self.order.front().is_some_and(|oldest| oldest.at.0 < now.0 - LONGEST_WINDOW_MS)
        {
            let Some(oldest) = self.order.pop_front() else { break };
            for key in [oldest.keys.id, oldest.keys.body] {
                if self.latest.get(&key).is_some_and(|(seq, _)| *seq == oldest.seq) {
                    self.latest.remove(&key);
                }
            }
        }
    }

    /// How much has been noted since the last settling, for [`Seen::forget_back_to`].
    pub fn mark(&self) -> usize {
        self.undo.len()
    }

    /// What was noted since `mark` was rolled back in the database, so it goes here too.
    pub fn forget_back_to(&mut self, mark: usize) {
        while self.undo.len() > mark {
            let Some((key, before)) = self.undo.pop() else { break };
            match before {
                Some(entry) => self.latest.insert(key, entry),
                None => self.latest.remove(&key),
            };
            if key != 0 && self.order.back().is_some_and(|last| last.keys.body == key) {
                self.order.pop_back();
            }
        }
    }

    fn remember(&mut self, entry: Entry) {
        for key in [entry.keys.id, entry.keys.body] {
            if key != 0 {
                let before = self.latest.insert(key, (entry.seq, entry.at));
                self.undo.push((key, before));
            }
        }
        self.order.push_back(entry);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_different_deliveries_differ() {
        let keys: std::collections::HashSet<i64> =
            (0..1_000).map(|n| SeenKeys::of("trg_1", Some(&n.to_string()), &[0; 32]).id).collect();
        assert_eq!(keys.len(), 1_000);
        assert_ne!(SeenKeys::of("trg_1", None, &[1; 32]).body, SeenKeys::of("trg_2", None, &[1; 32]).body);
    }

    #[test]
    fn what_was_rolled_back_is_not_seen_and_what_was_there_before_is_again() {
        let mut seen = Seen::default();
        let entry = |seq, id| Entry { seq, at: UnixMs(seq), keys: SeenKeys { id, body: 100 + seq } };
        seen.remember(entry(1, 7));
        seen.settle(UnixMs(1));
        let mark = seen.mark();
        seen.remember(entry(2, 7));
        seen.remember(entry(3, 8));
        seen.forget_back_to(mark);
        assert_eq!(
            (seen.find(7, UnixMs(0)), seen.find(8, UnixMs(0)), seen.find(102, UnixMs(0))),
            (Some(1), None, None)
        );
        assert_eq!(seen.order.len(), 1);
    }
}
