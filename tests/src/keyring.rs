//! A keychain of its own: a session bus and gnome-keyring, away from the user's.

use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::process::{Child, Command, Stdio};

use crate::bus::Bus;

/// How the keychain answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It gives and takes secrets.
    Open,
    /// It is there and has not been unlocked.
    Locked,
    /// Nobody answers.
    Gone,
    /// It is open, and somebody emptied it.
    Emptied,
}

/// A running keychain.
pub struct Keyring {
    folder: tempfile::TempDir,
    bus: Bus,
    daemon: Option<Child>,
}

impl Keyring {
    /// An open one; `None`, with a word about it, where Debian's `gnome-keyring` or `dbus` is not installed.
    pub fn open() -> Option<Self> {
        if !["gnome-keyring-daemon", "dbus-daemon", "dbus-send"].iter().all(|program| installed(program)) {
            println!("skipped: needs gnome-keyring and dbus (apt-get install gnome-keyring dbus)");
            return None;
        }
        let folder = tempfile::tempdir().expect("a temp folder");
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o700)).expect("it is ours");
        let bus = Bus::start();
        let mut keyring = Self { folder, bus, daemon: None };
        keyring.turn(State::Open);
        Some(keyring)
    }

    /// What Creel needs in its environment to find it.
    pub fn environment(&self) -> Vec<(String, String)> {
        self.bus.environment()
    }

    /// From now on it answers like this; what it holds stays.
    pub fn turn(&mut self, state: State) {
        self.stop();
        match state {
            State::Gone => return,
            State::Emptied => {
                let held = self.folder.path().join("xdg_data_home/keyrings");
                std::fs::rename(&held, held.with_extension("put-away")).expect("it held something");
            }
            State::Open | State::Locked => {}
        }
        let mut command = self.own("gnome-keyring-daemon");
        command.args(["--components=secrets", "--foreground"]);
        if state != State::Locked {
            command.arg("--unlock");
        }
        let mut daemon = command.stdin(Stdio::piped()).spawn().expect("the keychain starts");
        let mut password = daemon.stdin.take().expect("piped");
        // A locked one reads nothing: then nobody listens.
        let _ = password.write_all(b"a password");
        drop(password);
        self.daemon = Some(daemon);
        crate::until("the keychain to be on the bus", || self.is_there().then_some(()));
    }

    /// What was taken out of it is in it again.
    pub fn fill_again(&mut self) {
        self.stop();
        let held = self.folder.path().join("xdg_data_home/keyrings");
        std::fs::remove_dir_all(&held).expect("the new one is there");
        std::fs::rename(held.with_extension("put-away"), &held).expect("what it held is there");
        self.turn(State::Open);
    }

    fn stop(&mut self) {
        if let Some(mut daemon) = self.daemon.take() {
            let _ = daemon.kill();
            let _ = daemon.wait();
            crate::until("the keychain to leave the bus", || (!self.is_there()).then_some(()));
        }
    }

    fn is_there(&self) -> bool {
        let mut ask = self.own("dbus-send");
        ask.args(["--print-reply", "--dest=org.freedesktop.DBus", "/", "org.freedesktop.DBus.NameHasOwner"]);
        let answer = ask.arg("string:org.freedesktop.secrets").stdout(Stdio::piped()).output().expect("it runs");
        String::from_utf8_lossy(&answer.stdout).contains("boolean true")
    }

    fn own(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        crate::creel::isolate(&mut command, self.folder.path());
        command.env("XDG_RUNTIME_DIR", self.folder.path()).envs(self.environment());
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command
    }
}

impl Drop for Keyring {
    fn drop(&mut self) {
        if let Some(child) = &mut self.daemon {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

fn installed(program: &str) -> bool {
    let folders = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&folders).any(|folder| folder.join(program).exists())
}
