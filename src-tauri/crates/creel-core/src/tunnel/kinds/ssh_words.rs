//! What ssh and the hosts behind it print: the address, or why there is none.

use crate::tunnel::address::PublicAddress;
use crate::tunnel::choice::{SshChoice, SshService};
use crate::tunnel::up::{Down, LOOK_AT_NETWORK};

/// The address in a line.
pub fn address(choice: &SshChoice, line: &str) -> Option<PublicAddress> {
    let word = |ends: &[&str]| {
        let words = line.split(|c: char| c.is_whitespace() || c == ',').filter(|word| word.starts_with("https://"));
        let mut read = words.filter_map(|word| PublicAddress::read(word.trim_end_matches('.')).ok());
        read.find(|address| ends.iter().any(|end| address.host().ends_with(end)))
    };
    match choice.service {
        // "abc.lhr.life tunneled with tls termination, https://abc.lhr.life"; other lines name its own pages.
        SshService::LocalhostRun => word(&[".lhr.life", ".lhr.rocks", ".localhost.run"]).filter(|address| {
            !["https://admin.localhost.run", "https://www.localhost.run"].contains(&address.as_str())
        }),
        // It prints an http and an https address, each in its line.
        SshService::Pinggy => word(&[".pinggy.link", ".pinggy.online", ".pinggy-free.link", ".pinggy.io"])
            .filter(|address| !address.host().starts_with("dashboard.")),
        // "Forwarding HTTP traffic from https://abc.serveo.net"
        SshService::Serveo => {
            word(&[".serveo.net", ".serveousercontent.com"]).filter(|_| line.contains("traffic from"))
        }
        // "Allocated port 41234 for remote forward to 127.0.0.1:4419"
        SshService::Own => {
            let (port, _) = line.split_once("Allocated port ")?.1.split_once(' ')?;
            choice.address_at(port.parse().ok()?)
        }
    }
}

/// Why there is no forwarding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// Nobody said yet whose key this is.
    UnknownKey,
    /// Another key than the one that was trusted.
    ChangedKey,
    /// The host lets this user in neither by a key nor without.
    Denied,
    /// The port there is taken or not allowed.
    PortTaken,
    /// Others can read the private key, so ssh leaves it alone.
    OpenKey,
    /// It does not know what it is asked.
    TooOld,
    /// The name is not found.
    NoSuchHost,
    /// There is no way there.
    Unreached,
}

/// The trouble in what was printed.
pub fn trouble(said: &[String]) -> Option<Trouble> {
    let says = |what: &str| said.iter().any(|line| line.contains(what));
    let table = [
        (says("HOST IDENTIFICATION HAS CHANGED"), Trouble::ChangedKey),
        (says("Host key verification failed"), Trouble::UnknownKey),
        (says("UNPROTECTED PRIVATE KEY FILE"), Trouble::OpenKey),
        (says("Permission denied") || says("Too many authentication failures"), Trouble::Denied),
        (says("Bad configuration option") || says("unknown option"), Trouble::TooOld),
        (says("remote port forwarding failed"), Trouble::PortTaken),
        (says("Could not resolve hostname"), Trouble::NoSuchHost),
        (
            says("Connection refused") || says("timed out") || says("unreachable") || says("No route"),
            Trouble::Unreached,
        ),
        (says("Connection closed by") || says("Connection reset"), Trouble::Unreached),
        // What it prints when a line that stood is gone.
        (says("Timeout, server") || says("closed by remote host") || says("Broken pipe"), Trouble::Unreached),
    ];
    table.into_iter().find(|(is, _)| *is).map(|(_, trouble)| trouble)
}

impl Trouble {
    /// In a sentence.
    pub fn why(self, host: &str) -> String {
        match self {
            Self::UnknownKey => format!("the key of {host} is not known here"),
            Self::ChangedKey => format!("the key of {host} is another one than before"),
            Self::Denied => format!("{host} does not let you in"),
            Self::PortTaken => format!("{host} does not open the port: it is taken, or not allowed"),
            Self::OpenKey => "others can read the private key's file, so ssh does not use it".to_owned(),
            Self::TooOld => "this ssh is too old for what Creel asks of it".to_owned(),
            Self::NoSuchHost => format!("the name {host} is not found"),
            Self::Unreached => format!("{host} is not reached by ssh"),
        }
    }

