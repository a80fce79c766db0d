//! `ssh -R` with the system's ssh, which never asks anything: an unknown host key, a passphrase and a password are refused,
//! and the user is asked here about the key.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::error::ApiError;
use crate::process;
use crate::tunnel::choice::{SshChoice, SshService};
use crate::tunnel::known_hosts;
use crate::tunnel::programs::{self, Reading};
use crate::tunnel::up::{Doing, Down, Needs, Next, Tunnel, Up};

use super::ssh_words::{Trouble, address, trouble};

/// The program, and the one that asks a host for its keys.
const PROGRAM: &str = "ssh";
const KEYSCAN: &str = "ssh-keyscan";
/// How long a host may take to show its key.
const SCANNED_IN: Duration = Duration::from_secs(10);
/// What ssh itself is told about a dead line: two questions of 5 s, so that its end is heard within 15 s.
const ALIVE: [&str; 2] = ["ServerAliveInterval=5", "ServerAliveCountMax=2"];

/// A forwarding from a host to this machine.
pub struct Ssh {
    /// As set up.
    pub choice: SshChoice,
    /// Where it has to forward to.
    pub port: u16,
    /// The data folder.
    pub folder: PathBuf,
}

pub fn needs() -> Needs {
    match (programs::find(PROGRAM), programs::find(KEYSCAN)) {
        (Some(path), Some(_)) => Needs::met(path.display().to_string()),
        (None, _) => Needs::missing("the program ssh is not on this machine", "install OpenSSH, then look again"),
        (_, None) => {
            Needs::missing("the program ssh-keyscan is not on this machine", "it comes with OpenSSH: install it whole")
        }
    }
}

pub fn check(choice: &SshChoice) -> Result<(), ApiError> {
    if choice.service != SshService::Own {
        return Ok(());
    }
    let host = choice.host.as_deref().unwrap_or_default();
    if !is_name(host) {
        return Err(ApiError::invalid("kind.ssh.host", format!("\"{host}\" is no host"))
            .hint("type a name or an address, as hooks.example.com"));
    }
    if let Some(user) = choice.user.as_deref().filter(|user| !is_name(user)) {
        return Err(ApiError::invalid("kind.ssh.user", format!("\"{user}\" is no user's name")));
    }
    if let Some(file) = choice.identity_file.as_deref().filter(|file| !std::path::Path::new(file).is_file()) {
        let hint = "type the whole path of the private key, or leave it out";
        return Err(ApiError::invalid("kind.ssh.identity_file", format!("there is no file {file}")).hint(hint));
    }
    let Some(typed) = choice.address.as_deref() else { return Ok(()) };
    crate::tunnel::PublicAddress::read(&typed.replace("{port}", "1"))
        .map(drop)
        .map_err(|error| ApiError::invalid("kind.ssh.address", error.to_string()).hint("type it as https://name"))
}

/// A name that no program takes for an option, and no shell for anything.
fn is_name(text: &str) -> bool {
    let fits = |b: u8| b.is_ascii_alphanumeric() || b"._-:".contains(&b);
    (1..=253).contains(&text.len()) && text.bytes().all(fits) && !text.starts_with('-')
}

/// Where it goes.
struct Way {
    host: String,
    user: Option<&'static str>,
    port: u16,
    /// The first part of `-R`.
    opens: u16,
    /// Nothing runs there: only the forwarding.
    silent: bool,
}

impl Ssh {
    fn way(&self) -> Way {
        let way = |host: &str, user, port, opens| Way { host: host.to_owned(), user, port, opens, silent: false };
        match self.choice.service {
            SshService::LocalhostRun => way("localhost.run", Some("nokey"), 22, 80),
            SshService::Pinggy => way("a.pinggy.io", Some("free"), 443, 0),
            SshService::Serveo => way("serveo.net", None, 22, 80),
            SshService::Own => Way {
                silent: true,
                ..way(
                    self.choice.host.as_deref().unwrap_or_default(),
                    None,
                    self.choice.port.unwrap_or(22),
                    self.choice.remote_port.unwrap_or(0),
                )
            },
        }
    }

