//! Who may: the bearer token, the same token as `X-API-Key`, or a browser session. Guessing is slowed down, and so is a
//! script that asks without a pause.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use http::header::{AUTHORIZATION, COOKIE};
use http::{HeaderMap, HeaderValue};

use crate::admit::RateLimit;
use crate::clock::{Clock, UnixMs};
use crate::control::session::{SESSION_MS, Sessions};
use crate::control::token::Token;
use crate::error::{ApiError, ErrorCode};
use crate::trigger::Rate;

/// Wrong tokens within [`WINDOW_MS`] before the answer is "too many".
const WRONG_MOST: usize = 10;
/// The time in which they are counted.
const WINDOW_MS: i64 = 60_000;

/// Requests with the token in a minute (`trust.md` §5.1), and as many at once: a script may be quick, not without end.
const PACE: Rate = Rate { per_minute: 600, burst: 600 };

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Caller {
    /// A program that shows the token.
    Token,
    /// A browser in which the user works. Nothing counts its requests: what the user types is previewed and searched as
    /// it is typed, no other page can send the cookie, and the listener's connections bound it.
    Session,
}

/// The lock of the control listener.
pub struct Access {
    token: Token,
    clock: Arc<dyn Clock>,
    sessions: Sessions,
    cookie: String,
    wrong: Mutex<Vec<UnixMs>>,
    pace: RateLimit,
}

impl fmt::Debug for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Access").field("cookie", &self.cookie).finish_non_exhaustive()
    }
}

impl Access {
    /// A lock for `token` on the listener at `port`. Browsers share cookies between the ports of one host, so the
    /// cookie's name carries the port: two Creels do not log each other out.
    pub fn new(token: Token, port: u16, clock: Arc<dyn Clock>) -> Self {
        let cookie = format!("creel_session_{port}");
        Self {
            token,
            clock,
            sessions: Sessions::default(),
            cookie,
            wrong: Mutex::default(),
            pace: RateLimit::new(PACE),
        }
    }

    /// Whether a request with these headers may, and as who.
    pub fn check(&self, headers: &HeaderMap) -> Result<Caller, ApiError> {
        if let Some(token) = presented(headers) {
            return self.check_token(token).map(|()| Caller::Token);
        }
        match self.session(headers) {
            Some(value) if self.sessions.is_open(value, self.clock.now()) => Ok(Caller::Session),
            _ => Err(unauthorized("no token and no session")),
        }
    }

    /// Counts a request of `caller`. Too many: how many whole seconds to wait.
    pub fn pace(&self, caller: Caller) -> Result<(), u32> {
        match caller {
            Caller::Token => self.pace.take(),
            Caller::Session => Ok(()),
        }
    }

    /// Whether `candidate` is the token. Wrong ones are counted.
    pub fn check_token(&self, candidate: &str) -> Result<(), ApiError> {
        if self.token.is(candidate) { Ok(()) } else { Err(self.count_wrong("the token is wrong")) }
    }

    /// A one-time code for a browser.
    pub fn code(&self) -> String {
        self.sessions.code(self.clock.now())
    }

    /// A cookie for a browser that shows a one-time code.
    pub fn open_with_code(&self, code: &str) -> Result<HeaderValue, ApiError> {
        if self.sessions.redeem(code, self.clock.now()) {
            return Ok(self.open());
        }
        Err(self.count_wrong("the code is unknown, used or older than a minute"))
    }

    /// A cookie for a browser that shows the token.
    pub fn open_with_token(&self, token: &str) -> Result<HeaderValue, ApiError> {
        self.check_token(token).map(|()| self.open())
    }

    /// Ends the session of these headers; gives the cookie that removes the cookie.
    pub fn close(&self, headers: &HeaderMap) -> HeaderValue {
        if let Some(value) = self.session(headers) {
            self.sessions.close(value, self.clock.now());
        }
        self.cookie("", 0)
    }

    fn open(&self) -> HeaderValue {
        let value = self.sessions.open(self.clock.now());
        self.cookie(&value, SESSION_MS / 1000)
    }

    fn cookie(&self, value: &str, seconds: i64) -> HeaderValue {
        let text = format!("{}={value}; Path=/; HttpOnly; SameSite=Strict; Max-Age={seconds}", self.cookie);
        HeaderValue::try_from(text).expect("hex and fixed words are a header value")
    }

