//! Tailscale Funnel: `tailscale funnel PORT` in the foreground, which ends with the program.
//!
//! Who called stands in `X-Forwarded-For`: tailscaled sets it to the one address that the funnel told it, in place of what
//! came (its 1.103, `addProxyForwardedHeaders` in ipn/ipnlocal/serve.go: `Set`, behind a proxy that drops what came).

use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;

use crate::error::ApiError;
use crate::process;
use crate::tunnel::address::PublicAddress;
use crate::tunnel::choice::TailscaleChoice;
use crate::tunnel::programs::{self, Reading};
use crate::tunnel::up::{Doing, Down, LOOK_AT_NETWORK, Needs, Tunnel, Up};

/// The program.
const PROGRAM: &str = "tailscale";
/// The ports that a funnel may have.
const PORTS: [u16; 3] = [443, 8443, 10000];
/// What its addresses end with.
const DOMAIN: &str = ".ts.net";
/// How long the daemon may take to say how it stands.
const ASKED_FOR: Duration = Duration::from_secs(4);

/// A funnel.
pub struct Tailscale {
    /// As set up.
    pub choice: TailscaleChoice,
    /// Where it has to forward to.
    pub port: u16,
}

/// What `tailscale status --json` says.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Said {
    backend_state: String,
}

pub fn check(choice: &TailscaleChoice) -> Result<(), ApiError> {
    match choice.port {
        Some(port) if !PORTS.contains(&port) => {
            let words = format!("a funnel's port is 443, 8443 or 10000, not {port}");
            Err(ApiError::invalid("kind.tailscale.port", words))
        }
        _ => Ok(()),
    }
}

pub async fn needs() -> Needs {
    let Some(program) = programs::find(PROGRAM) else {
        return Needs::missing(
            "the program tailscale is not on this machine",
            "install Tailscale and sign in with tailscale up, then look again",
        );
    };
    let mut work = programs::work(program.display().to_string(), vec!["status".to_owned(), "--json".to_owned()]);
    work.timeout = ASKED_FOR;
    let said = process::run(work, |_| {}).await.ok().map(|ended| ended.out.text());
    match said.and_then(|text| serde_json::from_str::<Said>(&text).ok()) {
        Some(said) if said.backend_state == "Running" => Needs::met(program.display().to_string()),
        Some(said) => {
            let (what, hint) = unconnected(&said.backend_state);
            Needs::missing(what, hint)
        }
        None => Needs::missing("Tailscale's service does not answer", "start tailscaled, then look again"),
    }
}

/// A state of its service's that is not "Running", and what to do.
fn unconnected(state: &str) -> (String, &'static str) {
    let (what, hint) = match state {
        "NeedsLogin" | "NoState" => ("Tailscale is signed out", "sign in with: tailscale up, then look again"),
        "Stopped" => ("Tailscale is switched off", "switch it on with: tailscale up, then look again"),
        "Starting" => ("Tailscale is still starting", "look again in a moment"),
        "NeedsMachineAuth" => {
            let hint = "approve it in the tailnet's admin console, then look again";
            ("the tailnet has not approved this machine yet", hint)
        }
        "InUseOtherUser" => ("another user of this machine is using Tailscale", "end it there, then look again"),
        _ => return (format!("Tailscale is not connected: it says {state}"), "look at: tailscale status"),
    };
    (what.to_owned(), hint)
}

pub(super) fn address(line: &str) -> Option<PublicAddress> {
    let word = line.split_whitespace().find(|word| word.starts_with("https://"))?;
    let address = PublicAddress::read(word).ok()?;
    let name = address.host().split(':').next().unwrap_or_default();
    name.ends_with(DOMAIN).then_some(address)
}

