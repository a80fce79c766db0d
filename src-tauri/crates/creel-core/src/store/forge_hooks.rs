//! Tables `github_hooks` and `gitlab_hooks`: what each hook is to be and what it is. They have the same columns here; which one
//! is meant, the kind of place says.

use rusqlite::{Connection, OptionalExtension, Row};

use crate::error::ApiError;
use crate::forge::{Hook, Known, Place, Wanted};
use crate::ids::TriggerId;
use crate::store::StoreError;
use crate::store::words::{Json, Word};

const COLUMNS: &str = "trigger_id, api, place, path, events, wanted, known, rests, trouble, created_at, \
     whole_until, always, asks_every";

fn read<P: Place>(row: &Row<'_>) -> rusqlite::Result<Hook<P>> {
    Ok(Hook {
        trigger_id: row.get(0)?,
        api: row.get(1)?,
        place: row.get::<_, Json<_>>(2)?.0,
        path: row.get(3)?,
        events: row.get::<_, Json<_>>(4)?.0,
        wanted: row.get::<_, Word<_>>(5)?.0,
        known: row.get::<_, Option<Json<_>>>(6)?.map(|json| json.0),
        rests: row.get(7)?,
        trouble: row.get::<_, Option<Json<_>>>(8)?.map(|json| json.0),
        created_at: row.get(9)?,
        whole_until: row.get(10)?,
        always: row.get(11)?,
        asks_every: row.get(12)?,
    })
}

/// Adds a hook that is wanted.
pub fn insert<P: Place>(db: &Connection, hook: &Hook<P>) -> Result<(), StoreError> {
    db.prepare_cached(&format!(
        "INSERT INTO {} ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
        P::TABLE
    ))?
    .execute(rusqlite::params![
        hook.trigger_id,
        hook.api,
        Json(&hook.place),
        hook.path,
        Json(&hook.events),
        Word(hook.wanted),
        hook.known.as_ref().map(Json),
        hook.rests,
        hook.trouble.as_ref().map(Json),
        hook.created_at,
        hook.whole_until,
        hook.always,
        hook.asks_every,
    ])?;
    Ok(())
}

/// All hooks of a sender, oldest first.
pub fn all<P: Place>(db: &Connection) -> Result<Vec<Hook<P>>, StoreError> {
    let mut rows = db.prepare_cached(&format!("SELECT {COLUMNS} FROM {} ORDER BY created_at, trigger_id", P::TABLE))?;
    let found = rows.query_map([], read)?.collect::<Result<_, _>>()?;
    Ok(found)
}

/// The hook of a trigger.
pub fn get<P: Place>(db: &Connection, trigger: &TriggerId) -> Result<Option<Hook<P>>, StoreError> {
    Ok(db
        .prepare_cached(&format!("SELECT {COLUMNS} FROM {} WHERE trigger_id = ?1", P::TABLE))?
        .query_row([trigger], read)
        .optional()?)
}

/// It is to be something else. Why it was not the last thing is of no interest any more.
pub fn want<P: Place>(db: &Connection, trigger: &TriggerId, wanted: Wanted) -> Result<(), StoreError> {
    db.prepare_cached(&format!("UPDATE {} SET wanted = ?2, trouble = NULL WHERE trigger_id = ?1", P::TABLE))?
        .execute((trigger, Word(wanted)))?;
    Ok(())
}

/// Somebody deleted it: nobody wants it there until the user says so again. If the user said something else than `wanted`
/// meanwhile, that counts.
pub fn lost<P: Place>(db: &Connection, trigger: &TriggerId, wanted: Wanted) -> Result<(), StoreError> {
    db.prepare_cached(&format!("UPDATE {} SET wanted = ?2 WHERE trigger_id = ?1 AND wanted = ?3", P::TABLE))?
        .execute((trigger, Word(Wanted::Paused), Word(wanted)))?;
    Ok(())
}

/// The sender said what it is now; `None`: it is not there.
pub fn note<P: Place>(
    db: &Connection,
    trigger: &TriggerId,
    known: Option<&Known>,
    rests: bool,
) -> Result<(), StoreError> {
    db.prepare_cached(&format!("UPDATE {} SET known = ?2, rests = ?3 WHERE trigger_id = ?1", P::TABLE))?.execute((
        trigger,
        known.map(Json),
        rests,
    ))?;
    Ok(())
}

/// Why it is not what it is to be; `None`: it is.
pub fn note_trouble<P: Place>(
    db: &Connection,
    trigger: &TriggerId,
    trouble: Option<&ApiError>,
) -> Result<(), StoreError> {
    db.prepare_cached(&format!("UPDATE {} SET trouble = ?2 WHERE trigger_id = ?1", P::TABLE))?
        .execute((trigger, trouble.map(Json)))?;
    Ok(())
}

/// It is gone, and nobody wants it.
pub fn delete<P: Place>(db: &Connection, trigger: &TriggerId) -> Result<(), StoreError> {
    db.prepare_cached(&format!("DELETE FROM {} WHERE trigger_id = ?1", P::TABLE))?.execute([trigger])?;
    Ok(())
}
