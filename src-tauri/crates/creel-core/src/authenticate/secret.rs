//! Secrets: text that is wiped from memory, never printed, and never empty.

use std::fmt;

use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use zeroize::Zeroizing;

use super::scheme::KeyEncoding;

/// Shorter ones are taken, because senders with short ones exist, and shown as weak (`trust.md` T03).
pub const WEAK_BELOW_BYTES: usize = 16;

/// Longer ones are a pasted file, not a secret.
pub const MAX_BYTES: usize = 4096;

/// What generated secrets begin with, so that a person and a secret scanner know one.
const PREFIX: &str = "whsec_";

/// A shared secret as the user or the sender wrote it.
#[derive(Clone)]
pub struct Secret(Zeroizing<String>);

/// Why a text is no secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SecretRefused {
    /// An empty key would let anybody sign.
    #[error("the secret is empty")]
    Empty,
    /// So would one of spaces, which is also never what was meant.
    #[error("the secret is blank")]
    Blank,
    /// The prefix alone is an empty secret.
    #[error("the secret is \"whsec_\" with nothing behind it")]
    OnlyPrefix,
    /// Not a secret.
    #[error("the secret is longer than {MAX_BYTES} bytes")]
    TooLong,
}

impl Secret {
    /// Takes `text` as it is; nothing is trimmed or decoded here.
    pub fn new(text: impl Into<String>) -> Result<Self, SecretRefused> {
        let text = Zeroizing::new(text.into());
        let refused = match text.as_str() {
            "" => Some(SecretRefused::Empty),
            blank if blank.trim().is_empty() => Some(SecretRefused::Blank),
            prefix if prefix.trim() == PREFIX => Some(SecretRefused::OnlyPrefix),
            long if long.len() > MAX_BYTES => Some(SecretRefused::TooLong),
            _ => None,
        };
        refused.map_or(Ok(Self(text)), Err)
    }

    /// The text in clear. Every caller is a place where a secret leaves: to sign, to seal, to show it once.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Its length in bytes.
    pub fn bytes(&self) -> usize {
        self.0.len()
    }

    /// Short enough to be guessed.
    pub fn weak(&self) -> bool {
        self.bytes() < WEAK_BELOW_BYTES
    }

    /// A new secret out of 32 random bytes: decodable where the scheme decodes, else safe to paste anywhere.
    pub(super) fn from_entropy(reading: KeyEncoding, entropy: &[u8; 32]) -> Self {
        let text = match reading {
            KeyEncoding::Base64 => format!("{PREFIX}{}", BASE64_STANDARD.encode(entropy)),
            KeyEncoding::Utf8 => format!("{PREFIX}{}", BASE64_URL_SAFE_NO_PAD.encode(entropy)),
            KeyEncoding::Hex => hex::encode(entropy),
        };
        Self(Zeroizing::new(text))
    }

    /// Key bytes behind a prefix, written as the scheme reads them; binary ones are never read as text.
    pub(super) fn of_pair(reading: KeyEncoding, prefix: Option<&String>, pair: &[u8]) -> Self {
        let text = match reading {
            KeyEncoding::Base64 => BASE64_STANDARD.encode(pair),
            KeyEncoding::Hex | KeyEncoding::Utf8 => hex::encode(pair),
        };
        Self(Zeroizing::new(format!("{}{text}", prefix.map_or("", String::as_str))))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn nothing_empty_is_a_secret() {
        assert_eq!(Secret::new("").err(), Some(SecretRefused::Empty));
        assert_eq!(Secret::new(" \t\n").err(), Some(SecretRefused::Blank));
        assert_eq!(Secret::new("whsec_").err(), Some(SecretRefused::OnlyPrefix));
        assert_eq!(Secret::new(" whsec_ ").err(), Some(SecretRefused::OnlyPrefix));
        assert_eq!(Secret::new("x".repeat(MAX_BYTES + 1)).err(), Some(SecretRefused::TooLong));
    }

    #[test]
    fn a_secret_is_kept_as_written_and_never_printed() {
        let secret = Secret::new(" spaces stay ").unwrap();
        assert_eq!(secret.expose(), " spaces stay ");
        assert_eq!(format!("{secret:?}"), "Secret(…)");
    }

    #[test]
    fn under_sixteen_bytes_is_weak() {
        assert!(Secret::new("fifteen-bytes-!").unwrap().weak());
        assert!(!Secret::new("sixteen-bytes-!!").unwrap().weak());
    }

    #[test]
    fn new_secrets_have_the_form_that_the_scheme_reads() {
        let raw = Secret::from_entropy(KeyEncoding::Utf8, &[0xfb; 32]);
        assert_eq!(raw.expose().len(), 6 + 43);
        assert!(!raw.expose().contains(['+', '/', '=']), "it is pasted into shells and forms");
        let coded = Secret::from_entropy(KeyEncoding::Base64, &[7; 32]);
        let inner = coded.expose().strip_prefix("whsec_").unwrap();
        assert_eq!(BASE64_STANDARD.decode(inner).unwrap(), [7; 32]);
    }
}
