//! What a PromptRails trigger has that no other contract's trigger has: the hash of its token. The token itself is sealed, for Creel's own tests.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::clock::UnixMs;

/// What every token begins with.
const BEGINS: &str = "wht_";
/// Characters of a token that are shown afterwards.
const SHOWN: usize = 12;

/// Settings of a PromptRails trigger.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export, optional_fields)]
#[serde(default)]
pub struct PromptrailsTrigger {
    /// SHA-256 of the token, in hex. Set when the trigger is made, never by a change.
    pub token_sha256: String,
    /// The first characters of the token, for people.
    pub token_prefix: String,
    /// The hash of the token before, which still selects the trigger for a while.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous_sha256: Option<String>,
    /// Until when.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous_until: Option<UnixMs>,
}

impl PromptrailsTrigger {
    /// A new token, and what is kept of it. 256 random bits: its hash needs no salt.
    pub(super) fn fresh() -> (String, Self) {
        let mut random = [0u8; 32];
        getrandom::fill(&mut random).expect("the system's random source answers");
        let token = format!("{BEGINS}{}", hex::encode(random));
        let kept = Self { token_sha256: hash(&token), token_prefix: token[..SHOWN].to_owned(), ..Self::default() };
        (token, kept)
    }

    /// A new token in place of this one, which still counts until `until`.
    pub fn rotated(&self, until: UnixMs) -> (String, Self) {
        let (token, fresh) = Self::fresh();
        let previous_sha256 = Some(self.token_sha256.clone());
        (token, Self { previous_sha256, previous_until: Some(until), ..fresh })
    }

    /// Whether `token` is the one, or at `now` still the one before, in time that does not tell how much of it is right.
    pub(super) fn is(&self, token: &str, now: UnixMs) -> bool {
        let hash = hash(token);
        let current = hash.as_bytes().ct_eq(self.token_sha256.as_bytes());
        let previous = self.previous_sha256.as_ref().filter(|_| self.previous_until.is_some_and(|until| now < until));
        let previous = previous.map_or("", String::as_str);
        let current: bool = current.into();
        let previous: bool = hash.as_bytes().ct_eq(previous.as_bytes()).into();
        current | previous
    }
}

fn hash(token: &str) -> String {
    hex::encode(Sha256::digest(token))
}
