//! A store that holds a million deliveries: the ingest's rate, the inbox page and the search.
//!
//! The rows are copies of real ones, made by SQL in the stopped store: ids, times and bodies differ. Creel then indexes
//! them itself.

use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, Result};
use serde_json::json;

use crate::creel::{Caller, Creel, Setup};
use crate::ingest::Bench;
use crate::numbers::{median, percentile_ms};
use crate::table::{Goal, Table};
use crate::{Scale, load, push};

/// Real deliveries that are copied.
const MODELS: usize = 200;
/// Pages and searches that are timed.
const LOOKS: usize = 300;

/// A filled store, stopped.
struct Filled {
    folder: Arc<tempfile::TempDir>,
    secret: String,
}

/// Everything about large stores.
pub fn measure(table: &mut Table, scale: Scale) -> Result<()> {
    let small = fill(scale.stored / 20)?;
    let large = fill(scale.stored)?;
    let start = |filled: &Filled| Creel::start(Setup { folder: Some(filled.folder.clone()), ..Setup::default() });
    let (small_creel, large_creel) = (start(&small)?, start(&large)?);
    let indexing = Instant::now();
    small_creel.wait_for_search()?;
    large_creel.wait_for_search()?;
    let rate = scale.stored as f64 / indexing.elapsed().as_secs_f64();
    table.add("full-text indexing of what is there", rate, "deliveries/s", Goal::None);
    looks(table, &large_creel, scale.stored)?;
    let mut small = Bench::with_secret(small_creel, &small.secret, 1 << 40);
    let mut large = Bench::with_secret(large_creel, &large.secret, 1 << 40);
    let mut ratios = Vec::new();
    for _ in 0..scale.rounds {
        let few = small.round(scale.many, 64)?.rate;
        ratios.push(large.round(scale.many, 64)?.rate / few);
    }
    let what = format!("ingest at {} stored as a part of ingest at {}", scale.stored, scale.stored / 20);
    table.add(&what, median(ratios), "", Goal::Least(0.85));
    table.add(&format!("memory with {} stored", scale.stored), large.creel.process.resident_mb()?, "MB", Goal::None);
    Ok(())
}

/// The inbox's pages and searches.
fn looks(table: &mut Table, creel: &Creel, stored: i64) -> Result<()> {
    let mut caller = Caller::open(creel)?;
    let mut time = |query: &dyn Fn(usize) -> serde_json::Value| -> Result<f64> {
        let mut times = Vec::with_capacity(LOOKS);
        for n in 0..LOOKS {
            let start = Instant::now();
            caller.call("deliveries_list", &query(n))?;
            times.push(start.elapsed());
        }
        Ok(percentile_ms(&mut times, 99.0))
    };
    let anywhere = |n: usize| 1 + (n as i64).wrapping_mul(7_919_777).rem_euclid(stored);
    table.add("inbox, newest page, p99", time(&|_| json!({}))?, "ms", Goal::Most(5.0));
    table.add("inbox, a page at any depth, p99", time(&|n| json!({ "after": anywhere(n) }))?, "ms", Goal::Most(5.0));
    table.add("inbox, only rejected, p99", time(&|_| json!({ "q": "sig:bad" }))?, "ms", Goal::Most(5.0));
    for (kind, query) in SEARCHES {
        let (page, whole) = search(&mut caller, query)?;
        table.add(&format!("search, {kind}, a page, p99"), page, "ms", Goal::Most(50.0));
        table.add(&format!("search, {kind}, until 100 are found or all is seen"), whole, "ms", Goal::None);
    }
    Ok(())
}

/// Kinds of searches: what is in every delivery, in few, in none, and what only the bytes tell.
const SEARCHES: [(&str, &str); 11] = [
    ("a frequent word", "refactor"),
    ("a rare word", "nowhere"),
    ("two frequent words", "parser window"),
    ("a phrase that is there", "\"number 77\""),
    ("a phrase of frequent words that is not", "\"signature timeout\""),
    ("not a frequent word", "!refactor"),
    ("words without a frequent one", "parser !window"),
    ("that phrase and keys", "source:github event:push \"signature timeout\""),
    ("that phrase, rejected, before an hour ago", "outcome:rejected before:1h \"signature timeout\""),
    ("a value in the body", "body.pusher.name:jane"),
    ("a source that is not there", "source:stripe"),
];