    fn arguments(&self, way: &Way) -> Vec<String> {
        let known = known_hosts::file(&self.folder).display().to_string().replace('"', "");
        let mut options = vec![
            "BatchMode=yes".to_owned(),
            "StrictHostKeyChecking=yes".to_owned(),
            format!("UserKnownHostsFile=\"{known}\""),
            "GlobalKnownHostsFile=none".to_owned(),
            "UpdateHostKeys=no".to_owned(),
            "CheckHostIP=no".to_owned(),
            "ExitOnForwardFailure=yes".to_owned(),
            "ConnectTimeout=10".to_owned(),
            "ForwardAgent=no".to_owned(),
            "ForwardX11=no".to_owned(),
            "ControlPath=none".to_owned(),
        ];
        options.extend(ALIVE.map(str::to_owned));
        let mut all = vec!["-T".to_owned()];
        all.extend(way.silent.then(|| "-N".to_owned()));
        all.extend(options.into_iter().flat_map(|option| ["-o".to_owned(), option]));
        if let Some(file) = &self.choice.identity_file {
            all.extend(["-o".to_owned(), "IdentitiesOnly=yes".to_owned(), "-i".to_owned(), file.clone()]);
        }
        all.extend(["-p".to_owned(), way.port.to_string()]);
        all.extend(["-R".to_owned(), format!("{}:127.0.0.1:{}", way.opens, self.port)]);
        let user = way.user.or(self.choice.user.as_deref());
        all.extend(user.into_iter().flat_map(|user| ["-l".to_owned(), user.to_owned()]));
        all.extend(["--".to_owned(), way.host.clone()]);
        all
    }

    async fn open(&self) -> Result<Box<dyn Up>, Down> {
        let Some(program) = programs::find(PROGRAM) else {
            return Err(Down::for_user("the program ssh is not on this machine", "install OpenSSH"));
        };
        let way = self.way();
        let mut work = programs::work(program.display().to_string(), self.arguments(&way));
        // The user's keys may be in their agent. It is asked to sign, and not handed on.
        work.environment.extend(std::env::var("SSH_AUTH_SOCK").ok().map(|at| ("SSH_AUTH_SOCK".to_owned(), at)));
        let fixed = (way.silent && way.opens != 0).then(|| self.choice.address_at(way.opens)).flatten();
        if let Some(address) = fixed {
            return self.opened(&work, &way, Some(address)).await;
        }
        self.opened(&work, &way, None).await
    }

    async fn opened(
        &self,
        work: &process::Work,
        way: &Way,
        fixed: Option<crate::tunnel::PublicAddress>,
    ) -> Result<Box<dyn Up>, Down> {
        let found = |line: &str| match &fixed {
            // `-v` would say more, and would say everything: that a forwarding stands is its first line.
            Some(address) => line.contains("remote forward success").then(|| address.clone()),
            None => address(&self.choice, line),
        };
        let (name, host) = (format!("ssh to {}", way.host), way.host.clone());
        let reading = Reading {
            name: &name,
            address: &found,
            why: Arc::new(move |said| trouble(said).map(|trouble| trouble.down(&host))),
            hint: "try in a terminal: ssh -T -R 80:127.0.0.1:4419 and the host",
        };
        let mut work = work.clone();
        if fixed.is_some() {
            work.arguments.insert(0, "-v".to_owned());
        }
        match programs::start(&work, reading).await {
            Ok(up) => Ok(Box::new(up)),
            Err(down) if down.why == Trouble::UnknownKey.why(&way.host) => Err(self.ask_about(way, false).await),
            Err(down) if down.why == Trouble::ChangedKey.why(&way.host) => Err(self.ask_about(way, true).await),
            Err(down) => Err(down),
        }
    }

    /// What the user is asked about the host's key.
    async fn ask_about(&self, way: &Way, changed: bool) -> Down {
        let arguments = ["-T", "5", "-p", &way.port.to_string(), "--", &way.host].map(str::to_owned);
        let program = programs::find(KEYSCAN).map_or(KEYSCAN.to_owned(), |path| path.display().to_string());
        let mut work = programs::work(program, arguments.into());
        work.timeout = SCANNED_IN;
        let scanned = process::run(work, |_| {}).await.map(|ended| ended.out.text()).unwrap_or_default();
        let host = known_hosts::host_name(&way.host, way.port);
        match known_hosts::best(&host, &scanned, changed) {
            Some(key) => {
                let trouble = if changed { Trouble::ChangedKey } else { Trouble::UnknownKey };
                Down { next: Next::AskAboutKey(key), ..trouble.down(&way.host) }
            }
            None => Down::again(format!("{} does not show its key", way.host), "Creel asks again after a while"),
        }
    }
}

impl SshChoice {
    /// The public address of an own host's port, where the user said nothing else: the host itself.
    pub(super) fn address_at(&self, port: u16) -> Option<crate::tunnel::PublicAddress> {
        let host = self.host.as_deref().unwrap_or_default();
        let own = format!("http://{host}:{{port}}");
        let typed = self.address.as_deref().unwrap_or(&own).replace("{port}", &port.to_string());
        crate::tunnel::PublicAddress::read(&typed).ok()
    }
}

impl Tunnel for Ssh {
    fn detect(&self) -> Doing<'_, Needs> {
        Box::pin(async { needs() })
    }

    fn start(&self) -> Doing<'_, Result<Box<dyn Up>, Down>> {
        Box::pin(self.open())
    }
}
