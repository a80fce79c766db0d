//! The full-text index: a database of its own, filled after the answer, from a durable high-water mark.
//!
//! It holds nothing that `creel.db` does not: when it is damaged it is made anew. So it is not flushed with the
//! deliveries, and the ingest does not pay for it.

use std::path::Path;

use rusqlite::Connection;

use crate::store::StoreError;
use crate::store::open::close_to_others;

/// Text of one delivery that is indexed: the first megabyte of its values.
const TEXT_BYTES: usize = 1024 * 1024;

const SCHEMA: &str = "
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = NORMAL;
    CREATE VIRTUAL TABLE IF NOT EXISTS bodies USING fts5 (text, content = '', contentless_delete = 1, tokenize = 'unicode61', detail = full);
    CREATE TABLE IF NOT EXISTS mark (one INTEGER PRIMARY KEY CHECK (one = 1), seq INTEGER NOT NULL);
    INSERT OR IGNORE INTO mark (one, seq) VALUES (1, 0);";

/// Opens the index for writing; a damaged one is deleted and begun anew.
pub fn open(file: &Path) -> rusqlite::Result<Connection> {
    let opened = try_open(file);
    let db = match opened {
        Ok(db) => db,
        Err(error) => {
            tracing::warn!(%error, "the search index is made anew");
            for suffix in ["", "-wal", "-shm"] {
                let mut name = file.as_os_str().to_owned();
                name.push(suffix);
                let _ = std::fs::remove_file(name);
            }
            try_open(file)?
        }
    };
    let _ = close_to_others(file, 0o600);
    Ok(db)
}

fn try_open(file: &Path) -> rusqlite::Result<Connection> {
    let db = Connection::open(file)?;
    db.busy_timeout(std::time::Duration::from_secs(5))?;
    db.execute_batch(SCHEMA)?;
    Ok(db)
}

/// Up to which delivery the index goes. Asked on a connection where the index is the main database.
pub fn mark(db: &Connection) -> rusqlite::Result<i64> {
    db.prepare_cached("SELECT seq FROM mark")?.query_row([], |row| row.get(0))
}

/// How many deliveries the index does not know yet. Asked on a reader.
pub fn lag(db: &Connection) -> Result<i64, StoreError> {
    Ok(db
        .prepare_cached("SELECT COUNT(*) FROM deliveries WHERE seq > (SELECT seq FROM search.mark)")?
        .query_row([], |row| row.get(0))?)
}

/// One delivery to index.
pub struct Entry {
    /// Its position.
    pub seq: i64,
    /// What is to be found in it.
    pub text: String,
}

/// Adds entries and moves the mark to `through`, in one transaction.
pub fn add(db: &mut Connection, entries: &[Entry], through: i64) -> rusqlite::Result<()> {
    let change = db.transaction()?;
    {
        let mut insert = change.prepare_cached("INSERT INTO bodies (rowid, text) VALUES (?1, ?2)")?;
        for entry in entries {
            insert.execute((entry.seq, cut(&entry.text)))?;
        }
        change.prepare_cached("UPDATE mark SET seq = ?1")?.execute([through])?;
    }
    change.commit()
}

/// Takes deleted deliveries out.
pub fn remove(db: &mut Connection, seqs: &[i64]) -> rusqlite::Result<()> {
    let change = db.transaction()?;
    for seq in seqs {
        change.prepare_cached("DELETE FROM bodies WHERE rowid = ?1")?.execute([seq])?;
    }
    change.commit()
}

fn cut(text: &str) -> &str {
    let mut end = text.len().min(TEXT_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}
