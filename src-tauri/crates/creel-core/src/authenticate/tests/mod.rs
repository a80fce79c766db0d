//! Tests of the check as a whole: published vectors, forged signatures, rotation, both ways.

mod explained;
mod forged;
mod handshakes;
mod own;
mod properties;
mod published;
mod rotation;
mod rsa;
mod vectors;

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex};

use bytes::Bytes;

use super::*;
use crate::clock::UnixMs;
use crate::receive::Headers;

/// 2026-11-20T00:00:00Z.
const NOW: UnixMs = UnixMs(1_795_132_800_000);

/// A secret that every shipped scheme can read: its part behind `whsec_` is base64.
const SECRET: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oDazfgh4PxVdM=";

const BODY: &[u8] = br#"{"id":"evt_1","event_id":"Ev1","type":"push","action":"opened"}"#;

fn headers<'a>(lines: impl IntoIterator<Item = (&'a str, &'a str)>) -> Headers {
    Headers(lines.into_iter().map(|(n, v)| (n.to_owned(), Bytes::copy_from_slice(v.as_bytes()))).collect())
}

fn owned(lines: &[(String, String)]) -> Headers {
    headers(lines.iter().map(|(n, v)| (n.as_str(), v.as_str())))
}

fn secret(text: &str) -> Secret {
    Secret::new(text).expect("a secret")
}

fn key(text: &str, expires_at: Option<UnixMs>) -> Key {
    Key { id: text.into(), value: secret(text), expires_at }
}

fn request<'a>(headers: &'a Headers, body: &'a [u8]) -> SignedRequest<'a> {
    SignedRequest { method: "POST", url: URL, headers, body }
}

fn check(scheme: &str, lines: &Headers, body: &[u8], secret: &str, now: UnixMs) -> Result<Authentic, Rejected> {
    let scheme = schemes::find(scheme).expect("shipped");
    verify(scheme, &request(lines, body), &[key(secret, None)], now)
}

/// Every shipped scheme whose secrets are made here; those with RSA have their own tests.
fn every() -> impl Iterator<Item = &'static Scheme> {
    schemes::all().iter().filter(|scheme| scheme.makes_secret())
}

/// A secret that `scheme` can read and sign with; the same at every call.
fn secret_of(scheme: &Scheme) -> String {
    static PAIRS: LazyLock<Mutex<HashMap<String, String>>> = LazyLock::new(Mutex::default);
    if scheme.check_secret(&secret(SECRET)).is_ok() {
        return SECRET.to_owned();
    }
    let mut pairs = PAIRS.lock().expect("no test panics while it makes a key");
    pairs.entry(scheme.key.clone()).or_insert_with(|| scheme.new_secret(&[7; 32]).expose().to_owned()).clone()
}

/// A request that its scheme takes.
#[derive(Clone, Debug)]
struct Genuine {
    url: String,
    lines: Vec<(String, String)>,
    body: Vec<u8>,
    secret: String,
}

impl Genuine {
    fn check(&self, scheme: &Scheme, now: UnixMs) -> Result<Authentic, Rejected> {
        let headers = owned(&self.lines);
        let request = SignedRequest { method: "POST", url: &self.url, headers: &headers, body: &self.body };
        verify(scheme, &request, &[key(&self.secret, None)], now)
    }

    /// The signature's text, wherever the scheme keeps it.
    fn signature(&self, scheme: &Scheme) -> String {
        let headers = owned(&self.lines);
        let request = SignedRequest { method: "POST", url: &self.url, headers: &headers, body: &self.body };
        let found = verify::signatures(&scheme.of_item(0), &request).expect("a signed request has a signature");
        String::from_utf8(found[0].to_vec()).expect("signatures are text")
    }

    /// The same with another signature.
    fn with_signature(&self, scheme: &Scheme, value: &str) -> Self {
        let mut other = self.clone();
        match &scheme.of_item(0).signature[0] {
            Selector::Header(name) => {
                let line = other.lines.iter_mut().find(|(own, _)| own == name).expect("the signature's header");
                line.1 = value.to_owned();
            }
            Selector::Json(pointer) => {
                let place = pointer::place(&self.body, pointer).expect("the signature's field");
                let quoted = serde_json::to_string(value).expect("text");
                other.body = [&self.body[..place.start], quoted.as_bytes(), &self.body[place.end..]].concat();
            }
            Selector::Query(name) => other.url = with_parameter(name, value),
            other => panic!("no signature is in {other:?}"),
        }
        other
    }
}

const URL: &str = "http://127.0.0.1:4419/hooks/a";

fn with_parameter(name: &str, value: &str) -> String {
    let query: String = url::form_urlencoded::Serializer::new(String::new()).append_pair(name, value).finish();
    format!("{URL}?{query}")
}

/// A genuine request.
fn genuine(scheme: &Scheme, body: &[u8], at: UnixMs) -> Genuine {
    let secret_text = secret_of(scheme);
    let mut lines = Vec::new();
    if scheme.url == UrlForm::Twilio {
        lines.push(("Content-Type".to_owned(), "application/x-www-form-urlencoded".to_owned()));
    }
    let url = match &scheme.signature[0] {
        Selector::Query(name) => with_parameter(name, &secret_text),
        _ => URL.to_owned(),
    };
    let headers = owned(&lines);
    let request = SignedRequest { method: "POST", url: &url, headers: &headers, body };
    let whole = sign_whole(scheme, &request, &secret(&secret_text), at, Some("evt_1"));
    let whole = whole.unwrap_or_else(|error| panic!("{}: {error}", scheme.key));
    lines.extend(whole.headers);
    Genuine { url, lines, body: whole.body.unwrap_or_else(|| body.to_vec()), secret: secret_text }
}

/// Whether the proof is in headers alone and covers any body.
fn takes_any_body(scheme: &Scheme) -> bool {
    let time = scheme.timestamp.iter().flat_map(|rule| &rule.from);
    let json = scheme.signature.iter().chain(time).any(|place| matches!(place, Selector::Json(_)));
    !json && scheme.url != UrlForm::Twilio
}

/// The headers of a genuine request.
fn signed(scheme: &Scheme, body: &[u8], at: UnixMs) -> Vec<(String, String)> {
    sign(scheme, &request(&Headers::default(), body), &secret(SECRET), at, Some("evt_1")).expect("it can be signed")
}
