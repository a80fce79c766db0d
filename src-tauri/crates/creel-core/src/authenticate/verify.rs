//! The check itself. What comes out is [`Authentic`] or [`Rejected`], and there is no other way to an [`Authentic`].

use std::borrow::Cow;

use super::address;
use super::format::Candidates;
use super::items::MOST_ITEMS;
use super::mac;
use super::read::{self, Between, Sent};
use super::scheme::{Algo, Scheme};
use super::secret::Secret;
use super::timestamp;
use super::words::count;
use crate::clock::UnixMs;
use crate::delivery::ReasonCode;
use crate::ids::SecretId;
use crate::receive::{Answered, Headers};

/// The parts of a request that a signature can cover.
#[derive(Clone, Copy, Debug)]
pub struct SignedRequest<'a> {
    /// Upper case.
    pub method: &'a str,
    /// The address that the sender has on file, or only path and query: then the name is the `Host` that it called. Only
    /// schemes that sign the address or read its query look at it.
    pub url: &'a str,
    /// As received.
    pub headers: &'a Headers,
    /// As received.
    pub body: &'a [u8],
}

/// A stored secret as a key of the check.
#[derive(Clone, Debug)]
pub struct Key {
    /// Which secret it is.
    pub id: SecretId,
    /// The secret.
    pub value: Secret,
    /// When it stops working; `None`: it is the current one.
    pub expires_at: Option<UnixMs>,
}

impl Key {
    /// Whether it works at `now`. At the very end of its grace it does not any more.
    pub fn live(&self, now: UnixMs) -> bool {
        self.expires_at.is_none_or(|end| now < end)
    }
}

/// A delivery that was proved genuine. Its fields are private and only [`verify`] makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authentic {
    key_id: SecretId,
    previous: bool,
    event_id: Option<String>,
    event: Option<String>,
    timestamp: Option<UnixMs>,
    silent: bool,
    challenge: Option<Answered>,
}

impl Authentic {
    /// The secret that it was signed with.
    pub fn key_id(&self) -> &SecretId {
        &self.key_id
    }

    /// That secret is a previous one, in its grace.
    pub fn previous(&self) -> bool {
        self.previous
    }

    /// The sender's id of the event.
    pub fn event_id(&self) -> Option<&str> {
        self.event_id.as_deref()
    }

    /// What it is: `push`, `pull_request.opened`.
    pub fn event(&self) -> Option<&str> {
        self.event.as_deref()
    }

    /// When the sender signed it.
    pub fn timestamp(&self) -> Option<UnixMs> {
        self.timestamp
    }

    /// It is answered and acts on nothing: GitHub's `ping`, a handshake.
    pub fn silent(&self) -> bool {
        self.silent || self.challenge.is_some()
    }

    /// What the sender wants back before it sends events.
    pub fn challenge(&self) -> Option<&Answered> {
        self.challenge.as_ref()
    }
}

/// A delivery that is not genuine, and why. The sender is told only that.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{words}")]
pub struct Rejected {
    /// Why, in code.
    pub reason: ReasonCode,
    /// Why, in one sentence with the values; never the expected signature, never a token.
    pub words: String,
}

impl Rejected {
    pub(super) fn new(reason: ReasonCode, words: impl Into<String>) -> Self {
        Self { reason, words: words.into() }
    }
}

/// Whether `request` is genuine under one of `keys` at `now`.
///
/// Strict: the proof's headers occur once, the signature has the scheme's exact form, and digests are compared in
/// constant time over their bytes. Every way through computes at least one digest, so that timing does not tell how far
/// a forgery came.
pub fn verify(scheme: &Scheme, request: &SignedRequest<'_>, keys: &[Key], now: UnixMs) -> Result<Authentic, Rejected> {
    let items = match scheme.items(request.body) {
        None => return verify_one(scheme, request, keys, now),
        Some(items) => items,
    };
    if items > MOST_ITEMS {
        verify_nothing(request.body);
        let words = format!("the body has {items} items; at most {MOST_ITEMS} are checked");
        return Err(Rejected::new(ReasonCode::SignatureMalformed, words));
    }
    // Each item carries a proof of its own, and all of them have to fit.
    let each = (0..items.max(1)).map(|n| verify_one(&scheme.of_item(n), request, keys, now));
    let proofs: Vec<_> = each.collect::<Result<_, _>>()?;
    proofs.into_iter().next().ok_or_else(|| Rejected::new(ReasonCode::SignatureMissing, "there is no item"))
}

