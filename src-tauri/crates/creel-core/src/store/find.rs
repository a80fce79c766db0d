//! The inbox's list: a search as SQL, newest first, page by page.

use rusqlite::Connection;

use crate::delivery::Delivery;
use crate::store::{StoreError, deliveries};

/// Deliveries older than `before`, newest first, without a search.
pub fn newest(db: &Connection, before: i64, limit: u32) -> Result<Vec<Delivery>, StoreError> {
    let mut rows = db.prepare_cached(&format!(
        "SELECT {} FROM deliveries d WHERE d.seq < ?1 ORDER BY d.seq DESC LIMIT ?2",
        deliveries::COLUMNS
    ))?;
    let found = rows.query_map((before, limit), deliveries::read)?.collect::<Result<_, _>>()?;
    Ok(found)
}

/// stand-in
pub fn page(
    db: &Connection,
    _query: &crate::search::Query,
    before: i64,
    limit: u32,
) -> Result<Vec<Delivery>, StoreError> {
    newest(db, before, limit)
}
