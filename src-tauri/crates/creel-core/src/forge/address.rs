//! Where a sender's API is, as a user types it.

use url::{Host, Url};

use crate::error::ApiError;

/// Reads where a sender is: a name, or an address. A token goes there, so it has to be https, except on this machine.
pub fn read(text: &str, wrong: impl Fn(&str) -> ApiError) -> Result<Url, ApiError> {
    let whole = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
    let url = Url::parse(&whole).map_err(|error| wrong(&error.to_string()))?;
    let Some(host) = url.host() else { return Err(wrong("it names no host")) };
    if !url.username().is_empty() || url.password().is_some() || url.query().is_some() || url.fragment().is_some() {
        return Err(wrong("only a host and a path belong there"));
    }
    match url.scheme() {
        "https" => Ok(url),
        "http" if is_here(&host) => Ok(url),
        _ => Err(wrong("the token would travel in clear; use https")),
    }
}

/// Whether a host is this machine.
pub fn is_here(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => *name == "localhost",
        Host::Ipv4(ip) => ip.is_loopback(),
        Host::Ipv6(ip) => ip.is_loopback(),
    }
}
