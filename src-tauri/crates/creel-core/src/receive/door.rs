//! The door: one request from its head to its answer, in order.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::Response;
use tokio::time::{sleep, timeout};

use crate::clock::Clock;
use crate::delivery::ReasonCode;
use crate::receive::Incoming;
use crate::receive::answer::respond;
use crate::receive::body::{self, Plan};
use crate::receive::budget::Budget;
use crate::receive::deliver::{Answered, Deliver, Endpoint, Refusal};
use crate::receive::framing::Framing;
use crate::receive::head::Head;
use crate::receive::limits::{BODIES_IN_FLIGHT, BODY_MOST, Limits};
use crate::receive::server::{Arrived, Serve};
use crate::receive::spoken::Spoken;

/// Whether Creel could commit a delivery now. No token, on both listeners.
pub const HEALTH: &str = "/healthz";

/// The door in front of `D`. Both listeners share one: its memory bound is for the whole process.
pub struct Door<D> {
    deliver: Arc<D>,
    clock: Arc<dyn Clock>,
    budget: Budget,
}

impl<D: Deliver> Door<D> {
    /// A door in front of `deliver`, which gets its times from `clock`.
    pub fn new(deliver: Arc<D>, clock: Arc<dyn Clock>) -> Self {
        Self { deliver, clock, budget: Budget::new(BODIES_IN_FLIGHT) }
    }

    /// One request to its answer.
    pub async fn answer(&self, arrived: Arrived, limits: &Limits) -> Response<Spoken> {
        if is_health(&arrived.head) {
            return respond(self.health());
        }
        self.deliver(arrived, limits, None).await
    }

    /// The same for what came through a tunnel: deliveries, and nothing else. `early`: why it is refused before its body
    /// is read.
    pub async fn deliver(&self, arrived: Arrived, limits: &Limits, early: Option<Refusal>) -> Response<Spoken> {
        let answered = self.take(arrived, limits, early).await;
        if answered.delay_ms > 0 {
            sleep(Duration::from_millis(answered.delay_ms.into())).await;
        }
        respond(answered)
    }

    async fn take(&self, arrived: Arrived, limits: &Limits, early: Option<Refusal>) -> Answered {
        let Arrived { head, request, peer } = arrived;
        let body = request.into_body();
        let path = head.target.split('?').next().unwrap_or_default();
        let most = self.deliver.max_body_bytes(&Endpoint::of(path)).min(BODY_MOST);
        let plan = Plan { framing: head.framing, most, started: head.started, limits: *limits };
        let mut share = self.budget.share();
        let (bytes, refusal) = match refusal_by_head(&head, most).or(early) {
            // Its body is not asked for, and the framing of a malformed one is not known.
            Some(early) if head.refusal.is_some() || head.headers.first("expect").is_some() => {
                (Bytes::new(), Some(early))
            }
            Some(early) => (body::read_for_the_record(body, plan, &mut share).await, Some(early)),
            None => {
                let read = body::read(body, plan, &mut share).await;
                (read.bytes, read.refusal)
            }
        };
        let Head { started, method, target, headers, .. } = head;
        let incoming = Incoming { received_at: self.clock.now(), started, peer, method, target, headers, body: bytes };
        self.hand_on(incoming, refusal, limits).await
    }

    async fn hand_on(&self, incoming: Incoming, refusal: Option<Refusal>, limits: &Limits) -> Answered {
        let answered = match refusal {
            None => {
                let endpoint = Endpoint::of(incoming.path());
                timeout(limits.handling, self.deliver.deliver(endpoint, incoming)).await
            }
            Some(refusal) if matches!(refusal.status, 429 | 503) => {
                let refused = timeout(limits.handling, self.deliver.refuse(incoming, refusal)).await;
                refused.map(|answered| answered.retry_after(BUSY_RETRY_S))
            }
            Some(refusal) => timeout(limits.handling, self.deliver.refuse(incoming, refusal)).await,
        };
        answered.unwrap_or_else(|_| busy("no answer in time"))
    }

    fn health(&self) -> Answered {
        match self.deliver.ready() {
            Ok(()) => Answered::json(200, r#"{"status":"ok"}"#),
            Err(reason) => busy(&reason),
        }
    }
}

impl<D: Deliver> Serve for Door<D> {
    type Body = Spoken;

    async fn serve(&self, arrived: Arrived, limits: &Limits) -> Response<Spoken> {
        self.answer(arrived, limits).await
    }
}

/// Long enough for a burst to pass, short enough for a person who waits.
const BUSY_RETRY_S: u32 = 2;

/// Creel's own trouble: 503, so that no sender takes it for a wrong address or a wrong secret.
fn busy(reason: &str) -> Answered {
    let body = serde_json::json!({ "error": reason }).to_string();
    Answered::json(503, body).retry_after(BUSY_RETRY_S)
}

fn is_health(head: &Head) -> bool {
    let path = head.target.split('?').next();
    head.refusal.is_none() && path == Some(HEALTH) && (head.method == "GET" || head.method == "HEAD")
}

/// Why a request is refused before its body is read.
fn refusal_by_head(head: &Head, most: usize) -> Option<Refusal> {
    if head.refusal.is_some() {
        return head.refusal.clone();
    }
    // A page in the user's browser reaches this port as easily as any sender. Senders are servers and have no origin.
    if let Some(origin) = head.headers.text("origin") {
        let words = format!("a browser page sent it (Origin: {origin})");
        return Some(Refusal::new(403, ReasonCode::FromBrowser, words));
    }
    if let Some(site) = head.headers.text("sec-fetch-site").filter(|site| *site != "none") {
        let words = format!("a browser page sent it (Sec-Fetch-Site: {site})");
        return Some(Refusal::new(403, ReasonCode::FromBrowser, words));
    }
    if let Framing::Length(length) = head.framing
        && length > most as u64
    {
        return Some(body::too_large(most));
    }
    let coded = head.headers.all("content-encoding").find(|coding| !coding.eq_ignore_ascii_case(b"identity"));
    coded.map(|coding| {
        let words = format!("the Content-Encoding {:?} is not taken", String::from_utf8_lossy(coding));
        Refusal::new(415, ReasonCode::UnsupportedEncoding, words)
    })
}
