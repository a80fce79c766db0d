//! The full-text index: a database of its own, filled after the answer, from a durable high-water mark.
//!
//! It holds nothing that `creel.db` does not: when it is damaged it is made anew. So it is not flushed with the
//! deliveries, and the ingest does not pay for it.
//!
//! It is cut into blocks of positions, a full-text table each. A table's lists are read whole where two frequent words
//! never stand side by side; of a block that takes a few milliseconds, of a million deliveries it would take
//! a hundred times as long, and SQLite can be asked for a part of a list only where something is found in it. A block
//! whose deliveries are all gone is dropped in one piece.

use std::path::Path;

use rusqlite::{Connection, Transaction};

use crate::store::StoreError;
use crate::store::open::close_to_others;

/// Positions in a block. Fewer: more tables to open for a search through everything; more: longer until a page stops.
pub const BLOCK: i64 = 16_384;
/// Text of one delivery that is indexed: the first megabyte of its values.
const TEXT_BYTES: usize = 1024 * 1024;
/// Another shape of the index gets another number, and the file is made anew.
const SHAPE: i64 = 2;

const SCHEMA: &str = "
    CREATE TABLE mark (one INTEGER PRIMARY KEY CHECK (one = 1), seq INTEGER NOT NULL);
    INSERT INTO mark (one, seq) VALUES (1, 0);
    CREATE TABLE blocks (block INTEGER PRIMARY KEY);";

/// Opens the index for writing; a damaged one, or one of another shape, is deleted and begun anew.
pub fn open(file: &Path) -> rusqlite::Result<Connection> {
    let db = match try_open(file) {
        Ok(Some(db)) => db,
        other => {
            if let Err(error) = other {
                tracing::warn!(%error, "the search index is made anew");
            }
            for suffix in ["", "-wal", "-shm"] {
                let mut name = file.as_os_str().to_owned();
                name.push(suffix);
                let _ = std::fs::remove_file(name);
            }
            connect(file).and_then(begin)?
        }
    };
    let _ = close_to_others(file, 0o600);
    Ok(db)
}

/// `None`: it has another shape.
fn try_open(file: &Path) -> rusqlite::Result<Option<Connection>> {
    let db = connect(file)?;
    let shape: i64 = db.pragma_query_value(None, "user_version", |row| row.get(0))?;
    Ok((shape == SHAPE).then_some(db))
}

fn connect(file: &Path) -> rusqlite::Result<Connection> {
    let db = Connection::open(file)?;
    db.busy_timeout(std::time::Duration::from_secs(5))?;
    db.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;")?;
    Ok(db)
}

fn begin(mut db: Connection) -> rusqlite::Result<Connection> {
    let change = db.transaction()?;
    change.execute_batch(SCHEMA)?;
    change.pragma_update(None, "user_version", SHAPE)?;
    change.commit()?;
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

/// The block of a position.
pub fn block_of(seq: i64) -> i64 {
    seq.div_euclid(BLOCK)
}

/// The lowest position of a block.
pub fn first_of(block: i64) -> i64 {
    block * BLOCK
}

/// The full-text table of a block: its rows are positions, its one column is `text`.
pub fn table(block: i64) -> String {
    format!("bodies_{block}")
}

/// Whether anything of a block is indexed. Asked on a reader.
pub fn has(db: &Connection, block: i64) -> Result<bool, StoreError> {
    Ok(db.prepare_cached("SELECT 1 FROM search.blocks WHERE block = ?1")?.exists([block])?)
}

/// One delivery to index.
pub struct Entry {
    /// Its position.
    pub seq: i64,
    /// What is to be found in it.
    pub text: String,
}

/// Adds entries and moves the mark to `through`, in one transaction.
pub fn add(db: &mut Connection, entries: impl IntoIterator<Item = Entry>, through: i64) -> rusqlite::Result<()> {
    let change = db.transaction()?;
    let mut open = None;
    for entry in entries {
        let block = block_of(entry.seq);
        let table = table(block);
        if open.replace(block) != Some(block) {
            begin_block(&change, block, &table)?;
        }
        let insert = format!("INSERT INTO {table} (rowid, text) VALUES (?1, ?2)");
        change.prepare_cached(&insert)?.execute((entry.seq, cut(&entry.text)))?;
    }
    change.prepare_cached("UPDATE mark SET seq = ?1")?.execute([through])?;
    change.commit()
}

/// Makes the block's table, unless it is there.
fn begin_block(change: &Transaction<'_>, block: i64, table: &str) -> rusqlite::Result<()> {
    if change.prepare_cached("INSERT OR IGNORE INTO blocks (block) VALUES (?1)")?.execute([block])? > 0 {
        change.execute_batch(&format!(
            "CREATE VIRTUAL TABLE {table} USING fts5 (text, content = '', contentless_delete = 1,
               tokenize = 'unicode61', detail = full)"
        ))?;
    }
    Ok(())
}

/// Takes deleted deliveries out.
pub fn remove(db: &mut Connection, seqs: &[i64]) -> rusqlite::Result<()> {
    let change = db.transaction()?;
    for same in seqs.chunk_by(|a, b| block_of(*a) == block_of(*b)) {
        remove_from(&change, block_of(same[0]), same)?;
    }
    change.commit()
}

fn remove_from(change: &Transaction<'_>, block: i64, seqs: &[i64]) -> rusqlite::Result<()> {
    if !change.prepare_cached("SELECT 1 FROM blocks WHERE block = ?1")?.exists([block])? {
        return Ok(());
    }
    let table = table(block);
    for seq in seqs {
        change.prepare_cached(&format!("DELETE FROM {table} WHERE rowid = ?1"))?.execute([seq])?;
    }
    let is_empty = !change.prepare(&format!("SELECT 1 FROM {table}_docsize LIMIT 1"))?.exists([])?;
    // The newest block still fills.
    if is_empty && block < block_of(mark(change)?) {
        change.execute_batch(&format!("DROP TABLE {table}"))?;
        change.prepare_cached("DELETE FROM blocks WHERE block = ?1")?.execute([block])?;
    }
    Ok(())
}

fn cut(text: &str) -> &str {
    let mut end = text.len().min(TEXT_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}
