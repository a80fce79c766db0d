//! `creel verify`: the receiver's own check on requests from anywhere.

use std::io::{BufWriter, stdin, stdout};

use creel_core::authenticate::verify_lines;
use creel_core::clock::SystemClock;

/// Each line on stdin is an object: `id`, `scheme`, `secret`, `method`, `url`, `headers` (name to value or to a list of
/// values), `body`, `body_encoding` ("utf8" or "base64"), `now` (Unix seconds; null: the clock).
///
/// Each line on stdout answers one: `{"id":…,"valid":…,"reason":…}`. A line that cannot be read is answered as not valid,
/// with the reason, and the next one is read.
#[derive(clap::Args)]
pub struct Arguments {}

/// Reads until stdin ends. The exit code says only whether reading and writing went well.
pub fn run(_: &Arguments) -> anyhow::Result<()> {
    verify_lines(stdin().lock(), BufWriter::new(stdout().lock()), &SystemClock)?;
    Ok(())
}
