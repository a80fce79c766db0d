//! `cargo xtask run | test | fuzz | bench | bundle | samples`: everything that a person or CI does with this repository.

mod bundle;
mod fuzz;
mod npm;
mod packages;
mod run;
mod shell;
mod test;

use std::path::PathBuf;

use anyhow::{Context, Result, bail};

const HELP: &str = "\
cargo xtask run [--release]        build Creel and open its window; with no display, serve it and print its address
cargo xtask test [--only STEP]     everything that CI checks; --list names the steps
cargo xtask fuzz [TARGET] [--seconds N]  what arrives from outside, with made-up inputs: 60 s a target; again with --input
cargo xtask bench [--quick] [PART] benchmarks, as ratios against a bare server in the same run; all parts, or those named
cargo xtask bundle                 deb and rpm packages in target/release/bundle
cargo xtask samples                pack the shipped GitHub samples anew";

fn main() -> Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let root = root()?;
    match args.as_slice() {
        ["run"] => run::run(&root, false),
        ["run", "--release"] => run::run(&root, true),
        ["test"] => test::all(&root),
        ["test", "--list"] => test::list(),
        ["test", "--only", step] => test::only(&root, step),
        ["fuzz", rest @ ..] => fuzz::fuzz(&root, rest),
        ["bench", rest @ ..] => run::bench(&root, rest),
        ["bundle"] => bundle::bundle(&root),
        ["samples"] => run::samples(&root),
        [] | ["help" | "--help" | "-h"] => {
            println!("{HELP}");
            Ok(())
        }
        other => bail!("unknown task `{}`\n\n{HELP}", other.join(" ")),
    }
}

/// The workspace's folder: three up from this crate's.
fn root() -> Result<PathBuf> {
    let here = std::env::var("CARGO_MANIFEST_DIR").unwrap_or_else(|_| env!("CARGO_MANIFEST_DIR").to_owned());
    std::fs::canonicalize(format!("{here}/../../..")).context("cannot find the workspace's folder")
}
