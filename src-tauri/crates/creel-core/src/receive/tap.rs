//! The wrapper around a socket that sees every head before hyper does.
//!
//! It reads into hyper's own buffer and lets through what passes; a head that is not whole yet is held back. So hyper
//! gets whole, judged heads only, and for each of them one [`Head`] lies in [`Heads`], in the same order. A refused head
//! never reaches hyper: in its place goes [`STAND_IN`], the smallest valid request, so that a refusal takes the same
//! way as every other request (recorded, answered, closed) and there is one delivery path, not two. After it nothing
//! more is read as HTTP.
//!
//! Because hyper never sees half a head, its own header timeout would never fire: the waits are kept here.

use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Instant;

use bytes::{Buf, BytesMut};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::receive::framing::Framing;
use crate::receive::head::Head;
use crate::receive::limits::{BODY_MOST, LINGER, Limits};
use crate::receive::look::{Look, look};
use crate::receive::patience::Patience;
use crate::receive::places::Place;

/// What hyper gets in place of a refused head.
const STAND_IN: &[u8] = b"GET / HTTP/1.1\r\nhost: -\r\n\r\n";

/// Heads that hyper has been given and the service has not taken yet: one, or two when a sender pipelines.
#[derive(Clone, Debug, Default)]
pub struct Heads(Arc<Mutex<VecDeque<Head>>>);

impl Heads {
    /// The head of the request that hyper hands over now.
    pub fn take(&self) -> Option<Head> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).pop_front()
    }

    fn put(&self, head: Head) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push_back(head);
    }
}

/// Where the stream stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// A head comes next, or the rest of one.
    Waiting,
    /// So many bytes of the message are still to go through; then a head comes next.
    Passing(u64),
    /// The last message of this connection goes through; no head comes after it.
    Last,
    /// So many bytes of the stand-in are still to go through; then nothing.
    Refused(usize),
}

/// A socket whose heads are read along. Give it to hyper; take the heads from [`HeadTap::heads`].
#[derive(Debug)]
pub struct HeadTap<S> {
    inner: S,
    limits: Limits,
    place: Arc<Place>,
    heads: Heads,
    stage: Stage,
    /// Read and not let through yet: the beginning of a head, or what came behind the end of a message.
    held: BytesMut,
    /// How much of `held` was looked at without finding the head's end.
    seen: usize,
    /// When the head that is awaited began; `None`: nothing of it is there.
    began: Option<Instant>,
    /// When the last byte went either way.
    moved: Instant,
    /// No head has come yet.
    fresh: bool,
    /// Something was answered.
    answered: bool,
    waits: Patience,
    writes: Patience,
    /// Until when what still comes after the last answer is dropped, and how many bytes were.
    lingers: Option<Instant>,
    dropped: usize,
}

impl<S> HeadTap<S> {
    /// A tap on a new connection.
    pub fn new(inner: S, limits: Limits, place: Arc<Place>) -> Self {
        Self {
            inner,
            limits,
            place,
            heads: Heads::default(),
            stage: Stage::Waiting,
            held: BytesMut::new(),
            seen: 0,
            began: None,
            moved: Instant::now(),
            fresh: true,
            answered: false,
            waits: Patience::default(),
            writes: Patience::default(),
            lingers: None,
            dropped: 0,
        }
    }

    /// The heads that went through.
    pub fn heads(&self) -> Heads {
        self.heads.clone()
    }

    /// Looks for a head in `held`, or in what has just been read into `buf` behind `before`.
    fn look(&mut self, buf: &mut ReadBuf<'_>, before: usize) {
        let direct = self.held.is_empty();
        if !direct {
            self.hold_from(buf, before);
        }
        let bytes = if direct { &buf.filled()[before..] } else { &self.held[..] };
        let started = *self.began.get_or_insert_with(Instant::now);
        match look(bytes, self.seen, started) {
            Look::More(seen) => {
                self.seen = seen;
                if direct {
                    self.hold_from(buf, before);
                }
            }
            Look::Whole(length, head) => self.found(length, head, buf, before),
        }
    }

    fn found(&mut self, length: usize, head: Head, buf: &mut ReadBuf<'_>, before: usize) {
        self.stage = match (&head.refusal, head.framing) {
            (Some(_), _) => Stage::Refused(STAND_IN.len()),
            (None, Framing::Chunked) => Stage::Last,
            (None, Framing::Length(body)) => Stage::Passing(body.saturating_add(length as u64)),
        };
        if head.refusal.is_some() {
            buf.set_filled(before);
            self.held.clear();
        }
        (self.seen, self.began, self.fresh) = (0, None, false);
        self.place.works();
        self.heads.put(head);
        self.pass(buf, before);
    }

    /// Takes what was read behind `before` back into `held`.
    fn hold_from(&mut self, buf: &mut ReadBuf<'_>, before: usize) {
        self.held.extend_from_slice(&buf.filled()[before..]);
        buf.set_filled(before);
    }

