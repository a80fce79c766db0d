//! A question through the public address that only this Creel can ask and only this Creel answers: that is what shows that
//! the address leads here, and not to somebody else or to a provider's own page.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;

use crate::ids::Ids;
use crate::receive::Answered;

/// Where questions go. No contract's route begins like this.
const PATH: &str = "/.creel/heartbeat/";

/// Asks and answers. The key never leaves this process.
pub struct Heartbeat {
    key: [u8; 32],
    asked: Mutex<HashSet<String>>,
}

/// One question. It counts once, and no longer when it is dropped.
pub struct Beat<'a> {
    of: &'a Heartbeat,
    nonce: String,
}

impl Default for Heartbeat {
    fn default() -> Self {
        let mut key = [0; 32];
        getrandom::fill(&mut key).expect("the system's random source answers");
        Self { key, asked: Mutex::default() }
    }
}

impl Heartbeat {
    /// A new question.
    pub fn ask(&self, ids: &dyn Ids) -> Beat<'_> {
        let nonce = ids.ksuid();
        self.open().insert(nonce.clone());
        Beat { of: self, nonce }
    }

    /// The answer to a request that is a question of ours; `None`: it is a request like any other.
    pub fn answer(&self, method: &str, target: &str) -> Option<Answered> {
        let (nonce, signature) = target.strip_prefix(PATH)?.split_once('.').filter(|_| method == "GET")?;
        let right = self.sign("question", nonce);
        if !bool::from(right.as_bytes().ct_eq(signature.as_bytes())) || !self.open().remove(nonce) {
            return None;
        }
        let headers = vec![("content-type".into(), "text/plain".into())];
        Some(Answered { status: 200, headers, body: Bytes::from(self.sign("answer", nonce)), ..Answered::default() })
    }

    fn sign(&self, what: &str, nonce: &str) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.key).expect("any length is a key");
        mac.update(format!("{what} {nonce}").as_bytes());
        hex::encode(mac.finalize().into_bytes())
    }

    fn open(&self) -> std::sync::MutexGuard<'_, HashSet<String>> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Beat<'_> {
    /// The path to ask at.
    pub fn path(&self) -> String {
        format!("{PATH}{}.{}", self.nonce, self.of.sign("question", &self.nonce))
    }

    /// Whether this is the answer.
    pub fn is_answered_by(&self, body: &[u8]) -> bool {
        self.of.sign("answer", &self.nonce).as_bytes().ct_eq(body).into()
    }
}

impl Drop for Beat<'_> {
    fn drop(&mut self) {
        self.of.open().remove(&self.nonce);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::ids::RandomIds;

    #[test]
    fn only_an_open_question_of_its_own_is_answered_and_only_once() {
        let (heartbeat, other) = (Heartbeat::default(), Heartbeat::default());
        let beat = heartbeat.ask(&RandomIds);
        let path = beat.path();
        assert!(other.answer("GET", &path).is_none(), "another Creel's question");
        assert!(heartbeat.answer("POST", &path).is_none());
        assert!(heartbeat.answer("GET", &format!("{PATH}{}.{}", beat.nonce, "0".repeat(64))).is_none());
        assert!(heartbeat.answer("GET", &format!("{path}?")).is_none());
        let answer = heartbeat.answer("GET", &path).unwrap();
        assert!(beat.is_answered_by(&answer.body));
        assert!(!heartbeat.ask(&RandomIds).is_answered_by(&answer.body), "an answer belongs to its question");
        assert!(heartbeat.answer("GET", &path).is_none(), "a question counts once");
        let forgotten = heartbeat.ask(&RandomIds).path();
        assert!(heartbeat.answer("GET", &forgotten).is_none(), "nobody waits for it any more");
    }
}
