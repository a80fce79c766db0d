//! `fuzz`: every target of `tests/fuzz` under libFuzzer, a minute each. On stable Rust: the compiler's own coverage pass is
//! named by hand, which is all that a nightly compiler would do besides.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context, Result, bail, ensure};

use crate::{packages, run, shell};

/// Each branch counts itself, and comparisons tell the fuzzer what they compared.
const COVERAGE: &str = "--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
     -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
     -Cllvm-args=-sanitizer-coverage-trace-compares -Ccodegen-units=16";

/// How long each target runs unless told otherwise.
const SECONDS: u32 = 60;

/// What the fuzzer ends at: a second an input, memory, and the longest input that it makes (a header line is no longer).
const LIMITS: [&str; 3] = ["-timeout=1", "-rss_limit_mb=512", "-max_len=4096"];

/// What was asked for.
#[derive(Debug, Default, PartialEq)]
struct Asked {
    targets: Vec<String>,
    seconds: Option<u32>,
    /// One input to repeat, instead of a search.
    input: Option<PathBuf>,
}

/// What a target's run came to.
#[derive(Debug, Default, PartialEq)]
struct Figures {
    executions: u64,
    /// Edges of the program that were reached.
    coverage: u64,
    /// The slowest input, in microseconds.
    slowest_us: u64,
    peak_mb: u64,
}

/// Builds the fuzzer and runs the targets named, or all; fails when one finds something.
pub fn fuzz(root: &Path, args: &[&str]) -> Result<()> {
    let asked = asked(args)?;
    let known = targets(root)?;
    for name in &asked.targets {
        ensure!(known.contains(name), "no target `{name}`; there are {}", known.join(", "));
    }
    packages::require(packages::FUZZ)?;
    let program = build(root)?;
    if let Some(input) = &asked.input {
        let [name] = asked.targets.as_slice() else { bail!("--input needs the target that it is for") };
        return repeat(root, &program, name, input);
    }
    let chosen = if asked.targets.is_empty() { known } else { asked.targets };
    let mut rows = Vec::new();
    for name in chosen {
        let figures = search(root, &program, &name, asked.seconds.unwrap_or(SECONDS))?;
        rows.push((name, figures));
    }
    println!("\n{:<12} {:>12} {:>9} {:>14} {:>9}", "target", "inputs", "coverage", "slowest input", "memory");
    for (name, found) in rows {
        let slowest = format!("{:.1} ms", found.slowest_us as f64 / 1000.0);
        println!("{name:<12} {:>12} {:>9} {slowest:>14} {:>6} MB", found.executions, found.coverage, found.peak_mb);
    }
    Ok(())
}

fn asked(args: &[&str]) -> Result<Asked> {
    let (mut asked, mut rest) = (Asked::default(), args.iter());
    while let Some(arg) = rest.next() {
        match *arg {
            "--seconds" => {
                let seconds = rest.next().context("--seconds needs a number")?;
                asked.seconds = Some(seconds.parse().with_context(|| format!("--seconds {seconds}"))?);
            }
            "--input" => asked.input = Some(rest.next().context("--input needs a file")?.into()),
            name => asked.targets.push(name.to_owned()),
        }
    }
    Ok(asked)
}

/// A target is a folder of first inputs.
fn targets(root: &Path) -> Result<Vec<String>> {
    let folders = std::fs::read_dir(corpus(root)).context("tests/fuzz/corpus")?;
    let mut names =
        folders.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned())).collect::<Result<Vec<_>>>()?;
    names.sort();
    Ok(names)
}

fn corpus(root: &Path) -> PathBuf {
    root.join("tests/fuzz/corpus")
}

/// The fuzzer, in a folder of its own. `--target` keeps build scripts and macros out of the coverage: they do not link with
/// it.
fn build(root: &Path) -> Result<PathBuf> {
    let folder = run::target(root)?.join("fuzz");
    let version = shell::output(root, "rustc", &["-vV"])?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).context("rustc names no host")?;
    let place = folder.to_string_lossy();
    let what = ["--package", "creel-fuzz", "--features", "libfuzzer", "--bin", "creel-fuzz"];
    let how = ["build", "--locked", "--profile", "fuzz", "--target", host, "--target-dir", &place];
    let args = [&how[..], &what[..]].concat();
    println!("$ cargo {}", args.join(" "));
    let status = shell::command(root, "cargo", &args).env("RUSTFLAGS", COVERAGE).status()?;
    ensure!(status.success(), "the fuzzer does not build ({status})");
    Ok(folder.join(host).join("fuzz/creel-fuzz"))
}