/// The p99 of a search's pages, and how long it takes until a first screen is full or everything was looked at.
fn search(caller: &mut Caller, query: &str) -> Result<(f64, f64)> {
    let (mut pages, mut wholes) = (Vec::with_capacity(LOOKS), Vec::new());
    while pages.len() < LOOKS {
        let (begin, mut found, mut after) = (Instant::now(), 0, serde_json::Value::Null);
        loop {
            let start = Instant::now();
            let answer = caller.call("deliveries_list", &json!({ "q": query, "after": after }))?;
            pages.push(start.elapsed());
            found += answer["page"]["items"].as_array().context("a page")?.len();
            after = answer["page"]["next"].clone();
            if found >= 100 || after.is_null() {
                break;
            }
        }
        wholes.push(begin.elapsed().as_secs_f64() * 1000.0);
    }
    Ok((percentile_ms(&mut pages, 99.0), median(wholes)))
}

/// A store with so many deliveries.
fn fill(stored: i64) -> Result<Filled> {
    let creel = Creel::start(Setup::default())?;
    let secret = creel.trigger()?;
    load::run(&creel.receiver, push::requests(&secret, &mut 1, MODELS), 16)?;
    let folder = creel.folder.clone();
    creel.process.stop()?;
    copy(&folder.path().join("data/creel.db"), stored).context("filling the store")?;
    Ok(Filled { folder, secret })
}

/// Multiplies the rows. Every table of a delivery gets its copy; sums and the index follow by themselves.
fn copy(file: &std::path::Path, stored: i64) -> Result<()> {
    let mut db = rusqlite::Connection::open(file)?;
    db.execute_batch("PRAGMA synchronous = OFF; PRAGMA foreign_keys = OFF;")?;
    let columns = |table: &str| -> Result<Vec<String>> {
        let mut statement = db.prepare(&format!("SELECT name FROM pragma_table_info('{table}') ORDER BY cid"))?;
        let names = statement.query_map([], |row| row.get(0))?;
        Ok(names.collect::<rusqlite::Result<_>>()?)
    };
    let copies: Vec<String> = ["deliveries", "contents", "seen"]
        .into_iter()
        .map(|table| Ok(copy_statement(table, &columns(table)?)))
        .collect::<Result<_>>()?;
    let first: i64 = db.query_row("SELECT MAX(seq) FROM deliveries", [], |row| row.get(0))?;
    let models = i64::try_from(MODELS)?;
    for block in 1..stored / models {
        let change = db.transaction()?;
        for statement in &copies {
            change.prepare_cached(statement)?.execute((block * models, first - models, block))?;
        }
        change.commit()?;
    }
    db.execute_batch("PRAGMA wal_checkpoint(TRUNCATE);")?;
    Ok(())
}

/// `INSERT … SELECT` of the model rows, moved by ?1; what has to differ differs by ?3.
fn copy_statement(table: &str, columns: &[String]) -> String {
    let select = columns.iter().map(|column| match (table, column.as_str()) {
        (_, "seq") => "seq + ?1".to_owned(),
        ("deliveries", "id") => "substr(id, 1, 16) || printf('%015d', seq + ?1)".to_owned(),
        ("deliveries", "event_id") => "event_id || '-' || ?3".to_owned(),
        ("deliveries", "received_at") | ("seen", "at") => format!("{column} - 600000000 + ?1"),
        ("contents", "body_sha256") => "randomblob(32)".to_owned(),
        ("seen", "id_key" | "body_key") => "random()".to_owned(),
        ("deliveries", "outcome") => "CASE WHEN (seq + ?1) % 50 = 0 THEN 'rejected' ELSE outcome END".to_owned(),
        ("deliveries", "signature") => "CASE WHEN (seq + ?1) % 50 = 0 THEN 'bad' ELSE signature END".to_owned(),
        (_, other) => other.to_owned(),
    });
    let (names, values) = (columns.join(", "), select.collect::<Vec<_>>().join(", "));
    format!(
        "INSERT INTO {table} ({names}) SELECT {values} FROM {table} WHERE seq > ?2 AND seq <= ?2 + {MODELS} AND ?3 > 0"
    )
}
