//! Keys and digests: the only place that computes one and the only place that compares two.

use base64::Engine;
use base64::engine::general_purpose::GeneralPurpose;
use base64::engine::{DecodePaddingMode, GeneralPurposeConfig};
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::asymmetric;
use super::scheme::{Algo, Encoding, KeyEncoding, KeyReading};
use super::secret::Secret;

/// Why a secret cannot be a key of a scheme.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CannotReadSecret {
    /// Standard Webhooks: the part behind `whsec_` is base64.
    #[error("the secret is not base64, as this scheme needs")]
    NotBase64,
    /// The scheme's keys are hex digits.
    #[error("the secret is not hex, as this scheme needs")]
    NotHex,
    /// A public key verifies, and this is none.
    #[error("the secret is neither a public key nor a key pair of this scheme")]
    NotAKey,
    /// An empty key would let anybody sign.
    #[error("the secret decodes to nothing")]
    Empty,
}

/// Secrets are pasted with their padding and without.
const BASE64_ANY_PADDING: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The key that a secret's text stands for.
pub(super) fn key_bytes(reading: &KeyReading, secret: &Secret) -> Result<Zeroizing<Vec<u8>>, CannotReadSecret> {
    let mut text = secret.expose();
    for prefix in &reading.strip {
        text = text.strip_prefix(prefix.as_str()).unwrap_or(text);
    }
    let bytes = match reading.encoding {
        KeyEncoding::Utf8 => text.as_bytes().to_vec(),
        KeyEncoding::Base64 => BASE64_ANY_PADDING.decode(text).map_err(|_| CannotReadSecret::NotBase64)?,
        KeyEncoding::Hex => hex::decode(text).map_err(|_| CannotReadSecret::NotHex)?,
    };
    if bytes.is_empty() { Err(CannotReadSecret::Empty) } else { Ok(Zeroizing::new(bytes)) }
}

/// Whether a candidate fits `parts` under `key`.
pub(super) fn fits<'p>(algo: Algo, key: &[u8], parts: impl Iterator<Item = &'p [u8]>, candidates: &[Vec<u8>]) -> bool {
    match algo {
        Algo::Ed25519 | Algo::EcdsaP256 | Algo::RsaSha256 | Algo::RsaSha1 => {
            let message = parts.collect::<Vec<_>>().concat();
            candidates.iter().any(|signature| asymmetric::verify(algo, key, &message, signature))
        }
        _ => {
            let expected = digest(algo, key, parts);
            candidates.iter().any(|received| same(algo, &expected, received))
        }
    }
}

/// The digest of `parts` in their order under `key`; for a token the key itself. Where a public key verifies there is
/// none, and it is empty.
pub(super) fn digest<'p>(algo: Algo, key: &[u8], parts: impl Iterator<Item = &'p [u8]>) -> Vec<u8> {
    match State::start(algo, key) {
        Some(start) => parts.fold(start, State::then).finish(),
        None if matches!(algo, Algo::Token | Algo::Basic) => key.to_vec(),
        None => Vec::new(),
    }
}

/// A digest under way: what came so far can go on in more than one way.
#[derive(Clone)]
pub(super) enum State {
    HmacSha1(Hmac<Sha1>),
    HmacSha256(Hmac<Sha256>),
    HmacSha512(Hmac<Sha512>),
    Sha256(Sha256),
}

impl State {
    /// Before the first byte; `None`: the algorithm computes no digest.
    pub fn start(algo: Algo, key: &[u8]) -> Option<Self> {
        match algo {
            Algo::HmacSha1 => Some(Self::HmacSha1(hmac(key))),
            Algo::HmacSha256 => Some(Self::HmacSha256(hmac(key))),
            Algo::HmacSha512 => Some(Self::HmacSha512(hmac(key))),
            Algo::Sha256 => Some(Self::Sha256(Sha256::new())),
            Algo::Token | Algo::Basic | Algo::Ed25519 | Algo::EcdsaP256 | Algo::RsaSha256 | Algo::RsaSha1 => None,
        }
    }

    /// With `part` behind what came.
    pub fn then(mut self, part: &[u8]) -> Self {
        match &mut self {
            Self::HmacSha1(mac) => mac.update(part),
            Self::HmacSha256(mac) => mac.update(part),
            Self::HmacSha512(mac) => mac.update(part),
            Self::Sha256(hash) => Digest::update(hash, part),
        }
        self
    }

