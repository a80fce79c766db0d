//! The kinds of tunnels, one file each.

mod cloudflared;
mod command;
mod ngrok;
mod own;
mod quotas;
mod ssh;
mod ssh_words;
mod tailscale;
#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;

pub use quotas::Quota;

use std::path::PathBuf;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;

use crate::authenticate::Secret;
use crate::error::ApiError;
use crate::receive::Deliver;
use crate::tunnel::choice::{NgrokChoice, OwnAddress, SshChoice, SshService, TailscaleChoice, TunnelKind};
use crate::tunnel::ingress::{Ingress, Tells};
use crate::tunnel::up::{Needs, Tunnel};

/// What a kind is made with.
pub struct Parts<D> {
    /// The loopback port of its own listener; 0 where it needs none.
    pub port: u16,
    /// Its door.
    pub ingress: Option<Arc<Ingress<D>>>,
    /// ngrok's token, where one is kept.
    pub token: Option<Secret>,
    /// The data folder.
    pub folder: PathBuf,
    /// Ends what it serves itself.
    pub stop: CancellationToken,
}

/// A kind on the screen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct TunnelCard {
    /// Its word: `ngrok`, `cloudflared`, `ssh`, `tailscale`, `own`, `command`.
    pub key: String,
    /// For people.
    pub name: String,
    /// What it is and needs, in a sentence.
    pub about: String,
    /// What it costs or allows.
    pub quota: String,
    /// Each limit with where it was read.
    pub limits: Vec<Quota>,
    /// How it tells who called.
    pub caller: String,
    /// What of it is here.
    pub needs: Needs,
}

/// How a kind tells who called.
pub fn tells(kind: &TunnelKind) -> Tells {
    use crate::tunnel::choice::ClientHeader;
    match kind {
        TunnelKind::Ngrok(_) => Tells::Connection,
        TunnelKind::Cloudflared => Tells::Header(ClientHeader::CfConnectingIp),
        TunnelKind::Tailscale(_) => Tells::Header(ClientHeader::XForwardedFor),
        TunnelKind::Ssh(_) => Tells::Nothing,
        TunnelKind::Own(own) => own.caller.map_or(Tells::Nothing, Tells::Header),
        TunnelKind::Command(command) => command.caller.map_or(Tells::Nothing, Tells::Header),
    }
}

/// The port that its own listener wants; `None`: it needs no listener. 0: any.
pub fn port(kind: &TunnelKind) -> Option<u16> {
    match kind {
        TunnelKind::Ngrok(_) => None,
        TunnelKind::Own(own) => Some(own.port),
        TunnelKind::Cloudflared | TunnelKind::Ssh(_) | TunnelKind::Tailscale(_) | TunnelKind::Command(_) => Some(0),
    }
}

/// What is wrong with a choice, before anything is started.
pub fn check(kind: &TunnelKind) -> Result<(), ApiError> {
    match kind {
        TunnelKind::Ngrok(choice) => ngrok::check(choice),
        TunnelKind::Cloudflared => Ok(()),
        TunnelKind::Ssh(choice) => ssh::check(choice),
        TunnelKind::Tailscale(choice) => tailscale::check(choice),
        TunnelKind::Own(choice) => own::check(choice),
        TunnelKind::Command(choice) => command::check(choice),
    }
}

/// The tunnel of a kind.
pub fn build<D: Deliver>(kind: &TunnelKind, parts: Parts<D>) -> Arc<dyn Tunnel> {
    let Parts { port, ingress, token, folder, stop } = parts;
    match kind {
        TunnelKind::Ngrok(choice) => Arc::new(ngrok::Ngrok { choice: choice.clone(), token, ingress, stop }),
        TunnelKind::Cloudflared => Arc::new(cloudflared::Cloudflared { port, folder }),
        TunnelKind::Ssh(choice) => Arc::new(ssh::Ssh { choice: choice.clone(), port, folder }),
        TunnelKind::Tailscale(choice) => Arc::new(tailscale::Tailscale { choice: choice.clone(), port }),
        TunnelKind::Own(choice) => Arc::new(own::Own { choice: choice.clone() }),
        TunnelKind::Command(choice) => Arc::new(command::Custom { choice: choice.clone(), port }),
    }
}

/// All kinds with what they need, in the order of the screen.
pub async fn cards(has_token: bool) -> Vec<TunnelCard> {
    let ssh = SshChoice {
        service: SshService::LocalhostRun,
        host: None,
        user: None,
        port: None,
        remote_port: None,
        address: None,
        identity_file: None,
    };
    let own = OwnAddress { address: String::new(), port: 0, caller: None };
    let tailscale = TunnelKind::Tailscale(TailscaleChoice::default());
    let mut all = Vec::new();
    for (kind, needs) in [
        (TunnelKind::Cloudflared, cloudflared::needs()),
        (TunnelKind::Ngrok(NgrokChoice::default()), ngrok::needs(has_token)),
        (TunnelKind::Ssh(ssh), ssh::needs()),
        (tailscale, tailscale::needs().await),
        (TunnelKind::Own(own), own::needs()),
        (TunnelKind::Command(command::none()), command::needs()),
    ] {
        all.push(card(&kind, needs));
    }
    all
}

fn card(kind: &TunnelKind, needs: Needs) -> TunnelCard {
    let (key, name, about, quota) = match kind {
        TunnelKind::Cloudflared => (
            "cloudflared",
            "Cloudflare quick tunnel",
            "No account: the program cloudflared gets a new address at every start.",
            "No uptime is promised, at most 200 requests at once.",
        ),
        TunnelKind::Ngrok(_) => (
            "ngrok",
            "ngrok",
            "Built in; needs the authtoken of an ngrok account, and keeps its domain.",
            "Free: one domain, 20,000 requests and 1 GB a month; Creel asks through it every 5 minutes.",
        ),
        TunnelKind::Ssh(_) => (
            "ssh",
            "ssh -R",
            "With the ssh of this machine: localhost.run, pinggy, serveo, or a host of yours.",
            "localhost.run and serveo change a free address now and then; pinggy's ends after 60 minutes.",
        ),
        TunnelKind::Tailscale(_) => (
            "tailscale",
            "Tailscale Funnel",
            "For machines in a tailnet: the address is the machine's own name and stays.",
            "Free for personal use; the funnel's bandwidth is limited.",
        ),
        TunnelKind::Own(_) => (
            "own",
            "Own address",
            "A reverse proxy or named tunnel that you run: type where it is reached.",
            "Whatever your proxy allows.",
        ),
        TunnelKind::Command(_) => {
            ("command", "Own command", "Any program that prints the address it made.", "Whatever the program allows.")
        }
    };
    let chosen = matches!(kind, TunnelKind::Own(_) | TunnelKind::Command(_));
    let caller = match tells(kind) {
        _ if chosen => "tells who calls in the header that you name, or not at all".to_owned(),
        Tells::Connection => "tells who calls by its connection".to_owned(),
        Tells::Header(header) => format!("tells who calls in {}", header.name()),
        Tells::Nothing => "does not tell who calls: allowlists refuse".to_owned(),
    };
    let (key, name, about, quota) = (key.to_owned(), name.to_owned(), about.to_owned(), quota.to_owned());
    TunnelCard { key, name, about, quota, limits: quotas::of(kind), caller, needs }
}
