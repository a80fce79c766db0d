//! Table `senders`: which secret of a trigger each sender uses, by its address and User-Agent. `tally` counts.

use rusqlite::{Connection, Row};

use crate::clock::UnixMs;
use crate::ids::{SecretId, TriggerId};
use crate::receive::Headers;
use crate::replay::MARK_HEADER;
use crate::store::StoreError;

/// Characters of a User-Agent that tell senders apart.
const AGENT_LENGTH: usize = 120;

/// Senders kept for one secret of a trigger, the latest ones: more addresses than GitHub sends from in a day, and few
/// enough to be read at once.
const KEPT_OF_ONE_SECRET: u32 = 200;

/// A sender of a trigger and the secret that it used.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Sender {
    /// The trigger.
    pub trigger: TriggerId,
    /// The secret.
    pub key: SecretId,
    /// Its address; empty where it is not known.
    pub address: String,
    /// Its User-Agent; empty where it sent none.
    pub agent: String,
}

impl Sender {
    /// Who sent a delivery that was proved with a secret; `None`: it was not, or it was Creel itself.
    pub fn of(endpoint: Option<TriggerId>, key: Option<SecretId>, address: String, headers: &Headers) -> Option<Self> {
        if headers.first(MARK_HEADER).is_some() {
            return None;
        }
        let agent = headers.text("user-agent").unwrap_or_default();
        Some(Self {
            trigger: endpoint?,
            key: key?,
            address,
            agent: agent.chars().filter(|c| !c.is_control()).take(AGENT_LENGTH).collect(),
        })
    }
}

/// How often and when a sender used a secret.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Uses {
    /// How often.
    pub n: i64,
    /// When it last did.
    pub last_at: UnixMs,
    /// Its last delivery.
    pub last_seq: i64,
}

/// Adds the uses of senders, and lets go of those that were not heard of longest where a secret has too many.
pub fn add<'s>(db: &Connection, senders: impl Iterator<Item = (&'s Sender, &'s Uses)>) -> rusqlite::Result<()> {
    let mut put = db.prepare_cached(
        "INSERT INTO senders (trigger_id, key_id, address, agent, n, last_at, last_seq) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
         ON CONFLICT DO UPDATE SET n = n + ?5, last_at = ?6, last_seq = ?7",
    )?;
    let mut trim = db.prepare_cached(
        "DELETE FROM senders WHERE trigger_id = ?1 AND key_id = ?2 AND last_seq <= (
           SELECT last_seq FROM senders WHERE trigger_id = ?1 AND key_id = ?2 ORDER BY last_seq DESC LIMIT 1 OFFSET ?3)",
    )?;
    let mut touched = Vec::new();
    for (sender, uses) in senders {
        let Sender { trigger, key, address, agent } = sender;
        put.execute((trigger, key, address, agent, uses.n, uses.last_at, uses.last_seq))?;
        if !touched.contains(&(trigger, key)) {
            touched.push((trigger, key));
        }
    }
    for (trigger, key) in touched {
        trim.execute((trigger, key, KEPT_OF_ONE_SECRET))?;
    }
    Ok(())
}

/// Every sender of a trigger with every secret that it used, the latest use first.
pub fn of(db: &Connection, trigger: &TriggerId) -> Result<Vec<(Sender, Uses)>, StoreError> {
    let mut rows = db.prepare_cached(
        "SELECT trigger_id, key_id, address, agent, n, last_at, last_seq FROM senders
         WHERE trigger_id = ?1 ORDER BY last_seq DESC",
    )?;
    let found = rows.query_map([trigger], read)?.collect::<Result<_, _>>()?;
    Ok(found)
}

fn read(row: &Row<'_>) -> rusqlite::Result<(Sender, Uses)> {
    let sender = Sender { trigger: row.get(0)?, key: row.get(1)?, address: row.get(2)?, agent: row.get(3)? };
    Ok((sender, Uses { n: row.get(4)?, last_at: row.get(5)?, last_seq: row.get(6)? }))
}

/// Forgets the senders of secrets that are gone. At the start: until then a deleted trigger may come back.
pub fn forget_gone(db: &Connection) -> rusqlite::Result<()> {
    db.execute("DELETE FROM senders WHERE key_id NOT IN (SELECT id FROM secrets)", []).map(drop)
}
