//! Tests of the check as a whole: published vectors, forged signatures, rotation, both ways.

mod explained;
mod forged;
mod properties;
mod rotation;
mod vectors;

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
    SignedRequest { method: "POST", url: "http://127.0.0.1:4419/hooks/a", headers, body }
}

fn check(scheme: &str, lines: &Headers, body: &[u8], secret: &str, now: UnixMs) -> Result<Authentic, Rejected> {
    let scheme = schemes::find(scheme).expect("shipped");
    verify(scheme, &request(lines, body), &[key(secret, None)], now)
}

/// The headers of a genuine request.
fn signed(scheme: &Scheme, body: &[u8], at: UnixMs) -> Vec<(String, String)> {
    sign(scheme, &request(&Headers::default(), body), &secret(SECRET), at, Some("evt_1")).expect("it can be signed")
}