    fn session<'a>(&self, headers: &'a HeaderMap) -> Option<&'a str> {
        let lines = headers.get_all(COOKIE).into_iter().filter_map(|line| line.to_str().ok());
        let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
        pairs.find(|(name, _)| *name == self.cookie).map(|(_, value)| value)
    }

    fn count_wrong(&self, words: &str) -> ApiError {
        let now = self.clock.now();
        let mut wrong = self.wrong.lock().unwrap_or_else(PoisonError::into_inner);
        wrong.retain(|at| at.plus_ms(WINDOW_MS) > now);
        if wrong.len() >= WRONG_MOST {
            return ApiError::new(ErrorCode::RateLimited, "too many wrong tokens in the last minute")
                .hint("wait a minute; the token is in the file that Creel names when it starts");
        }
        wrong.push(now);
        unauthorized(words)
    }
}

/// The token that a request shows, right or wrong.
fn presented(headers: &HeaderMap) -> Option<&str> {
    let bearer = headers.get(AUTHORIZATION).map(|value| value.to_str().unwrap_or_default());
    let bearer = bearer.map(|value| value.split_once(' ').filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")));
    match bearer {
        Some(shown) => Some(shown.map_or("", |(_, token)| token.trim())),
        None => headers.get("x-api-key").map(|value| value.to_str().unwrap_or_default()),
    }
}

fn unauthorized(words: &str) -> ApiError {
    ApiError::new(ErrorCode::Unauthorized, words)
        .hint("send Authorization: Bearer with the token from the token file, or run creel open for a browser")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::clock::ManualClock;

    fn with(name: &'static str, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(http::HeaderName::from_static(name), HeaderValue::from_str(value).unwrap())])
    }

    fn access() -> (Access, Token, Arc<ManualClock>) {
        let (token, clock) = (Token::random(), Arc::new(ManualClock::at(UnixMs(0))));
        (Access::new(token.clone(), 4420, clock.clone()), token, clock)
    }

    #[test]
    fn the_token_opens_as_bearer_and_as_api_key_and_nothing_else_does() {
        let (access, token, _) = access();
        let token = token.expose();
        assert!(access.check(&with("authorization", &format!("Bearer {token}"))).is_ok());
        assert!(access.check(&with("authorization", &format!("bearer {token}"))).is_ok());
        assert!(access.check(&with("x-api-key", token)).is_ok());
        for (name, value) in [
            ("authorization", format!("Basic {token}")),
            ("authorization", token.to_owned()),
            ("authorization", "Bearer ".to_owned()),
            ("x-api-key", token[..63].to_owned()),
            ("cookie", format!("creel_session_4420={token}")),
            ("x-token", token.to_owned()),
        ] {
            assert_eq!(access.check(&with(name, &value)).unwrap_err().code, ErrorCode::Unauthorized, "{name}: {value}");
        }
    }

    #[test]
    fn after_ten_wrong_tokens_guessing_waits_and_the_right_one_still_opens() {
        let (access, token, clock) = access();
        for n in 0..10 {
            assert_eq!(access.check_token("guess").unwrap_err().code, ErrorCode::Unauthorized, "guess {n}");
        }
        assert_eq!(access.check_token("guess").unwrap_err().code, ErrorCode::RateLimited);
        assert_eq!(access.open_with_code("guess").unwrap_err().code, ErrorCode::RateLimited);
        assert!(access.check_token(token.expose()).is_ok());
        clock.shift_ms(60_001);
        assert_eq!(access.check_token("guess").unwrap_err().code, ErrorCode::Unauthorized);
    }

    #[test]
    fn the_tokens_six_hundred_first_request_in_a_minute_waits_and_a_session_never_does() {
        let (access, _, _) = access();
        assert!((0..600).all(|_| access.pace(Caller::Token).is_ok()));
        // A slow machine frees a request or two meanwhile: ten come free a second.
        let refused = (0..600).find_map(|_| access.pace(Caller::Token).err());
        assert_eq!(refused, Some(1));
        assert!((0..5_000).all(|_| access.pace(Caller::Session).is_ok()));
    }

    #[test]
    fn a_code_becomes_a_cookie_that_opens_until_it_is_closed() {
        let (access, _, _) = access();
        let cookie = access.open_with_code(&access.code()).unwrap();
        let cookie = cookie.to_str().unwrap();
        assert!(cookie.contains("; HttpOnly; SameSite=Strict; "), "{cookie}");
        let pair = cookie.split(';').next().unwrap();
        let headers = with("cookie", &format!("other=1; {pair}"));
        assert_eq!(access.check(&headers).unwrap(), Caller::Session);
        access.close(&headers);
        assert!(access.check(&headers).is_err());
    }
}