/// The same where the receiver knows under which addresses it is public: a tunnel may write another name into the request
/// than the sender called, and then none of its own says what was signed. `own`: base addresses that the user set up,
/// none that a header claims.
pub fn verify_at(
    scheme: &Scheme,
    request: &SignedRequest<'_>,
    keys: &[Key],
    now: UnixMs,
    own: &[String],
) -> Result<Authentic, Rejected> {
    let first = verify(scheme, request, keys, now);
    if !first.as_ref().is_err_and(|no| no.reason == ReasonCode::SignatureMismatch) {
        return first;
    }
    signed_address(scheme, request, keys, now, own).map_or(first, |(_, proof)| Ok(proof))
}

/// The address under one of `own` that was signed; `None`: the scheme signs none, or none of these.
pub fn signed_address(
    scheme: &Scheme,
    request: &SignedRequest<'_>,
    keys: &[Key],
    now: UnixMs,
    own: &[String],
) -> Option<(String, Authentic)> {
    let signs = scheme.signs_url() && request.url.starts_with('/');
    own.iter().filter(|_| signs).find_map(|base| {
        let url = format!("{base}{}", request.url);
        let proof = verify(scheme, &SignedRequest { url: &url, ..*request }, keys, now).ok()?;
        Some((url, proof))
    })
}

fn verify_one(scheme: &Scheme, request: &SignedRequest<'_>, keys: &[Key], now: UnixMs) -> Result<Authentic, Rejected> {
    let signatures = signatures(scheme, request);
    let proof = match &signatures {
        Ok(signatures) => Proof::read(scheme, request, signatures),
        Err(rejected) => Err(rejected.clone()),
    };
    let proof = proof.inspect_err(|_| verify_nothing(request.body))?;
    let key = proof.key(scheme, request, keys, now)?;
    if let (Some(time), Some(rule)) = (&proof.time, &scheme.timestamp) {
        timestamp::fresh(time.at, now, rule.tolerance)
            .map_err(|words| Rejected::new(ReasonCode::TimestampOutsideWindow, words))?;
    }
    let event_id = read::id(scheme, request);
    if event_id.is_none() && scheme.id.as_ref().is_some_and(|rule| rule.required) {
        return Err(read::id_missing(scheme));
    }
    let event = read::event(scheme, request);
    Ok(Authentic {
        key_id: key.id.clone(),
        previous: key.expires_at.is_some(),
        event_id: event_id.map(Into::into),
        silent: event.as_ref().is_some_and(|event| scheme.silent.contains(event)),
        event,
        timestamp: proof.time.map(|time| time.at),
        challenge: scheme.handshake(request, true).and_then(|asked| asked.answer(request, Some(&key.value))),
    })
}

/// The signatures' texts, once the headers of the proof are found to be unambiguous.
pub(super) fn signatures<'r>(scheme: &Scheme, request: &SignedRequest<'r>) -> Result<Vec<Cow<'r, [u8]>>, Rejected> {
    read::once(scheme, request.headers)?;
    let found = read::signatures(scheme, request)?;
    read::fixed(scheme, request.headers)?;
    address::bound(scheme.url, request).map_err(|words| Rejected::new(ReasonCode::SignatureMismatch, words))?;
    Ok(found)
}

/// As much work as a check of `body`, for an address where nobody listens: timing does not tell which triggers exist.
pub fn verify_nothing(body: &[u8]) {
    std::hint::black_box(mac::digest(Algo::HmacSha256, b"nobody listens here", [body].into_iter()));
}

/// What a request says of itself without proof, read from headers only: good enough for a row in a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Claim {
    /// The event's name.
    pub event: Option<String>,
    /// The sender's id of the event.
    pub event_id: Option<String>,
}

