//! `cargo xtask bench`: what durable ingest costs, as ratios against a bare axum POST handler in the same run.
//!
//! These machines are noisy, so every figure is the median of interleaved rounds, and counts (flushes, CPU) come first.

mod bare;
mod child;
mod contracts;
mod creel;
mod doctor;
mod drain;
mod flushes;
mod groups;
mod ingest;
mod load;
mod million;
mod numbers;
mod one_transaction;
mod push;
mod start;
mod table;
mod timing;

use anyhow::Result;

/// How much is measured.
#[derive(Clone, Copy, Debug)]
pub struct Scale {
    /// Interleaved rounds a figure.
    rounds: usize,
    /// Deliveries in a round at 64 connections.
    many: usize,
    /// Deliveries in a round at one connection.
    few: usize,
    /// Stored deliveries of the large store; the small one has a twentieth.
    stored: i64,
    /// Executions that wait in the queue.
    queued: usize,
    /// Refusals of a kind whose times are compared.
    samples: usize,
}

const FULL: Scale = Scale { rounds: 7, many: 6_000, few: 1_000, stored: 1_000_000, queued: 10_000, samples: 20_000 };
const QUICK: Scale = Scale { rounds: 5, many: 2_000, few: 300, stored: 60_000, queued: 2_000, samples: 3_000 };

/// The parts, in the order in which they run.
const PARTS: [&str; 10] =
    ["start", "ingest", "slow-flushes", "search", "contracts", "groups", "timing", "million", "drain", "doctor"];

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["bare-server"] => bare::serve(),
        ["one-transaction", folder, count] => one_transaction::run(folder.as_ref(), count.parse()?),
        ["--quick", parts @ ..] => bench(QUICK, parts),
        parts => bench(FULL, parts),
    }
}

/// Measures `parts`; none named: all.
fn bench(scale: Scale, parts: &[&str]) -> Result<()> {
    if let Some(unknown) = parts.iter().find(|part| !PARTS.contains(part)) {
        anyhow::bail!("there is no part {unknown:?}; there are {}, and --quick before them", PARTS.join(", "));
    }
    let mut table = table::Table::default();
    let shim = flushes::Shim::build()?;
    for part in PARTS.iter().filter(|part| parts.is_empty() || parts.contains(part)) {
        match *part {
            "start" => start::measure(&mut table)?,
            "ingest" => ingest::against_the_bare_server(&mut table, scale, &shim)?,
            "slow-flushes" => ingest::with_slow_flushes(&mut table, scale, &shim)?,
            "doctor" => doctor::measure(&mut table)?,
            "contracts" => contracts::measure(&mut table, scale)?,
            "drain" => drain::measure(&mut table, scale)?,
            "timing" => timing::measure(&mut table, scale)?,
            "groups" => groups::measure(&mut table, scale)?,
            "search" => ingest::with_and_without_search(&mut table, scale)?,
            _ => million::measure(&mut table, scale)?,
        }
    }
    table.print();
    Ok(())
}
