//! Ids of alerts as OpShift shows them: 24 hex digits, the time in seconds first.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::clock::UnixMs;
use crate::ids::Ids;

/// Random bytes behind the four of the time.
const RANDOM_BYTES: usize = 8;

/// Id of an alert.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[serde(transparent)]
#[ts(type = "string")]
#[schema(value_type = String)]
pub struct AlertId(pub String);

impl AlertId {
    /// A new id at `now`.
    pub fn new(ids: &dyn Ids, now: UnixMs) -> Self {
        let seconds = u32::try_from(now.seconds()).unwrap_or(u32::MAX).to_be_bytes();
        let random = Sha256::digest(ids.ksuid());
        Self(hex::encode([&seconds[..], &random[..RANDOM_BYTES]].concat()))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for AlertId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<&str> for AlertId {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::RandomIds;

    #[test]
    fn an_id_has_twenty_four_hex_digits_and_begins_with_its_time() {
        let id = AlertId::new(&RandomIds, UnixMs(0x65f3_a200 * 1000));
        assert_eq!(id.as_str().len(), 24);
        assert!(id.as_str().bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)), "{id}");
        assert!(id.as_str().starts_with("65f3a200"), "{id}");
        assert_ne!(id, AlertId::new(&RandomIds, UnixMs(0x65f3_a200 * 1000)));
    }
}
