//! Schemes whose sender keeps a private key: the stored secret is the public key, or a key pair of one's own, which signs
//! too.

use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P256_SHA256_ASN1_SIGNING, ED25519, EcdsaKeyPair, Ed25519KeyPair, KeyPair,
    UnparsedPublicKey,
};

use super::mac::CannotReadSecret;
use super::rsa;
use super::scheme::Algo;

/// An Ed25519 public key, and the seed of a private one.
const ED25519_BYTES: usize = 32;

/// What stands before the point of a P-256 key in a SubjectPublicKeyInfo (RFC 5480 §2): the two object ids and lengths.
const P256_SPKI: [u8; 26] = [
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce,
    0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
];

/// A point that is not compressed: a mark and two coordinates.
const P256_POINT_BYTES: usize = 65;

/// Whether `key` is a public key or a pair of `algo`. Of other schemes every key is.
pub(super) fn check(algo: Algo, key: &[u8]) -> Result<(), CannotReadSecret> {
    let good = match algo {
        Algo::Ed25519 => ed25519_public(key).is_some() && (key.len() == ED25519_BYTES || ed25519_pair(key).is_some()),
        Algo::EcdsaP256 => p256_public(key).is_some() || p256_pair(key).is_some(),
        Algo::RsaSha256 | Algo::RsaSha1 => rsa::public(key).is_some(),
        _ => true,
    };
    good.then_some(()).ok_or(CannotReadSecret::NotAKey)
}

/// Whether `signature` is one of `message` under `key`.
pub(super) fn verify(algo: Algo, key: &[u8], message: &[u8], signature: &[u8]) -> bool {
    match algo {
        Algo::Ed25519 => ed25519_public(key)
            .is_some_and(|public| UnparsedPublicKey::new(&ED25519, public).verify(message, signature).is_ok()),
        Algo::EcdsaP256 => {
            let point = p256_public(key).map(<[u8]>::to_vec);
            let point = point.or_else(|| Some(p256_pair(key)?.public_key().as_ref().to_vec()));
            let key = point.map(|point| UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, point));
            key.is_some_and(|key| key.verify(message, signature).is_ok())
        }
        Algo::RsaSha256 | Algo::RsaSha1 => rsa::verify(algo, key, message, signature),
        _ => false,
    }
}

/// A signature of `message`; `None`: `key` is only the public one.
pub(super) fn sign(algo: Algo, key: &[u8], message: &[u8]) -> Option<Vec<u8>> {
    match algo {
        Algo::Ed25519 => Some(ed25519_pair(key)?.sign(message).as_ref().to_vec()),
        Algo::EcdsaP256 => Some(p256_pair(key)?.sign(&SystemRandom::new(), message).ok()?.as_ref().to_vec()),
        Algo::RsaSha256 => rsa::sign(key, message),
        _ => None,
    }
}

/// A new pair: seed and public key, or PKCS #8. `None`: `algo` has no key pairs.
pub(super) fn new_pair(algo: Algo, entropy: &[u8; 32]) -> Option<Vec<u8>> {
    match algo {
        Algo::Ed25519 => {
            let pair = Ed25519KeyPair::from_seed_unchecked(entropy).ok()?;
            Some([&entropy[..], pair.public_key().as_ref()].concat())
        }
        // The library makes these from the system's own random source alone.
        Algo::EcdsaP256 => {
            let pair = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &SystemRandom::new()).ok()?;
            Some(pair.as_ref().to_vec())
        }
        _ => None,
    }
}

/// A pair is its seed and then its public key, as `whsk_…` holds them.
fn ed25519_public(key: &[u8]) -> Option<&[u8]> {
    match key.len() {
        ED25519_BYTES => Some(key),
        n if n == 2 * ED25519_BYTES => key.get(ED25519_BYTES..),
        _ => None,
    }
}

fn ed25519_pair(key: &[u8]) -> Option<Ed25519KeyPair> {
    let (seed, public) = key.split_at_checked(ED25519_BYTES)?;
    Ed25519KeyPair::from_seed_and_public_key(seed, public).ok()
}

fn p256_public(key: &[u8]) -> Option<&[u8]> {
    key.strip_prefix(&P256_SPKI[..]).filter(|point| point.len() == P256_POINT_BYTES)
}

fn p256_pair(key: &[u8]) -> Option<EcdsaKeyPair> {
    EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, key, &SystemRandom::new()).ok()
}
