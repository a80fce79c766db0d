//! A request's head as it was sent.

use std::time::Instant;

use crate::delivery::ReasonCode;
use crate::receive::Headers;
use crate::receive::deliver::Refusal;
use crate::receive::framing::Framing;

/// A head, with what follows it.
#[derive(Debug)]
pub struct Head {
    /// When its first byte was there.
    pub started: Instant,
    /// As sent.
    pub method: String,
    /// As sent, not decoded.
    pub target: String,
    /// The lines as sent.
    pub headers: Headers,
    /// How the body's end is found.
    pub framing: Framing,
    /// Why it is refused, if it is. The rest is then as far as it was readable.
    pub refusal: Option<Refusal>,
}

/// Malformed HTTP: 400.
pub fn malformed(words: impl Into<String>) -> Refusal {
    Refusal::new(400, ReasonCode::MalformedHttp, words)
}
