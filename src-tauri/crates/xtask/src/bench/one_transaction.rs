//! What group commit is measured against: one SQLite transaction a request, flushed before the answer.
//! Nothing but the insert: no socket, no check, no index, so the comparison flatters this side.

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, ensure};

use crate::flushes::Flushes;
use crate::push;

/// The child's side: writes `count` bodies, one transaction each, and prints how many a second.
pub fn run(folder: &Path, count: u32) -> Result<()> {
    let db = rusqlite::Connection::open(folder.join("one.db"))?;
    db.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE deliveries (seq INTEGER PRIMARY KEY, body TEXT);")?;
    let bodies: Vec<String> = (0..u64::from(count)).map(push::body).collect();
    let start = Instant::now();
    for body in &bodies {
        db.execute("INSERT INTO deliveries (body) VALUES (?1)", [body])?;
    }
    println!("{}", f64::from(count) / start.elapsed().as_secs_f64());
    Ok(())
}

/// Starts it with slow flushes; deliveries a second.
pub fn rate(flushes: &Flushes, count: u32) -> Result<f64> {
    let folder = tempfile::tempdir()?;
    let mut command = Command::new(std::env::current_exe()?);
    command.arg("one-transaction").arg(folder.path()).arg(count.to_string());
    flushes.preload(&mut command);
    let output = command.output()?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout)?.trim().parse().context("a rate")
}
