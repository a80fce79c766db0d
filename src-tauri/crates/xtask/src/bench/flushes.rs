//! Counting flushes, and making them slow: a library that is preloaded into the process under measurement.
//! A consumer disk flushes in milliseconds; the disks of build machines pretend.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Result, ensure};

const SOURCE: &str = include_str!("flushes.c");

/// The compiled library.
pub struct Shim {
    folder: tempfile::TempDir,
}

/// The library in one process: how slow its flushes are, and how many there were.
pub struct Flushes {
    count: tempfile::NamedTempFile,
    library: PathBuf,
    delay_us: u32,
}

impl Shim {
    /// Compiles it with the system's C compiler, which Rust needs anyway to link.
    pub fn build() -> Result<Self> {
        let shim = Self { folder: tempfile::tempdir()? };
        let source = shim.folder.path().join("flushes.c");
        std::fs::write(&source, SOURCE)?;
        let mut compiler = Command::new("cc");
        compiler.args(["-O2", "-shared", "-fPIC", "-o"]).arg(shim.library()).arg(&source).arg("-ldl");
        ensure!(compiler.status()?.success(), "cc cannot compile the flush counter");
        Ok(shim)
    }

    fn library(&self) -> PathBuf {
        self.folder.path().join("flushes.so")
    }

    /// For a process whose flushes are counted and each this much slower.
    pub fn slower_by_us(&self, delay_us: u32) -> Result<Flushes> {
        let count = tempfile::NamedTempFile::new()?;
        std::fs::write(count.path(), 0u64.to_ne_bytes())?;
        Ok(Flushes { count, library: self.library(), delay_us })
    }
}

impl Flushes {
    /// Puts it into a command's environment.
    pub fn preload(&self, command: &mut Command) {
        command.env("LD_PRELOAD", &self.library).env("FLUSH_COUNT_FILE", self.count.path());
        command.env("FLUSH_DELAY_US", self.delay_us.to_string());
    }

    /// How many flushes there were so far.
    pub fn count(&self) -> Result<u64> {
        let bytes = std::fs::read(self.count.path())?;
        let number: [u8; 8] = bytes.as_slice().try_into()?;
        Ok(u64::from_ne_bytes(number))
    }
}
