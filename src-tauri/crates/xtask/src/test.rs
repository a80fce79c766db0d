//! `test`: everything that CI checks, step by step, each with its time; and how many tests ran.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use crate::{npm, packages, shell};

type Work = fn(&Path, &mut Count) -> Result<()>;

/// The steps, in an order that fails early.
const STEPS: &[(&str, Work)] = &[
    ("packages", packages_step),
    ("format", format),
    ("ui-check", ui_check),
    ("ui-tests", ui_tests),
    ("ui-build", ui_build),
    ("clippy", clippy),
    ("core", core),
    ("types", types),
    ("no-tauri-in-core", no_tauri),
    ("suites", suites),
    ("journeys", journeys),
    ("window", window),
];

/// Tests that a step ran.
#[derive(Clone, Copy, Debug, Default)]
struct Count {
    passed: u64,
    failed: u64,
}

/// All steps; the first that fails ends it.
pub fn all(root: &Path) -> Result<()> {
    run_steps(root, STEPS)
}

/// One step, with what it needs already there.
pub fn only(root: &Path, name: &str) -> Result<()> {
    let step = STEPS.iter().find(|(known, _)| *known == name);
    let step = step.with_context(|| format!("no step `{name}`; `cargo xtask test --list` names them"))?;
    run_steps(root, std::slice::from_ref(step))
}

/// Names the steps.
pub fn list() -> Result<()> {
    STEPS.iter().for_each(|(name, _)| println!("{name}"));
    Ok(())
}

fn run_steps(root: &Path, steps: &[(&str, Work)]) -> Result<()> {
    let (mut total, mut rows) = (Count::default(), Vec::new());
    let mut failure = None;
    for (name, work) in steps {
        println!("\n=== {name}");
        let (begun, mut count) = (Instant::now(), Count::default());
        let done = work(root, &mut count);
        total = Count { passed: total.passed + count.passed, failed: total.failed + count.failed };
        rows.push((*name, begun.elapsed(), count));
        if let Err(error) = done {
            failure = Some(error.context(format!("step `{name}` failed; again alone: cargo xtask test --only {name}")));
            break;
        }
    }
    summary(&rows);
    println!("{} of {} steps: {} passed, {} failed", rows.len(), steps.len(), total.passed, total.failed);
    failure.map_or(Ok(()), Err)
}

fn summary(rows: &[(&str, Duration, Count)]) {
    println!("\n{:<18} {:>8} {:>8} {:>7}", "step", "time", "passed", "failed");
    for (name, time, count) in rows {
        println!("{name:<18} {:>6} s {:>8} {:>7}", time.as_secs(), count.passed, count.failed);
    }
}

fn packages_step(root: &Path, _: &mut Count) -> Result<()> {
    packages::require(&[packages::BUILD, packages::TEST].concat())?;
    npm::install(&root.join("ui"))?;
    npm::install(&root.join("tests/journeys"))
}

fn format(root: &Path, _: &mut Count) -> Result<()> {
    shell::run(root, "cargo", &["fmt", "--all", "--check"])?;
    shell::run(&root.join("ui"), "npm", &["run", "--silent", "format:check"])
}

fn ui_check(root: &Path, _: &mut Count) -> Result<()> {
    shell::run(&root.join("ui"), "npm", &["run", "--silent", "check"])
}

fn ui_tests(root: &Path, count: &mut Count) -> Result<()> {
    counted(&root.join("ui"), "npm", &["run", "--silent", "test"], count)
}

fn ui_build(root: &Path, _: &mut Count) -> Result<()> {
    npm::build_ui(root)
}

fn clippy(root: &Path, _: &mut Count) -> Result<()> {
    shell::run(root, "cargo", &["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"])
}

/// Every unit test, and the binaries that the later steps start. Always the whole workspace and all targets: without
/// the tests' own dependencies cargo would choose other features and compile Tauri twice.
fn core(root: &Path, count: &mut Count) -> Result<()> {
    shell::run(root, "cargo", &["build", "--workspace", "--all-targets", "--locked"])?;
    counted(root, "cargo", &["test", "--workspace", "--locked", "--lib", "--bins"], count)
}

