//! What the other side answers, read within bounds.

use std::io;

use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncReadExt};

use crate::api::deliveries::Answer;
use crate::headers::text;

/// The longest head of an answer. Servers stay under 8 KiB.
const HEAD_MOST: usize = 64 * 1024;
/// The most header lines.
const LINES_MOST: usize = 128;
/// How much of a body is read (`trust.md` 5.1, outgoing); the rest stays where it is.
const BODY_MOST: usize = 1024 * 1024;
/// How much of it is shown.
const BODY_SHOWN: usize = 64 * 1024;
/// The longest line with a chunk's size: the size and whatever a server adds to it.
const SIZE_LINE_MOST: u64 = 4 * 1024;
/// Interim answers that are passed over: `100 Continue`, `103 Early Hints`.
const INTERIM_MOST: usize = 8;

/// Reads the final answer to a request of `method`.
pub(super) async fn read<R: AsyncBufRead + Unpin>(reader: &mut R, method: &str) -> Result<Answer, String> {
    for _ in 0..INTERIM_MOST {
        let head = head(reader).await?;
        let mut lines = [httparse::EMPTY_HEADER; LINES_MOST];
        let mut parsed = httparse::Response::new(&mut lines);
        parsed.parse(&head).map_err(|error| format!("the answer is not HTTP: {error}"))?;
        let status = parsed.code.unwrap_or_default();
        if (100..200).contains(&status) && status != 101 {
            continue;
        }
        let headers = parsed.headers.iter().map(|line| (line.name.to_owned(), text(line.value))).collect();
        let framing = framing(method, status, parsed.headers);
        let body = body(reader, framing).await.map_err(|error| format!("the answer broke off: {error}"))?;
        let body = text(&body[..body.len().min(BODY_SHOWN)]);
        return Ok(Answer { status, headers, body });
    }
    Err(format!("more than {INTERIM_MOST} interim answers"))
}

async fn head<R: AsyncBufRead + Unpin>(reader: &mut R) -> Result<Vec<u8>, String> {
    let mut head = Vec::new();
    loop {
        let room = (HEAD_MOST - head.len()) as u64;
        let before = head.len();
        let count = reader.take(room).read_until(b'\n', &mut head).await;
        match count.map_err(|error| format!("no answer: {error}"))? {
            0 if head.len() == HEAD_MOST => return Err(format!("the answer's head is longer than {HEAD_MOST} bytes")),
            0 if head.is_empty() => return Err("the connection was closed without an answer".to_owned()),
            0 => return Err("the connection was closed in the middle of the answer's head".to_owned()),
            _ if before > 0 && matches!(&head[before..], b"\r\n" | b"\n") => return Ok(head),
            _ => {}
        }
    }
}

/// How the end of a body is found.
enum Framing {
    Nothing,
    Length(u64),
    Chunked,
    UntilClosed,
}

/// RFC 9112 §6.3.
fn framing(method: &str, status: u16, lines: &[httparse::Header<'_>]) -> Framing {
    let value = |name: &str| {
        let found = lines.iter().find(|line| line.name.eq_ignore_ascii_case(name));
        found.and_then(|line| std::str::from_utf8(line.value).ok()).map(str::trim)
    };
    if method == "HEAD" || matches!(status, 101 | 204 | 304) {
        return Framing::Nothing;
    }
    match (value("transfer-encoding"), value("content-length").and_then(|length| length.parse().ok())) {
        (Some(coding), _) if coding.to_ascii_lowercase().ends_with("chunked") => Framing::Chunked,
        (None, Some(length)) => Framing::Length(length),
        (Some(_), _) | (None, None) => Framing::UntilClosed,
    }
}

async fn body<R: AsyncBufRead + Unpin>(reader: &mut R, framing: Framing) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    match framing {
        Framing::Nothing => {}
        Framing::UntilClosed => {
            reader.take(BODY_MOST as u64).read_to_end(&mut body).await?;
        }
        Framing::Length(length) => exactly(reader, length, &mut body).await?,
        Framing::Chunked => chunks(reader, &mut body).await?,
    }
    Ok(body)
}

