//! Browser sessions: a one-time code from the address bar becomes a cookie that no script can read.

use std::sync::{Mutex, PoisonError};

use subtle::ConstantTimeEq;

use crate::clock::UnixMs;
use crate::control::token::random_hex;

/// How long a one-time code can be used: long enough to open a browser.
pub const CODE_MS: i64 = 60_000;
/// How long a session lasts. It also ends with the process.
pub const SESSION_MS: i64 = 7 * 24 * 3600 * 1000;
/// Codes and sessions at once; the oldest goes. One person does not have more browsers.
const MOST: usize = 64;

/// The codes and sessions of this process.
#[derive(Debug, Default)]
pub struct Sessions {
    codes: Mutex<Vec<Held>>,
    sessions: Mutex<Vec<Held>>,
}

#[derive(Debug)]
struct Held {
    value: String,
    until: UnixMs,
}

impl Held {
    fn is(&self, candidate: &str) -> bool {
        self.value.as_bytes().ct_eq(candidate.as_bytes()).into()
    }
}

impl Sessions {
    /// A new one-time code.
    pub fn code(&self, now: UnixMs) -> String {
        put(&self.codes, now, CODE_MS)
    }

    /// Uses up a code. `false`: unknown, used or too old.
    pub fn redeem(&self, code: &str, now: UnixMs) -> bool {
        take(&self.codes, code, now)
    }

    /// A new session; the value goes into the cookie.
    pub fn open(&self, now: UnixMs) -> String {
        put(&self.sessions, now, SESSION_MS)
    }

    /// Whether there is such a session.
    pub fn is_open(&self, value: &str, now: UnixMs) -> bool {
        let held = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        held.iter().any(|session| session.is(value) && session.until > now)
    }

    /// Ends a session.
    pub fn close(&self, value: &str, now: UnixMs) {
        take(&self.sessions, value, now);
    }
}

fn put(all: &Mutex<Vec<Held>>, now: UnixMs, lasts_ms: i64) -> String {
    let value = random_hex::<32>();
    let mut all = all.lock().unwrap_or_else(PoisonError::into_inner);
    all.retain(|held| held.until > now);
    if all.len() >= MOST {
        all.remove(0);
    }
    all.push(Held { value: value.clone(), until: now.plus_ms(lasts_ms) });
    value
}

fn take(all: &Mutex<Vec<Held>>, value: &str, now: UnixMs) -> bool {
    let mut all = all.lock().unwrap_or_else(PoisonError::into_inner);
    let at = all.iter().position(|held| held.is(value));
    at.map(|at| all.remove(at)).is_some_and(|held| held.until > now)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_works_once_and_for_a_minute() {
        let sessions = Sessions::default();
        let now = UnixMs(1_000_000);
        let code = sessions.code(now);
        assert!(!sessions.redeem("", now) && !sessions.redeem(&code[..63], now));
        assert!(sessions.redeem(&code, now.plus_ms(CODE_MS - 1)));
        assert!(!sessions.redeem(&code, now), "it is used up");
        let late = sessions.code(now);
        assert!(!sessions.redeem(&late, now.plus_ms(CODE_MS)), "too late");
    }

    #[test]
    fn a_session_lasts_until_it_is_closed_or_old() {
        let sessions = Sessions::default();
        let now = UnixMs(1_000_000);
        let (one, two) = (sessions.open(now), sessions.open(now));
        assert!(sessions.is_open(&one, now) && !sessions.is_open("x", now));
        sessions.close(&one, now);
        assert!(!sessions.is_open(&one, now) && sessions.is_open(&two, now));
        assert!(!sessions.is_open(&two, now.plus_ms(SESSION_MS)));
        assert!(!sessions.redeem(&two, now), "a session is no code");
    }
}
