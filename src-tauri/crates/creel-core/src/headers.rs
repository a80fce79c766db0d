//! Header lines for people: credentials masked, bytes that are no text escaped, known ones explained.

use crate::api::deliveries::HeaderLine;
use crate::authenticate::Scheme;

/// Names whose values are credentials; and every name that holds one of [`TELLING`].
const CREDENTIALS: &[&str] = &["authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key"];
const TELLING: &[&str] = &["token", "secret", "api-key", "apikey", "password"];
/// Names that hold a telling word and carry a signature, which proves nothing to a reader.
const SIGNATURES: &[&str] = &["x-opengate-secret"];

/// Headers of a connection, not of an event (RFC 9110 §7.6.1, RFC 9112): never passed on, never set by hand.
const OF_THE_CONNECTION: &[&str] = &[
    "connection",
    "content-length",
    "expect",
    "host",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// What known headers are.
const KNOWN: &[(&str, &str)] = &[
    ("host", "the address the sender called"),
    ("content-type", "how the body is written"),
    ("content-length", "the body's length in bytes"),
    ("user-agent", "the sender's program"),
    ("accept", "what the sender takes as an answer"),
    ("x-github-event", "GitHub: what happened"),
    ("x-github-delivery", "GitHub: id of the event, the same when it is redelivered"),
    ("x-github-hook-id", "GitHub: id of the webhook"),
    ("x-github-hook-installation-target-type", "GitHub: what the webhook is installed on"),
    ("x-github-hook-installation-target-id", "GitHub: id of what the webhook is installed on"),
    ("x-hub-signature", "GitHub: the old SHA-1 signature, not accepted"),
    ("x-hub-signature-256", "HMAC-SHA256 signature of the raw body"),
    ("x-opengate-secret", "OpenGate: HMAC-SHA256 signature of the raw body, in hex"),
    ("stripe-signature", "Stripe: time and signatures"),
    ("x-slack-signature", "Slack: signature of version, time and body"),
    ("x-slack-request-timestamp", "Slack: when it was signed, Unix seconds"),
    ("webhook-id", "Standard Webhooks: id of the event, the same at every retry"),
    ("webhook-timestamp", "Standard Webhooks: when it was signed, Unix seconds"),
    ("webhook-signature", "Standard Webhooks: signatures of id, time and body"),
    ("x-creel-replay", "Creel: this is a replay of its own"),
    ("idempotency-key", "the same for every attempt of one event"),
];

/// Whether a header's value is a credential.
pub fn is_credential(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    CREDENTIALS.contains(&name.as_str())
        || (TELLING.iter().any(|word| name.contains(word)) && !SIGNATURES.contains(&name.as_str()))
}

/// Whether a header speaks of the connection that it came on.
pub fn is_of_the_connection(name: &str) -> bool {
    OF_THE_CONNECTION.iter().any(|own| own.eq_ignore_ascii_case(name))
}

/// A line for the screen.
pub fn line(name: &str, value: &[u8]) -> HeaderLine {
    shown(name, value, is_credential(name))
}

/// The same at an endpoint with this scheme: where the secret itself is sent, the header that carries it is masked,
/// whatever its name.
pub fn line_at(scheme: Option<&Scheme>, name: &str, value: &[u8]) -> HeaderLine {
    let carries =
        |scheme: &Scheme| scheme.sends_secret() && scheme.proof_headers().any(|own| own.eq_ignore_ascii_case(name));
    shown(name, value, is_credential(name) || scheme.is_some_and(carries))
}

fn shown(name: &str, value: &[u8], masked: bool) -> HeaderLine {
    let text = text(value);
    HeaderLine {
        name: name.to_owned(),
        value: if masked { mask(&text) } else { text },
        masked,
        about: KNOWN.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, about)| (*about).to_owned()),
    }
}

/// The first word of `Bearer abc` stays; the rest is dots.
fn mask(value: &str) -> String {
    match value.split_once(' ') {
        Some((scheme, _)) if scheme.chars().all(|c| c.is_ascii_alphabetic()) => format!("{scheme} ••••"),
        _ => "••••".to_owned(),
    }
}

/// Bytes as text; what is not UTF-8 as `\xNN`.
pub fn text(value: &[u8]) -> String {
    let mut out = String::with_capacity(value.len());
    for chunk in value.utf8_chunks() {
        out.push_str(chunk.valid());
        chunk.invalid().iter().for_each(|byte| out.push_str(&format!("\\x{byte:02x}")));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_masked_and_signatures_are_not() {
        for (name, value, shown) in [
            ("Authorization", "Bearer abc", "Bearer ••••"),
            ("X-Gitlab-Token", "abc", "••••"),
            ("Cookie", "a=b; c=d", "••••"),
            ("X-OpenGate-Secret", "9f2c", "9f2c"),
            ("X-Hub-Signature-256", "sha256=ab", "sha256=ab"),
        ] {
            assert_eq!(line(name, value.as_bytes()).value, shown, "{name}");
        }
        assert_eq!(line("X-Bytes", b"a\xffb").value, "a\\xffb");
    }
}
