//! Finds a head in what came so far and judges it on its raw bytes, before hyper sees them.
//!
//! hyper forgets the order and the case of header names and tolerates what two servers could read differently.
//! Rules: RFC 9112 §2.2, §3, §5; where it says "may", this says no.

use std::time::Instant;

use bytes::Bytes;
use http::uri::PathAndQuery;

use crate::receive::deliver::Refusal;
use crate::receive::framing::{Framing, framing};
use crate::receive::head::{Head, malformed};
use crate::receive::limits::{HEAD_BYTES, HEADER_LINES, METHOD_BYTES};
use crate::receive::{Headers, lenient};

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

fn too_long() -> Refusal {
    malformed(format!("the head is longer than {HEAD_BYTES} bytes"))
}
