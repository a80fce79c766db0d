//! Reads a body: bounded in bytes, in time and in the memory of all bodies together. One piece is not copied.

use std::fmt::Display;
use std::time::Instant;

use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use hyper::body::Incoming as Frames;
use tokio::time::timeout_at;

use crate::delivery::ReasonCode;
use crate::receive::budget::Share;
use crate::receive::deliver::Refusal;
use crate::receive::framing::Framing;
use crate::receive::head::malformed;
use crate::receive::limits::{BODY_KEPT, Limits};

const MIB: u64 = 1024 * 1024;

/// What there is to know before the first byte.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// How the end is found.
    pub framing: Framing,
    /// More bytes than this are refused.
    pub most: usize,
    /// When the request began.
    pub started: Instant,
    /// The listener's bounds.
    pub limits: Limits,
}

/// A body, or how far it came and why it is refused.
#[derive(Debug)]
pub struct Read {
    /// All of it, or the first part.
    pub bytes: Bytes,
    /// Why it is refused, if it is.
    pub refusal: Option<Refusal>,
}

/// Reads `frames` to their end. The memory is counted in `share`.
pub async fn read(frames: Frames, plan: Plan, share: &mut Share) -> Read {
    let mut so_far = SoFar::default();
    let refusal = so_far.fill(frames, plan, share).await.err();
    let bytes = so_far.into_bytes();
    match refusal {
        None => Read { bytes, refusal: None },
        Some(_) => Read { bytes: bytes.slice(..bytes.len().min(BODY_KEPT)), refusal },
    }
}

/// Reads the first 64 KiB of a body that is refused anyway.
pub async fn read_for_the_record(frames: Frames, plan: Plan, share: &mut Share) -> Bytes {
    read(frames, Plan { most: BODY_KEPT, ..plan }, share).await.bytes
}

#[derive(Default)]
struct SoFar {
    /// The first piece, which is often the whole body.
    first: Bytes,
    /// Everything, once there is a second piece.
    all: BytesMut,
}

impl SoFar {
    fn len(&self) -> usize {
        if self.all.is_empty() { self.first.len() } else { self.all.len() }
    }

    fn push(&mut self, piece: Bytes, expected: usize) {
        if self.first.is_empty() {
            self.first = piece;
            return;
        }
        if self.all.is_empty() {
            self.all.reserve(expected.max(self.first.len() + piece.len()));
            self.all.extend_from_slice(&self.first);
        }
        self.all.extend_from_slice(&piece);
    }

    fn into_bytes(self) -> Bytes {
        if self.all.is_empty() { self.first } else { self.all.freeze() }
    }

    async fn fill(&mut self, mut frames: Frames, plan: Plan, share: &mut Share) -> Result<(), Refusal> {
        let expected = if let Framing::Length(length) = plan.framing { length as usize } else { 0 };
        loop {
            let frame = match timeout_at(self.due(&plan), frames.frame()).await {
                Err(_) => return Err(self.slow(&plan)),
                Ok(None) => return Ok(()),
                Ok(Some(Err(error))) => return Err(self.broken(&error)),
                Ok(Some(Ok(frame))) => frame,
            };
            // Trailers are no part of a body, and no scheme signs them.
            let Ok(piece) = frame.into_data() else { continue };
            if !share.grow(piece.len()) {
                return Err(crowded());
            }
            self.push(piece, expected.min(plan.most));
            if self.len() > plan.most {
                return Err(too_large(plan.most));
            }
        }
    }

    /// Until when the next piece has to be there: the pause and the whole time, whichever ends first.
    fn due(&self, plan: &Plan) -> tokio::time::Instant {
        let size_bonus = std::time::Duration::from_secs(self.len() as u64 / MIB);
        let whole = plan.started + plan.limits.body_total + size_bonus;
        (Instant::now() + plan.limits.body_idle).min(whole).into()
    }

    fn slow(&self, plan: &Plan) -> Refusal {
        let waited = plan.started.elapsed().as_secs_f32();
        let words = match plan.framing {
            Framing::Length(of) => format!("{} of {of} bytes of the body came in {waited:.1} s", self.len()),
            Framing::Chunked => format!("{} bytes of the body came in {waited:.1} s, and no end", self.len()),
        };
        Refusal::new(408, ReasonCode::BodyTooSlow, words)
    }

    fn broken(&self, error: &impl Display) -> Refusal {
        malformed(format!("the body broke off after {} bytes: {error}", self.len()))
    }
}

/// The body is larger than the limit: 413.
pub fn too_large(most: usize) -> Refusal {
    Refusal::new(413, ReasonCode::BodyTooLarge, format!("the body is larger than the limit of {most} bytes"))
}

/// No memory for it now: 503.
fn crowded() -> Refusal {
    let words = "too many large bodies at once: there was no memory left for this one";
    Refusal::new(503, ReasonCode::Overloaded, words)
}
