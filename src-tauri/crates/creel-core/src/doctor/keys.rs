//! How else a secret's text can be read: what a sender did with it that it should not have done, or left out.

use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use zeroize::Zeroizing;

use crate::api::doctor::Mistake;
use crate::authenticate::{KeyEncoding, Scheme, Secret};

/// Key bytes and the mistake that leads to them.
pub(super) struct Reading {
    pub bytes: Zeroizing<Vec<u8>>,
    /// `None`: as the scheme reads it.
    pub mistake: Option<Mistake>,
}

/// As the scheme reads it; `None`: it cannot.
pub(super) fn right(scheme: &Scheme, secret: &Secret) -> Option<Reading> {
    Some(Reading { bytes: scheme.key_of(secret)?, mistake: None })
}

/// All other readings, each once.
pub(super) fn wrong(scheme: &Scheme, secret: &Secret) -> Vec<Reading> {
    let text = secret.expose();
    let (trimmed, bare) = (text.trim(), text.trim().strip_prefix("whsec_"));
    let standard = |text: &str| BASE64_STANDARD.decode(text.trim_end_matches('=').to_owned() + padding(text)).ok();
    let raw = scheme.key_reading.encoding == KeyEncoding::Utf8;
    let right = right(scheme, secret).map(|reading| reading.bytes);
    let candidates = [
        (Mistake::SecretTrimmed, (trimmed.len() != text.len()).then(|| trimmed.as_bytes().to_vec())),
        (Mistake::SecretWithNewline, Some(format!("{trimmed}\n").into_bytes())),
        (Mistake::SecretWithNewline, Some(format!("{trimmed}\r\n").into_bytes())),
        (Mistake::SecretWithSpace, Some(format!("{trimmed} ").into_bytes())),
        (Mistake::SecretWithSpace, Some(format!(" {trimmed}").into_bytes())),
        (Mistake::SecretNotDecoded, (!raw).then(|| trimmed.as_bytes().to_vec())),
        (Mistake::SecretWithoutPrefix, bare.map(|bare| bare.as_bytes().to_vec())),
        (Mistake::SecretDecoded, bare.and_then(standard)),
        (Mistake::SecretDecoded, hex::decode(trimmed).ok()),
        (Mistake::SecretDecoded, standard(trimmed)),
        (Mistake::SecretDecoded, BASE64_URL_SAFE_NO_PAD.decode(bare.unwrap_or(trimmed)).ok()),
        (Mistake::SecretInQuotes, Some(format!("\"{trimmed}\"").into_bytes())),
        (Mistake::SecretEncoded, Some(hex::encode(trimmed).into_bytes())),
        (Mistake::SecretEncoded, Some(BASE64_STANDARD.encode(trimmed).into_bytes())),
        (Mistake::SecretCase, Some(trimmed.to_lowercase().into_bytes())),
        (Mistake::SecretCase, Some(trimmed.to_uppercase().into_bytes())),
        (Mistake::SecretEmpty, Some(Vec::new())),
    ];
    let mut all: Vec<Reading> = Vec::new();
    for (mistake, bytes) in candidates {
        let Some(bytes) = bytes.map(Zeroizing::new) else { continue };
        let known = right.as_ref() == Some(&bytes) || all.iter().any(|one| one.bytes == bytes);
        if !known && (!bytes.is_empty() || mistake == Mistake::SecretEmpty) {
            all.push(Reading { bytes, mistake: Some(mistake) });
        }
    }
    all
}

fn padding(text: &str) -> &'static str {
    match text.trim_end_matches('=').len() % 4 {
        2 => "==",
        3 => "=",
        _ => "",
    }
}
