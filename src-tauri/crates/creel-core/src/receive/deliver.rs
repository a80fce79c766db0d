//! The seam between the door and the pipeline: what the door hands on, and what it gets back.

use std::borrow::Cow;
use std::future::Future;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use crate::delivery::ReasonCode;
use crate::receive::Incoming;
use crate::trigger::Contract;

/// Which endpoint a request is for. Matched on the path's bytes as sent: nothing is decoded, no dot or double slash resolved.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Endpoint {
    /// A contract's delivery route.
    At {
        /// Whose route it is.
        contract: Contract,
        /// What stands behind the route's prefix, in the contract's own grammar (`routes.rs`); empty where the route has
        /// no variable part. Whether anyone listens there is not known yet.
        name: String,
    },
    /// Any other path.
    Unmatched,
}

impl Endpoint {
    /// The contract whose route it is.
    pub fn contract(&self) -> Option<Contract> {
        match self {
            Self::At { contract, .. } => Some(*contract),
            Self::Unmatched => None,
        }
    }
}

/// Why the door itself refuses a request. It is recorded all the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The status to answer.
    pub status: u16,
    /// Why, in code.
    pub reason: ReasonCode,
    /// Why, in one sentence with the values. For the record, not for the sender.
    pub words: String,
}

impl Refusal {
    /// A refusal with `status` because of `reason`.
    pub fn new(status: u16, reason: ReasonCode, words: impl Into<String>) -> Self {
        Self { status, reason, words: words.into() }
    }
}

/// What the sender is answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answered {
    /// 200 to 599.
    pub status: u16,
    /// Headers, name and value. Framing headers (`Connection`, `Content-Length`, `Transfer-Encoding`) are the door's and dropped here.
    pub headers: Vec<(Cow<'static, str>, Cow<'static, str>)>,
    /// The body.
    pub body: Bytes,
    /// Waited before the answer is written, in milliseconds; not counted as handling time.
    pub delay_ms: u32,
    /// How it goes out.
    pub manner: Manner,
}

/// How an answer goes out. All but the first are faults that a user asked for, to try a sender's error handling.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Manner {
    /// At once and whole.
    #[default]
    Whole,
    /// The head at once, the body one byte every quarter of a second.
    SlowBody,
    /// Not at all: the connection is closed.
    Drop,
}

impl Answered {
    /// An answer of JSON text.
    pub fn json(status: u16, body: impl Into<Bytes>) -> Self {
        let headers = vec![(Cow::Borrowed("content-type"), Cow::Borrowed("application/json"))];
        Self { status, headers, body: body.into(), ..Self::default() }
    }

    /// The same answer without its body.
    pub fn bare(mut self) -> Self {
        self.headers.retain(|(name, _)| !name.eq_ignore_ascii_case("content-type"));
        Self { body: Bytes::new(), ..self }
    }

    /// The same answer with `Retry-After` in seconds.
    pub fn retry_after(mut self, seconds: u32) -> Self {
        self.headers.push((Cow::Borrowed("retry-after"), Cow::Owned(seconds.to_string())));
        self
    }
}

/// What stands behind the door. The futures are awaited on the connection's own task.
///
/// A future may be dropped before it ends: at the handler ceiling (the sender is answered 503).
pub trait Deliver: Send + Sync + 'static {
    /// Takes a request with a whole body: verify, commit, answer.
    fn deliver(&self, endpoint: Endpoint, incoming: Incoming) -> impl Future<Output = Answered> + Send;

    /// Records a request that the door refuses and says what to answer: `refusal.status`, with the contract's kind of
    /// body. `incoming.body` holds at most the first 64 KiB; headers of a malformed head are as far as they were readable.
    fn refuse(&self, incoming: Incoming, refusal: Refusal) -> impl Future<Output = Answered> + Send;

    /// Whether a delivery could be committed now; else why not.
    fn ready(&self) -> Result<(), String>;

    /// The largest body that `endpoint` takes now, in bytes. The door holds it below its own absolute limit.
    fn max_body_bytes(&self, endpoint: &Endpoint) -> usize;
}
