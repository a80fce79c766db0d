//! Other programs that suites run: Node, Python, the files of this crate.

use std::fs::File;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

/// A path in this crate.
pub fn here(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// A fixture as text.
pub fn fixture(path: &str) -> String {
    let path = here("fixtures").join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// Where tests leave pictures and reports.
pub fn out(name: &str) -> PathBuf {
    let folder = here("out");
    std::fs::create_dir_all(&folder).expect("tests/out can be made");
    folder.join(name)
}

/// Runs a program to its end; panics with what it printed when it fails.
pub fn run(command: &mut Command) -> Output {
    let output = command.stdin(Stdio::null()).output().unwrap_or_else(|e| panic!("{command:?}: {e}"));
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{command:?}: {}{}", text(&output.stdout), text(&output.stderr));
    output
}

/// Whether a process with this number runs. One that ended and that nobody asked about does not.
pub fn lives(pid: &str) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    // The name stands in parentheses and may hold anything; the state follows.
    stat.rsplit(") ").next().is_some_and(|rest| !rest.is_empty() && !rest.starts_with('Z'))
}

/// `node` in `tests/journeys`, whose packages `npm ci` has installed.
pub fn node(script: &str) -> Command {
    let journeys = here("journeys");
    assert!(journeys.join("node_modules").exists(), "packages are missing: run `npm ci` in tests/journeys");
    let mut command = Command::new("node");
    command.arg(script).current_dir(journeys);
    command
}

/// A Python that has `requests`: one of the system's, or else one in a virtual environment made in `folder`.
pub fn python(folder: &std::path::Path) -> PathBuf {
    let has_requests = |python: &PathBuf| {
        Command::new(python).args(["-c", "import requests"]).output().is_ok_and(|output| output.status.success())
    };
    let known = ["/usr/bin/python3", "python3"].map(PathBuf::from).into_iter().find(has_requests);
    known.unwrap_or_else(|| {
        let venv = folder.join("python");
        run(Command::new("python3").args(["-m", "venv"]).arg(&venv));
        let python = venv.join("bin/python");
        run(Command::new(&python).args(["-m", "pip", "install", "--quiet", "requests"]));
        python
    })
}

/// A Python that has exactly what `tests/python/<list>.txt` names, in a virtual environment that later runs find again.
/// Tests that need the same one at once wait for each other: two installations into one folder spoil each other's files.
pub fn python_of(list: &str) -> PathBuf {
    let requirements = here(&format!("python/{list}.txt"));
    let wanted = std::fs::read_to_string(&requirements).unwrap_or_else(|e| panic!("{}: {e}", requirements.display()));
    let venv = out(&format!("python-{list}"));
    let (python, ready) = (venv.join("bin/python"), venv.join("ready"));
    let turn = File::create(out(&format!("python-{list}.lock"))).expect("tests/out can be written");
    turn.lock().expect("a file can be locked");
    if std::fs::read_to_string(&ready).ok().as_ref() != Some(&wanted) {
        run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&venv));
        run(Command::new(&python).args(["-m", "pip", "install", "--quiet", "--requirement"]).arg(&requirements));
        std::fs::write(ready, wanted).expect("tests/out can be written");
    }
    python
}
