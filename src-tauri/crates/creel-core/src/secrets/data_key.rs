//! The one key. Where it is kept is decided at the first start, recorded, and never changed by itself.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::api::status::SecretsStore;
use crate::store::close_to_others;

/// 32 bytes. Wiped when dropped, never printed.
pub struct DataKey(pub(super) Zeroizing<[u8; 32]>);

/// Why the key cannot be had. Nothing is made anew while sealed secrets exist.
#[derive(Debug, thiserror::Error)]
pub enum KeyTrouble {
    /// The keychain does not answer or is locked.
    #[error("the keychain does not give the key to the secrets: {0}")]
    Keychain(String),
    /// The key file cannot be read or written.
    #[error("the key file {file} cannot be used: {cause}")]
    File {
        /// The file.
        file: PathBuf,
        /// Why.
        cause: String,
    },
    /// There are sealed secrets and no key.
    #[error("the key to the stored secrets is gone from {0}")]
    Gone(String),
}

/// Where a key is kept.
#[derive(Clone, Debug)]
pub struct KeyPlace {
    /// Keychain or file.
    pub store: SecretsStore,
    file: PathBuf,
    account: String,
}

/// The keychain's name for us.
const SERVICE: &str = "dev.creel.desktop";

impl KeyPlace {
    /// The place `store` for the data in `folder`, which the keychain knows by `account`.
    pub fn of(store: SecretsStore, folder: &Path, account: &str) -> Self {
        Self { store, file: folder.join("secrets.key"), account: account.to_owned() }
    }

    /// The keychain where it takes and gives back a key, else the file. Asked once, at the first start; in the keychain
    /// the key is made by asking, since one that is locked or has no collection can be read without an error.
    pub fn choose(folder: &Path, account: &str) -> Self {
        let keychain = Self::of(SecretsStore::Keychain, folder, account);
        match keychain.load(true).and_then(|_| keychain.load(false)) {
            Ok(_) => keychain,
            Err(trouble) => {
                tracing::info!(%trouble, "secrets are kept with a key file");
                Self::of(SecretsStore::File, folder, account)
            }
        }
    }

    /// Reads the key, or makes it when `may_make` (no sealed secret exists yet).
    pub fn load(&self, may_make: bool) -> Result<DataKey, KeyTrouble> {
        let found = match self.store {
            SecretsStore::Keychain => self.read_keychain()?,
            SecretsStore::File => self.read_file()?,
        };
        match found {
            Some(key) => Ok(key),
            None if may_make => self.make(),
            None => Err(KeyTrouble::Gone(self.name())),
        }
    }

    fn make(&self) -> Result<DataKey, KeyTrouble> {
        let mut bytes = Zeroizing::new([0u8; 32]);
        getrandom::fill(bytes.as_mut()).expect("the system's random source answers");
        match self.store {
            SecretsStore::Keychain => self
                .keychain_entry()?
                .set_secret(bytes.as_ref())
                .map_err(|error| KeyTrouble::Keychain(error.to_string()))?,
            SecretsStore::File => self.write_file(bytes.as_ref()).map_err(|error| self.file_trouble(error))?,
        }
        Ok(DataKey(bytes))
    }

    fn keychain_entry(&self) -> Result<keyring::v1::Entry, KeyTrouble> {
        keyring::v1::Entry::new(SERVICE, &self.account).map_err(|error| KeyTrouble::Keychain(error.to_string()))
    }

    fn read_keychain(&self) -> Result<Option<DataKey>, KeyTrouble> {
        match self.keychain_entry()?.get_secret() {
            Ok(bytes) => Ok(Some(key_from(bytes).map_err(KeyTrouble::Keychain)?)),
            Err(keyring::v1::Error::NoEntry) => Ok(None),
            Err(error) => Err(KeyTrouble::Keychain(error.to_string())),
        }
    }

    fn read_file(&self) -> Result<Option<DataKey>, KeyTrouble> {
        match fs::read(&self.file) {
            Ok(bytes) => Ok(Some(key_from(bytes).map_err(|cause| self.file_trouble(cause))?)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(self.file_trouble(error)),
        }
    }

    /// Whole or not at all: written beside, flushed, renamed.
    fn write_file(&self, bytes: &[u8]) -> std::io::Result<()> {
        let beside = self.file.with_extension("new");
        let mut file = fs::File::create(&beside)?;
        close_to_others(&beside, 0o600)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&beside, &self.file)?;
        if let Some(folder) = self.file.parent() {
            fs::File::open(folder)?.sync_all()?;
        }
        Ok(())
    }

    fn file_trouble(&self, cause: impl std::fmt::Display) -> KeyTrouble {
        KeyTrouble::File { file: self.file.clone(), cause: cause.to_string() }
    }

    fn name(&self) -> String {
        match self.store {
            SecretsStore::Keychain => "the keychain".to_owned(),
            SecretsStore::File => self.file.display().to_string(),
        }
    }
}

fn key_from(bytes: Vec<u8>) -> Result<DataKey, String> {
    let bytes = Zeroizing::new(bytes);
    let key: [u8; 32] = bytes.as_slice().try_into().map_err(|_| format!("it holds {} bytes, not 32", bytes.len()))?;
    Ok(DataKey(Zeroizing::new(key)))
}
