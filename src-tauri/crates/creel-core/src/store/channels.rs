//! Tables `channels` and `notices`: where messages go, and what went there.

use rusqlite::{Connection, OptionalExtension};

use crate::alerts::Severity;
use crate::channels::Channel;
use crate::clock::UnixMs;
use crate::ids::ChannelId;
use crate::store::StoreError;
use crate::store::words::Json;

/// How long it is known that a message was sent: longer than any attempt is made again.
const KEPT_MS: i64 = 7 * 24 * 3_600_000;
/// Messages that one digest takes; the rest comes with the next.
const GATHERED_MOST: u32 = 50;

/// Adds a channel, or replaces the one with its id.
pub fn put(db: &Connection, channel: &Channel) -> Result<(), StoreError> {
    db.prepare_cached(
        "INSERT INTO channels (id, name, created_at, definition) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (id) DO UPDATE SET name = ?2, definition = ?4",
    )?
    .execute((&channel.id, &channel.name, channel.created_at, Json(channel)))?;
    Ok(())
}

/// All channels by name. There are few.
pub fn all(db: &Connection) -> Result<Vec<Channel>, StoreError> {
    let mut rows = db.prepare_cached("SELECT definition FROM channels ORDER BY name")?;
    let found =
        rows.query_map([], |row| row.get::<_, Json<Channel>>(0).map(|json| json.0))?.collect::<Result<_, _>>()?;
    Ok(found)
}

/// The channel with this id.
pub fn get(db: &Connection, id: &ChannelId) -> Result<Option<Channel>, StoreError> {
    Ok(db
        .prepare_cached("SELECT definition FROM channels WHERE id = ?1")?
        .query_row([id], |row| row.get::<_, Json<Channel>>(0).map(|json| json.0))
        .optional()?)
}

/// Whether another channel has this name.
pub fn name_taken(db: &Connection, name: &str, but: &ChannelId) -> Result<bool, StoreError> {
    Ok(db.prepare_cached("SELECT 1 FROM channels WHERE name = ?1 AND id <> ?2")?.exists((name, but))?)
}

/// Deletes a channel with what waits for it. Whether there was one.
pub fn delete(db: &Connection, id: &ChannelId) -> Result<bool, StoreError> {
    Ok(db.prepare_cached("DELETE FROM channels WHERE id = ?1")?.execute([id])? > 0)
}

/// Whether a verified channel wants to hear of alerts of this severity.
pub fn wants(db: &Connection, severity: Severity) -> Result<bool, StoreError> {
    let all = all(db)?;
    Ok(all.iter().any(|channel| channel.verified_at.is_some() && channel.severities.contains(&severity)))
}

/// The code that was sent there last.
#[derive(Clone, Debug)]
pub struct Code {
    /// SHA-256 of id and code.
    pub hash: Vec<u8>,
    /// Until when it counts.
    pub until: UnixMs,
    /// Wrong ones typed since.
    pub tries: u32,
}

/// Notes a new code.
pub fn set_code(db: &Connection, id: &ChannelId, hash: &[u8], until: UnixMs) -> Result<(), StoreError> {
    db.prepare_cached("UPDATE channels SET code_hash = ?2, code_until = ?3, code_tries = 0 WHERE id = ?1")?
        .execute((id, hash, until))?;
    Ok(())
}

/// The code that counts now.
pub fn code(db: &Connection, id: &ChannelId) -> Result<Option<Code>, StoreError> {
    Ok(db
        .prepare_cached(
            "SELECT code_hash, code_until, code_tries FROM channels WHERE id = ?1 AND code_hash IS NOT NULL",
        )?
        .query_row([id], |row| Ok(Code { hash: row.get(0)?, until: row.get(1)?, tries: row.get(2)? }))
        .optional()?)
}

/// A wrong code was typed.
pub fn wrong_code(db: &Connection, id: &ChannelId) -> Result<(), StoreError> {
    db.prepare_cached("UPDATE channels SET code_tries = code_tries + 1 WHERE id = ?1")?.execute([id])?;
    Ok(())
}

/// The code was used.
pub fn clear_code(db: &Connection, id: &ChannelId) -> Result<(), StoreError> {
    db.prepare_cached("UPDATE channels SET code_hash = NULL, code_until = NULL WHERE id = ?1")?.execute([id])?;
    Ok(())
}

