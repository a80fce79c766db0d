//! Starting and stopping: clear errors that name the value, nothing lost, nothing half-saved.

use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use creel_tests::creel::serve_command;
use creel_tests::{Creel, Request, Setup};
use serde_json::json;

use crate::deliver::{signed, task_trigger};

/// Starts `creel serve` where it cannot; returns its exit code and what it said.
fn fails_to_start(folder: &std::path::Path, arguments: &[&str]) -> (Option<i32>, String) {
    gives_up(folder, Setup { arguments: arguments.iter().map(|a| (*a).to_owned()).collect(), ..Setup::default() })
}

fn gives_up(folder: &std::path::Path, setup: Setup) -> (Option<i32>, String) {
    let mut command = serve_command(folder, &setup, "");
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let done = creel_tests::until("creel to give up", || child.try_wait().unwrap());
    let output = child.wait_with_output().unwrap();
    (done.code(), format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr)))
}

#[test]
fn a_taken_port_is_named() {
    let squatter = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = squatter.local_addr().unwrap().to_string();
    let folder = tempfile::tempdir().unwrap();
    for listener in ["--receiver", "--control"] {
        let (code, said) = fails_to_start(folder.path(), &[listener, &address]);
        assert!(code.is_some_and(|code| code != 0), "{listener}: {code:?} {said}");
        assert!(said.contains(&address) || said.contains(&squatter.local_addr().unwrap().port().to_string()), "{said}");
        assert!(!said.contains("panicked"), "{said}");
    }
}

#[test]
fn the_ports_of_the_first_start_are_kept_and_a_taken_one_is_never_swapped() {
    let mut creel = Creel::start();
    assert_eq!(creel.terminate().0, Some(0));
    let squatter = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = squatter.local_addr().unwrap().to_string();
    let file = creel.data_dir().join("listen.json");
    std::fs::write(&file, json!({ "receiver": taken, "control": "127.0.0.1:0" }).to_string()).unwrap();
    let before = std::fs::read(&file).unwrap();
    let (code, said) = fails_to_start_bare(creel.folder());
    assert_eq!(code, Some(1), "{said}");
    let port = squatter.local_addr().unwrap().port().to_string();
    for word in [&format!("port {port} is taken"), "another program", "--receiver", "listen.json"] {
        assert!(said.contains(word), "{word}: {said}");
    }
    assert_eq!(std::fs::read(&file).unwrap(), before, "what is kept stays");
    drop(squatter);
    let setup = Setup { arguments: vec!["--control".into(), "127.0.0.1:0".into()], bare: true, ..Setup::default() };
    let again = Creel::start_in(creel.shared_folder(), setup);
    assert_eq!(again.receiver, format!("http://{taken}"), "the kept address");
}

/// The same without any address on the command line.
fn fails_to_start_bare(folder: &std::path::Path) -> (Option<i32>, String) {
    gives_up(folder, Setup { bare: true, ..Setup::default() })
}

#[test]
fn a_data_folder_that_cannot_be_made_is_named() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("data"), "a file, not a folder").unwrap();
    let (code, said) = fails_to_start(folder.path(), &[]);
    assert!(code.is_some_and(|code| code != 0), "{code:?} {said}");
    assert!(said.contains(&folder.path().join("data").display().to_string()), "the folder is named: {said}");
    assert_eq!(std::fs::read_to_string(folder.path().join("data")).unwrap(), "a file, not a folder");
}

#[test]
fn a_database_of_a_newer_creel_is_refused_and_left_alone() {
    let mut creel = Creel::start();
    task_trigger(&creel, "kept", "github", json!({}));
    assert_eq!(creel.terminate().0, Some(0));
    let file = database(&creel.data_dir());
    let db = rusqlite::Connection::open(&file).unwrap();
    db.pragma_update(None, "user_version", 9_999).unwrap();
    drop(db);
    let before = std::fs::read(&file).unwrap();
    let (code, said) = fails_to_start(creel.folder(), &[]);
    assert!(code.is_some_and(|code| code != 0), "{code:?} {said}");
    assert!(said.contains("9999"), "the version is named: {said}");
    assert!(said.to_lowercase().contains("newer"), "and what it means: {said}");
    assert!(std::fs::read(&file).unwrap() == before, "the file is as it was");
}

