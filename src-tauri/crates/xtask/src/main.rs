//! `cargo xtask run | test | bundle | samples`: everything that a person or CI does with this repository.

mod samples;

use std::path::PathBuf;

use anyhow::{Context, Result, bail};

const HELP: &str = "cargo xtask samples";

fn main() -> Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let root = root()?;
    match args.first().map(String::as_str) {
        Some("samples") => samples::pack(&root),
        Some(other) => bail!("no task `{other}`\n\n{HELP}"),
        None => bail!("which task?\n\n{HELP}"),
    }
}

/// The workspace's folder: three up from this crate's.
fn root() -> Result<PathBuf> {
    let here = std::env::var("CARGO_MANIFEST_DIR").unwrap_or_else(|_| env!("CARGO_MANIFEST_DIR").to_owned());
    std::fs::canonicalize(format!("{here}/../../..")).context("cannot find the workspace's folder")
}
