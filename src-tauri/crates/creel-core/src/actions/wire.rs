//! One HTTP exchange with somebody else's server: names resolved once, connections to checked addresses only.

use std::net::SocketAddr;
use std::time::Duration;

use reqwest::{Client, redirect};
use tokio::time::{Instant, timeout_at};
use url::{Host, Url};

use super::resolve::{Pinned, Resolver};
use crate::error::{ApiError, ErrorCode};
use crate::execute::Again;
use crate::tls;

/// Why an attempt stopped, and whether another one may go further.
pub(crate) type Stopped = (ApiError, Again);

/// The host of `url` and its addresses, not checked yet.
pub(crate) async fn addresses(
    resolver: &dyn Resolver,
    url: &Url,
    deadline: Instant,
) -> Result<(String, Vec<SocketAddr>), Stopped> {
    let port = url.port_or_known_default().unwrap_or(80);
    let host = url.host_str().unwrap_or_default().to_owned();
    let named = url.host().map_or(Host::Domain(""), |host| host);
    addresses_of(resolver, &named, port, deadline).await.map(|addresses| (host, addresses))
}

/// The addresses of `host`, not checked yet.
pub(crate) async fn addresses_of(
    resolver: &dyn Resolver,
    host: &Host<&str>,
    port: u16,
    deadline: Instant,
) -> Result<Vec<SocketAddr>, Stopped> {
    let name = match host {
        Host::Ipv4(ip) => return Ok(vec![SocketAddr::new((*ip).into(), port)]),
        Host::Ipv6(ip) => return Ok(vec![SocketAddr::new((*ip).into(), port)]),
        Host::Domain(name) => name,
    };
    let failed = |words: String| (upstream(words), Again::OnSchedule);
    match timeout_at(deadline, resolver.resolve(name, port)).await {
        Err(_) => Err(failed(format!("no address of {name} in time"))),
        Ok(Err(error)) => Err(failed(format!("no address of {name}: {error}"))),
        Ok(Ok(addresses)) if addresses.is_empty() => Err(failed(format!("{name} has no address"))),
        Ok(Ok(addresses)) => Ok(addresses),
    }
}

/// A client for one request: it knows only the checked addresses, follows nothing, unpacks nothing, keeps nothing.
pub(crate) fn client(addresses: Vec<SocketAddr>, connect: Duration) -> Result<Client, Stopped> {
    Client::builder()
        .dns_resolver(Pinned::new(addresses))
        .tls_backend_preconfigured(tls::client_config())
        .connect_timeout(connect)
        .redirect(redirect::Policy::none())
        .retry(reqwest::retry::never())
        .pool_max_idle_per_host(0)
        .http1_only()
        .no_proxy()
        .no_gzip()
        .no_brotli()
        .no_deflate()
        .no_zstd()
        .build()
        .map_err(|error| {
            let words = format!("no client for the request: {}", innermost(&error));
            (ApiError::new(ErrorCode::Internal, words), Again::Never)
        })
}

/// What is said when no answer came.
pub(crate) fn broken(host: &str, connect: Duration, error: &reqwest::Error) -> ApiError {
    if error.is_connect() && error.is_timeout() {
        return upstream(format!("no connection to {host} within {connect:?}"));
    }
    let what = if error.is_connect() { "no connection to" } else { "no answer from" };
    upstream(format!("{what} {host}: {}", innermost(error)))
}

/// Something outside did not do as needed.
pub(crate) fn upstream(words: String) -> ApiError {
    ApiError::new(ErrorCode::Upstream, words)
}

/// The cause behind the causes: "connection refused" rather than "error sending request".
pub(crate) fn innermost(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(next) = cause.source() {
        cause = next;
    }
    cause.to_string()
}

/// Host and port as they stand in the address.
pub(crate) fn host_of(url: &Url) -> String {
    url[url::Position::BeforeHost..url::Position::AfterPort].to_owned()
}
