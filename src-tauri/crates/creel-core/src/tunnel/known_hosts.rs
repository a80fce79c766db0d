//! The keys of ssh hosts, in a file of Creel's own: the user's is not touched, and what it trusts is not trusted here.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The file in the data folder.
const FILE: &str = "tunnel_known_hosts";
/// Kinds of keys, best first.
const KINDS: [&str; 3] = ["ssh-ed25519", "ecdsa-sha2-nistp256", "ssh-rsa"];

/// A host's key, as the user is asked about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct HostKey {
    /// As ssh names the host: `name`, or `[name]:port`.
    pub host: String,
    /// `ssh-ed25519`
    pub kind: String,
    /// `SHA256:…`, as ssh shows it.
    pub fingerprint: String,
    /// The key, in base64.
    pub key: String,
    /// Another key of this host was trusted before.
    pub changed: bool,
}

/// Where the file is.
pub fn file(data_dir: &Path) -> PathBuf {
    data_dir.join(FILE)
}

/// How ssh names a host at a port.
pub fn host_name(host: &str, port: u16) -> String {
    if port == 22 { host.to_owned() } else { format!("[{host}]:{port}") }
}

/// The best key of `host` in what `ssh-keyscan` printed.
pub fn best(host: &str, scanned: &str, changed: bool) -> Option<HostKey> {
    let lines: Vec<_> = scanned
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| {
            // The host's name stands first.
            let mut words = line.split_whitespace().skip(1);
            Some((words.next()?, words.next()?))
        })
        .collect();
    let (kind, key) = KINDS.iter().find_map(|kind| lines.iter().find(|(known, _)| known == kind))?;
    let digest = Sha256::digest(STANDARD.decode(key).ok()?);
    Some(HostKey {
        host: host.to_owned(),
        kind: (*kind).to_owned(),
        fingerprint: format!("SHA256:{}", STANDARD_NO_PAD.encode(digest)),
        key: (*key).to_owned(),
        changed,
    })
}

/// Trusts a key from now on, in place of every other of its host.
pub fn trust(data_dir: &Path, key: &HostKey) -> io::Result<()> {
    let file = file(data_dir);
    let before = match fs::read_to_string(&file) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(error),
    };
    let of_others = before.lines().filter(|line| line.split_whitespace().next() != Some(key.host.as_str()));
    let mut text: String = of_others.map(|line| format!("{line}\n")).collect();
    text.push_str(&format!("{} {} {}\n", key.host, key.kind, key.key));
    let aside = file.with_extension("new");
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut written = options.open(&aside)?;
    written.write_all(text.as_bytes())?;
    written.sync_all()?;
    fs::rename(aside, file)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const KEY: &str = "AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl";

    #[test]
    fn the_fingerprint_is_the_one_that_ssh_shows() {
        let scanned = format!("# github.com:22 SSH-2.0-x\ngithub.com ssh-rsa AAAA\ngithub.com ssh-ed25519 {KEY}\n");
        let key = best("github.com", &scanned, false).unwrap();
        // As GitHub publishes it.
        assert_eq!(key.fingerprint, "SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU");
        assert_eq!(best("github.com", "github.com ssh-dss AAAA", false), None);
    }

    #[test]
    fn a_trusted_key_takes_the_place_of_its_hosts_other_ones() {
        let folder = tempfile::tempdir().unwrap();
        let key = |host: &str, key: &str| HostKey {
            host: host.to_owned(),
            kind: "ssh-ed25519".to_owned(),
            fingerprint: String::new(),
            key: key.to_owned(),
            changed: false,
        };
        for (host, of) in [("a", "1"), ("[a]:2222", "2"), ("a", "3")] {
            trust(folder.path(), &key(host, of)).unwrap();
        }
        let text = fs::read_to_string(file(folder.path())).unwrap();
        assert_eq!(text, "[a]:2222 ssh-ed25519 2\na ssh-ed25519 3\n");
    }
}
