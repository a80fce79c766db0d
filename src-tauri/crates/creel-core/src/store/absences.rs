//! Table `absences`: when no sender could reach this Creel, and why.

use rusqlite::{Connection, Row};

use crate::absences::{Absence, AbsenceCause};
use crate::clock::UnixMs;
use crate::store::words::Word;
use crate::store::{StoreError, meta};

/// Under which the last moment at which Creel was known to run is kept.
const ALIVE: &str = "alive_at";
/// Rows that are kept: a tunnel that drops every ten minutes fills this in two weeks.
const KEPT: u32 = 2_000;
/// How long a row is kept: GitHub's record reaches three days back, an Enterprise Server's a week.
const KEPT_MS: i64 = 14 * 86_400_000;

fn read(row: &Row<'_>) -> rusqlite::Result<Absence> {
    Ok(Absence { cause: row.get::<_, Word<_>>(0)?.0, from: row.get(1)?, to: row.get(2)?, why: row.get(3)? })
}

/// Creel runs at this moment.
pub fn alive(db: &Connection, now: UnixMs) -> Result<(), StoreError> {
    Ok(meta::set_number(db, ALIVE, now.0)?)
}

/// Creel starts: what lasted when it ended lasted until then, and from then until now it was not running.
pub fn woke(db: &Connection, now: UnixMs) -> Result<(), StoreError> {
    if let Some(ended) = meta::number(db, ALIVE)?.map(UnixMs).filter(|ended| *ended < now) {
        close_others(db, &[], ended)?;
        put(db, &Absence { cause: AbsenceCause::Closed, from: ended, to: Some(now), why: None })?;
    }
    alive(db, now)
}

/// Notes one, or how one that is known goes on.
pub fn put(db: &Connection, absence: &Absence) -> Result<(), StoreError> {
    db.prepare_cached(
        "INSERT INTO absences (cause, from_at, to_at, why) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (cause, from_at) DO UPDATE SET to_at = excluded.to_at, why = excluded.why",
    )?
    .execute((Word(absence.cause), absence.from, absence.to, &absence.why))?;
    Ok(())
}

/// Whatever lasts and is not among `lasting` ended now.
pub fn close_others(db: &Connection, lasting: &[Absence], now: UnixMs) -> Result<(), StoreError> {
    let mut rows = db.prepare_cached("SELECT cause, from_at, to_at, why FROM absences WHERE to_at IS NULL")?;
    let open: Vec<Absence> = rows.query_map([], read)?.collect::<Result<_, _>>()?;
    let same = |one: &Absence, other: &Absence| one.cause == other.cause && one.from == other.from;
    for ended in open.into_iter().filter(|one| !lasting.iter().any(|other| same(one, other))) {
        put(db, &Absence { to: Some(now.max(ended.from)), ..ended })?;
    }
    Ok(())
}

/// Drops what is too old or too much.
pub fn trim(db: &Connection, now: UnixMs) -> Result<(), StoreError> {
    db.prepare_cached("DELETE FROM absences WHERE to_at < ?1")?.execute([now.plus_ms(-KEPT_MS)])?;
    db.prepare_cached(
        "DELETE FROM absences WHERE from_at < (SELECT from_at FROM absences ORDER BY from_at DESC LIMIT 1 OFFSET ?1)",
    )?
    .execute([KEPT - 1])?;
    Ok(())
}

/// Those that touch the time from `from` to `to`, oldest first.
pub fn between(db: &Connection, from: UnixMs, to: UnixMs) -> Result<Vec<Absence>, StoreError> {
    let mut rows = db.prepare_cached(
        "SELECT cause, from_at, to_at, why FROM absences
         WHERE from_at <= ?2 AND (to_at IS NULL OR to_at >= ?1) ORDER BY from_at, cause",
    )?;
    let found = rows.query_map((from, to), read)?.collect::<Result<_, _>>()?;
    Ok(found)
}
