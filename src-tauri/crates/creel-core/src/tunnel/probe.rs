//! The question through the public address, sent as any sender would send it.

use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::ids::Ids;
use crate::tls;
use crate::tunnel::address::PublicAddress;
use crate::tunnel::bites;
use crate::tunnel::certificate;
use crate::tunnel::heartbeat::Heartbeat;
use crate::tunnel::up::{Doing, Down, LOOK_AT_NETWORK};

/// How long an answer may take. Two questions, one after the other, and the pause before them stay below 15 s (`trust.md`
/// R11).
pub const PATIENCE: Duration = Duration::from_secs(4);
/// The answer has 64 characters; of a provider's page in its place as much is read as holds the code of its error.
const ANSWER_MOST: usize = 16 * 1024;

/// Asks whether an address leads here.
pub trait Probe: Send + Sync {
    /// How long the way there and back took, or why it does not lead here.
    fn ask<'a>(&'a self, address: &'a PublicAddress) -> Doing<'a, Result<Duration, Down>>;
}

/// Over HTTP.
pub struct HttpProbe {
    heartbeat: Arc<Heartbeat>,
    ids: Arc<dyn Ids>,
}

impl HttpProbe {
    /// Asks with the questions of `heartbeat`.
    pub fn new(heartbeat: Arc<Heartbeat>, ids: Arc<dyn Ids>) -> Self {
        Self { heartbeat, ids }
    }

    async fn ask_once(&self, address: &PublicAddress) -> Result<Duration, Down> {
        let started = Instant::now();
        let beat = self.heartbeat.ask(self.ids.as_ref());
        // Made anew each time: a kept connection would answer while new ones no longer get through.
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(tls::client_config())
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .timeout(PATIENCE)
            .user_agent(concat!("creel/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| Down::again(format!("no request can be made: {error}"), LOOK_AT_NETWORK))?;
        // ngrok's free domains show a page of their own to whoever does not say this.
        let request = client.get(address.with(&beat.path())).header("ngrok-skip-browser-warning", "1");
        let mut response = request.send().await.map_err(|error| unreached(address, &error))?;
        let status = response.status();
        let code = response.headers().get("ngrok-error-code").and_then(|code| code.to_str().ok()).map(str::to_owned);
        let mut body = Vec::new();
        while let Some(piece) = response.chunk().await.map_err(|error| unreached(address, &error))? {
            body.extend_from_slice(&piece);
            if body.len() > ANSWER_MOST {
                break;
            }
        }
        if beat.is_answered_by(&body) {
            return Ok(started.elapsed());
        }
        let limit = bites::told(address.host(), status.as_u16(), code.as_deref(), &body);
        Err(limit.unwrap_or_else(|| elsewhere(address, status)))
    }
}

impl Probe for HttpProbe {
    fn ask<'a>(&'a self, address: &'a PublicAddress) -> Doing<'a, Result<Duration, Down>> {
        Box::pin(self.ask_once(address))
    }
}

fn elsewhere(address: &PublicAddress, status: reqwest::StatusCode) -> Down {
    let host = address.host();
    match status.as_u16() {
        502..=504 | 530 => Down::again(
            format!("{host} answers {}: the provider does not reach this machine", status.as_u16()),
            "Creel starts the tunnel anew",
        ),
        300..=399 | 511 => Down::again(
            format!("{host} answers {}: something that stands in between answers in its place", status.as_u16()),
            "a network that asks for a sign-in first does this: open any page in your browser",
        ),
        _ => Down::again(
            format!("{host} answers {}, and it is not this Creel that answers", status.as_u16()),
            "look where the address leads: it has to reach the tunnel's own port, with path and body unchanged",
        ),
    }
}

fn unreached(address: &PublicAddress, error: &reqwest::Error) -> Down {
    let (host, causes) = (address.host(), causes(error));
    let says = |what: &str| causes.to_ascii_lowercase().contains(what);
    if error.is_timeout() {
        return Down::again(format!("no answer through {host} in {} s", PATIENCE.as_secs()), LOOK_AT_NETWORK);
    }
    if says("dns error") || says("failed to lookup") {
        return Down::again(format!("the name {host} is not found"), LOOK_AT_NETWORK);
    }
    if let Some(down) = certificate::refused(host, &causes) {
        return down;
    }
    if says("refused") {
        return Down::again(format!("{host} takes no connection"), "look whether what listens there runs");
    }
    Down::again(format!("{host} is not reached: {}", last(&causes)), LOOK_AT_NETWORK)
}

/// The causes of an error, outermost first.
fn causes(error: &dyn Error) -> String {
    let mut all = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        all.push_str(&format!(": {error}"));
        cause = error.source();
    }
    all
}

/// The innermost cause says most.
fn last(causes: &str) -> &str {
    causes.rsplit(": ").next().unwrap_or(causes)
}