/// A message is for this channel; what was sent long ago is forgotten.
pub fn note(db: &Connection, message: &str, channel: &ChannelId, at: UnixMs, text: &str) -> Result<(), StoreError> {
    db.prepare_cached("DELETE FROM notices WHERE channel = ?1 AND sent_at < ?2")?
        .execute((channel, at.plus_ms(-KEPT_MS)))?;
    db.prepare_cached("INSERT OR IGNORE INTO notices (message, channel, at, text) VALUES (?1, ?2, ?3, ?4)")?
        .execute((message, channel, at, text))?;
    Ok(())
}

/// Whether the channel has the message.
pub fn is_sent(db: &Connection, message: &str, channel: &ChannelId) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM notices WHERE message = ?1 AND channel = ?2 AND sent_at IS NOT NULL";
    Ok(db.prepare_cached(sql)?.exists((message, channel))?)
}

/// When the oldest of the last `most` sendings was, if there were that many since; a digest is one sending.
pub fn sent_since(
    db: &Connection,
    channel: &ChannelId,
    since: UnixMs,
    most: usize,
) -> Result<Option<UnixMs>, StoreError> {
    let sql = "SELECT DISTINCT sent_at FROM notices WHERE channel = ?1 AND sent_at > ?2 ORDER BY sent_at DESC";
    let mut rows = db.prepare_cached(sql)?;
    let times: Vec<UnixMs> = rows.query_map((channel, since), |row| row.get(0))?.collect::<Result<_, _>>()?;
    Ok(times.get(most.saturating_sub(1)).copied())
}

/// The sending that a message belongs to, if it was begun.
pub fn sending(db: &Connection, message: &str, channel: &ChannelId) -> Result<Option<String>, StoreError> {
    let sql = "SELECT sending FROM notices WHERE message = ?1 AND channel = ?2";
    Ok(db.prepare_cached(sql)?.query_row((message, channel), |row| row.get(0)).optional()?.flatten())
}

/// Begins a sending: `message`, and the oldest of what else waits for the channel. What was cancelled or failed for good
/// does not wait.
pub fn begin_sending(db: &Connection, message: &str, channel: &ChannelId) -> Result<(), StoreError> {
    // A step of a pipeline is `exe_….3`; whether it waits, its execution says.
    db.prepare_cached(
        "UPDATE notices SET sending = ?1 WHERE channel = ?2 AND (message = ?1 OR message IN (
           SELECT n.message FROM notices n JOIN executions e ON e.id = substr(n.message, 1, instr(n.message || '.', '.') - 1)
           WHERE n.channel = ?2 AND n.sent_at IS NULL AND n.sending IS NULL AND e.status IN ('queued', 'running')
           ORDER BY n.at, n.message LIMIT ?3))",
    )?
    .execute((message, channel, GATHERED_MOST))?;
    Ok(())
}

/// What goes out with a sending, oldest first: message and text.
pub fn in_sending(db: &Connection, sending: &str, channel: &ChannelId) -> Result<Vec<(String, String)>, StoreError> {
    let sql = "SELECT message, text FROM notices WHERE channel = ?2 AND sending = ?1 AND sent_at IS NULL ORDER BY at, message";
    let mut rows = db.prepare_cached(sql)?;
    let found = rows.query_map((sending, channel), |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(found.collect::<Result<_, _>>()?)
}

/// These messages are there. Sendings of one millisecond are told apart, because they are counted by their time.
pub fn mark_sent(db: &Connection, channel: &ChannelId, messages: &[String], now: UnixMs) -> Result<(), StoreError> {
    let last: Option<UnixMs> = db
        .prepare_cached("SELECT MAX(sent_at) FROM notices WHERE channel = ?1")?
        .query_row([channel], |row| row.get(0))?;
    let at = last.map_or(now, |last| now.max(last.plus_ms(1)));
    let mut mark = db.prepare_cached("UPDATE notices SET sent_at = ?3 WHERE message = ?1 AND channel = ?2")?;
    messages.iter().try_for_each(|message| mark.execute((message, channel, at)).map(drop))?;
    Ok(())
}