    /// The digest.
    pub fn finish(self) -> Vec<u8> {
        match self {
            Self::HmacSha1(mac) => mac.finalize().into_bytes().to_vec(),
            Self::HmacSha256(mac) => mac.finalize().into_bytes().to_vec(),
            Self::HmacSha512(mac) => mac.finalize().into_bytes().to_vec(),
            Self::Sha256(hash) => hash.finalize().to_vec(),
        }
    }
}

fn hmac<M: KeyInit>(key: &[u8]) -> M {
    M::new_from_slice(key).expect("HMAC takes keys of any length")
}

/// Whether `received` is `expected`, in a time that does not tell where they differ. Tokens are hashed before, because
/// their lengths differ and a length is a hint.
pub(super) fn same(algo: Algo, expected: &[u8], received: &[u8]) -> bool {
    match algo {
        Algo::Token | Algo::Basic => Sha256::digest(expected).ct_eq(&Sha256::digest(received)).into(),
        Algo::HmacSha1 | Algo::HmacSha256 | Algo::HmacSha512 | Algo::Sha256 => expected.ct_eq(received).into(),
        Algo::Ed25519 | Algo::EcdsaP256 | Algo::RsaSha256 | Algo::RsaSha1 => false,
    }
}

/// A digest as the scheme writes it.
pub(super) fn written(algo: Algo, encoding: Encoding, digest: &[u8]) -> String {
    if algo == Algo::Token {
        return String::from_utf8_lossy(digest).into_owned();
    }
    match encoding {
        Encoding::Hex => hex::encode(digest),
        Encoding::Base64 => base64::prelude::BASE64_STANDARD.encode(digest),
        Encoding::Base64UrlNoPad => base64::prelude::BASE64_URL_SAFE_NO_PAD.encode(digest),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// RFC 4231 test case 2 and RFC 2202 test case 2: key "Jefe", "what do ya want for nothing?".
    #[test]
    fn the_rfc_vectors_come_out() {
        let parts = || [&b"what do ya want"[..], b" for ", b"nothing?"].into_iter();
        for (algo, expected) in [
            (Algo::HmacSha1, "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"),
            (Algo::HmacSha256, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
            (
                Algo::HmacSha512,
                "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737",
            ),
        ] {
            assert_eq!(hex::encode(digest(algo, b"Jefe", parts())), expected);
            assert_eq!(algo.digest_bytes(), Some(expected.len() / 2));
        }
    }

    #[test]
    fn a_secret_is_read_as_the_scheme_says() {
        let read = |encoding, strip: &[&str], text: &str| {
            let reading = KeyReading { encoding, strip: strip.iter().map(|s| (*s).to_owned()).collect() };
            key_bytes(&reading, &Secret::new(text).unwrap()).map(|key| key.to_vec())
        };
        assert_eq!(read(KeyEncoding::Utf8, &[], "whsec_ab"), Ok(b"whsec_ab".to_vec()));
        assert_eq!(read(KeyEncoding::Base64, &["v1,", "whsec_"], "v1,whsec_aGk="), Ok(b"hi".to_vec()));
        assert_eq!(read(KeyEncoding::Base64, &["v1,", "whsec_"], "aGk"), Ok(b"hi".to_vec()));
        assert_eq!(read(KeyEncoding::Base64, &[], "not base64!"), Err(CannotReadSecret::NotBase64));
        assert_eq!(read(KeyEncoding::Hex, &[], "6869"), Ok(b"hi".to_vec()));
        assert_eq!(read(KeyEncoding::Hex, &[], "xyz"), Err(CannotReadSecret::NotHex));
        assert_eq!(read(KeyEncoding::Base64, &["v1,"], "v1,"), Err(CannotReadSecret::Empty));
    }

    #[test]
    fn only_equal_bytes_are_the_same() {
        for algo in [Algo::HmacSha256, Algo::Token] {
            assert!(same(algo, b"abc", b"abc"));
            assert!(!same(algo, b"abc", b"abd"));
            assert!(!same(algo, b"abc", b"ab"));
            assert!(!same(algo, b"abc", b""));
        }
    }
}
