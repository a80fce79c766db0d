//! A message bus of its own, away from the user's.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

/// Nothing but a socket: a bus with service files would start keychains and desktops by itself.
const CONFIG: &str = r#"<busconfig><type>session</type><listen>unix:dir=FOLDER</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy>
</busconfig>"#;

/// A running bus; ends when it is dropped.
pub struct Bus {
    daemon: Child,
    /// Where it is.
    pub address: String,
    _folder: tempfile::TempDir,
}

impl Bus {
    /// Starts one. Debian's package `dbus`.
    pub fn start() -> Self {
        let folder = tempfile::tempdir().expect("a temp folder");
        let config = folder.path().join("bus.conf");
        std::fs::write(&config, CONFIG.replace("FOLDER", &folder.path().display().to_string())).expect("writable");
        let mut command = Command::new("dbus-daemon");
        command.arg("--config-file").arg(&config).args(["--nofork", "--print-address=1"]);
        let mut daemon = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("the bus starts");
        let mut address = String::new();
        BufReader::new(daemon.stdout.take().expect("piped")).read_line(&mut address).expect("it says where it is");
        Self { daemon, address: address.trim().to_owned(), _folder: folder }
    }

    /// What a program needs in its environment to find it.
    pub fn environment(&self) -> Vec<(String, String)> {
        vec![("DBUS_SESSION_BUS_ADDRESS".to_owned(), self.address.clone())]
    }
}

impl Drop for Bus {
    fn drop(&mut self) {
        let _ = self.daemon.kill();
        let _ = self.daemon.wait();
    }
}
