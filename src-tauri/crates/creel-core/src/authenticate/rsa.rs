//! RSA keys as PEM: a certificate or public key verifies, a private key of one's own signs too.
//!
//! A certificate is where the key is, not why it is believed: the user chose it, or let it be fetched from the sender's own
//! host over TLS.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use ring::rand::SystemRandom;
use ring::rsa::KeyPair as RsaKeyPair;
use ring::signature::{
    RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, UnparsedPublicKey,
};
use zeroize::Zeroizing;

use super::scheme::Algo;

/// What begins a block of PEM (RFC 7468).
const BEGIN: &str = "-----BEGIN ";

/// `rsaEncryption` (RFC 8017, A.1) as it stands in a SubjectPublicKeyInfo.
const RSA_OID: [u8; 9] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];

const SEQUENCE: u8 = 0x30;
const OBJECT_ID: u8 = 0x06;
const BIT_STRING: u8 = 0x03;
/// The version of a certificate, which old ones leave out.
const VERSION: u8 = 0xa0;

/// What stands before the PEM in a secret, without the white space around it; all of it where there is no PEM.
pub(super) fn label(key: &[u8]) -> &[u8] {
    let at = key.windows(BEGIN.len()).position(|part| part == BEGIN.as_bytes()).unwrap_or(key.len());
    key[..at].trim_ascii()
}

/// The public key as an RSAPublicKey (RFC 8017, A.1.1); `None`: the text holds none.
pub(super) fn public(key: &[u8]) -> Option<Vec<u8>> {
    let (kind, der) = block(key)?;
    match kind.as_str() {
        "CERTIFICATE" => of_info(info_of_certificate(&der)?),
        "PUBLIC KEY" => of_info(&der),
        _ => Some(pair(key)?.public().as_ref().to_vec()),
    }
}

/// Whether `signature` is one of `message`.
pub(super) fn verify(algo: Algo, key: &[u8], message: &[u8], signature: &[u8]) -> bool {
    let Some(key) = public(key) else { return false };
    match algo {
        Algo::RsaSha256 => UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key).verify(message, signature),
        Algo::RsaSha1 => {
            UnparsedPublicKey::new(&RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY, key).verify(message, signature)
        }
        _ => return false,
    }
    .is_ok()
}

/// A signature with SHA-256; `None`: the text holds no private key.
pub(super) fn sign(key: &[u8], message: &[u8]) -> Option<Vec<u8>> {
    let pair = pair(key)?;
    let mut signature = vec![0; pair.public().modulus_len()];
    pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature).ok()?;
    Some(signature)
}

fn pair(key: &[u8]) -> Option<RsaKeyPair> {
    let (kind, der) = block(key)?;
    match kind.as_str() {
        "PRIVATE KEY" => RsaKeyPair::from_pkcs8(&der).ok(),
        "RSA PRIVATE KEY" => RsaKeyPair::from_der(&der).ok(),
        _ => None,
    }
}

/// The first block of PEM, its kind and its bytes. Line ends may be lost: fields of one line lose them.
fn block(key: &[u8]) -> Option<(String, Zeroizing<Vec<u8>>)> {
    let text = std::str::from_utf8(key).ok()?;
    let (_, behind) = text.split_once(BEGIN)?;
    let (kind, behind) = behind.split_once("-----")?;
    let (inside, _) = behind.split_once("-----END ")?;
    let packed: Zeroizing<String> = Zeroizing::new(inside.split_whitespace().collect());
    Some((kind.to_owned(), Zeroizing::new(BASE64_STANDARD.decode(packed.as_bytes()).ok()?)))
}

/// The SubjectPublicKeyInfo of a certificate (RFC 5280, 4.1).
fn info_of_certificate(der: &[u8]) -> Option<&[u8]> {
    let (certificate, _) = inside(der, SEQUENCE)?;
    let (mut signed, _) = inside(certificate, SEQUENCE)?;
    if signed.first() == Some(&VERSION) {
        (_, signed) = inside(signed, VERSION)?;
    }
    // Number, algorithm, issuer, validity, subject.
    for _ in 0..5 {
        (_, signed) = inside(signed, *signed.first()?)?;
    }
    let (_, behind) = inside(signed, SEQUENCE)?;
    signed.get(..signed.len() - behind.len())
}

/// The RSAPublicKey in a SubjectPublicKeyInfo.
fn of_info(der: &[u8]) -> Option<Vec<u8>> {
    let (info, _) = inside(der, SEQUENCE)?;
    let (algorithm, behind) = inside(info, SEQUENCE)?;
    let (id, _) = inside(algorithm, OBJECT_ID)?;
    let (bits, _) = inside(behind, BIT_STRING)?;
    // The first byte says how many bits at the end do not count: none.
    bits.strip_prefix(&[0]).filter(|_| id == RSA_OID).map(<[u8]>::to_vec)
}

/// What is inside the DER value at the beginning of `der`, and what stands behind it. Lengths up to 64 KiB.
fn inside(der: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let rest = der.strip_prefix(&[tag])?;
    let (length, rest) = match rest {
        [short @ ..=0x7f, rest @ ..] => (usize::from(*short), rest),
        [0x81, one, rest @ ..] => (usize::from(*one), rest),
        [0x82, high, low, rest @ ..] => (usize::from(*high) << 8 | usize::from(*low), rest),
        _ => return None,
    };
    rest.split_at_checked(length)
}
