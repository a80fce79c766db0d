//! What holds for every request, tried on many made by chance.

use std::pin::Pin;
use std::task::{Context, Poll};

use proptest::prelude::*;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, ReadBuf};

use super::recorder::{Running, status};
use crate::receive::Limits;
use crate::receive::places::Places;
use crate::receive::tap::HeadTap;

/// A socket that gives its bytes in pieces of the given lengths, over and over.
struct Pieces {
    bytes: Vec<u8>,
    at: usize,
    lengths: Vec<usize>,
    turn: usize,
}

impl AsyncRead for Pieces {
    fn poll_read(mut self: Pin<&mut Self>, _: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<std::io::Result<()>> {
        let length = self.lengths[self.turn % self.lengths.len()];
        let end = (self.at + length.min(buf.remaining())).min(self.bytes.len());
        buf.put_slice(&self.bytes[self.at..end]);
        (self.at, self.turn) = (end, self.turn + 1);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Pieces {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, buf: &[u8]) -> Poll<std::io::Result<usize>> {
        Poll::Ready(Ok(buf.len()))
    }
    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Poll::Ready(Ok(()))
    }
    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

/// What comes through a tap, and the targets and header counts of the heads beside it.
async fn through(bytes: Vec<u8>, lengths: Vec<usize>) -> (Vec<u8>, Vec<(String, usize)>) {
    let seat = Places::new(1, 1).take(None).unwrap();
    let mut tap = HeadTap::new(Pieces { bytes, at: 0, lengths, turn: 0 }, Limits::RECEIVER, seat.place.clone());
    let heads = tap.heads();
    let mut out = Vec::new();
    tap.read_to_end(&mut out).await.unwrap();
    let all = std::iter::from_fn(|| heads.take()).map(|head| (head.target.clone(), head.headers.0.len()));
    (out, all.collect())
}

fn request(n: usize, headers: usize, body: usize) -> Vec<u8> {
    let lines: String = (0..headers).map(|h| format!("X-{h}: {h}\r\n")).collect();
    let head = format!("POST /{n} HTTP/1.1\r\nHost: a\r\n{lines}Content-Length: {body}\r\n\r\n");
    [head.as_bytes(), &b"GET / HTTP/1.1\r\n\r\n".repeat(body / 18 + 1)[..body]].concat()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn good_requests_come_through_unchanged_however_they_are_cut(
        requests in prop::collection::vec((0usize..60, 0usize..5000), 1..6),
        lengths in prop::collection::vec(1usize..3000, 1..8),
    ) {
        let all: Vec<Vec<u8>> = requests.iter().enumerate().map(|(n, (headers, body))| request(n, *headers, *body)).collect();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let (out, heads) = runtime.block_on(through(all.concat(), lengths));
        prop_assert_eq!(out, all.concat());
        let expected: Vec<_> = requests.iter().enumerate().map(|(n, (headers, _))| (format!("/{n}"), headers + 2)).collect();
        prop_assert_eq!(heads, expected);
    }
}

/// A small generator: the test shows the same mutations each time.
struct Chance(u64);

impl Chance {
    fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % most as u64).unwrap()
    }

    fn mutate(&mut self, bytes: &mut Vec<u8>) {
        let at = self.below(bytes.len());
        match self.below(3) {
            0 => bytes[at] = u8::try_from(self.below(256)).unwrap(),
            1 => drop(bytes.remove(at)),
            _ => bytes.insert(at, b"\r\n\0 :,;\xff0{"[self.below(10)]),
        }
    }
}

#[tokio::test]
async fn no_answer_is_given_that_is_not_recorded() {
    let door = Running::new().await;
    let good = b"POST /hooks/a HTTP/1.1\r\nHost: a\r\nX-A: 1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n"
        .to_vec();
    let plain = b"POST /hooks/a HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello".to_vec();
    let mut chance = Chance(0x9E37_79B9_7F4A_7C15);
    for round in 0..1500 {
        let mut bytes = if round % 2 == 0 { good.clone() } else { plain.clone() };
        (0..=chance.below(3)).for_each(|_| chance.mutate(&mut bytes));
        let before = door.delivered().len() + door.refused().len();
        let answer = door.send_all(&bytes).await;
        let recorded = door.delivered().len() + door.refused().len() - before;
        let shown = String::from_utf8_lossy(&bytes);
        assert!(status(&answer) < 500, "{shown:?} was answered {answer:?}");
        assert!(
            answer.matches("HTTP/1.1 ").count() <= recorded,
            "{shown:?} was answered {answer:?} and {recorded} recorded"
        );
    }
}
