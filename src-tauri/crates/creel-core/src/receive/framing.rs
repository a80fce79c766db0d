//! How the end of a body is found, from the headers that two servers could read differently.
//!
//! Rules: RFC 9112 §6; where it says "may", this says no.

use crate::delivery::ReasonCode;
use crate::receive::deliver::Refusal;
use crate::receive::head::malformed;

/// How the end of a body is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framing {
    /// So many bytes; 0 also when neither header is there.
    Length(u64),
    /// Chunks. hyper reads them; the connection closes after the answer, so nobody has to find the next head.
    Chunked,
}

/// Which of the headers that decide about framing and routing are there, each at most once.
#[derive(Default)]
struct Deciding<'a> {
    host: Option<&'a [u8]>,
    length: Option<&'a [u8]>,
    coding: Option<&'a [u8]>,
    upgrade: Option<&'a [u8]>,
}

/// What the lines say of the body. `version` is the minor one: `Some(0)` for HTTP/1.0.
pub fn framing(lines: &[httparse::Header<'_>], version: Option<u8>) -> Result<Framing, Refusal> {
    let mut found = Deciding::default();
    for line in lines {
        let place = match line.name.len() {
            4 if line.name.eq_ignore_ascii_case("host") => &mut found.host,
            14 if line.name.eq_ignore_ascii_case("content-length") => &mut found.length,
            17 if line.name.eq_ignore_ascii_case("transfer-encoding") => &mut found.coding,
            7 if line.name.eq_ignore_ascii_case("upgrade") => &mut found.upgrade,
            _ => continue,
        };
        if place.replace(line.value).is_some() {
            let words = format!("the header {} is there more than once", line.name);
            return Err(Refusal::new(400, ReasonCode::RepeatedHeader, words));
        }
    }
    if version == Some(0) && found.coding.is_some() {
        return Err(malformed("HTTP/1.0 has no Transfer-Encoding"));
    }
    found.decide()
}

impl Deciding<'_> {
    fn decide(&self) -> Result<Framing, Refusal> {
        match self.host {
            None => return Err(malformed("the header Host is missing")),
            Some(b"") => return Err(malformed("the header Host is empty")),
            Some(_) => {}
        }
        // RFC 9110 §7.8 lets a server overlook an upgrade. `h2c` is what Java's own client offers on every plain
        // request; it goes on in HTTP/1.1. Anything else (a WebSocket) expects another protocol, which nobody speaks here.
        if self.upgrade.is_some_and(|to| !to.eq_ignore_ascii_case(b"h2c")) {
            return Err(malformed("the header Upgrade asks for another protocol"));
        }
        match (self.length, self.coding) {
            (Some(_), Some(_)) => Err(malformed("both Content-Length and Transfer-Encoding are there")),
            (Some(length), None) => length_of(length),
            (None, Some(coding)) if coding.eq_ignore_ascii_case(b"chunked") => Ok(Framing::Chunked),
            (None, Some(coding)) => {
                Err(malformed(format!("the Transfer-Encoding {:?} is not chunked", String::from_utf8_lossy(coding))))
            }
            (None, None) => Ok(Framing::Length(0)),
        }
    }
}

/// Far above every body; hyper keeps the last values of the type for itself and would answer by itself.
const LENGTH_MOST: u64 = 1 << 62;

/// Digits and nothing else: no sign, no list, no overflow.
fn length_of(value: &[u8]) -> Result<Framing, Refusal> {
    let text = std::str::from_utf8(value).unwrap_or_default();
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let length = text.parse().ok().filter(|length| digits && *length <= LENGTH_MOST);
    let words = || malformed(format!("the Content-Length {:?} is no length", String::from_utf8_lossy(value)));
    length.map(Framing::Length).ok_or_else(words)
}
