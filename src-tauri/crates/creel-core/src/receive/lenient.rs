//! A refused head, read as far as it goes: it is recorded, so that its receiver can see what the sender did wrong.

use std::time::Instant;

use bytes::Bytes;

use crate::receive::Headers;
use crate::receive::deliver::Refusal;
use crate::receive::framing::Framing;
use crate::receive::head::{Head, malformed};
use crate::receive::limits::{HEAD_BYTES, HEADER_LINES, METHOD_BYTES};

/// Splits `bytes` into words and lines without judging them.
pub fn read(bytes: &[u8], started: Instant, refusal: Refusal) -> Head {
    let whole = Bytes::copy_from_slice(&bytes[..bytes.len().min(HEAD_BYTES)]);
    let mut lines = whole.split(|b| *b == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    let mut words = lines.next().unwrap_or_default().split(|b| *b == b' ');
    let method = words.next().filter(|word| word.len() <= METHOD_BYTES).unwrap_or_default();
    let target = words.next().unwrap_or_default();
    let headers = lines.take_while(|line| !line.is_empty()).take(HEADER_LINES).map(|line| split(&whole, line));
    Head {
        started,
        method: String::from_utf8_lossy(method).into_owned(),
        target: String::from_utf8_lossy(target).into_owned(),
        headers: Headers(headers.collect()),
        framing: Framing::Length(0),
        refusal: Some(refusal),
    }
}

fn split(whole: &Bytes, line: &[u8]) -> (String, Bytes) {
    let colon = line.iter().position(|b| *b == b':');
    let (name, value) = colon.map_or((line, &line[line.len()..]), |at| (&line[..at], &line[at + 1..]));
    (String::from_utf8_lossy(name).into_owned(), whole.slice_ref(value.trim_ascii()))
}

/// Says in words what the parser did not take.
pub fn explain(bytes: &[u8], error: httparse::Error) -> Refusal {
    if bytes.starts_with(b"PRI * HTTP/2") {
        return malformed("it speaks HTTP/2, and only HTTP/1.1 is spoken here");
    }
    match error {
        httparse::Error::TooManyHeaders => malformed(format!("it has more than {HEADER_LINES} header lines")),
        httparse::Error::HeaderName => malformed(explain_name(bytes)),
        httparse::Error::HeaderValue => malformed("a header's value holds a control character"),
        httparse::Error::Version => malformed("the version is not HTTP/1.1 or HTTP/1.0"),
        httparse::Error::NewLine => malformed("a line of the head does not end with CR LF"),
        httparse::Error::Token | httparse::Error::Status => malformed("the request line is not METHOD TARGET VERSION"),
    }
}

fn explain_name(bytes: &[u8]) -> &'static str {
    let mut lines = bytes.split(|b| *b == b'\n').skip(1);
    let blank = |b: &u8| *b == b' ' || *b == b'\t';
    if lines.clone().any(|line| line.first().is_some_and(blank)) {
        return "a header is folded over two lines";
    }
    let before_colon = |line: &[u8]| line.iter().position(|b| *b == b':').and_then(|at| line[..at].last().copied());
    if lines.any(|line| before_colon(line).is_some_and(|b| blank(&b))) {
        return "there is a space before the colon of a header";
    }
    "a header's name holds a character that no name may hold"
}