pub(super) fn why(said: &[String]) -> Option<Down> {
    let says = |what: &str| said.iter().any(|line| line.to_ascii_lowercase().contains(what));
    if says("not enabled") || says("funnel not available") || says("not allowed") {
        let link = said.iter().flat_map(|line| line.split_whitespace()).find(|word| word.starts_with("https://"));
        let hint = match link.map(|link| link.trim_end_matches('.')) {
            Some(link) => format!("open {link}, allow Funnel for this machine, then start again"),
            None => "allow Funnel for this machine in the tailnet's admin console, then start again".to_owned(),
        };
        return Some(Down::for_user("Funnel is not allowed for this machine", hint));
    }
    if says("flag provided but not defined") || says("cli for serve and funnel has changed") {
        let hint = "bring Tailscale up to date (1.52 or newer), then start again";
        return Some(Down::for_user("this tailscale is too old for what Creel asks of it", hint));
    }
    if says("logged out") || says("not logged in") || says("needslogin") {
        return Some(Down::for_user("Tailscale is signed out", "sign in with: tailscale up"));
    }
    if says("access denied") || says("operator") {
        let hint = "run once: sudo tailscale set --operator=$USER";
        return Some(Down::for_user("Tailscale lets only root open a funnel", hint));
    }
    if says("already exists") || says("already in use") {
        let hint = "choose port 8443 or 10000, or end the other one with: tailscale funnel reset";
        return Some(Down::for_user("the funnel's port is taken by another one of this machine", hint));
    }
    let offline = says("failed to connect")
        || says("lost connection to tailscaled")
        || says("connection refused")
        || says("timeout");
    offline.then(|| Down::again("Tailscale's service does not answer", LOOK_AT_NETWORK))
}

impl Tunnel for Tailscale {
    fn detect(&self) -> Doing<'_, Needs> {
        Box::pin(needs())
    }

    fn start(&self) -> Doing<'_, Result<Box<dyn Up>, Down>> {
        Box::pin(async move {
            let Some(program) = programs::find(PROGRAM) else {
                return Err(Down::for_user("the program tailscale is not on this machine", "install Tailscale"));
            };
            let public = format!("--https={}", self.choice.port.unwrap_or(PORTS[0]));
            let to = format!("http://127.0.0.1:{}", self.port);
            let reading = Reading {
                name: PROGRAM,
                address: &address,
                why: Arc::new(why),
                hint: "try in a terminal: tailscale funnel 4419",
            };
            let arguments = vec!["funnel".to_owned(), public, to];
            let up = programs::start(&programs::work(program.display().to_string(), arguments), reading).await?;
            Ok(Box::new(up) as Box<dyn Up>)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_and_the_reasons_are_read_as_tailscale_prints_them() {
        let read = |line| address(line).map(|address| address.as_str().to_owned());
        assert_eq!(read("https://box.pango-lin.ts.net/").as_deref(), Some("https://box.pango-lin.ts.net"));
        assert_eq!(read("https://box.pango-lin.ts.net:8443/").as_deref(), Some("https://box.pango-lin.ts.net:8443"));
        assert_eq!(read("|-- proxy http://127.0.0.1:3000"), None);
        assert_eq!(read("         https://login.tailscale.com/f/funnel?node=x"), None);
        let said = [
            "Funnel is not enabled on your tailnet.",
            "To enable, visit:",
            "  https://login.tailscale.com/f/funnel?node=x",
        ];
        let down = why(&said.map(str::to_owned)).map(|down| (down.next, down.hint));
        let hint = "open https://login.tailscale.com/f/funnel?node=x, allow Funnel for this machine, then start again";
        assert_eq!(down, Some((crate::tunnel::Next::AskUser, hint.to_owned())));
        // What the program says by itself where the tailnet's server has no words for it (ipn/serve.go).
        for (line, first, next) in [
            (
                "Funnel not available; HTTPS must be enabled. See https://tailscale.com/s/https.",
                "Funnel is not allowed",
                "open https://tailscale.com/s/https, allow",
            ),
            ("flag provided but not defined: -https", "this tailscale is too old", "1.52 or newer"),
            ("Access denied: serve config denied", "Tailscale lets only root", "--operator=$USER"),
            ("foreground listener already exists for port 443", "the funnel's port is taken", "8443"),
            (
                "failed to connect to local tailscaled; it doesn't appear to be running",
                "Tailscale's service does not",
                "online",
            ),
            ("lost connection to tailscaled: unexpected EOF", "Tailscale's service does not", "online"),
        ] {
            let down = why(&[line.to_owned()]).map(|down| (down.why, down.hint)).unwrap_or_default();
            assert!(down.0.starts_with(first) && down.1.contains(next), "{line}: {down:?}");
        }
    }
}
