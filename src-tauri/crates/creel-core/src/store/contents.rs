//! Table `contents`: the bytes of a delivery. Bodies are packed with zstd where that makes them smaller.

use std::cell::RefCell;

use bytes::Bytes;
use rusqlite::{Connection, OptionalExtension};
use sha2::{Digest, Sha256};
use zstd::bulk::{Compressor, Decompressor};

use crate::api::deliveries::Timing;
use crate::receive::Headers;
use crate::store::StoreError;
use crate::store::kept_answer::KeptAnswer;
use crate::store::words::Json;

/// The quickest level: it already leaves 27 % of GitHub's JSON.
const LEVEL: i32 = 1;
/// Smaller bodies gain nothing.
const PACK_FROM: usize = 256;

/// A body ready to be stored. Made before the writer's turn, which is the scarce one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackedBody {
    /// SHA-256 of the whole body as received.
    pub sha256: [u8; 32],
    /// Its length as received.
    pub bytes: i64,
    /// How much of it is kept.
    pub kept: i64,
    coding: &'static str,
    data: Bytes,
}

impl PackedBody {
    /// Packs `body`, of which the first `keep` bytes are kept.
    pub fn new(body: &Bytes, keep: usize) -> Self {
        let kept = body.slice(..body.len().min(keep));
        let packed =
            (kept.len() >= PACK_FROM).then(|| pack(&kept)).flatten().filter(|packed| packed.len() < kept.len());
        let sizes = (length(body.len()), length(kept.len()));
        let (coding, data) = match packed {
            Some(packed) => ("zstd", Bytes::from(packed)),
            None => ("identity", kept),
        };
        Self { sha256: Sha256::digest(body).into(), bytes: sizes.0, kept: sizes.1, coding, data }
    }

    /// How it is packed, and the packed bytes: what [`unpack`] takes.
    pub fn coded(&self) -> (&'static str, &[u8]) {
        (self.coding, &self.data)
    }

    /// Bytes on disk.
    pub fn stored_bytes(&self) -> i64 {
        length(self.data.len())
    }
}

/// Each thread keeps its compressor: making one costs more than packing a push.
fn pack(data: &[u8]) -> Option<Vec<u8>> {
    thread_local! {
        static COMPRESSOR: RefCell<Option<Compressor<'static>>> = RefCell::new(Compressor::new(LEVEL).ok());
    }
    COMPRESSOR.with_borrow_mut(|compressor| compressor.as_mut()?.compress(data).ok())
}

