//! From a host's name to its addresses, and the promise that a connection goes to those and no others.

use std::future::{Future, ready};
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// Who knows the addresses of names. Passed in, so that a test can answer what it likes.
pub trait Resolver: Send + Sync + 'static {
    /// Every address of `host` with `port`.
    fn resolve<'a>(
        &'a self,
        host: &'a str,
        port: u16,
    ) -> Pin<Box<dyn Future<Output = io::Result<Vec<SocketAddr>>> + Send + 'a>>;
}

/// The system's resolver: files, mDNS, DNS, whatever this machine uses.
#[derive(Debug, Default)]
pub struct SystemResolver;

impl Resolver for SystemResolver {
    fn resolve<'a>(
        &'a self,
        host: &'a str,
        port: u16,
    ) -> Pin<Box<dyn Future<Output = io::Result<Vec<SocketAddr>>> + Send + 'a>> {
        Box::pin(async move { Ok(tokio::net::lookup_host((host, port)).await?.collect()) })
    }
}

/// Answers every question with the addresses that were checked: the client asks nobody else.
pub(super) struct Pinned(Vec<SocketAddr>);

impl Pinned {
    pub(super) fn new(addresses: Vec<SocketAddr>) -> Arc<Self> {
        Arc::new(Self(addresses))
    }
}

impl Resolve for Pinned {
    fn resolve(&self, _: Name) -> Resolving {
        let addresses: Addrs = Box::new(self.0.clone().into_iter());
        Box::pin(ready(Ok(addresses)))
    }
}
