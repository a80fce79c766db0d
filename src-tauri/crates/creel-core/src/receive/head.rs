//! A request's head as it was sent: judged on its raw bytes, before hyper sees them.
//!
//! hyper forgets the order and the case of header names and tolerates what two servers could read differently.
//! Rules: RFC 9112 §2.2, §3, §5, §6; where it says "may", this says no.

use std::time::Instant;

use bytes::Bytes;
use http::uri::PathAndQuery;

use crate::delivery::ReasonCode;
use crate::receive::deliver::Refusal;
use crate::receive::limits::{HEAD_BYTES, HEADER_LINES, METHOD_BYTES};
use crate::receive::{Headers, lenient};

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

/// How the end of a body is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framing {
    /// So many bytes; 0 also when neither header is there.
    Length(u64),
    /// Chunks. hyper reads them; the connection closes after the answer, so nobody has to find the next head.
    Chunked,
}

/// What a look at the bytes says.
#[derive(Debug)]
pub enum Look {
    /// The head is not whole yet; that many bytes have been looked at.
    More(usize),
    /// A head of so many bytes, empty lines before it included.
    Whole(usize, Head),
}

/// Looks at `bytes`, which begin where a head should. `seen` of them were looked at before without finding its end.
pub fn look(bytes: &[u8], seen: usize, started: Instant) -> Look {
    let lead = leading_lines(bytes);
    match find_end(bytes, lead, seen) {
        End::At(end) if end - lead <= HEAD_BYTES => Look::Whole(end, judge(&bytes[lead..end], started)),
        End::At(_) => refused(bytes, lead, started, too_long()),
        End::BareLineFeed => refused(bytes, lead, started, malformed("a line of the head ends with a bare line feed")),
        End::NotYet if bytes.len() - lead > HEAD_BYTES => refused(bytes, lead, started, too_long()),
        End::NotYet if bytes.get(lead).is_some_and(|b| !b.is_ascii_alphabetic() && *b != b'\r') => {
            refused(bytes, lead, started, malformed("it does not begin with a method"))
        }
        End::NotYet => Look::More(bytes.len()),
    }
}

/// Empty lines before a request are skipped (RFC 9112 §2.2).
fn leading_lines(bytes: &[u8]) -> usize {
    bytes.chunks_exact(2).take_while(|pair| *pair == b"\r\n").count() * 2
}

enum End {
    At(usize),
    BareLineFeed,
    NotYet,
}

fn find_end(bytes: &[u8], lead: usize, seen: usize) -> End {
    // Up to three bytes of the end mark may have been looked at already.
    let mut from = seen.saturating_sub(3).max(lead);
    while let Some(next) = bytes[from..].iter().position(|b| *b == b'\n') {
        let at = from + next;
        if at == lead || bytes[at - 1] != b'\r' {
            return End::BareLineFeed;
        }
        if at >= lead + 3 && bytes[at - 3..at] == *b"\r\n\r" {
            return End::At(at + 1);
        }
        from = at + 1;
    }
    End::NotYet
}

fn refused(bytes: &[u8], lead: usize, started: Instant, refusal: Refusal) -> Look {
    Look::Whole(bytes.len(), lenient::read(&bytes[lead..], started, refusal))
}

/// Reads a whole head and holds it to the rules.
fn judge(bytes: &[u8], started: Instant) -> Head {
    let whole = Bytes::copy_from_slice(bytes);
    let mut lines = [httparse::EMPTY_HEADER; HEADER_LINES];
    let mut request = httparse::Request::new(&mut lines);
    match request.parse(&whole) {
        Ok(httparse::Status::Complete(_)) => {}
        Ok(httparse::Status::Partial) => return lenient::read(bytes, started, malformed("the head ends early")),
        Err(error) => return lenient::read(bytes, started, lenient::explain(bytes, error)),
    }
    let (method, target) = (request.method.unwrap_or_default(), request.path.unwrap_or_default());
    let checked = check_line(method, target).and_then(|()| framing(request.headers, request.version));
    let lines = request.headers.iter().map(|h| (h.name.to_owned(), whole.slice_ref(h.value))).collect();
    Head {
        started,
        method: method.to_owned(),
        target: target.to_owned(),
        headers: Headers(lines),
        framing: *checked.as_ref().unwrap_or(&Framing::Length(0)),
        refusal: checked.err(),
    }
}

fn check_line(method: &str, target: &str) -> Result<(), Refusal> {
    let named = method.bytes().all(|b| b.is_ascii_uppercase() || b == b'-') && method.len() <= METHOD_BYTES;
    if !named || method == "CONNECT" {
        return Err(malformed(format!("the method {method:?} is not taken")));
    }
    if !target.starts_with('/') {
        return Err(malformed(format!("the target {target:?} does not begin with a slash")));
    }
    // hyper would answer such a target by itself, and nobody would see the request.
    if PathAndQuery::try_from(target).is_err() || target.contains('#') {
        return Err(malformed(format!("the target {target:?} holds a character that no address may hold")));
    }
    Ok(())
}

/// Which of the headers that decide about framing and routing are there, each at most once.
#[derive(Default)]
struct Deciding<'a> {
    host: Option<&'a [u8]>,
    length: Option<&'a [u8]>,
    coding: Option<&'a [u8]>,
    upgrade: Option<&'a [u8]>,
}

/// `version` is the minor one: `Some(0)` for HTTP/1.0.
fn framing(lines: &[httparse::Header<'_>], version: Option<u8>) -> Result<Framing, Refusal> {
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

/// Malformed HTTP: 400.
pub fn malformed(words: impl Into<String>) -> Refusal {
    Refusal::new(400, ReasonCode::MalformedHttp, words)
}

fn too_long() -> Refusal {
    malformed(format!("the head is longer than {HEAD_BYTES} bytes"))
}