/// The tests of the core wrote the TypeScript side anew; it has to be what is committed.
fn types(root: &Path, _: &mut Count) -> Result<()> {
    let changed = shell::output(root, "git", &["status", "--porcelain", "--", "ui/src/generated"])?;
    ensure!(changed.is_empty(), "the generated types were stale; they are written now, commit them:\n{changed}");
    Ok(())
}

fn no_tauri(root: &Path, _: &mut Count) -> Result<()> {
    let tree =
        shell::output(root, "cargo", &["tree", "-p", "creel-core", "-e", "normal", "--prefix", "none", "--locked"])?;
    let found: Vec<_> = tree.lines().filter(|line| line.starts_with("tauri")).collect();
    ensure!(found.is_empty(), "creel-core depends on {}", found.join(", "));
    Ok(())
}

fn suites(root: &Path, count: &mut Count) -> Result<()> {
    let args =
        ["test", "--workspace", "--locked", "--test", "suites", "--", "--skip", "window::", "--test-threads", "2"];
    counted(root, "cargo", &args, count)
}

fn journeys(root: &Path, count: &mut Count) -> Result<()> {
    counted(&root.join("tests/journeys"), "npm", &["run", "--silent", "test"], count)
}

fn window(root: &Path, count: &mut Count) -> Result<()> {
    let args = ["test", "--workspace", "--locked", "--test", "suites", "--", "window::", "--test-threads", "1"];
    counted(root, "cargo", &args, count)
}

/// Runs it, shows what it prints, and adds the tests that its runner reports.
fn counted(folder: &Path, program: &str, args: &[&str], count: &mut Count) -> Result<()> {
    let line = format!("{program} {}", args.join(" "));
    println!("$ {line}");
    let mut child = shell::command(folder, program, args)
        .env("NO_COLOR", "1")
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start `{program}`"))?;
    for bytes in BufReader::new(child.stdout.take().context("no output to read")?).split(b'\n') {
        let bytes = bytes?;
        let text = String::from_utf8_lossy(&bytes);
        println!("{text}");
        if let Some((passed, failed)) = reported(&text) {
            *count = Count { passed: count.passed + passed, failed: count.failed + failed };
        }
    }
    let status = child.wait()?;
    ensure!(status.success() && count.failed == 0, "`{line}` failed ({status})");
    ensure!(count.passed > 0, "`{line}` ran no test");
    Ok(())
}

/// Passed and failed tests of a runner's closing line: cargo's, vitest's or Node's.
fn reported(line: &str) -> Option<(u64, u64)> {
    let line = line.trim();
    let number = |text: &str, word: &str| -> u64 {
        let before = text.split(word).next().unwrap_or_default();
        before.split_whitespace().last().and_then(|n| n.parse().ok()).unwrap_or(0)
    };
    if let Some(rest) = line.strip_prefix("test result:") {
        return Some((number(rest, " passed"), number(rest, " failed")));
    }
    if let Some(rest) = line.strip_prefix("Tests  ") {
        let failed = if rest.contains(" failed") { number(rest, " failed") } else { 0 };
        return Some((number(rest, " passed"), failed));
    }
    let node = |prefix: &str| {
        let rest = line
            .strip_prefix(prefix)
            .or_else(|| line.strip_prefix('ℹ')?.trim().strip_prefix(prefix.trim_start_matches("# ")));
        rest.and_then(|n| n.trim().parse().ok())
    };
    node("# pass ").map(|passed| (passed, 0)).or_else(|| node("# fail ").map(|failed| (0, failed)))
}

#[cfg(test)]
mod tests {
    use super::reported;

    #[test]
    fn the_closing_line_of_each_runner_is_counted() {
        for (line, count) in [
            ("test result: ok. 41 passed; 0 failed; 2 ignored; 0 measured", Some((41, 0))),
            ("test result: FAILED. 40 passed; 1 failed; 0 ignored", Some((40, 1))),
            ("      Tests  105 passed (105)", Some((105, 0))),
            ("      Tests  1 failed | 104 passed (105)", Some((104, 1))),
            ("# pass 7", Some((7, 0))),
            ("# fail 0", Some((0, 0))),
            ("ℹ pass 7", Some((7, 0))),
            ("ℹ fail 2", Some((0, 2))),
            (" Test Files  9 passed (9)", None),
            ("test a ... ok", None),
        ] {
            assert_eq!(reported(line), count, "{line}");
        }
    }
}
