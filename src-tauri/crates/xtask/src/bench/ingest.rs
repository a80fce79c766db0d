//! Durable ingest: verify, duplicate check, filter, commit with a flush before the answer.

use anyhow::Result;

use crate::creel::{Creel, Setup};
use crate::flushes::{Flushes, Shim};
use crate::load::{self, Round};
use crate::numbers::median;
use crate::table::{Goal, Table};
use crate::{Scale, bare, one_transaction, push};

/// A consumer disk's flush.
const SLOW_FLUSH_US: u32 = 5_000;
/// Deliveries one after the other in a round of slow flushes: four of them are the slowest hundredth.
const ALONE: usize = 400;

/// A Creel with its trigger, and the numbers of its next deliveries.
pub struct Bench {
    /// It.
    pub creel: Creel,
    secret: String,
    next: u64,
}

/// What many rounds showed.
#[derive(Default)]
struct Rounds {
    rates: Vec<f64>,
    p50: Vec<f64>,
    p99: Vec<f64>,
    flushes: Vec<f64>,
    cpu_us: Vec<f64>,
}

impl Bench {
    /// Starts a Creel and warms it up.
    pub fn start(setup: Setup<'_>) -> Result<Self> {
        let creel = Creel::start(setup)?;
        let secret = creel.trigger()?;
        let mut bench = Self { creel, secret, next: 1 };
        bench.round(500, 16)?;
        Ok(bench)
    }

    /// Takes over a running Creel whose trigger is there already.
    pub fn with_secret(creel: Creel, secret: &str, next: u64) -> Self {
        Self { creel, secret: secret.to_owned(), next }
    }

    /// One round of new deliveries.
    pub fn round(&mut self, count: usize, connections: usize) -> Result<Round> {
        let requests = push::requests(&self.secret, &mut self.next, count);
        load::run(&self.creel.receiver, requests, connections)
    }

    fn counted(&mut self, count: usize, connections: usize, flushes: &Flushes, into: &mut Rounds) -> Result<Round> {
        let requests = push::requests(&self.secret, &mut self.next, count);
        let (flushed, cpu) = (flushes.count()?, self.creel.process.cpu_seconds()?);
        let round = load::run(&self.creel.receiver, requests, connections)?;
        let per_delivery = |value: f64| value / round.count as f64;
        into.flushes.push(per_delivery((flushes.count()? - flushed) as f64));
        into.cpu_us.push(per_delivery((self.creel.process.cpu_seconds()? - cpu) * 1e6));
        into.take(&round);
        Ok(round)
    }
}

impl Rounds {
    fn take(&mut self, round: &Round) {
        self.rates.push(round.rate);
        self.p50.push(round.p50_ms);
        self.p99.push(round.p99_ms);
    }

    fn print(self, table: &mut Table, who: &str) {
        table.add(&format!("{who}: requests a second"), median(self.rates), "/s", Goal::None);
        table.add(&format!("{who}: p50"), median(self.p50), "ms", Goal::None);
        table.add(&format!("{who}: p99"), median(self.p99), "ms", Goal::None);
    }
}

/// The ratio to the bare server, at 64 connections and at one; flushes and CPU a delivery.
pub fn against_the_bare_server(table: &mut Table, scale: Scale, shim: &Shim) -> Result<()> {
    let flushes = shim.slower_by_us(0)?;
    let mut bench = Bench::start(Setup { flushes: Some(&flushes), ..Setup::default() })?;
    let (_bare, bare) = bare::start()?;
    for (connections, count, ratio_goal, flush_goal) in
        [(64, scale.many, Goal::Least(0.15), Goal::Most(0.06)), (1, scale.few, Goal::None, Goal::Most(1.10))]
    {
        let (mut ours, mut theirs, mut ratios) = (Rounds::default(), Rounds::default(), Vec::new());
        for _ in 0..scale.rounds {
            // What a round leaves to be indexed must not slow down the other side's round, nor the next one.
            bench.creel.wait_for_search()?;
            // The bare server is several times as fast: it gets more, so that both are measured about as long.
            let plain = load::run(&bare, push::requests("none", &mut 0, count * 3), connections)?;
            let durable = bench.counted(count, connections, &flushes, &mut ours)?;
            ratios.push(durable.rate / plain.rate);
            theirs.take(&plain);
        }
        let at = format!("{connections} connection{}", if connections == 1 { "" } else { "s" });
        table.add(&format!("{at}: durable ingest as a part of the bare server"), median(ratios), "", ratio_goal);
        table.add(&format!("{at}: flushes a delivery"), median(ours.flushes.clone()), "", flush_goal);
        table.add(&format!("{at}: CPU a delivery"), median(ours.cpu_us.clone()), "µs", Goal::None);
        ours.print(table, &format!("{at}: Creel"));
        theirs.print(table, &format!("{at}: bare axum"));
    }
    table.add("memory after the load", bench.creel.process.resident_mb()?, "MB", Goal::None);
    Ok(())
}

/// The same with every flush 5 ms slower, beside one transaction a request.
pub fn with_slow_flushes(table: &mut Table, scale: Scale, shim: &Shim) -> Result<()> {
    let flushes = shim.slower_by_us(SLOW_FLUSH_US)?;
    let mut bench = Bench::start(Setup { flushes: Some(&flushes), ..Setup::default() })?;
    let (mut many, mut one, mut ratios) = (Rounds::default(), Rounds::default(), Vec::new());
    let (mut spread, mut disk) = (Vec::new(), Vec::new());
    for _ in 0..scale.rounds {
        let grouped = bench.counted(scale.many, 64, &flushes, &mut many)?;
        bench.creel.wait_for_search()?;
        let alone = bench.counted(ALONE, 1, &flushes, &mut one)?;
        spread.push(alone.p99_ms / alone.p50_ms);
        let single = one_transaction::measure(&flushes, ALONE)?;
        ratios.push(grouped.rate / single.rate);
        disk.push(single.spread);
    }
    table.add("flushes 5 ms slower: times one transaction a request", median(ratios), "×", Goal::Least(20.0));
    table.add("flushes 5 ms slower, 1 connection: p99 / p50", median(spread), "", Goal::Most(1.3));
    table.add("the same of the disk alone, one transaction a time", median(disk), "", Goal::None);
    table.add("flushes 5 ms slower, 64 connections: flushes a delivery", median(many.flushes.clone()), "", Goal::None);
    many.print(table, "flushes 5 ms slower, 64 connections: Creel");
    one.print(table, "flushes 5 ms slower, 1 connection: Creel");
    Ok(())
}

/// What the full-text index costs the ingest.
pub fn with_and_without_search(table: &mut Table, scale: Scale) -> Result<()> {
    let mut with = Bench::start(Setup::default())?;
    let mut without = Bench::start(Setup { arguments: vec!["--no-search-index"], ..Setup::default() })?;
    let mut costs = Vec::new();
    for round in 0..scale.rounds {
        with.creel.wait_for_search()?;
        // Whoever goes second meets the other's checkpoint; they take turns.
        let (on, off) = if round % 2 == 0 {
            (with.round(scale.many, 64)?, without.round(scale.many, 64)?)
        } else {
            let off = without.round(scale.many, 64)?;
            (with.round(scale.many, 64)?, off)
        };
        costs.push(100.0 * (1.0 - on.rate / off.rate));
    }
    table.add("search indexing costs the ingest", median(costs), "%", Goal::Most(15.0));
    Ok(())
}