fn length(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

/// What one row holds.
#[derive(Clone, Debug)]
pub struct Contents {
    /// Path and query as sent.
    pub target: String,
    /// The header lines as sent.
    pub headers: Headers,
    /// What was answered.
    pub answer: KeptAnswer,
    /// How the time was spent.
    pub timings: Vec<Timing>,
    /// SHA-256 of the whole body.
    pub body_sha256: [u8; 32],
    /// The body's length as received.
    pub body_bytes: i64,
    /// How many bytes of it are kept.
    pub body_kept: i64,
}

/// Adds the row of delivery `seq`.
pub fn insert(
    db: &Connection,
    seq: i64,
    target: &str,
    headers: &Headers,
    answer: &KeptAnswer,
    timings: &[Timing],
    body: &PackedBody,
) -> Result<(), StoreError> {
    db.prepare_cached(
        "INSERT INTO contents (seq, target, head, answer, timings, body_sha256, body_bytes, body_kept, coding, body)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    )?
    .execute(rusqlite::params![
        seq,
        target,
        write_head(headers),
        Json(answer),
        Json(timings),
        body.sha256.as_slice(),
        body.bytes,
        body.kept,
        body.coding,
        body.data.as_ref(),
    ])?;
    Ok(())
}

/// Everything but the body.
pub fn get(db: &Connection, seq: i64) -> Result<Option<Contents>, StoreError> {
    let found = db
        .prepare_cached(
            "SELECT target, head, CAST(answer AS TEXT), timings, body_sha256, body_bytes, body_kept FROM contents WHERE seq = ?1",
        )?
        .query_row([seq], |row| {
            Ok(Contents {
                target: row.get(0)?,
                headers: read_head(row.get_ref(1)?.as_blob()?),
                answer: row.get::<_, Json<KeptAnswer>>(2)?.0,
                timings: row.get::<_, Json<Vec<Timing>>>(3)?.0,
                body_sha256: row.get(4)?,
                body_bytes: row.get(5)?,
                body_kept: row.get(6)?,
            })
        })
        .optional()?;
    Ok(found)
}

/// The kept bytes of the body.
pub fn body(db: &Connection, seq: i64) -> Result<Option<Vec<u8>>, StoreError> {
    let found: Option<(String, i64, Vec<u8>)> = db
        .prepare_cached("SELECT coding, body_kept, body FROM contents WHERE seq = ?1")?
        .query_row([seq], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    found.map(|(coding, kept, data)| unpack(&coding, kept, data)).transpose()
}

/// What makes two deliveries the same: the event id and the digest of the whole body.
pub type Identity = (Option<String>, [u8; 32]);

/// The identity of the delivery at this position.
pub fn identity(db: &Connection, seq: i64) -> Result<Option<Identity>, StoreError> {
    Ok(db
        .prepare_cached(
            "SELECT d.event_id, c.body_sha256 FROM deliveries d JOIN contents c USING (seq) WHERE d.seq = ?1",
        )?
        .query_row([seq], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?)
}

/// What the search index needs of one delivery.
pub struct Indexable {
    /// Its position.
    pub seq: i64,
    /// Its path.
    pub path: String,
    /// Its body.
    pub body: Vec<u8>,
}

/// The next deliveries above `mark`, in order, at most `most`.
pub fn bodies_after(db: &Connection, mark: i64, most: usize) -> Result<Vec<Indexable>, StoreError> {
    let mut rows = db.prepare_cached(
        "SELECT c.seq, d.path, c.coding, c.body_kept, c.body FROM contents c JOIN deliveries d USING (seq)
         WHERE c.seq > ?1 ORDER BY c.seq LIMIT ?2",
    )?;
    let found = rows.query_map((mark, i64::try_from(most).unwrap_or(i64::MAX)), |row| {
        Ok((row.get(0)?, row.get(1)?, row.get::<_, String>(2)?, row.get(3)?, row.get(4)?))
    })?;
    found
        .map(|row| {
            let (seq, path, coding, kept, data) = row?;
            Ok(Indexable { seq, path, body: unpack(&coding, kept, data)? })
        })
        .collect()
}

/// Undoes [`PackedBody`].
pub fn unpack(coding: &str, kept: i64, data: Vec<u8>) -> Result<Vec<u8>, StoreError> {
    match coding {
        "identity" => Ok(data),
        "zstd" => unzip(&data, usize::try_from(kept).unwrap_or(0))
            .map_err(|error| StoreError::Unreadable { what: "contents.body", detail: error.to_string() }),
        other => Err(StoreError::Unreadable { what: "contents.coding", detail: other.to_owned() }),
    }
}

/// Each thread keeps its decompressor too: the search index unpacks every body.
fn unzip(data: &[u8], most: usize) -> std::io::Result<Vec<u8>> {
    thread_local! {
        static DECOMPRESSOR: RefCell<Option<Decompressor<'static>>> = RefCell::new(Decompressor::new().ok());
    }
    DECOMPRESSOR.with_borrow_mut(|kept| match kept {
        Some(decompressor) => decompressor.decompress(data, most),
        None => zstd::bulk::decompress(data, most),
    })
}

/// Header lines as `name: value` and a line feed. A value cannot hold a line feed: the receiver refuses it.
fn write_head(headers: &Headers) -> Vec<u8> {
    let mut out = Vec::with_capacity(headers.0.iter().map(|(name, value)| name.len() + value.len() + 3).sum());
    for (name, value) in &headers.0 {
        out.extend_from_slice(name.as_bytes());
        out.extend_from_slice(b": ");
        out.extend_from_slice(value);
        out.push(b'\n');
    }
    out
}

pub(super) fn read_head(bytes: &[u8]) -> Headers {
    let lines = bytes.split(|byte| *byte == b'\n').filter_map(|line| {
        let colon = line.windows(2).position(|pair| pair == b": ")?;
        Some((String::from_utf8_lossy(&line[..colon]).into_owned(), Bytes::copy_from_slice(&line[colon + 2..])))
    });
    Headers(lines.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn header_lines_come_back_with_order_case_and_repeats() {
        let headers = Headers(vec![
            ("X-B".to_owned(), Bytes::from_static(b"1: 2")),
            ("x-a".to_owned(), Bytes::from_static(b"")),
            ("X-B".to_owned(), Bytes::from_static(b"\xff")),
        ]);
        assert_eq!(read_head(&write_head(&headers)), headers);
    }

    #[test]
    fn a_body_comes_back_byte_for_byte_whether_packed_or_not() {
        for body in
            [Bytes::from_static(b"{}"), Bytes::from("a".repeat(5000)), Bytes::from((0..=255).collect::<Vec<u8>>())]
        {
            let packed = PackedBody::new(&body, usize::MAX);
            assert_eq!(unpack(packed.coding, packed.kept, packed.data.to_vec()).expect("unpacks"), body);
        }
    }

    #[test]
    fn a_refused_body_is_cut_but_its_digest_and_length_are_of_the_whole() {
        let body = Bytes::from("a".repeat(5000));
        let packed = PackedBody::new(&body, 1000);
        assert_eq!((packed.bytes, packed.kept), (5000, 1000));
        assert_eq!(packed.sha256, <[u8; 32]>::from(Sha256::digest(&body)));
    }
}
