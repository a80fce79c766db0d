//! What the services are known to limit, as data: the words, where they were read, and when. What was not read there is
//! marked as known from memory.

use serde::{Deserialize, Serialize};

use crate::tunnel::choice::{SshService, TunnelKind};

/// A limit of a service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export, optional_fields)]
pub struct Quota {
    /// Whose limit it is, where a card has several services.
    pub of: Option<SshService>,
    /// The limit, in a sentence.
    pub words: String,
    /// Where its owner says so.
    pub source: String,
    /// When it was read there, `2026-11-21`; `None`: known from memory.
    pub read_on: Option<String>,
}

/// When the sources were read.
const READ_ON: &str = "2026-11-21";
const NGROK: &str = "https://ngrok.com/docs/pricing-limits/free-plan-limits/";
const CLOUDFLARE: &str =
    "https://developers.cloudflare.com/cloudflare-one/connections/connect-networks/do-more-with-tunnels/trycloudflare/";
const LOCALHOST_RUN: &str = "https://localhost.run/docs/faq";
const PINGGY: &str = "https://pinggy.io";
const SERVEO: &str = "https://serveo.net";
const TAILSCALE: &str = "https://tailscale.com/kb/1223/funnel";

/// The limits of a kind; of `ssh -R` those of all its services.
pub fn of(kind: &TunnelKind) -> Vec<Quota> {
    match kind {
        TunnelKind::Ngrok(_) => vec![
            read(NGROK, "Free: one domain that stays, up to 3 endpoints online at once."),
            read(
                NGROK,
                "Free: 20,000 requests and 1 GB out a month, 4,000 requests a minute. Creel asks every 5 minutes.",
            ),
            known(NGROK, "Free: browsers see a page of ngrok's first; senders of webhooks do not."),
        ],
        TunnelKind::Cloudflared => vec![
            read(CLOUDFLARE, "No uptime is promised, and the address is another one at every start."),
            known(CLOUDFLARE, "At most 200 requests at once; more are answered 429."),
            known(CLOUDFLARE, "No server-sent events; webhooks need none."),
        ],
        TunnelKind::Ssh(_) => vec![
            ssh(
                SshService::LocalhostRun,
                read(LOCALHOST_RUN, "localhost.run: a free address changes after a few hours."),
            ),
            ssh(
                SshService::Pinggy,
                known(PINGGY, "pinggy: a free tunnel ends after 60 minutes; the next has another address."),
            ),
            ssh(SshService::Serveo, known(SERVEO, "serveo: an address without an account may change at every start.")),
        ],
        TunnelKind::Tailscale(_) => vec![
            known(TAILSCALE, "The public ports are 443, 8443 and 10000."),
            known(TAILSCALE, "The bandwidth is limited, and by how much is not published."),
        ],
        TunnelKind::Own(_) | TunnelKind::Command(_) => Vec::new(),
    }
}

fn read(source: &str, words: &str) -> Quota {
    Quota { read_on: Some(READ_ON.to_owned()), ..known(source, words) }
}

fn known(source: &str, words: &str) -> Quota {
    Quota { of: None, words: words.to_owned(), source: source.to_owned(), read_on: None }
}

fn ssh(of: SshService, quota: Quota) -> Quota {
    Quota { of: Some(of), ..quota }
}
