//! What the receiver hands on: one request, with its bytes as they came.

use std::net::IpAddr;

use bytes::Bytes;

use crate::clock::UnixMs;

/// One HTTP request as it reached the receiver. Nothing of the body has been parsed.
#[derive(Clone, Debug)]
pub struct Incoming {
    /// When the last byte of the body was there.
    pub received_at: UnixMs,
    /// When the first byte of the head was there.
    pub started: std::time::Instant,
    /// Who sent it, as the listener knows it.
    pub peer: Peer,
    /// The method as sent, upper case.
    pub method: String,
    /// Path and query as sent, not decoded: `/hooks/a?b=c`.
    pub target: String,
    /// The header lines in their order, with their case and repeats.
    pub headers: Headers,
    /// The body's bytes, transfer coding removed, content coding not.
    pub body: Bytes,
}

impl Incoming {
    /// The target up to the first `?`.
    pub fn path(&self) -> &str {
        self.target.split_once('?').map_or(self.target.as_str(), |(path, _)| path)
    }

    /// The target behind the first `?`.
    pub fn query(&self) -> Option<&str> {
        self.target.split_once('?').map(|(_, query)| query)
    }
}

/// The caller's address and how far it can be believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer {
    /// The address, `::ffff:` forms turned into v4. `None`: a tunnel that does not tell.
    pub address: Option<IpAddr>,
    /// Which listener took the connection.
    pub listener: Listener,
}

/// Which listener took a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Listener {
    /// The delivery listener of this machine.
    Receiver,
    /// A tunnel's own door, at this loopback port; 0: its connections come from inside this process.
    Tunnel(u16),
    /// The control listener's own delivery routes.
    Control,
}

/// Header lines in their order, with their case and repeats; names compare without case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Headers(pub Vec<(String, Bytes)>);

impl Headers {
    /// Every value of `name`, in order.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a [u8]> + 'a {
        self.0.iter().filter(move |(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_ref())
    }

    /// The first value of `name`.
    pub fn first(&self, name: &str) -> Option<&[u8]> {
        self.0.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_ref())
    }

    /// The first value of `name` if it is UTF-8.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.first(name).and_then(|v| std::str::from_utf8(v).ok())
    }
}
