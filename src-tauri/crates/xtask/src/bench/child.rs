//! A process under measurement: its CPU time and memory, and its end.

use std::process::Child;

use anyhow::{Context, Result};

/// Linux counts CPU time in hundredths of a second for every process (`USER_HZ`).
const TICKS_PER_SECOND: f64 = 100.0;

/// A child that ends with this value.
pub struct Running(pub Child);

impl Running {
    /// CPU time used so far, in seconds.
    pub fn cpu_seconds(&self) -> Result<f64> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.0.id()))?;
        let after_name = stat.rsplit_once(')').context("the process's name in /proc")?.1;
        let ticks = after_name.split_whitespace().skip(11).take(2).filter_map(|field| field.parse::<f64>().ok());
        Ok(ticks.sum::<f64>() / TICKS_PER_SECOND)
    }

    /// Resident memory in megabytes.
    pub fn resident_mb(&self) -> Result<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.0.id()))?;
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).context("VmRSS")?;
        let kilobytes: f64 = line.split_whitespace().nth(1).context("a number")?.parse()?;
        Ok(kilobytes / 1024.0)
    }

    /// SIGTERM, and waits.
    pub fn stop(mut self) -> Result<()> {
        std::process::Command::new("kill").arg(self.0.id().to_string()).status()?;
        self.0.wait()?;
        Ok(())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