/// Looks for `seconds`. What is learnt stays in `target/fuzz/corpus`, what is found in `target/fuzz/findings`.
fn search(root: &Path, program: &Path, name: &str, seconds: u32) -> Result<Figures> {
    println!("\n=== {name}, {seconds} s");
    let place = run::target(root)?.join("fuzz");
    let (learnt, findings) = (place.join("corpus").join(name), place.join("findings").join(name));
    std::fs::create_dir_all(&learnt)?;
    std::fs::create_dir_all(&findings)?;
    let time = format!("-max_total_time={seconds}");
    let prefix = format!("-artifact_prefix={}/", findings.display());
    let folders = [learnt.to_string_lossy().into_owned(), corpus(root).join(name).to_string_lossy().into_owned()];
    let args = [&[&*time, &*prefix, "-print_final_stats=1"], &LIMITS[..], &[&*folders[0], &*folders[1]]].concat();
    let mut child = shell::command(root, &program.to_string_lossy(), &args)
        .env("CREEL_FUZZ_TARGET", name)
        .stderr(Stdio::piped())
        .spawn()
        .context("cannot start the fuzzer")?;
    let (mut figures, mut finding) = (Figures::default(), None);
    for line in BufReader::new(child.stderr.take().context("no output to read")?).split(b'\n') {
        let line = line?;
        let line = String::from_utf8_lossy(&line);
        figures.read(&line);
        finding = line.split("Test unit written to ").nth(1).map(str::to_owned).or(finding);
        if worth_showing(&line) {
            println!("{line}");
        }
    }
    let status = child.wait()?;
    if let Some(file) = &finding {
        bail!("`{name}` found something. Again: cargo xtask fuzz {name} --input {file}");
    }
    ensure!(status.success(), "the fuzzer ended with {status}");
    Ok(figures)
}

/// Not the lines that say how far it is: there are hundreds.
fn worth_showing(line: &str) -> bool {
    let progress = line.starts_with('#') && !line.contains("INITED") && !line.contains("DONE");
    !(progress || line.starts_with("INFO:") || line.starts_with("stat::") || line.starts_with("slowest input so far"))
}

/// One input, with everything that it prints.
fn repeat(root: &Path, program: &Path, name: &str, input: &Path) -> Result<()> {
    let input_path = input.to_string_lossy();
    let args = [&LIMITS[..], &[&*input_path]].concat();
    let status = shell::command(root, &program.to_string_lossy(), &args).env("CREEL_FUZZ_TARGET", name).status()?;
    ensure!(status.success(), "`{name}` fails with {} ({status})", input.display());
    Ok(())
}

impl Figures {
    /// Takes what a line of the fuzzer's says: `#123 NEW cov: 45 ft: 67 …`, `stat::peak_rss_mb: 89`.
    fn read(&mut self, line: &str) {
        let behind = |mark: &str| -> Option<u64> { line.split(mark).nth(1)?.split_whitespace().next()?.parse().ok() };
        let mut take = |into: fn(&mut Self) -> &mut u64, mark: &str| {
            if let Some(number) = behind(mark) {
                *into(self) = number;
            }
        };
        take(|it| &mut it.coverage, " cov: ");
        take(|it| &mut it.executions, "stat::number_of_executed_units:");
        take(|it| &mut it.peak_mb, "stat::peak_rss_mb:");
        take(|it| &mut it.slowest_us, "slowest input so far, in microseconds:");
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_fuzzer_s_lines_are_read() {
        let mut found = Figures::default();
        for line in [
            "#8192\tpulse  cov: 1543 ft: 4211 corp: 210/12Kb lim: 80 exec/s: 4096 rss: 88Mb",
            "slowest input so far, in microseconds: 1250",
            "#90000\tDONE   cov: 1600 ft: 4300 corp: 220/13Kb lim: 4096 exec/s: 1475 rss: 90Mb",
            "stat::number_of_executed_units: 90000",
            "stat::peak_rss_mb:              90",
        ] {
            found.read(line);
        }
        assert_eq!(found, Figures { executions: 90_000, coverage: 1600, slowest_us: 1250, peak_mb: 90 });
    }

    #[test]
    fn the_arguments_may_come_in_any_order() {
        let search = Asked { targets: vec!["search".into()], seconds: Some(5), input: None };
        assert_eq!(asked(&["--seconds", "5", "search"]).unwrap(), search);
        assert_eq!(asked(&["search", "--seconds", "5"]).unwrap(), search);
        assert_eq!(asked(&[]).unwrap(), Asked::default());
        assert!(asked(&["--seconds", "soon"]).is_err() && asked(&["--input"]).is_err());
    }
}
