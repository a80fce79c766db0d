//! A quick tunnel of Cloudflare's: `cloudflared tunnel --url …`, which prints its address into a box of its log.
//!
//! Who called stands in `CF-Connecting-IP`, which Cloudflare's edge sets and lets nobody else set: its document "Cloudflare HTTP
//! headers" (read on 2026-11-22) has it sent by the edge to the origin alone, and a request that brings one of its own was seen
//! refused with 403 before it came this far (cloudworker's issue 139). `X-Forwarded-For` is only added to there (cloudflared's
//! issue 1426), so it is not what counts. cloudflared's own
//! metrics stay on a loopback port of its choice; there is no way to switch them off.

use std::path::PathBuf;
use std::sync::Arc;

use crate::tunnel::address::PublicAddress;
use crate::tunnel::certificate;
use crate::tunnel::programs::{self, Reading};
use crate::tunnel::up::{Doing, Down, LOOK_AT_NETWORK, Needs, Tunnel, Up};

/// The program.
const PROGRAM: &str = "cloudflared";
/// A configuration with nothing in it: with one of the user's, cloudflared serves that in place of a quick tunnel.
const CONFIG: &str = "cloudflared.yml";

/// A quick tunnel.
pub struct Cloudflared {
    /// Where it has to forward to.
    pub port: u16,
    /// The data folder.
    pub folder: PathBuf,
}

pub fn needs() -> Needs {
    match programs::find(PROGRAM) {
        Some(path) => Needs::met(path.display().to_string()),
        None => Needs::missing(
            "the program cloudflared is not on this machine",
            "install it (Cloudflare's package, brew install cloudflared, winget install Cloudflare.cloudflared), then look again",
        ),
    }
}

/// The address in a line of the log: it stands alone between the bars of a box. Other lines name the service. Which domain it
/// has is not looked at: cloudflared can be set up for another service of quick tunnels than Cloudflare's.
pub(super) fn address(line: &str) -> Option<PublicAddress> {
    let (_, boxed) = line.split_once('|')?;
    PublicAddress::read(boxed.trim_end().strip_suffix('|')?).ok()
}

pub(super) fn why(said: &[String]) -> Option<Down> {
    let says = |what: &str| said.iter().any(|line| line.contains(what));
    // Numbers alone stand in other lines too, and every start of it misses a certificate that it does not need.
    if says("429 Too Many Requests") || says("error code: 1015") {
        let why = "Cloudflare gives no new quick tunnel for now: too many were asked for";
        return Some(Down::again(why, "Creel asks again after a while; another kind of tunnel works meanwhile"));
    }
    if says("flag provided but not defined") || says("Incorrect Usage") {
        let hint = "bring it up to date with: cloudflared update, or as you installed it; then start again";
        return Some(Down::for_user("this cloudflared is too old for what Creel asks of it", hint));
    }
    if let Some(line) = said.iter().find(|line| line.contains("x509:")) {
        return certificate::refused("Cloudflare's service", line);
    }
    if says("quic connection") || says("edge with quic") {
        let hint = "it needs UDP port 7844 to the outside: try another network, or another kind of tunnel";
        return Some(Down::again("this network does not let cloudflared's tunnel out", hint));
    }
    let offline = ["no such host", "network is unreachable", "i/o timeout", "connection refused", "deadline exceeded"];
    offline.iter().any(|what| says(what)).then(|| Down::again("cloudflared does not reach Cloudflare", LOOK_AT_NETWORK))
}

