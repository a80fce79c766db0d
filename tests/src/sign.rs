//! Senders' signatures, written from the providers' documents and not from Creel's code.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

/// HMAC-SHA256 of `message` under `key`.
pub fn hmac(key: &[u8], message: &[u8]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of every length");
    mac.update(message);
    mac.finalize().into_bytes().into()
}

/// Lower-case hex of HMAC-SHA256; OpenGate's `X-OpenGate-Secret`.
pub fn hex(key: &str, message: &[u8]) -> String {
    hex::encode(hmac(key.as_bytes(), message))
}

/// GitHub's `X-Hub-Signature-256`.
pub fn github(secret: &str, body: &[u8]) -> String {
    format!("sha256={}", hex(secret, body))
}

/// Stripe's `Stripe-Signature` for a time in Unix seconds.
pub fn stripe(secret: &str, at: i64, body: &[u8]) -> String {
    format!("t={at},v1={}", hex(secret, &[format!("{at}.").as_bytes(), body].concat()))
}

/// Slack's `X-Slack-Signature` for a time in Unix seconds.
pub fn slack(secret: &str, at: i64, body: &[u8]) -> String {
    format!("v0={}", hex(secret, &[format!("v0:{at}:").as_bytes(), body].concat()))
}

/// Standard Webhooks' `webhook-signature` for a secret `whsec_<base64>`.
pub fn standard(secret: &str, id: &str, at: i64, body: &[u8]) -> String {
    let key = STANDARD.decode(secret.trim_start_matches("whsec_")).expect("the secret is base64");
    let signed = [format!("{id}.{at}.").as_bytes(), body].concat();
    format!("v1,{}", STANDARD.encode(hmac(&key, &signed)))
}

/// Lower-case hex SHA-256: the ledgers' fingerprint of a body.
pub fn sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// The machine's clock in Unix seconds.
pub fn now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("after 1970");
    i64::try_from(since.as_secs()).expect("before the year 292 billion")
}
