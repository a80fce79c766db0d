//! `run`: from a fresh machine to the open window. `bench`, `samples`: this crate's other programs.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::Stdio;

use anyhow::{Context, Result, ensure};

use crate::{npm, packages, shell};

/// Every program. The examples (there are none) make cargo choose features as it does for the tests: without them, a
/// `run` after a `test` compiles Tauri and a hundred others a second time.
const EVERYTHING: [&str; 4] = ["--workspace", "--locked", "--bins", "--examples"];

/// Builds everything and opens the window; without a display, serves the same screens and prints their address.
pub fn run(root: &Path, release: bool) -> Result<()> {
    let (profile, folder): (&[&str], _) = if release { (&["--release"], "release") } else { (&[], "debug") };
    let build = |what: &[&str]| shell::run(root, "cargo", &[&["build"], what, profile].concat());
    let program = |name: &str| Ok::<_, anyhow::Error>(target(root)?.join(folder).join(name));
    if !has_display() {
        println!("There is no display: the same screens are served to a browser.");
        // The window's packages are not needed for that.
        npm::build_ui(root)?;
        build(&["--package", "creel-cli"])?;
        return serve(root, &program("creel")?.to_string_lossy());
    }
    packages::require(packages::BUILD)?;
    npm::build_ui(root)?;
    build(&EVERYTHING)?;
    shell::run(root, &program("creel-desktop")?.to_string_lossy(), &[])
}

/// Serves on the default folder until it is stopped, and prints where the browser finds it.
fn serve(root: &Path, creel: &str) -> Result<()> {
    let mut command = shell::command(root, creel, &["serve"]);
    let mut serving = command.stdout(Stdio::piped()).spawn().context("cannot start `creel serve`")?;
    // It prints one line when it listens, and nothing when it cannot.
    let mut ready = String::new();
    BufReader::new(serving.stdout.take().context("no output to read")?).read_line(&mut ready)?;
    if !ready.is_empty() {
        println!("{ready}");
        let address = shell::output(root, creel, &["open"])?;
        println!("Open this in a browser (it works once, for a minute; `{creel} open` prints another):\n");
        println!("    {}\n", address.trim());
    }
    let status = serving.wait()?;
    ensure!(status.success(), "`creel serve` ended with {status}");
    Ok(())
}

/// Runs the benchmarks on release builds.
pub fn bench(root: &Path, args: &[&str]) -> Result<()> {
    shell::run(root, "cargo", &["build", "--release", "--package", "creel-cli"])?;
    shell::run(
        root,
        "cargo",
        &["build", "--release", "--package", "xtask", "--features", "bench", "--bin", "creel-bench"],
    )?;
    shell::run(root, &target(root)?.join("release/creel-bench").to_string_lossy(), args)
}

/// Packs the shipped samples. A program of its own, like the benchmarks: nobody else waits for its compression library.
pub fn samples(root: &Path) -> Result<()> {
    let which = ["--package", "xtask", "--features", "samples", "--bin", "creel-samples"];
    shell::run(root, "cargo", &[&["run", "--quiet"][..], &which].concat())
}

/// Where cargo builds to.
pub fn target(root: &Path) -> Result<std::path::PathBuf> {
    let text = shell::output(root, "cargo", &["metadata", "--format-version", "1", "--no-deps"])?;
    let metadata: serde_json::Value = serde_json::from_str(&text)?;
    Ok(metadata["target_directory"].as_str().context("cargo metadata names no target folder")?.into())
}

fn has_display() -> bool {
    let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(target_os = "linux") || set("DISPLAY") || set("WAYLAND_DISPLAY")
}
