//! Counts that screens show, kept instead of scanned.
//!
//! The writer adds up in memory and keeps the sums about once a second, so a delivery costs no extra row. After a
//! crash the deliveries above `tally_through` are counted again: the sums are always exact.

use std::collections::HashMap;

use rusqlite::Connection;

use crate::clock::UnixMs;
use crate::delivery::{Delivery, Outcome};
use crate::receive::Headers;
use crate::store::contents::read_head;
use crate::store::meta;
use crate::store::senders::{self, Sender, Uses};
use crate::store::words::Word;

/// How long sums may wait in memory, in milliseconds.
const KEEP_EVERY_MS: i64 = 1_000;
/// One minute, the width of a bucket.
pub const MINUTE_MS: i64 = 60_000;
/// Values longer than this are no facts for suggestions.
const FACT_LENGTH: usize = 80;
/// New values in one keeping: a sender that invents names must not fill the table before it is tidied.
const FACTS_AT_ONCE: usize = 500;
/// New senders in one keeping: as many as are kept of a few secrets.
const SENDERS_AT_ONCE: usize = 1_000;

/// Sums that are not in the tables yet.
#[derive(Debug, Default)]
struct Sums {
    minutes: HashMap<(i64, String, Outcome), i64>,
    facts: HashMap<(&'static str, String), (i64, UnixMs)>,
    senders: HashMap<Sender, Uses>,
    deliveries: i64,
    stored_bytes: i64,
    through: i64,
    waits: bool,
}

/// The writer's counter.
#[derive(Debug, Default)]
pub struct Tally {
    /// Committed, not kept.
    sums: Sums,
    /// Of the group that is being written.
    group: Vec<Counted>,
    kept_at: UnixMs,
    flushed: bool,
}

/// A moment within a group.
#[derive(Clone, Copy, Debug)]
pub struct Mark {
    counted: usize,
    kept_at: UnixMs,
    flushed: bool,
}

/// What is counted of one delivery.
#[derive(Debug)]
struct Counted {
    seq: i64,
    at: UnixMs,
    endpoint: String,
    outcome: Outcome,
    source: String,
    event: Option<String>,
    sender: Option<Sender>,
    stored_bytes: i64,
}

impl Tally {
    /// Counts the deliveries that the tables do not cover yet.
    pub fn load(db: &Connection, now: UnixMs) -> rusqlite::Result<Self> {
        let mut tally = Self { kept_at: now, ..Self::default() };
        let through = meta::number(db, "tally_through")?.unwrap_or(0);
        tally.sums.through = through;
        let mut rows = db.prepare(
            "SELECT d.seq, d.received_at, COALESCE(d.endpoint, ''), d.outcome, d.source, d.event, LENGTH(c.body),
               d.endpoint, d.key_id, COALESCE(d.peer, ''), COALESCE(c.head, x'')
             FROM deliveries d LEFT JOIN contents c USING (seq) WHERE d.seq > ?1",
        )?;
        let missing = rows.query_map([through], |row| {
            let headers = read_head(row.get_ref(10)?.as_blob()?);
            Ok(Counted {
                seq: row.get(0)?,
                at: row.get(1)?,
                endpoint: row.get(2)?,
                outcome: row.get::<_, Word<Outcome>>(3)?.0,
                source: row.get(4)?,
                event: row.get(5)?,
                sender: Sender::of(row.get(7)?, row.get(8)?, row.get(9)?, &headers),
                stored_bytes: row.get::<_, Option<i64>>(6)?.unwrap_or(0),
            })
        })?;
        for counted in missing {
            tally.sums.add(counted?);
        }
        Ok(tally)
    }

    /// Counts a delivery that is being written.
    pub fn delivery(&mut self, delivery: &Delivery, headers: &Headers, stored_bytes: i64) {
        let Delivery { endpoint, key_id, peer, .. } = delivery;
        self.group.push(Counted {
            sender: Sender::of(endpoint.clone(), key_id.clone(), peer.clone().unwrap_or_default(), headers),
            seq: delivery.seq,
            at: delivery.received_at,
            endpoint: delivery.endpoint.as_ref().map_or_else(String::new, |id| id.0.clone()),
            outcome: delivery.outcome,
            source: delivery.source.clone(),
            event: delivery.event.clone(),
            stored_bytes,
        });
    }

    /// Deliveries and stored bytes that are counted and not in the tables yet.
    pub fn pending(&self) -> (i64, i64) {
        (self.sums.deliveries, self.sums.stored_bytes)
    }

