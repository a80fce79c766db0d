//! From the start of the process to the first delivery that is accepted, and what an idle Creel takes.

use std::time::{Duration, Instant};

use anyhow::Result;

use crate::creel::{Creel, Setup};
use crate::numbers::median;
use crate::table::{Goal, Table};
use crate::{load, push};

/// Starts that are measured.
const STARTS: u64 = 7;

/// Cold and warm starts, and memory at rest.
pub fn measure(table: &mut Table) -> Result<()> {
    let first = Creel::start(Setup::default())?;
    let secret = first.trigger()?;
    let folder = first.folder.clone();
    first.process.stop()?;
    let mut ready = Vec::new();
    let mut memory = 0.0;
    for number in 0..STARTS {
        let start = Instant::now();
        let creel = Creel::start(Setup { folder: Some(folder.clone()), ..Setup::default() })?;
        load::run(&creel.receiver, vec![push::request(&secret, number)], 1)?;
        ready.push(start.elapsed().as_secs_f64() * 1e3);
        // What a start needs for a moment is given back by then.
        std::thread::sleep(Duration::from_millis(500));
        memory = creel.process.resident_mb()?;
        creel.process.stop()?;
    }
    table.add("start of the process to the first accepted delivery", median(ready), "ms", Goal::None);
    table.add("memory at rest", memory, "MB", Goal::None);
    Ok(())
}