/// Reads `length` bytes, or as many as there is room for.
async fn exactly<R: AsyncBufRead + Unpin>(reader: &mut R, length: u64, body: &mut Vec<u8>) -> io::Result<()> {
    let wanted = length.min((BODY_MOST - body.len()) as u64);
    let read = reader.take(wanted).read_to_end(body).await?;
    if (read as u64) < wanted { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(()) }
}

async fn chunks<R: AsyncBufRead + Unpin>(reader: &mut R, body: &mut Vec<u8>) -> io::Result<()> {
    while body.len() < BODY_MOST {
        let size = size(&line(reader).await?)?;
        if size == 0 {
            return Ok(());
        }
        exactly(reader, size, body).await?;
        if body.len() < BODY_MOST && !line(reader).await?.trim_ascii().is_empty() {
            return Err(malformed("a chunk is longer than it says"));
        }
    }
    Ok(())
}

async fn line<R: AsyncBufRead + Unpin>(reader: &mut R) -> io::Result<Vec<u8>> {
    let mut line = Vec::new();
    reader.take(SIZE_LINE_MOST).read_until(b'\n', &mut line).await?;
    if line.ends_with(b"\n") { Ok(line) } else { Err(malformed("a chunk's size does not end")) }
}

fn size(line: &[u8]) -> io::Result<u64> {
    let digits = line.split(|b| *b == b';').next().unwrap_or_default().trim_ascii();
    let digits = std::str::from_utf8(digits).unwrap_or_default();
    u64::from_str_radix(digits, 16).map_err(|_| malformed("a chunk has no size"))
}

fn malformed(words: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, words)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    async fn answer(bytes: &[u8]) -> Result<Answer, String> {
        read(&mut &bytes[..], "POST").await
    }

    #[tokio::test]
    async fn every_way_to_end_a_body_is_read() {
        for (bytes, expected) in [
            ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi, and more", "hi"),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nh\r\n1;x=y\r\ni\r\n0\r\n\r\n", "hi"),
            ("HTTP/1.0 200 OK\r\n\r\nhi", "hi"),
            ("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\nContent-Length: 2\n\nhi", "hi"),
            ("HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\nhi", ""),
        ] {
            assert_eq!(answer(bytes.as_bytes()).await.map(|answer| answer.body).as_deref(), Ok(expected), "{bytes}");
        }
    }

    #[tokio::test]
    async fn what_is_no_answer_is_an_error_and_what_has_no_end_is_cut() {
        for (bytes, expected) in [
            ("", "without an answer"),
            ("HTTP/1.1 200 OK\r\nContent-", "in the middle"),
            ("SSH-2.0-OpenSSH_9.2\r\n\r\n", "not HTTP"),
            ("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhi", "broke off"),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "no size"),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhiho\r\n", "longer than it says"),
        ] {
            assert!(answer(bytes.as_bytes()).await.unwrap_err().contains(expected), "{bytes}");
        }
        let endless = [b"HTTP/1.1 200 OK\r\nX: ".as_slice(), &b"x".repeat(10 * HEAD_MOST)].concat();
        assert!(answer(&endless).await.unwrap_err().contains("longer than"), "an endless head");
        let interim = b"HTTP/1.1 100 Continue\r\n\r\n".repeat(100);
        assert!(answer(&interim).await.unwrap_err().contains("interim"));
        let huge = [b"HTTP/1.1 200 OK\r\n\r\n".as_slice(), &b"x".repeat(3 * BODY_MOST)].concat();
        let mut left = &huge[..];
        assert_eq!(read(&mut left, "POST").await.unwrap().body.len(), BODY_SHOWN);
        assert!(left.len() > BODY_MOST, "no more than the bound is read");
    }
}