/// Reads the claim of a request that was refused or not checked. The body is not looked at.
pub fn claim(scheme: &Scheme, headers: &Headers) -> Claim {
    let request = SignedRequest { method: "", url: "", headers, body: b"" };
    Claim { event: read::event(scheme, &request), event_id: read::id(scheme, &request).map(Into::into) }
}

/// What a request offers as its proof.
pub(super) struct Proof<'r> {
    pub candidates: Candidates<'r>,
    pub time: Option<Sent<'r>>,
    /// The id where it is signed.
    pub id: String,
    /// The addresses that the sender may have on file.
    pub urls: Vec<String>,
}

impl<'r> Proof<'r> {
    /// Reads it; nothing is compared yet.
    pub fn read(
        scheme: &Scheme,
        request: &SignedRequest<'r>,
        signatures: &'r [Cow<'_, [u8]>],
    ) -> Result<Self, Rejected> {
        let candidates = read::candidates(scheme, signatures)?;
        let time = read::time(scheme, request, &candidates)?;
        let id = if scheme.signed.contains(&super::scheme::Part::Id) {
            read::id(scheme, request).ok_or_else(|| read::id_missing(scheme))?.into_owned()
        } else {
            String::new()
        };
        Ok(Self { candidates, time, id, urls: read::urls(scheme, request) })
    }

    /// What is signed, with one of the addresses.
    pub fn parts<'a>(
        &'a self,
        scheme: &'a Scheme,
        request: &SignedRequest<'a>,
        key: &'a [u8],
        url: &'a str,
    ) -> Vec<Cow<'a, [u8]>> {
        let time = self.time.as_ref().map_or("", |time| &time.text);
        read::signed(scheme, request, Between { time, id: &self.id, url, key })
    }

    /// The digest that a key gives with the first of the addresses; empty where a public key verifies.
    pub fn digest(&self, scheme: &Scheme, request: &SignedRequest<'_>, key: &[u8]) -> Vec<u8> {
        let url = self.urls.first().map_or("", String::as_str);
        mac::digest(scheme.algo, key, self.parts(scheme, request, key, url).iter().map(AsRef::as_ref))
    }

    /// Whether a candidate fits under a key.
    pub fn fits(&self, scheme: &Scheme, request: &SignedRequest<'_>, key: &[u8]) -> bool {
        self.urls.iter().any(|url| {
            let parts = self.parts(scheme, request, key, url);
            mac::fits(scheme.algo, key, parts.iter().map(AsRef::as_ref), &self.candidates.digests)
        })
    }

    /// The first live key under which a candidate fits.
    fn key<'k>(
        &self,
        scheme: &Scheme,
        request: &SignedRequest<'_>,
        keys: &'k [Key],
        now: UnixMs,
    ) -> Result<&'k Key, Rejected> {
        let mut tried = 0;
        let mut unreadable = None;
        for key in keys.iter().filter(|key| key.live(now)) {
            match mac::key_bytes(&scheme.key_reading, &key.value) {
                Ok(bytes) => {
                    tried += 1;
                    if self.fits(scheme, request, &bytes) {
                        return Ok(key);
                    }
                }
                Err(error) => unreadable = Some(error.to_string()),
            }
        }
        if tried == 0 {
            verify_nothing(request.body);
        }
        Err(mismatch(scheme, tried, unreadable, keys.len()))
    }
}

fn mismatch(scheme: &Scheme, tried: u64, unreadable: Option<String>, stored: usize) -> Rejected {
    let what = if scheme.sends_secret() { "the token" } else { "the signature" };
    let words = match (tried, unreadable) {
        (0, Some(why)) => why,
        (0, None) if stored == 0 => "there is no secret to check the signature with".to_owned(),
        (0, None) => "no secret is valid any more to check the signature with".to_owned(),
        (1, _) if scheme.sends_secret() => "the token is not the secret".to_owned(),
        (1, _) => format!("{what} does not fit the body under the secret"),
        (n, _) => format!("{what} does not fit under any of the {}", count(n, "secret")),
    };
    Rejected::new(ReasonCode::SignatureMismatch, words)
}
