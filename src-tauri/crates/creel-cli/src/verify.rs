//! `creel verify`: the receiver's own check on requests from anywhere.

use std::fs::read_to_string;
use std::io::{BufWriter, stdin, stdout};
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};
use creel_core::authenticate::{Catalogue, Scheme, own, record, verify_lines};
use creel_core::clock::SystemClock;

/// Each line on stdin is an object: `id`, `scheme`, `secret`, `method`, `url`, `headers` (name to value or to a list of
/// values), `body`, `body_encoding` ("utf8" or "base64"), `now` (Unix seconds; null: the clock).
///
/// Each line on stdout answers one: `{"id":…,"valid":…,"reason":…}`. A line that cannot be read is answered as not valid,
/// with the reason, and the next one is read.
#[derive(clap::Args)]
pub struct Arguments {
    /// The file of a scheme of your own, as Creel exports it; lines name it by its `scheme`, or else by the file's name.
    #[arg(long = "scheme", value_name = "FILE")]
    schemes: Vec<PathBuf>,
}

/// Reads until stdin ends. The exit code says only whether the schemes could be read, and reading and writing went well.
pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let own = arguments.schemes.iter().map(|file| scheme(file)).collect::<anyhow::Result<_>>()?;
    verify_lines(stdin().lock(), BufWriter::new(stdout().lock()), &SystemClock, &Catalogue::with(own))?;
    Ok(())
}

fn scheme(file: &Path) -> anyhow::Result<&'static Scheme> {
    let about = || format!("the scheme in {}", file.display());
    let text = read_to_string(file).with_context(about)?;
    let stem = file.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    let read = record::from_yaml(&text).and_then(|read| {
        let key = read.scheme.unwrap_or_else(|| stem.to_owned());
        own::check_key(&key)?;
        own::leaked(&key, &text)
    });
    read.map_err(|error| anyhow!("{}: {error}; {}", error.field, error.hint)).with_context(about)
}