    /// With what to do.
    pub fn down(self, host: &str) -> Down {
        let why = self.why(host);
        match self {
            Self::UnknownKey => {
                let hint = "compare the fingerprint with the one that the host's owner publishes, then trust it";
                Down::for_user(why, hint)
            }
            Self::ChangedKey => {
                let hint = "somebody may stand in between: ask the host's owner before you trust the new key";
                Down::for_user(why, hint)
            }
            Self::Denied => {
                let hint =
                    "put your public key there, or unlock the private one in your agent; Creel types no password";
                Down::for_user(why, hint)
            }
            Self::PortTaken => {
                Down::again(why, "choose another port; a tunnel that was cut off may hold it for a while")
            }
            Self::OpenKey => Down::for_user(why, "make it yours alone with: chmod 600 and the file; then start again"),
            Self::TooOld => Down::for_user(why, "bring OpenSSH up to date (6.8 or newer), then start again"),
            Self::NoSuchHost => Down::again(why, LOOK_AT_NETWORK),
            Self::Unreached => Down::again(why, LOOK_AT_NETWORK),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choice(service: SshService) -> SshChoice {
        SshChoice {
            service,
            host: Some("hooks.example".to_owned()),
            user: None,
            port: None,
            remote_port: None,
            address: None,
            identity_file: None,
        }
    }

    #[test]
    fn each_services_address_is_found_and_its_advertising_is_not() {
        use SshService::{LocalhostRun, Own, Pinggy, Serveo};
        for (service, line, found) in [
            (
                LocalhostRun,
                "a1b2.lhr.life tunneled with tls termination, https://a1b2.lhr.life",
                Some("https://a1b2.lhr.life"),
            ),
            (LocalhostRun, "create an account: https://admin.localhost.run/ for a longer lasting domain", None),
            (LocalhostRun, "More details at https://localhost.run/docs/forever-free/.", None),
            (Pinggy, "http://abcde-203-0-113-7.a.free.pinggy.link", None),
            (
                Pinggy,
                "https://abcde-203-0-113-7.a.free.pinggy.link",
                Some("https://abcde-203-0-113-7.a.free.pinggy.link"),
            ),
            (Pinggy, "Upgrade at https://dashboard.pinggy.io", None),
            (Serveo, "Forwarding HTTP traffic from https://abc.serveo.net", Some("https://abc.serveo.net")),
            (Serveo, "To request a subdomain: https://console.serveo.net", None),
            (Own, "Allocated port 41234 for remote forward to 127.0.0.1:5", Some("http://hooks.example:41234")),
        ] {
            assert_eq!(address(&choice(service), line).as_ref().map(PublicAddress::as_str), found, "{line}");
        }
        let own = SshChoice { address: Some("https://hooks.example".to_owned()), ..choice(Own) };
        let found = address(&own, "Allocated port 1 for remote forward to 127.0.0.1:5");
        assert_eq!(found.as_ref().map(PublicAddress::as_str), Some("https://hooks.example"));
    }

    #[test]
    fn a_changed_key_is_told_from_an_unknown_one() {
        let said = |lines: &[&str]| trouble(&lines.iter().map(|&line| line.to_owned()).collect::<Vec<_>>());
        let unknown = [
            "No ED25519 host key is known for x and you have requested strict checking.",
            "Host key verification failed.",
        ];
        assert_eq!(said(&unknown), Some(Trouble::UnknownKey));
        let changed = ["@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @", "Host key verification failed."];
        assert_eq!(said(&changed), Some(Trouble::ChangedKey));
        assert_eq!(said(&["x@y: Permission denied (publickey)."]), Some(Trouble::Denied));
        assert_eq!(said(&["Error: remote port forwarding failed for listen port 80"]), Some(Trouble::PortTaken));
        let open =
            ["@         WARNING: UNPROTECTED PRIVATE KEY FILE!          @", "x@y: Permission denied (publickey)."];
        assert_eq!(said(&open), Some(Trouble::OpenKey));
        assert_eq!(said(&["command-line: line 0: Bad configuration option: updatehostkeys"]), Some(Trouble::TooOld));
        for line in [
            "Timeout, server x not responding.",
            "Connection to x closed by remote host.",
            "client_loop: send disconnect: Broken pipe",
        ] {
            assert_eq!(said(&[line]), Some(Trouble::Unreached), "{line}");
        }
        assert_eq!(said(&["hello"]), None);
    }
}
