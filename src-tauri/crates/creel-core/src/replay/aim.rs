//! Where a replay goes: to this Creel's own receiver, or to an address elsewhere.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use sha2::{Digest, Sha256};
use url::{Host, Position, Url};

use super::compose::body;
use super::source::Source;
use crate::api::replays::{ReplayDraft, ReplayTarget};
use crate::app::App;
use crate::error::{ApiError, ErrorCode};
use crate::receive::Endpoint;
use crate::registry::{Listening, require};

/// Where it goes.
pub(super) enum Aim {
    /// Through the socket of the receiver.
    Here(Here),
    /// To somebody else.
    Elsewhere(Url),
}

/// An endpoint of this Creel.
pub(super) struct Here {
    pub receiver: SocketAddr,
    /// Path and query.
    pub target: String,
    /// Who listens there now; of several at one address the one that is meant.
    pub listening: Option<Arc<Listening>>,
}

impl Aim {
    /// The value of `Host`.
    pub fn host(&self) -> String {
        match self {
            Self::Here(here) => here.receiver.to_string(),
            Self::Elsewhere(url) => url[Position::BeforeHost..Position::AfterPort].to_owned(),
        }
    }

    /// Path and query.
    pub fn target(&self) -> &str {
        match self {
            Self::Here(here) => &here.target,
            Self::Elsewhere(url) => &url[Position::BeforePath..Position::AfterQuery],
        }
    }

    /// The address in full.
    pub fn url(&self) -> String {
        match self {
            Self::Here(here) => format!("http://{}{}", here.receiver, here.target),
            Self::Elsewhere(url) => url[..Position::AfterQuery].to_owned(),
        }
    }
}

/// Takes aim. A sample's own query is put behind an address that has none.
pub(super) fn aim(app: &App, draft: &ReplayDraft, source: &Source) -> Result<Aim, ApiError> {
    let mut aim = plain(app, &draft.target, source)?;
    let Some(query) = &source.query else { return Ok(aim) };
    let hash = hex::encode(Sha256::digest(body(draft, source)?));
    let query = query.replace("{body_sha256}", &hash);
    match &mut aim {
        Aim::Here(here) if !here.target.contains('?') => {
            let id = here.listening.as_ref().map_or("", |at| at.trigger.id.as_str());
            here.target = format!("{}?{}", here.target, query.replace("{trigger}", id));
        }
        Aim::Elsewhere(url) if url.query().is_none() => url.set_query(Some(&query.replace("{trigger}", ""))),
        Aim::Here(_) | Aim::Elsewhere(_) => {}
    }
    Ok(aim)
}

fn plain(app: &App, target: &ReplayTarget, source: &Source) -> Result<Aim, ApiError> {
    match target {
        ReplayTarget::Original => {
            let came_to = source.endpoint.as_ref().and_then(|id| app.registry.now().get(id));
            let here = here(app, source.target.clone())?;
            let same = came_to.filter(|at| at.trigger.endpoint() == Endpoint::of(path_of(&here.target)));
            Ok(Aim::Here(Here { listening: same.or(here.listening), ..here }))
        }
        ReplayTarget::Trigger(id) => {
            let wanted = require(&app.registry.now(), id)?;
            Ok(Aim::Here(Here { listening: Some(Arc::clone(&wanted)), ..here(app, wanted.path())? }))
        }
        ReplayTarget::Url(text) => {
            let url = read(text)?;
            let own = app.addresses().receiver.filter(|receiver| is_own(&url, receiver.port()));
            match own {
                Some(_) => Ok(Aim::Here(here(app, url[Position::BeforePath..Position::AfterQuery].to_owned())?)),
                None => Ok(Aim::Elsewhere(url)),
            }
        }
    }
}

fn here(app: &App, target: String) -> Result<Here, ApiError> {
    let receiver = app.addresses().receiver.ok_or_else(|| {
        ApiError::new(ErrorCode::Unavailable, "the receiver does not listen").hint("see the trouble in the status")
    })?;
    let listening = app.registry.now().find(&Endpoint::of(path_of(&target))).first().cloned();
    Ok(Here { receiver: reachable(receiver), target, listening })
}

fn path_of(target: &str) -> &str {
    target.split('?').next().unwrap_or_default()
}

/// A listener on all addresses is reached by the loopback one.
fn reachable(mut address: SocketAddr) -> SocketAddr {
    match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => address.set_ip(Ipv4Addr::LOCALHOST.into()),
        IpAddr::V6(ip) if ip.is_unspecified() => address.set_ip(Ipv6Addr::LOCALHOST.into()),
        IpAddr::V4(_) | IpAddr::V6(_) => {}
    }
    address
}

fn read(text: &str) -> Result<Url, ApiError> {
    let bad = |words: String| ApiError::invalid("target.url", words);
    let url = Url::parse(text.trim()).map_err(|error| bad(format!("\"{text}\" is no address: {error}")))?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none_or(str::is_empty) {
        return Err(bad(format!("\"{text}\" does not begin with http:// or https://")));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(bad("the address holds a user name or password".to_owned())
            .hint("put credentials into an Authorization header"));
    }
    Ok(url)
}

/// Whether an address spells this machine and the receiver's port. A name that only resolves to it counts as elsewhere:
/// then it arrives as anybody's delivery does.
fn is_own(url: &Url, port: u16) -> bool {
    let this_machine = match url.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.to_canonical().is_loopback(),
        Some(Host::Domain(name)) => name.trim_end_matches('.').eq_ignore_ascii_case("localhost"),
        None => false,
    };
    this_machine && url.scheme() == "http" && url.port_or_known_default() == Some(port)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_own_receiver_is_known_by_every_spelling_of_this_machine() {
        for (text, expected) in [
            ("http://127.0.0.1:4419/hooks/a", true),
            ("http://localhost:4419/hooks/a", true),
            ("http://LOCALHOST.:4419/", true),
            ("http://[::1]:4419/", true),
            ("http://[::ffff:127.0.0.1]:4419/", true),
            ("http://0x7f.1:4419/", true),
            ("https://127.0.0.1:4419/", false),
            ("http://127.0.0.1:4420/", false),
            ("http://127.0.0.1/", false),
            ("http://example.com:4419/", false),
        ] {
            assert_eq!(is_own(&read(text).unwrap(), 4419), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_address_is_refused_by_name() {
        for text in ["", "example.com", "ftp://a/", "file:///etc/passwd", "http://", "http://a:b@c/", "http://a b/"] {
            assert_eq!(read(text).unwrap_err().field.as_deref(), Some("target.url"), "{text}");
        }
    }
}