/// The SQLite file in a data folder.
pub fn database(folder: &std::path::Path) -> std::path::PathBuf {
    let entries = std::fs::read_dir(folder).unwrap().flatten().map(|entry| entry.path());
    let is_database =
        |path: &std::path::PathBuf| std::fs::read(path).is_ok_and(|bytes| bytes.starts_with(b"SQLite format 3\0"));
    entries.filter(|path| path.is_file()).find(is_database).expect("a database in the data folder")
}

#[test]
fn sigterm_drains_and_exits_with_0_within_five_seconds() {
    let mut creel = Creel::start();
    let endpoint = task_trigger(
        &creel,
        "drain",
        "github",
        json!({ "reply": { "status": 202, "headers": [], "body": null, "delay_ms": 1000 } }),
    );
    let receiver = creel.receiver.clone();
    let request = signed("github", &endpoint, "last", br#"{"title":"in flight"}"#);
    let sender = std::thread::spawn(move || creel_tests::wire::send(&receiver, &request));
    creel_tests::until("the delivery to be stored", || (creel.tasks().len() == 1).then_some(()));
    let (code, took) = creel.terminate();
    assert_eq!(code, Some(0), "{}", creel.log());
    assert!(took < Duration::from_secs(5), "{took:?}");
    assert_eq!(sender.join().unwrap().status, 202, "the request in flight got its answer");
}

#[test]
fn everything_is_there_after_a_restart() {
    let mut creel = Creel::start();
    let endpoint = task_trigger(&creel, "again", "github", json!({}));
    let id = creel.deliver(&signed("github", &endpoint, "a", br#"{"title":"before"}"#)).json()["delivery"].clone();
    assert_eq!(creel.terminate().0, Some(0));
    creel.start_again();
    assert_eq!(creel.body(id.as_str().unwrap()), br#"{"title":"before"}"#);
    let after = creel.deliver(&signed("github", &endpoint, "b", br#"{"title":"after"}"#));
    assert_eq!(after.status, 202, "the secret still works: {}", after.text());
    let same = creel.deliver(&signed("github", &endpoint, "a", br#"{"title":"before"}"#));
    assert_eq!(same.json()["duplicate"], true, "what was seen is still known");
    assert_eq!(creel.tasks().len(), 2);
}

#[test]
fn files_are_for_this_user_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let mut creel = Creel::start();
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&creel.data_dir()), 0o700);
    for entry in std::fs::read_dir(creel.data_dir()).unwrap().flatten() {
        let wanted = if entry.path().is_dir() { 0o700 } else { 0o600 };
        assert_eq!(mode(&entry.path()), wanted, "{}", entry.path().display());
    }
    assert_eq!(mode(&creel.token_file), 0o600);
    assert_eq!(creel.terminate().0, Some(0));
    std::fs::set_permissions(&creel.token_file, std::fs::Permissions::from_mode(0o644)).unwrap();
    creel.start_again();
    assert_eq!(mode(&creel.token_file), 0o600, "closed again where it was opened");
}

#[test]
fn a_second_creel_on_the_same_data_folder_is_refused() {
    let creel = Creel::start();
    let (code, said) = fails_to_start(creel.folder(), &[]);
    assert!(code.is_some_and(|code| code != 0), "two writers on one store: {code:?} {said}");
    assert_eq!(creel.deliver(&Request::get("/healthz")).status, 200, "the first one is not disturbed");
}

#[test]
fn only_the_loopback_address_is_bound() {
    let creel = Creel::start_in(Arc::new(tempfile::tempdir().unwrap()), Setup::default());
    for base in [&creel.receiver, &creel.control] {
        let port: u16 = base.rsplit(':').next().unwrap().parse().unwrap();
        let wanted = format!(":{port:04X}");
        let table =
            std::fs::read_to_string("/proc/net/tcp").unwrap() + &std::fs::read_to_string("/proc/net/tcp6").unwrap();
        let bound: Vec<_> = table
            .lines()
            .filter_map(|line| line.split_whitespace().nth(1).zip(line.split_whitespace().nth(3)))
            .filter(|(local, state)| local.ends_with(&wanted) && *state == "0A")
            .map(|(local, _)| local.to_owned())
            .collect();
        assert!(!bound.is_empty(), "{base} listens");
        assert!(
            bound
                .iter()
                .all(|local| local.starts_with("0100007F") || local.starts_with("00000000000000000000000001000000")),
            "{bound:?}"
        );
    }
}
