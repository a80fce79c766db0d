//! Seals and opens values with XChaCha20-Poly1305. A sealed value opens only in the row it was sealed for.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

use super::data_key::DataKey;
use crate::authenticate::Secret;
use crate::ids::SecretId;

/// Length of the nonce in front of the ciphertext.
const NONCE: usize = 24;

/// Why a sealed value does not open.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("the stored secret {0} cannot be opened: it was changed or belongs to another row")]
pub struct CannotOpen(SecretId);

/// Holds the key.
pub struct Vault(XChaCha20Poly1305);

impl Vault {
    /// A vault with this key.
    pub fn new(key: &DataKey) -> Self {
        Self(XChaCha20Poly1305::new((&*key.0).into()))
    }

    /// Seals a value for the row `id`.
    pub fn seal(&self, id: &SecretId, secret: &Secret) -> Vec<u8> {
        let mut nonce = [0u8; NONCE];
        getrandom::fill(&mut nonce).expect("the system's random source answers");
        let payload = Payload { msg: secret.expose().as_bytes(), aad: &row(id) };
        let sealed = self.0.encrypt(&XNonce::from(nonce), payload).expect("a secret is far below the cipher's limit");
        [nonce.as_slice(), &sealed].concat()
    }

    /// Opens the value of the row `id`.
    pub fn open(&self, id: &SecretId, sealed: &[u8]) -> Result<Secret, CannotOpen> {
        let failed = || CannotOpen(id.clone());
        let (nonce, text) = sealed.split_first_chunk::<NONCE>().ok_or_else(failed)?;
        let payload = Payload { msg: text, aad: &row(id) };
        let plain = Zeroizing::new(self.0.decrypt(&XNonce::from(*nonce), payload).map_err(|_| failed())?);
        let text = std::str::from_utf8(&plain).map_err(|_| failed())?;
        Secret::new(text).map_err(|_| failed())
    }
}

/// What binds a sealed value to its place: table, row, field, version of the key.
fn row(id: &SecretId) -> Vec<u8> {
    format!("secrets/{id}/sealed/1").into_bytes()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::api::status::SecretsStore;
    use crate::secrets::{KeyPlace, KeyTrouble};

    #[test]
    fn a_sealed_value_opens_in_its_own_row_only() {
        let folder = tempfile::tempdir().unwrap();
        let place = KeyPlace::of(SecretsStore::File, folder.path(), "test");
        let vault = Vault::new(&place.load(true).unwrap());
        let (one, two) = (SecretId::from("sec_1"), SecretId::from("sec_2"));
        let sealed = vault.seal(&one, &Secret::new("It's a Secret to Everybody").unwrap());
        assert_eq!(vault.open(&one, &sealed).unwrap().expose(), "It's a Secret to Everybody");
        assert!(vault.open(&two, &sealed).is_err(), "a swapped ciphertext opened");
        assert!(!sealed.windows(6).any(|part| part == b"Secret"), "the value stands in clear");
    }

    #[test]
    fn the_key_is_the_same_at_the_next_start_and_is_not_made_anew_when_it_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        let place = KeyPlace::of(SecretsStore::File, folder.path(), "test");
        let first = place.load(true).unwrap();
        assert_eq!(*place.load(false).unwrap().0, *first.0);
        std::fs::remove_file(folder.path().join("secrets.key")).unwrap();
        assert!(matches!(place.load(false), Err(KeyTrouble::Gone(_))));
    }
}
