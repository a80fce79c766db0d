//! Table `github_accounts`: who is signed in; and GitHub's hooks among those of all senders.

use rusqlite::Connection;

use crate::clock::UnixMs;
use crate::forge::Hook;
use crate::github::GithubAccount;
use crate::ids::TriggerId;
use crate::store::words::Json;
use crate::store::{StoreError, forge_hooks};

/// All hooks at GitHub, oldest first.
pub fn all(db: &Connection) -> Result<Vec<Hook>, StoreError> {
    forge_hooks::all(db)
}

/// The hook at GitHub of a trigger.
pub fn get(db: &Connection, trigger: &TriggerId) -> Result<Option<Hook>, StoreError> {
    forge_hooks::get(db, trigger)
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
