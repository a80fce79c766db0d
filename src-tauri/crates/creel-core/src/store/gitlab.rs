//! Table `gitlab_accounts`: who is signed in.

use rusqlite::Connection;

use crate::gitlab::GitlabAccount;
use crate::store::StoreError;
use crate::store::words::Json;

/// Who is signed in, by the API's address.
pub fn accounts(db: &Connection) -> Result<Vec<GitlabAccount>, StoreError> {
    let mut rows = db.prepare_cached("SELECT account FROM gitlab_accounts ORDER BY api")?;
    let found = rows.query_map([], |row| row.get::<_, Json<_>>(0).map(|json| json.0))?.collect::<Result<_, _>>()?;
    Ok(found)
}

/// Somebody signed in.
pub fn put_account(db: &Connection, account: &GitlabAccount) -> Result<(), StoreError> {
    db.prepare_cached("INSERT OR REPLACE INTO gitlab_accounts (api, account) VALUES (?1, ?2)")?
        .execute((&account.api, Json(account)))?;
    Ok(())
}

/// Nobody is signed in there any more.
pub fn delete_account(db: &Connection, api: &str) -> Result<(), StoreError> {
    db.prepare_cached("DELETE FROM gitlab_accounts WHERE api = ?1")?.execute([api])?;
    Ok(())
}
