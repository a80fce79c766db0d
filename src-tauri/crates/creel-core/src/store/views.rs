//! Table `views`: searches that the user saved.

use rusqlite::Connection;

use crate::api::search::View;
use crate::ids::ViewId;
use crate::store::StoreError;

/// All saved views by name.
pub fn all(db: &Connection) -> Result<Vec<View>, StoreError> {
    let mut rows = db.prepare_cached("SELECT id, name, q FROM views ORDER BY name COLLATE NOCASE")?;
    let found = rows
        .query_map([], |row| Ok(View { id: row.get(0)?, name: row.get(1)?, q: row.get(2)?, shipped: false }))?
        .collect::<Result<_, _>>()?;
    Ok(found)
}

/// Saves a view; one with the same name is replaced and keeps its id.
pub fn put(db: &Connection, view: &View) -> Result<ViewId, StoreError> {
    Ok(db
        .prepare_cached(
            "INSERT INTO views (id, name, q) VALUES (?1, ?2, ?3) ON CONFLICT (name) DO UPDATE SET q = ?3 RETURNING id",
        )?
        .query_row((&view.id, &view.name, &view.q), |row| row.get(0))?)
}

/// Deletes a view. Whether there was one.
pub fn delete(db: &Connection, id: &ViewId) -> Result<bool, StoreError> {
    Ok(db.prepare_cached("DELETE FROM views WHERE id = ?1")?.execute([id])? > 0)
}
