//! Programs of the tests' own, put where Creel finds them.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

/// Puts a program at `at` that everybody may run. Another program writes the file: while a file is open here for writing, a
/// child that another test starts at this moment holds it open too, and nobody can run it ("text file busy").
pub fn put(at: &Path, text: &str) {
    let mut written = Command::new("install");
    written.args(["-m", "755", "/dev/stdin"]).arg(at).stdin(Stdio::piped());
    let mut child = written.spawn().expect("install runs");
    let mut input = child.stdin.take().expect("it is piped");
    input.write_all(text.as_bytes()).expect("install reads");
    drop(input);
    assert!(child.wait().expect("it is ours").success(), "{} cannot be written", at.display());
}
