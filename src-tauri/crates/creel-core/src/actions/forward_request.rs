//! The request of one attempt: whose headers it carries, which body, which signature.

use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE, HeaderName, HeaderValue, USER_AGENT};
use http::{HeaderMap, Method};

use crate::actions::{ForwardPlan, PlannedBody};
use crate::authenticate::{Scheme, Secret, SignedRequest, sign};
use crate::clock::UnixMs;
use crate::error::{ApiError, ErrorCode};
use crate::headers::{is_credential, is_of_the_connection, line};
use crate::ids::{DeliveryId, ExecutionId};
use crate::receive::Headers;

/// Creels that a delivery may pass through: two that forward to each other stop here (`trust.md` T25).
pub const HOPS_MOST: u32 = 3;
/// How many Creels a request came through.
pub const HOPS: &str = "x-creel-hops";

/// Headers of a delivery that speak of its sender's client, and are never passed on. Nor are those of the connection and
/// credentials (`headers`): they were meant for Creel.
const NOT_PASSED_ON: &[&str] = &[
    "accept",
    "accept-encoding",
    "accept-language",
    "forwarded",
    "idempotency-key",
    "origin",
    "referer",
    "true-client-ip",
    "user-agent",
    "via",
    "x-real-ip",
];
/// The same for families of names: what proxies, tunnels and browsers add, and Creel's own.
const NOT_PASSED_ON_PREFIXES: &[&str] = &["cf-", "ngrok-", "sec-", "x-creel-", "x-forwarded-"];

/// The delivery as an attempt needs it.
pub struct Received {
    /// Header lines as received.
    pub headers: Headers,
    /// The body's bytes.
    pub body: Bytes,
}

/// How a request is signed.
pub struct Signer {
    /// By which rule.
    pub scheme: &'static Scheme,
    /// With what.
    pub secret: Secret,
}

/// For what a request is made.
pub struct Purpose<'a> {
    /// Its execution: the same for every attempt.
    pub execution: &'a ExecutionId,
    /// Its delivery.
    pub delivery: &'a DeliveryId,
    /// The time of its signature.
    pub now: UnixMs,
}

/// A request, ready to be sent.
#[derive(Debug)]
pub struct Outgoing {
    /// `POST`
    pub method: Method,
    /// In full.
    pub url: url::Url,
    /// All that is sent but `Host` and `Content-Length`, which the connection adds.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

impl Outgoing {
    /// The request that `plan` means for this delivery. `signer` where it is to be signed.
    pub fn build(
        plan: &ForwardPlan,
        received: &Received,
        signer: Option<&Signer>,
        purpose: &Purpose<'_>,
    ) -> Result<Self, ApiError> {
        let method = Method::from_bytes(plan.method.as_bytes())
            .map_err(|_| ApiError::invalid("method", format!("\"{}\" is no method", plan.method)))?;
        let url = url::Url::parse(&plan.url)
            .map_err(|error| ApiError::invalid("url", format!("\"{}\" is no address: {error}", plan.url)))?;
        let hops = next_hop(&received.headers)?;
        let mut headers = HeaderMap::new();
        if plan.body == PlannedBody::AsReceived {
            pass_on(&received.headers, &mut headers);
        }
        for (name, value) in &plan.headers {
            let (name, value) = readable(name, value)?;
            headers.insert(name, value);
        }
        let body = match &plan.body {
            PlannedBody::AsReceived => received.body.clone(),
            PlannedBody::Text(text) => {
                headers.entry(CONTENT_TYPE).or_insert(HeaderValue::from_static("application/json"));
                Bytes::from(text.clone())
            }
        };
        own(&mut headers, purpose, hops)?;
        let mut outgoing = Self { method, url, headers, body };
        if let Some(Signer { scheme, secret }) = signer {
            outgoing.sign(scheme, secret, purpose)?;
        }
        Ok(outgoing)
    }

