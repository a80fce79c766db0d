//! `run`: from a fresh machine to the open window. `bench`: the benchmarks.

use std::path::Path;

use anyhow::{Context, Result, ensure};

use crate::{npm, packages, shell};

/// Builds everything and opens the window; without a display, serves the same screens and prints their address.
pub fn run(root: &Path, release: bool) -> Result<()> {
    packages::require(packages::BUILD)?;
    npm::build_ui(root)?;
    let (profile, folder): (&[&str], _) = if release { (&["--release"], "release") } else { (&[], "debug") };
    shell::run(root, "cargo", &[&["build", "--workspace"], profile].concat())?;
    let binaries = target(root)?.join(folder);
    if has_display() {
        return shell::run(root, &binaries.join("creel-desktop").to_string_lossy(), &[]);
    }
    println!("There is no display: the same screens are served to a browser.");
    serve(root, &binaries.join("creel").to_string_lossy())
}

/// Serves on the default folder until it is stopped, and prints where the browser finds it.
fn serve(root: &Path, creel: &str) -> Result<()> {
    let mut serving = shell::command(root, creel, &["serve"]).spawn().context("cannot start `creel serve`")?;
    let opened = (0..100).find_map(|_| {
        std::thread::sleep(std::time::Duration::from_millis(100)); // it says so in a file when it listens
        shell::output(root, creel, &["open"]).ok()
    });
    match opened {
        Some(address) => {
            println!("\nOpen this in a browser (it works once, for a minute):\n\n    {}\n", address.trim())
        }
        None => println!("\nIt did not come up within ten seconds; what it says stands above.\n"),
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
