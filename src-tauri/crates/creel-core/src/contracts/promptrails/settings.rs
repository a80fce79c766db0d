//! What a PromptRails trigger has that no other contract's trigger has: its token, of which only the hash is kept.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// What every token begins with.
const BEGINS: &str = "wht_";
/// Characters of a token that are shown afterwards.
const SHOWN: usize = 12;

/// Settings of a PromptRails trigger.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
#[serde(default)]
pub struct PromptrailsTrigger {
    /// SHA-256 of the token, in hex. Set when the trigger is made, never by a change.
    pub token_sha256: String,
    /// The first characters of the token, for people.
    pub token_prefix: String,
}

impl PromptrailsTrigger {
    /// A new token, and what is kept of it. 256 random bits: its hash needs no salt.
    pub(super) fn fresh() -> (String, Self) {
        let mut random = [0u8; 32];
        getrandom::fill(&mut random).expect("the system's random source answers");
        let token = format!("{BEGINS}{}", hex::encode(random));
        let kept = Self { token_sha256: hash(&token), token_prefix: token[..SHOWN].to_owned() };
        (token, kept)
    }

    /// Whether `token` is the one, in time that does not tell how much of it is right.
    pub(super) fn is(&self, token: &str) -> bool {
        hash(token).as_bytes().ct_eq(self.token_sha256.as_bytes()).into()
    }
}

fn hash(token: &str) -> String {
    hex::encode(Sha256::digest(token))
}