    /// Counts what lies in `buf` behind `before` as let through; what belongs to the next message is held back.
    fn pass(&mut self, buf: &mut ReadBuf<'_>, before: usize) {
        let Stage::Passing(left) = self.stage else { return };
        let came = buf.filled().len() - before;
        let through = usize::try_from(left).map_or(came, |left| left.min(came));
        if through < came {
            self.hold_from(buf, before + through);
        }
        self.stage = match left - through as u64 {
            0 => Stage::Waiting,
            left => Stage::Passing(left),
        };
    }

    /// Gives hyper what is held and may go through. `false`: nothing.
    fn release(&mut self, buf: &mut ReadBuf<'_>) -> bool {
        let before = buf.filled().len();
        match self.stage {
            Stage::Waiting => return false,
            Stage::Refused(left) => {
                let now = left.min(buf.remaining());
                let from = STAND_IN.len() - left;
                buf.put_slice(&STAND_IN[from..from + now]);
                self.stage = Stage::Refused(left - now);
                return true;
            }
            Stage::Passing(_) | Stage::Last => {}
        }
        let most = if let Stage::Passing(left) = self.stage { left } else { u64::MAX };
        let now = self.held.len().min(buf.remaining()).min(usize::try_from(most).unwrap_or(usize::MAX));
        buf.put_slice(&self.held[..now]);
        self.held.advance(now);
        self.pass(buf, before);
        now > 0
    }

    /// Until when the next head has to be there.
    fn head_due(&self) -> Instant {
        match self.began {
            Some(began) => began + self.limits.head_wait,
            None if self.fresh => self.moved + self.limits.head_wait,
            None => self.moved + self.limits.idle_wait,
        }
    }
}

impl<S: AsyncRead + Unpin> HeadTap<S> {
    /// Reads more while a head is awaited. Ready without new bytes: the end, or the wait is over.
    fn poll_head(&mut self, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        loop {
            let before = buf.filled().len();
            match Pin::new(&mut self.inner).poll_read(cx, buf) {
                Poll::Ready(Ok(())) if buf.filled().len() == before => return Poll::Ready(Ok(())),
                Poll::Ready(Ok(())) => {
                    self.moved = Instant::now();
                    self.look(buf, before);
                    if buf.filled().len() > before || self.release(buf) {
                        return Poll::Ready(Ok(()));
                    }
                }
                Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                Poll::Pending => {
                    self.place.waits();
                    let due = self.head_due();
                    return self.waits.poll_until(cx, due).map(Ok);
                }
            }
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for HeadTap<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let tap = &mut *self;
        if tap.stage == Stage::Waiting && !tap.held.is_empty() && tap.seen < tap.held.len() {
            let before = buf.filled().len();
            tap.look(buf, before);
        }
        if tap.release(buf) {
            return Poll::Ready(Ok(()));
        }
        match tap.stage {
            Stage::Waiting => tap.poll_head(cx, buf),
            Stage::Refused(_) => Poll::Ready(Ok(())),
            Stage::Passing(_) | Stage::Last => {
                let before = buf.filled().len();
                ready!(Pin::new(&mut tap.inner).poll_read(cx, buf))?;
                tap.moved = Instant::now();
                tap.pass(buf, before);
                Poll::Ready(Ok(()))
            }
        }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> HeadTap<S> {
    /// A write that found the socket full: the sender does not read, and has only so long.
    fn unread(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        let due = self.moved + self.limits.write_wait;
        self.writes.poll_until(cx, due).map(|()| Err(io::ErrorKind::TimedOut.into()))
    }

    fn wrote(&mut self, cx: &mut Context<'_>, wrote: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        if wrote.is_pending() {
            return self.unread(cx);
        }
        self.moved = Instant::now();
        self.answered = true;
        wrote
    }

    /// Whether the sender was answered and may still be writing what nobody reads.
    fn leaves_unread(&self) -> bool {
        self.answered && (self.stage != Stage::Waiting || !self.held.is_empty())
    }

    /// Reads and drops what still comes.
    fn poll_drop(&mut self, cx: &mut Context<'_>, until: Instant) -> Poll<io::Result<()>> {
        let mut bin = [0; 8 * 1024];
        loop {
            let mut buf = ReadBuf::new(&mut bin);
            match Pin::new(&mut self.inner).poll_read(cx, &mut buf) {
                Poll::Pending => return self.waits.poll_until(cx, until).map(Ok),
                Poll::Ready(Ok(())) if !buf.filled().is_empty() && self.dropped < BODY_MOST => {
                    self.dropped += buf.filled().len();
                }
                Poll::Ready(_) => return Poll::Ready(Ok(())),
            }
        }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for HeadTap<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let wrote = Pin::new(&mut self.inner).poll_write(cx, buf);
        self.wrote(cx, wrote)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let wrote = Pin::new(&mut self.inner).poll_write_vectored(cx, bufs);
        self.wrote(cx, wrote)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    /// Closes the writing side, then reads and drops what the sender is still writing, within [`LINGER`].
    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let tap = &mut *self;
        let until = match tap.lingers {
            Some(until) => until,
            None => {
                ready!(Pin::new(&mut tap.inner).poll_shutdown(cx))?;
                tap.place.waits();
                *tap.lingers.insert(Instant::now() + LINGER)
            }
        };
        if tap.leaves_unread() { tap.poll_drop(cx, until) } else { Poll::Ready(Ok(())) }
    }
}