    fn sign(&mut self, scheme: &Scheme, secret: &Secret, purpose: &Purpose<'_>) -> Result<(), ApiError> {
        for name in scheme.headers() {
            self.headers.remove(name);
        }
        let headers = Headers(
            self.headers
                .iter()
                .map(|(name, value)| (name.to_string(), Bytes::copy_from_slice(value.as_bytes())))
                .collect(),
        );
        let request = SignedRequest {
            method: self.method.as_str(),
            url: self.url.as_str(),
            headers: &headers,
            body: self.body.as_ref(),
        };
        let signed = sign(scheme, &request, secret, purpose.now, Some(purpose.execution.as_str()))
            .map_err(|error| ApiError::new(ErrorCode::Invalid, format!("cannot sign: {error}")))?;
        for (name, value) in signed {
            let (name, value) = readable(&name, &value)?;
            self.headers.insert(name, value);
        }
        Ok(())
    }

    /// The request as text: first line, headers with credentials masked, body.
    pub fn to_text(&self) -> String {
        let target = &self.url[url::Position::BeforePath..url::Position::AfterQuery];
        let host = &self.url[url::Position::BeforeHost..url::Position::AfterPort];
        let first = format!("{} {target} HTTP/1.1\nhost: {host}\ncontent-length: {}\n", self.method, self.body.len());
        format!("{first}{}", head_and_body(&self.headers, &self.body))
    }
}

/// Headers with credentials masked, an empty line, and the body if it is text.
pub fn head_and_body(headers: &HeaderMap, body: &[u8]) -> String {
    let mut text = String::new();
    for (name, value) in headers {
        let shown = line(name.as_str(), value.as_bytes());
        text.push_str(&format!("{}: {}\n", shown.name, shown.value));
    }
    text.push('\n');
    match std::str::from_utf8(body) {
        Ok(body) => text.push_str(body),
        Err(_) => text.push_str(&format!("({} bytes that are not text)", body.len())),
    }
    text
}

/// How many Creels it will have come through. What is no number counts as none: Creel writes numbers.
fn next_hop(headers: &Headers) -> Result<u32, ApiError> {
    let before: u32 = headers.text(HOPS).and_then(|text| text.parse().ok()).unwrap_or(0);
    if before >= HOPS_MOST {
        let words = format!("the delivery came through Creel {before} times already");
        return Err(ApiError::new(ErrorCode::Forbidden, words)
            .hint("two forwards send to each other: change the address of one of them"));
    }
    Ok(before + 1)
}

fn pass_on(received: &Headers, headers: &mut HeaderMap) {
    let named: Vec<String> = received
        .all("connection")
        .flat_map(|value| {
            String::from_utf8_lossy(value).split(',').map(|n| n.trim().to_lowercase()).collect::<Vec<_>>()
        })
        .collect();
    for (name, value) in &received.0 {
        let lower = name.to_ascii_lowercase();
        let stays = is_of_the_connection(&lower)
            || NOT_PASSED_ON.contains(&lower.as_str())
            || NOT_PASSED_ON_PREFIXES.iter().any(|prefix| lower.starts_with(prefix))
            || named.contains(&lower)
            || is_credential(&lower);
        if let (false, Ok(name), Ok(value)) =
            (stays, HeaderName::from_bytes(lower.as_bytes()), HeaderValue::from_bytes(value))
        {
            headers.append(name, value);
        }
    }
}

fn own(headers: &mut HeaderMap, purpose: &Purpose<'_>, hops: u32) -> Result<(), ApiError> {
    headers.entry(ACCEPT).or_insert(HeaderValue::from_static("*/*"));
    headers.entry(USER_AGENT).or_insert(HeaderValue::from_static(concat!("Creel/", env!("CARGO_PKG_VERSION"))));
    let own = [
        ("idempotency-key", purpose.execution.to_string()),
        ("x-creel-delivery", purpose.delivery.to_string()),
        (HOPS, hops.to_string()),
    ];
    for (name, value) in own {
        let (name, value) = readable(name, &value)?;
        headers.insert(name, value);
    }
    Ok(())
}

/// A header that can be sent. A line break in a value would let a payload write headers of its own (`trust.md` T27).
fn readable(name: &str, value: &str) -> Result<(HeaderName, HeaderValue), ApiError> {
    let refused = |what: String| ApiError::invalid("headers", what);
    let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| refused(format!("\"{name}\" is no header name")))?;
    let value = HeaderValue::from_str(value)
        .map_err(|_| refused(format!("the value of {name} has a line break or control character")))?;
    Ok((name, value))
}
