//! The door that a tunnel leads to: a listener of its own, or the tunnel's connections in this process. It owns delivery
//! routes only; there is nothing behind it that could answer anything else (`trust.md` T10).
//!
//! Who called is what the tunnel guarantees: its connection, or exactly one header at exactly this listener (T09).

use std::net::IpAddr;
use std::sync::Arc;

use http::Response;

use crate::admit::RateLimit;
use crate::delivery::ReasonCode;
use crate::receive::{Arrived, Deliver, Door, Headers, Limits, Listener, Peer, Refusal, Serve, Spoken, respond};
use crate::trigger::Rate;
use crate::tunnel::choice::ClientHeader;
use crate::tunnel::heartbeat::Heartbeat;

/// All deliveries of a tunnel together: behind it every sender has one address, so none can be held back by its own
/// (`trust.md` 5.1). A push storm of a large organisation stays below.
const RATE: Rate = Rate { per_minute: 1_200, burst: 600 };

/// How a tunnel tells who called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tells {
    /// Not at all: allowlists refuse.
    Nothing,
    /// In this header, which it sets itself.
    Header(ClientHeader),
    /// By its connection.
    Connection,
}

/// The door of one tunnel.
pub struct Ingress<D> {
    door: Arc<Door<D>>,
    heartbeat: Arc<Heartbeat>,
    tells: Tells,
    /// The loopback port that it listens on; 0: none, its connections come from inside.
    port: u16,
    limit: RateLimit,
}

impl<D: Deliver> Ingress<D> {
    /// A door in front of `door`, for a tunnel that `tells` who called and leads to `port` of this machine.
    pub fn new(door: Arc<Door<D>>, heartbeat: Arc<Heartbeat>, tells: Tells, port: u16) -> Self {
        Self { door, heartbeat, tells, port, limit: RateLimit::new(RATE) }
    }

    /// Who called, so far as it can be believed.
    fn caller(&self, headers: &Headers, peer: Peer) -> Option<IpAddr> {
        let told = match self.tells {
            Tells::Nothing => None,
            Tells::Header(header) => told_in(header, headers),
            Tells::Connection => peer.address,
        };
        // What ngrok's library says where it was told nothing that it could read.
        told.map(|address| address.to_canonical()).filter(|address| !address.is_unspecified())
    }

    /// Why it is refused before its body is read.
    fn over_the_rate(&self) -> Option<Refusal> {
        let seconds = self.limit.take().err()?;
        let words = format!(
            "over {} deliveries a minute through the tunnel, all senders together; free again in {seconds} s",
            RATE.per_minute
        );
        Some(Refusal::new(429, ReasonCode::RateLimited, words))
    }
}

impl<D: Deliver> Serve for Ingress<D> {
    type Body = Spoken;

    async fn serve(&self, mut arrived: Arrived, limits: &Limits) -> Response<Spoken> {
        if let Some(beat) = self.heartbeat.answer(&arrived.head.method, &arrived.head.target) {
            return respond(beat);
        }
        let address = self.caller(&arrived.head.headers, arrived.peer);
        arrived.peer = Peer { address, listener: Listener::Tunnel(self.port) };
        self.door.deliver(arrived, limits, self.over_the_rate()).await
    }
}

/// The address in the one header that counts. Twice the header is nobody's word.
pub(super) fn told_in(header: ClientHeader, headers: &Headers) -> Option<IpAddr> {
    let mut lines = headers.all(header.name());
    let (line, second) = (std::str::from_utf8(lines.next()?).ok()?, lines.next());
    if second.is_some() {
        return None;
    }
    let entry = match header {
        // The nearest proxy adds its own word at the end; what stands before came from outside.
        ClientHeader::XForwardedFor => line.rsplit(',').next()?,
        ClientHeader::XRealIp | ClientHeader::CfConnectingIp | ClientHeader::TrueClientIp => line,
    };
    let entry = entry.trim();
    entry.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(entry).parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exactly_one_header_tells_who_called() {
        use ClientHeader::{CfConnectingIp, XForwardedFor};
        type Lines = &'static [(&'static str, &'static str)];
        let table: [(ClientHeader, Lines, Option<&str>); 9] = [
            (CfConnectingIp, &[("cf-connecting-ip", "203.0.113.7")], Some("203.0.113.7")),
            (CfConnectingIp, &[("CF-Connecting-IP", " 2001:db8::7 ")], Some("2001:db8::7")),
            (CfConnectingIp, &[("X-Forwarded-For", "203.0.113.7"), ("X-Real-IP", "203.0.113.7")], None),
            (CfConnectingIp, &[("CF-Connecting-IP", "203.0.113.7"), ("CF-Connecting-IP", "203.0.113.7")], None),
            (CfConnectingIp, &[("CF-Connecting-IP", "203.0.113.7, 198.51.100.1")], None),
            (CfConnectingIp, &[("CF-Connecting-IP", "203.0.113.7:80")], None),
            (XForwardedFor, &[("X-Forwarded-For", "203.0.113.7, 198.51.100.1")], Some("198.51.100.1")),
            (XForwardedFor, &[("X-Forwarded-For", "[2001:db8::7]")], Some("2001:db8::7")),
            (XForwardedFor, &[("Forwarded", "for=203.0.113.7")], None),
        ];
        for (header, lines, caller) in table {
            let lines = lines.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned().into())).collect();
            let told = told_in(header, &Headers(lines)).map(|address| address.to_string());
            assert_eq!(told.as_deref(), caller, "{header:?}");
        }
    }
}
