//! Secrets at rest: values sealed in SQLite, the one key to them in the system's keychain or in a file.

mod data_key;
mod fresh;
mod vault;

pub use data_key::{DataKey, KeyPlace, KeyTrouble};
pub use fresh::fresh;
pub use vault::Vault;
