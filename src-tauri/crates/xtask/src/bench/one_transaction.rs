//! What group commit is measured against: one SQLite transaction a request, flushed before the answer.
//! Nothing but the insert: no socket, no check, no index, so the comparison flatters this side.

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, ensure};

use crate::flushes::Flushes;
use crate::numbers::percentile_ms;
use crate::push;

/// What it did.
pub struct OneTransaction {
    /// Deliveries a second.
    pub rate: f64,
    /// The 99th percentile of a transaction's time over its median: how steady the disk itself is.
    pub spread: f64,
}

/// The child's side: writes `count` bodies, one transaction each, and prints how many a second and how steadily.
pub fn run(folder: &Path, count: usize) -> Result<()> {
    let db = rusqlite::Connection::open(folder.join("one.db"))?;
    db.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE deliveries (seq INTEGER PRIMARY KEY, body TEXT);")?;
    let bodies: Vec<String> = (0..count as u64).map(push::body).collect();
    let start = Instant::now();
    let mut times = Vec::with_capacity(bodies.len());
    for body in &bodies {
        let begun = Instant::now();
        db.execute("INSERT INTO deliveries (body) VALUES (?1)", [body])?;
        times.push(begun.elapsed());
    }
    let rate = count as f64 / start.elapsed().as_secs_f64();
    println!("{rate} {}", percentile_ms(&mut times, 99.0) / percentile_ms(&mut times, 50.0));
    Ok(())
}

/// Starts it with slow flushes.
pub fn measure(flushes: &Flushes, count: usize) -> Result<OneTransaction> {
    let folder = tempfile::tempdir()?;
    let mut command = Command::new(std::env::current_exe()?);
    command.arg("one-transaction").arg(folder.path()).arg(count.to_string());
    flushes.preload(&mut command);
    let output = command.output()?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let said = String::from_utf8(output.stdout)?;
    let (rate, spread) = said.trim().split_once(' ').context("a rate and a spread")?;
    Ok(OneTransaction { rate: rate.parse()?, spread: spread.parse()? })
}
