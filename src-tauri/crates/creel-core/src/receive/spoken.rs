//! The body of an answer: at once, or drop by drop for a sender whose patience is tried.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use tokio::time::{Sleep, sleep};

/// A body of known length.
#[derive(Debug)]
pub struct Spoken {
    rest: Bytes,
    /// How long between two bytes, and until the next one; `None`: all at once.
    pause: Option<(Duration, Pin<Box<Sleep>>)>,
}

impl Spoken {
    /// All at once.
    pub fn whole(body: Bytes) -> Self {
        Self { rest: body, pause: None }
    }

    /// One byte at a time, so far apart.
    pub fn slow(body: Bytes, every: Duration) -> Self {
        Self { rest: body, pause: Some((every, Box::pin(sleep(every)))) }
    }
}

impl Body for Spoken {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let this = &mut *self;
        if this.rest.is_empty() {
            return Poll::Ready(None);
        }
        let piece = match &mut this.pause {
            None => std::mem::take(&mut this.rest),
            Some((every, pause)) => {
                ready!(pause.as_mut().poll(cx));
                *pause = Box::pin(sleep(*every));
                this.rest.split_to(1)
            }
        };
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.rest.len() as u64)
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt;

    use super::*;

    #[tokio::test]
    async fn a_slow_body_comes_byte_by_byte_and_its_length_is_announced() {
        let mut slow = Spoken::slow(Bytes::from_static(b"abc"), Duration::from_millis(1));
        assert_eq!(slow.size_hint().exact(), Some(3));
        let mut pieces = Vec::new();
        while let Some(Ok(frame)) = slow.frame().await {
            pieces.extend(frame.into_data().ok());
        }
        assert_eq!(pieces, ["a", "b", "c"]);
    }
}
