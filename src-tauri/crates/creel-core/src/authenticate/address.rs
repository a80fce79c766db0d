//! The address that a sender has on file, for schemes that sign it.
//!
//! What came is only path and query. The name is what the sender called, and whether a tunnel took TLS off is not known:
//! so both spellings count. A signature still needs the secret; the address only tells apart the endpoints of one secret.

use sha2::{Digest, Sha256};
use url::Url;

use super::form;
use super::scheme::UrlForm;
use super::verify::SignedRequest;

/// Headers in which a tunnel keeps the name that the sender called.
const NAMES: [&str; 2] = ["x-forwarded-host", "host"];

/// The addresses that may be on file, at most a handful. A full address stays alone but for the form's own variants.
pub(super) fn on_file(form: UrlForm, request: &SignedRequest<'_>) -> Vec<String> {
    let mut urls = Vec::new();
    if request.url.starts_with('/') {
        for name in NAMES.iter().filter_map(|name| request.headers.text(name)) {
            urls.extend(["https", "http"].map(|scheme| format!("{scheme}://{name}{}", request.url)));
        }
    } else {
        urls.push(request.url.to_owned());
    }
    let mut variants: Vec<String> = Vec::new();
    for variant in urls.iter().flat_map(|url| variants_of(form, url)) {
        if !variants.contains(&variant) {
            variants.push(variant);
        }
    }
    variants
}

fn variants_of(form: UrlForm, url: &str) -> Vec<String> {
    match form {
        UrlForm::Plain => vec![url.to_owned()],
        UrlForm::Twilio => twilio(url),
        UrlForm::Hubspot => vec![hubspot(url), url.to_owned()],
    }
}

/// As it is, without a port, with its default one, and each with `'` written as `%27` in the query.
/// Source: twilio/twilio-node src/webhooks/webhooks.ts.
fn twilio(url: &str) -> Vec<String> {
    let mut all = vec![url.to_owned()];
    if let Ok(parsed) = Url::parse(url) {
        let (before, behind) = (&url[..url.find("://").map_or(0, |at| at + 3)], parsed.port_or_known_default());
        let rest = &url[before.len()..];
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        let host = match authority.rsplit_once(':') {
            Some((host, port)) if port.bytes().all(|b| b.is_ascii_digit()) && !port.is_empty() => host,
            _ => authority,
        };
        all.push(format!("{before}{host}{path}"));
        all.extend(behind.map(|port| format!("{before}{host}:{port}{path}")));
    }
    let coded = |url: &String| {
        let (path, query) = url.split_once('?')?;
        query.contains('\'').then(|| format!("{path}?{}", query.replace('\'', "%27")))
    };
    let coded: Vec<_> = all.iter().filter_map(coded).collect();
    all.extend(coded);
    all
}

/// Escapes that HubSpot reads before it signs. Source: developers.hubspot.com, "Validating requests".
const HUBSPOT_READS: [(&str, &str); 12] = [
    ("%3A", ":"),
    ("%2F", "/"),
    ("%3F", "?"),
    ("%40", "@"),
    ("%21", "!"),
    ("%24", "$"),
    ("%27", "'"),
    ("%28", "("),
    ("%29", ")"),
    ("%2A", "*"),
    ("%2C", ","),
    ("%3B", ";"),
];

fn hubspot(url: &str) -> String {
    HUBSPOT_READS.iter().fold(url.to_owned(), |url, (coded, plain)| {
        url.replace(coded, plain).replace(&coded.to_ascii_lowercase(), plain)
    })
}

/// Twilio binds a body that is no form by its hash in the address. The error is a sentence.
pub(super) fn bound(form: UrlForm, request: &SignedRequest<'_>) -> Result<(), String> {
    if form != UrlForm::Twilio || request.body.is_empty() || form::is_form(request.headers) {
        return Ok(());
    }
    let sent = form::parameter(request.url, BODY_HASH)
        .ok_or_else(|| format!("the body is no form, and the address has no {BODY_HASH}"))?;
    let same = sent.eq_ignore_ascii_case(&body_hash(request.body));
    same.then_some(()).ok_or_else(|| format!("{BODY_HASH} in the address is not the body's SHA-256"))
}

/// The parameter that binds a body.
pub(super) const BODY_HASH: &str = "bodySHA256";

/// Its value.
fn body_hash(body: &[u8]) -> String {
    hex::encode(Sha256::digest(body))
}
