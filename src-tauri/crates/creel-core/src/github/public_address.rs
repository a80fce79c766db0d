//! The address under which GitHub reaches the receiver. The one place that says it: what leads there feeds it here.

use std::net::IpAddr;
use std::sync::Arc;

use url::{Host, Url};

use super::ApiBase;
use crate::actions::address_guard;
use crate::app::App;
use crate::error::ApiError;
use crate::store::{StoreError, meta};
use crate::tunnel::{TunnelNow, TunnelState};

/// Under which the typed address is kept.
const KEY: &str = "public_address";
/// Longer than any address of a reverse proxy.
const MOST: usize = 500;

/// The public address now, without a slash at the end: the tunnel's, else the one that the user typed. `None`: there is
/// none, or the tunnel does not have one yet.
pub async fn now(app: &App) -> Result<Option<String>, ApiError> {
    if let Some(tunnel) = by_tunnel(app) {
        return Ok(tunnel.address);
    }
    let typed = app.store.read(|db| Ok(meta::text(db, KEY)?)).await?;
    Ok(typed.filter(|address| !address.is_empty()))
}

/// The tunnel, while there is one: also one that is down, which may come back where it was.
pub fn by_tunnel(app: &App) -> Option<TunnelNow> {
    Some(app.tunnel.board.now()).filter(|tunnel| tunnel.state != TunnelState::Off)
}

/// Every base address under which this receiver is or just was public: the tunnel's, the one before, and the typed one.
pub fn own_addresses(app: &App) -> Vec<String> {
    let TunnelNow { address, address_before, .. } = app.tunnel.board.now();
    let typed = app.github.typed_address();
    address.into_iter().chain(address_before).chain(typed).collect()
}

/// Reads what the user typed in an earlier run.
pub async fn load(app: &App) -> Result<(), StoreError> {
    let typed = app.store.read(|db| Ok(meta::text(db, KEY)?)).await?;
    app.github.set_typed_address(typed.unwrap_or_default());
    Ok(())
}

/// Keeps what the user typed; empty: there is none any more. The hooks follow.
pub async fn set(app: &Arc<App>, text: &str) -> Result<(), ApiError> {
    let address = if text.trim().is_empty() { String::new() } else { read(text.trim())? };
    let kept = address.clone();
    app.store.write(move |turn| Ok(meta::set_text(turn.db, KEY, &kept)?)).await?;
    app.github.set_typed_address(address);
    app.forge.look();
    Ok(())
}

fn read(text: &str) -> Result<String, ApiError> {
    let wrong = |why: &str| {
        ApiError::invalid("address", format!("\"{text}\" cannot be a public address: {why}"))
            .hint("write it as senders reach it, such as https://hooks.example.com")
    };
    if text.len() > MOST {
        return Err(wrong("it is too long"));
    }
    let url = Url::parse(text).map_err(|error| wrong(&error.to_string()))?;
    if !["http", "https"].contains(&url.scheme()) || url.host().is_none() {
        return Err(wrong("it begins with https:// and a host"));
    }
    if !url.username().is_empty() || url.password().is_some() || url.query().is_some() || url.fragment().is_some() {
        return Err(wrong("only a host and a path belong there"));
    }
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

/// Whether the GitHub at `api` can reach `address`: GitHub.com comes over the internet, and takes no address of this
/// machine or of a private network.
pub fn reachable(api: &ApiBase, address: &str) -> Result<(), ApiError> {
    if api.is_here() || api.host() != "github.com" {
        return Ok(());
    }
    reachable_from(&api.host(), address)
}

/// The same for a sender named `host` that comes over the internet for certain.
pub fn reachable_from(host: &str, address: &str) -> Result<(), ApiError> {
    let url = Url::parse(address).ok();
    let literal = match url.as_ref().and_then(Url::host) {
        Some(Host::Ipv4(ip)) => Some(IpAddr::V4(ip)),
        Some(Host::Ipv6(ip)) => Some(IpAddr::V6(ip)),
        Some(Host::Domain("localhost")) => Some(IpAddr::V4(std::net::Ipv4Addr::LOCALHOST)),
        Some(Host::Domain(_)) | None => None,
    };
    match literal.map(|ip| address_guard::check_literal(ip, false)) {
        Some(Err(_)) => Err(ApiError::invalid("address", format!("{address} cannot be reached from {host}"))
            .hint("start a tunnel, or type the address under which the internet reaches this machine")),
        Some(Ok(())) | None => Ok(()),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_kept_as_it_is_joined_and_a_wrong_one_says_why() {
        assert_eq!(read("https://hooks.example.com/").unwrap(), "https://hooks.example.com");
        assert_eq!(read("https://example.com/creel/").unwrap(), "https://example.com/creel");
        for text in ["hooks.example.com", "ftp://x", "https://a@b", "https://x/?q", "javascript:alert(1)"] {
            assert_eq!(read(text).unwrap_err().field.as_deref(), Some("address"), "{text}");
        }
    }

    #[test]
    fn github_com_reaches_no_private_address() {
        let github = ApiBase::read("github.com").unwrap();
        for address in ["http://127.0.0.1:4419", "http://localhost:4419", "http://192.168.1.2", "http://[::1]:4419"] {
            assert!(reachable(&github, address).is_err(), "{address}");
            assert!(reachable(&ApiBase::read("ghe.example.com").unwrap(), address).is_ok(), "{address}");
        }
        assert!(reachable(&github, "https://hooks.example.com").is_ok());
    }
}