    /// The group is on the disk.
    pub fn settle(&mut self) {
        if std::mem::take(&mut self.flushed) {
            self.sums = Sums { through: self.sums.through, ..Sums::default() };
        }
        for counted in std::mem::take(&mut self.group) {
            self.sums.add(counted);
        }
    }

    /// The group was rolled back.
    pub fn forget(&mut self) {
        self.group.clear();
        self.flushed = false;
    }

    /// Where it stands within the group, for [`Tally::forget_back_to`].
    pub fn mark(&self) -> Mark {
        Mark { counted: self.group.len(), kept_at: self.kept_at, flushed: self.flushed }
    }

    /// What happened since `mark` was rolled back in the database, so it did not happen here either.
    pub fn forget_back_to(&mut self, mark: Mark) {
        self.group.truncate(mark.counted);
        self.kept_at = mark.kept_at;
        self.flushed = mark.flushed;
    }

    /// Writes the sums into the open transaction when they have waited long enough.
    pub fn flush_if_due(&mut self, db: &Connection, now: UnixMs) -> rusqlite::Result<()> {
        if (now.0 - self.kept_at.0).abs() < KEEP_EVERY_MS || !self.sums.waits {
            return Ok(());
        }
        self.flush(db, now)
    }

    /// Whether sums wait in memory.
    pub fn waits(&self) -> bool {
        self.sums.waits
    }

    /// Writes the sums, in the open transaction or on its own; once a group.
    pub fn flush(&mut self, db: &Connection, now: UnixMs) -> rusqlite::Result<()> {
        if self.flushed {
            return Ok(());
        }
        self.sums.write(db)?;
        self.kept_at = now;
        self.flushed = true;
        Ok(())
    }
}

impl Sums {
    fn add(&mut self, counted: Counted) {
        self.waits = true;
        self.deliveries += 1;
        self.stored_bytes += counted.stored_bytes;
        self.through = self.through.max(counted.seq);
        self.fact("source", counted.source, counted.at);
        if let Some(event) = counted.event {
            self.fact("event", event, counted.at);
        }
        if let Some(sender) = counted.sender {
            let known = self.senders.contains_key(&sender);
            if known || self.senders.len() < SENDERS_AT_ONCE {
                let uses = self.senders.entry(sender).or_default();
                *uses = Uses { n: uses.n + 1, last_at: counted.at, last_seq: counted.seq };
            }
        }
        let minute = counted.at.0.div_euclid(MINUTE_MS) * MINUTE_MS;
        *self.minutes.entry((minute, counted.endpoint, counted.outcome)).or_default() += 1;
    }

    fn fact(&mut self, key: &'static str, value: String, at: UnixMs) {
        let known = || self.facts.contains_key(&(key, value.clone()));
        if value.len() <= FACT_LENGTH && (self.facts.len() < FACTS_AT_ONCE || known()) {
            let fact = self.facts.entry((key, value)).or_insert((0, at));
            *fact = (fact.0 + 1, at);
        }
    }

    fn write(&self, db: &Connection) -> rusqlite::Result<()> {
        let mut minute = db.prepare_cached(
            "INSERT INTO minutes (at, endpoint, outcome, n) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (at, endpoint, outcome) DO UPDATE SET n = n + ?4",
        )?;
        for ((at, endpoint, outcome), n) in &self.minutes {
            minute.execute((at, endpoint, Word(outcome), n))?;
        }
        let mut fact = db.prepare_cached(
            "INSERT INTO facts (key, value, n, last_at) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (key, value) DO UPDATE SET n = n + ?3, last_at = ?4",
        )?;
        for ((key, value), (n, at)) in &self.facts {
            fact.execute((key, value, n, at))?;
        }
        senders::add(db, self.senders.iter())?;
        meta::set_number(db, "tally_through", self.through)?;
        add_to_totals(db, self.deliveries, self.stored_bytes)
    }
}

/// Changes the totals of what is kept. Deletions do it at once, in their own transaction.
pub fn add_to_totals(db: &Connection, deliveries: i64, stored_bytes: i64) -> rusqlite::Result<()> {
    meta::set_number(db, "deliveries", meta::number(db, "deliveries")?.unwrap_or(0) + deliveries)?;
    meta::set_number(db, "stored_bytes", meta::number(db, "stored_bytes")?.unwrap_or(0) + stored_bytes)
}