impl Tunnel for Cloudflared {
    fn detect(&self) -> Doing<'_, Needs> {
        Box::pin(async { needs() })
    }

    fn start(&self) -> Doing<'_, Result<Box<dyn Up>, Down>> {
        Box::pin(async move {
            let Some(program) = programs::find(PROGRAM) else {
                let error = needs().missing;
                let (why, hint) =
                    error.map(|error| (error.message, error.hint.unwrap_or_default())).unwrap_or_default();
                return Err(Down::for_user(why, hint));
            };
            let config = self.folder.join(CONFIG);
            if let Err(error) = std::fs::write(&config, "") {
                return Err(Down::again(
                    format!("{} cannot be written: {error}", config.display()),
                    "make room or rights",
                ));
            }
            let to = format!("http://127.0.0.1:{}", self.port);
            let config = config.display().to_string();
            let arguments = ["tunnel", "--config", &config, "--no-autoupdate", "--url", &to].map(str::to_owned);
            let reading = Reading {
                name: PROGRAM,
                address: &address,
                why: Arc::new(why),
                hint: "try in a terminal: cloudflared tunnel --url http://127.0.0.1:4419",
            };
            let up = programs::start(&programs::work(program.display().to_string(), arguments.into()), reading).await?;
            Ok(Box::new(up) as Box<dyn Up>)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_found_in_the_box_and_nowhere_else() {
        for (line, found) in [
            ("2026-11-11T19:57:55Z INF Requesting new quick Tunnel on trycloudflare.com...", None),
            ("2026-11-11T19:57:58Z INF +--------------------------------------+", None),
            (
                "2026-11-11T19:57:58Z INF |  https://four-dashed-word-url.trycloudflare.com          |",
                Some("https://four-dashed-word-url.trycloudflare.com"),
            ),
            ("failed to request quick Tunnel: Post \"https://api.trycloudflare.com/tunnel\": dial tcp", None),
            ("INF see https://api.trycloudflare.com", None),
            (
                "INF |  Your quick Tunnel has been created! Visit it at (it may take some time to be reachable):  |",
                None,
            ),
            ("INF see | https://api.trycloudflare.com", None),
        ] {
            assert_eq!(address(line).as_ref().map(PublicAddress::as_str), found, "{line}");
        }
        let offline = ["failed to request quick Tunnel: Post \"https://api.trycloudflare.com/tunnel\": dial tcp: lookup api.trycloudflare.com on 127.0.0.11:53: no such host".to_owned()];
        assert_eq!(why(&offline).map(|down| down.hint), Some(LOOK_AT_NETWORK.to_owned()));
    }

    #[test]
    fn each_trouble_is_told_and_what_every_start_prints_is_none() {
        for (line, first) in [
            (
                "ERR Error unmarshaling QuickTunnel response: error code: 1015 error=\"invalid\" status_code=\"429 Too Many Requests\"",
                "Cloudflare gives no new quick tunnel",
            ),
            ("Incorrect Usage: flag provided but not defined: -no-autoupdate", "this cloudflared is too old"),
            (
                "failed to request quick Tunnel: Post \"https://api.trycloudflare.com/tunnel\": tls: failed to verify certificate: x509: certificate signed by unknown authority",
                "the certificate of Cloudflare's service is not trusted",
            ),
            (
                "failed to request quick Tunnel: tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time 1970-01-01T00:00:05Z is before",
                "the certificate of Cloudflare's service is not trusted: it is of another time",
            ),
            (
                "ERR Failed to dial a quic connection error=\"failed to dial to edge with quic: timeout: no recent network activity\" connIndex=0",
                "this network does not let",
            ),
            (
                "failed to request quick Tunnel: Post \"https://api.trycloudflare.com/tunnel\": context deadline exceeded",
                "cloudflared does not reach",
            ),
        ] {
            let said = why(&[line.to_owned()]).map(|down| down.why).unwrap_or_default();
            assert!(said.starts_with(first), "{line}: {said}");
        }
        for line in [
            "ERR Cannot determine default origin certificate path. No file cert.pem in [~/.cloudflared /etc/cloudflared]. You need to specify the origin certificate path by specifying the origincert option",
            "INF Generated Connector ID: 0a429c1e-1429-4c29-a429-000000000000",
        ] {
            assert_eq!(why(&[line.to_owned()]), None, "{line}");
        }
    }
}
