//! Tables `github_hooks` and `github_accounts`: what each hook at GitHub is to be and what it is, and who is signed in.

use rusqlite::{Connection, OptionalExtension, Row};

use crate::clock::UnixMs;
use crate::error::ApiError;
use crate::github::{GithubAccount, Hook, Known, Wanted};
use crate::ids::TriggerId;
use crate::store::StoreError;
use crate::store::words::{Json, Word};

const COLUMNS: &str = "trigger_id, api, place, path, events, wanted, known, rests, trouble, created_at, \
     whole_until, always, asks_every";

fn read(row: &Row<'_>) -> rusqlite::Result<Hook> {
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
pub fn insert(db: &Connection, hook: &Hook) -> Result<(), StoreError> {
    db.prepare_cached(&format!(
        "INSERT INTO github_hooks ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)"
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

/// All hooks, oldest first.
pub fn all(db: &Connection) -> Result<Vec<Hook>, StoreError> {
    let mut rows = db.prepare_cached(&format!("SELECT {COLUMNS} FROM github_hooks ORDER BY created_at, trigger_id"))?;
    let found = rows.query_map([], read)?.collect::<Result<_, _>>()?;
    Ok(found)
}

/// The hook of a trigger.
pub fn get(db: &Connection, trigger: &TriggerId) -> Result<Option<Hook>, StoreError> {
    Ok(db
        .prepare_cached(&format!("SELECT {COLUMNS} FROM github_hooks WHERE trigger_id = ?1"))?
        .query_row([trigger], read)
        .optional()?)
}

/// It is to be something else. Why it was not the last thing is of no interest any more.
pub fn want(db: &Connection, trigger: &TriggerId, wanted: Wanted) -> Result<(), StoreError> {
    db.prepare_cached("UPDATE github_hooks SET wanted = ?2, trouble = NULL WHERE trigger_id = ?1")?
        .execute((trigger, Word(wanted)))?;
    Ok(())
}

/// GitHub said what it is now; `None`: it is not there.
pub fn note(db: &Connection, trigger: &TriggerId, known: Option<&Known>, rests: bool) -> Result<(), StoreError> {
    db.prepare_cached("UPDATE github_hooks SET known = ?2, rests = ?3 WHERE trigger_id = ?1")?.execute((
        trigger,
        known.map(Json),
        rests,
    ))?;
    Ok(())
}

/// Why it is not what it is to be; `None`: it is.
pub fn note_trouble(db: &Connection, trigger: &TriggerId, trouble: Option<&ApiError>) -> Result<(), StoreError> {
    db.prepare_cached("UPDATE github_hooks SET trouble = ?2 WHERE trigger_id = ?1")?
        .execute((trigger, trouble.map(Json)))?;
    Ok(())
}

/// Until then everything that GitHub sent is here.
pub fn note_whole(db: &Connection, trigger: &TriggerId, until: UnixMs) -> Result<(), StoreError> {
    db.prepare_cached("UPDATE github_hooks SET whole_until = ?2 WHERE trigger_id = ?1")?.execute((trigger, until))?;
    Ok(())
}

/// What is done without asking.
pub fn rule(db: &Connection, trigger: &TriggerId, always: bool, asks_every: Option<u32>) -> Result<(), StoreError> {
    db.prepare_cached("UPDATE github_hooks SET always = ?2, asks_every = ?3 WHERE trigger_id = ?1")?
        .execute((trigger, always, asks_every))?;
    Ok(())
}

/// It is gone, and nobody wants it.
pub fn delete(db: &Connection, trigger: &TriggerId) -> Result<(), StoreError> {
    db.prepare_cached("DELETE FROM github_hooks WHERE trigger_id = ?1")?.execute([trigger])?;
    Ok(())
}

/// Who is signed in, by the API's address.
pub fn accounts(db: &Connection) -> Result<Vec<GithubAccount>, StoreError> {
    let mut rows = db.prepare_cached("SELECT account FROM github_accounts ORDER BY api")?;
    let found = rows.query_map([], |row| row.get::<_, Json<_>>(0).map(|json| json.0))?.collect::<Result<_, _>>()?;
    Ok(found)
}

/// Somebody signed in.
pub fn put_account(db: &Connection, account: &GithubAccount) -> Result<(), StoreError> {
    db.prepare_cached("INSERT OR REPLACE INTO github_accounts (api, account) VALUES (?1, ?2)")?
        .execute((&account.api, Json(account)))?;
    Ok(())
}

/// Nobody is signed in there any more.
pub fn delete_account(db: &Connection, api: &str) -> Result<(), StoreError> {
    db.prepare_cached("DELETE FROM github_accounts WHERE api = ?1")?.execute([api])?;
    Ok(())
}
