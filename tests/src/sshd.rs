//! A real sshd on loopback, with keys of its own and one user: the one who runs the tests.

use std::fs;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::{tools, until};

/// The server's program, which is called by its whole path.
const PROGRAM: &str = "/usr/sbin/sshd";

/// A running sshd. Dropping it ends it and its connections.
pub struct Sshd {
    folder: tempfile::TempDir,
    child: Child,
    /// Where it listens on 127.0.0.1.
    pub port: u16,
    /// Who may come in.
    pub user: String,
}

impl Sshd {
    /// Starts one on a free port.
    pub fn start() -> Self {
        let folder = tempfile::tempdir().expect("a temp folder");
        make_key(&folder.path().join("host"));
        make_key(&folder.path().join("user"));
        fs::copy(folder.path().join("user.pub"), folder.path().join("authorized")).expect("a key");
        let port = crate::free_port();
        let user = tools::run(Command::new("id").arg("-un"));
        let user = String::from_utf8_lossy(&user.stdout).trim().to_owned();
        let child = run(folder.path(), port);
        let sshd = Self { folder, child, port, user };
        sshd.listens();
        sshd
    }

    /// The private key that opens it.
    pub fn user_key(&self) -> PathBuf {
        self.folder.path().join("user")
    }

    /// A private key that does not.
    pub fn strangers_key(&self) -> PathBuf {
        let key = self.folder.path().join("stranger");
        make_key(&key);
        key
    }

    /// The fingerprint of its key, as ssh's own program shows it.
    pub fn fingerprint(&self) -> String {
        let shown = tools::run(Command::new("ssh-keygen").arg("-lf").arg(self.folder.path().join("host.pub")));
        let shown = String::from_utf8_lossy(&shown.stdout).into_owned();
        shown.split_whitespace().nth(1).expect("bits, fingerprint, comment").to_owned()
    }

    /// It goes down with every connection.
    pub fn stop(&mut self) {
        // Each connection has a process of its own, in a session of its own.
        let of_mine = Command::new("pgrep").args(["-P", &self.child.id().to_string()]).output().expect("pgrep runs");
        for pid in String::from_utf8_lossy(&of_mine.stdout).split_whitespace() {
            let _ = Command::new("kill").args(["-KILL", pid]).status();
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// It is back at the same port.
    pub fn start_again(&mut self) {
        self.child = run(self.folder.path(), self.port);
        self.listens();
    }

    /// From its next start on it has another key.
    pub fn change_key(&self) {
        for name in ["host", "host.pub"] {
            fs::remove_file(self.folder.path().join(name)).expect("a key");
        }
        make_key(&self.folder.path().join("host"));
    }

    fn listens(&self) {
        until("sshd to listen", || TcpStream::connect(("127.0.0.1", self.port)).ok());
    }
}

impl Drop for Sshd {
    fn drop(&mut self) {
        self.stop();
    }
}

fn make_key(at: &Path) {
    tools::run(Command::new("ssh-keygen").args(["-q", "-t", "ed25519", "-N", "", "-f"]).arg(at));
}

fn run(folder: &Path, port: u16) -> Child {
    assert!(Path::new(PROGRAM).exists(), "openssh-server is missing: cargo xtask test names the packages");
    // Where it puts itself away; the package's service makes it, and there is none here.
    let _ = fs::create_dir_all("/run/sshd");
    let (host, authorized) = (folder.join("host"), folder.join("authorized"));
    let config = format!(
        "Port {port}\nListenAddress 127.0.0.1\nHostKey {}\nAuthorizedKeysFile {}\nPidFile none\nUsePAM no\nStrictModes no\n\
         PermitRootLogin yes\nPasswordAuthentication no\nKbdInteractiveAuthentication no\nAllowTcpForwarding yes\n",
        host.display(),
        authorized.display()
    );
    let file = folder.join("config");
    fs::write(&file, config).expect("a temp folder");
    let log = fs::File::options().create(true).append(true).open(folder.join("log")).expect("a log");
    let mut command = Command::new(PROGRAM);
    command.arg("-D").arg("-e").arg("-f").arg(file).stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
    command.spawn().expect("sshd starts")
}
