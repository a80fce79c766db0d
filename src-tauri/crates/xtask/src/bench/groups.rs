//! OpShift's grouping over a large store: one more occurrence costs the same among 100,000 open groups with a million
//! occurrences as among a hundredth of that.
//!
//! The groups are made by SQL in the stopped store; every delivery then adds an occurrence to one of them, anywhere.

use std::sync::Arc;

use anyhow::{Context, Result};
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::Scale;
use crate::creel::{Creel, Setup};
use crate::numbers::median;
use crate::table::{Goal, Table};
use crate::{load, push};

/// Occurrences that each group has already.
const OCCURRENCES: i64 = 10;

/// A Creel with so many open groups, and the webhook that adds to them.
struct Filled {
    creel: Creel,
    path: String,
    secret: String,
    groups: i64,
    next: u64,
}

/// The rate among many groups as a part of the rate among few.
pub fn measure(table: &mut Table, scale: Scale) -> Result<()> {
    let many = scale.stored / OCCURRENCES;
    let (mut few, mut all) = (Filled::start(many / 100)?, Filled::start(many)?);
    let mut ratios = Vec::new();
    for _ in 0..scale.rounds {
        let base = few.round(scale.many)?;
        ratios.push(all.round(scale.many)? / base);
    }
    let stored = many * OCCURRENCES;
    let what = format!("opshift among {many} open groups with {stored} occurrences, as a part of a hundredth");
    table.add(&what, median(ratios), "", Goal::Least(0.85));
    Ok(())
}

impl Filled {
    fn start(groups: i64) -> Result<Self> {
        let creel = Creel::start(Setup::default())?;
        let hook =
            creel.manage("/api/alert-webhooks", &json!({ "name": "s", "slug": "bench", "rate_per_minute": 0 }))?;
        let text = |name: &str| hook[name].as_str().map(str::to_owned).with_context(|| format!("no {name} in {hook}"));
        let (path, secret) = (text("path")?, text("team_secret")?);
        let folder = Arc::clone(&creel.folder);
        creel.process.stop()?;
        fill(&folder.path().join("data/creel.db"), groups).context("filling the store")?;
        let creel = Creel::start(Setup { folder: Some(folder), ..Setup::default() })?;
        Ok(Self { creel, path, secret, groups, next: 1 })
    }

    /// Deliveries a second in a round of `count`.
    fn round(&mut self, count: usize) -> Result<f64> {
        self.creel.wait_for_search()?;
        let from = self.next;
        self.next += count as u64;
        let requests = (from..self.next).map(|number| self.request(number)).collect();
        Ok(load::run(&self.creel.receiver, requests, 64)?.rate)
    }

    fn request(&self, number: u64) -> Vec<u8> {
        let group = number.wrapping_mul(0x9E37_79B9_7F4A_7C15) % self.groups.unsigned_abs();
        let body = format!(r#"{{"title":"push","group_key":"{group}","metadata":{}}}"#, push::body(number));
        push::post(&self.path, &[("X-Webhook-Signature", push::hmac(&self.secret, body.as_bytes()))], &body)
    }
}

/// Open alerts with the keys `0`, `1`, …, and their occurrences as if they had come in turns.
fn fill(file: &std::path::Path, groups: i64) -> Result<()> {
    let mut db = rusqlite::Connection::open(file)?;
    db.execute_batch("PRAGMA synchronous = OFF; PRAGMA foreign_keys = OFF;")?;
    let change = db.transaction()?;
    let webhook: String = change.query_row("SELECT id FROM triggers WHERE slug = 'bench'", [], |row| row.get(0))?;
    {
        let mut alert = change.prepare(
            "INSERT INTO alerts (seq, id, group_digest, webhook, severity, status, occurrence_count, first_at, last_at,
               title, description, group_key, last_occurrence)
             VALUES (?1, printf('%024x', ?1), ?2, ?3, 'sev3', 'open', ?4, 1, 1, 'push', '', ?5, ?6)",
        )?;
        let mut occurrence = change.prepare(
            "INSERT INTO occurrences (seq, number, at, severity, delivery_id, earlier)
             VALUES (?1, ?2, 1, 'sev3', 'dlv_00000000000000000000000000', ?3)",
        )?;
        for group in 0..groups {
            let key = group.to_string();
            let digest = Sha256::new().chain_update(b"key\0").chain_update(&key).finalize();
            let last = (OCCURRENCES - 1) * groups + group + 1;
            alert.execute((group + 1, &digest[..16], &webhook, OCCURRENCES, &key, last))?;
        }
        for turn in 0..OCCURRENCES {
            for group in 0..groups {
                let seq = turn * groups + group + 1;
                occurrence.execute((seq, turn + 1, (turn > 0).then(|| seq - groups)))?;
            }
        }
    }
    change.commit()?;
    db.execute_batch("PRAGMA wal_checkpoint(TRUNCATE);")?;
    Ok(())
}
