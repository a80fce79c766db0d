//! Which tunnel the user chose, as it is kept: kind, what it needs to know, what it may expose, for how long.

use serde::{Deserialize, Serialize};

use crate::ids::TriggerId;

/// A tunnel as the user set it up. The last one that was started is kept and offered again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export, optional_fields)]
pub struct TunnelChoice {
    /// Which one.
    pub kind: TunnelKind,
    /// Triggers without a verified scheme that are exposed all the same, each by its own tick.
    #[serde(default)]
    pub ticked: Vec<TriggerId>,
    /// It is switched off by itself after so many hours, 1 to 168; `None`: never.
    #[serde(default)]
    pub off_after_hours: Option<u32>,
    /// It is started with Creel.
    #[serde(default)]
    pub at_start: bool,
}

/// The kinds of tunnels.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum TunnelKind {
    /// ngrok, in this process; needs an account's token.
    Ngrok(NgrokChoice),
    /// A quick tunnel of Cloudflare's by its program; no account.
    Cloudflared,
    /// The system's `ssh -R`.
    Ssh(SshChoice),
    /// Tailscale Funnel by its program.
    Tailscale(TailscaleChoice),
    /// A reverse proxy or a named tunnel of the user's own.
    Own(OwnAddress),
    /// A program of the user's choice.
    Command(CustomCommand),
}

/// ngrok. The token is kept sealed (`tunnel_token`), not here.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export, optional_fields)]
pub struct NgrokChoice {
    /// A domain of the account's; `None`: ngrok chooses.
    #[serde(default)]
    pub domain: Option<String>,
    /// Another server than ngrok's own, `name:port`, where an organisation has its own agent ingress.
    #[serde(default)]
    pub server: Option<String>,
    /// The certificates that this server is trusted by, in PEM.
    #[serde(default)]
    pub server_ca: Option<String>,
}

/// `ssh -R`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export, optional_fields)]
pub struct SshChoice {
    /// Whose host it is.
    pub service: SshService,
    /// Own host: its name or address.
    #[serde(default)]
    pub host: Option<String>,
    /// Own host: the user there; `None`: as ssh says.
    #[serde(default)]
    pub user: Option<String>,
    /// Own host: the port of its ssh; 22 unless told otherwise.
    #[serde(default)]
    pub port: Option<u16>,
    /// Own host: the port that it opens; 0: it chooses one.
    #[serde(default)]
    pub remote_port: Option<u16>,
    /// Own host: the public address that leads there, with `{port}` where the chosen port stands; `None`:
    /// `http://host:{port}`.
    #[serde(default)]
    pub address: Option<String>,
    /// Own host: a private key's file; `None`: what ssh finds by itself.
    #[serde(default)]
    pub identity_file: Option<String>,
}

/// Whose host `ssh -R` goes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum SshService {
    /// localhost.run
    LocalhostRun,
    /// pinggy.io
    Pinggy,
    /// serveo.net
    Serveo,
    /// The user's own.
    Own,
}

/// Tailscale Funnel.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export, optional_fields)]
pub struct TailscaleChoice {
    /// The public port: 443, 8443 or 10000; 443 unless told otherwise.
    #[serde(default)]
    pub port: Option<u16>,
}

/// An address that the user has made lead here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export, optional_fields)]
pub struct OwnAddress {
    /// `https://hooks.example.com`
    pub address: String,
    /// The port of 127.0.0.1 that the proxy sends to: one of this tunnel's own, never the receiver's.
    pub port: u16,
    /// The header in which the proxy tells who called, and which it does not let through from outside; `None`: it tells
    /// nothing.
    #[serde(default)]
    pub caller: Option<ClientHeader>,
}

/// A program that makes a tunnel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export, optional_fields)]
pub struct CustomCommand {
    /// Program and arguments; no shell reads them. `{port}` and `{address}` stand for the port and `127.0.0.1:port` to
    /// forward to.
    pub command: String,
    /// A regular expression that finds the address in what the program prints; its first group where it has one.
    pub pattern: String,
    /// The header in which it tells who called; `None`: it tells nothing.
    #[serde(default)]
    pub caller: Option<ClientHeader>,
}

/// The one header in which a tunnel or a proxy tells who called. Every other is a stranger's word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum ClientHeader {
    /// `X-Forwarded-For`: its last entry, which the nearest proxy added.
    XForwardedFor,
    /// `X-Real-IP`
    XRealIp,
    /// `CF-Connecting-IP`
    CfConnectingIp,
    /// `True-Client-IP`
    TrueClientIp,
}

impl ClientHeader {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::XForwardedFor => "X-Forwarded-For",
            Self::XRealIp => "X-Real-IP",
            Self::CfConnectingIp => "CF-Connecting-IP",
            Self::TrueClientIp => "True-Client-IP",
        }
    }
}

impl TunnelKind {
    /// What people call it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Ngrok(_) => "ngrok",
            Self::Cloudflared => "Cloudflare quick tunnel",
            Self::Ssh(SshChoice { service: SshService::LocalhostRun, .. }) => "localhost.run",
            Self::Ssh(SshChoice { service: SshService::Pinggy, .. }) => "pinggy",
            Self::Ssh(SshChoice { service: SshService::Serveo, .. }) => "serveo",
            Self::Ssh(SshChoice { service: SshService::Own, .. }) => "ssh to your own host",
            Self::Tailscale(_) => "Tailscale Funnel",
            Self::Own(_) => "your own address",
            Self::Command(_) => "your own command",
        }
    }
}
