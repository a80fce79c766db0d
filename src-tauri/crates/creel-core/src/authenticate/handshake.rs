//! Challenges that a sender wants answered before it sends events, as data (`providers.md` §5).

use std::borrow::Cow;

use bytes::Bytes;
use zeroize::Zeroizing;

use super::mac;
use super::pointer;
use super::read::value;
use super::scheme::{Algo, Scheme, Selector};
use super::secret::Secret;
use super::verify::SignedRequest;
use crate::receive::{Answered, Headers};

/// A longer challenge is not echoed (`providers.md` §5).
const MAX_CHALLENGE_BYTES: usize = 4096;

/// A request that only asks whether somebody is there, and what it is answered.
#[derive(Clone, Debug)]
pub struct Handshake {
    /// Its method; `None`: whatever the trigger takes.
    pub method: Option<String>,
    /// What the request holds, all of it.
    pub when: Vec<Condition>,
    /// Only a genuine request is answered.
    pub verify_first: bool,
    /// The status.
    pub status: u16,
    /// The media type of the answer; in JSON the values are written as JSON writes text.
    pub kind: String,
    /// The body, in pieces.
    pub body: Vec<Piece>,
    /// A header of the request that is sent back as it is.
    pub echo: Option<String>,
    /// Where the request says the trigger's id, which the user gave the sender for this: Meta's verify token.
    pub token: Option<Selector>,
    /// Where the key stands that later requests are signed with. It is taken only while the user waits for it.
    pub learn: Option<Selector>,
    /// The user has to paste that key at the sender, so it is shown once.
    pub show: bool,
}

/// The key that a request brings, and the request as it may be kept.
pub struct Brought {
    /// The key, as it came.
    pub key: Zeroizing<String>,
    /// Headers and body with stars in its place: keys are kept sealed, not in the record of a delivery.
    pub starred: (Headers, Bytes),
}

/// As many stars as the key has bytes, so that lengths stay true.
pub fn stars(bytes: usize) -> String {
    "*".repeat(bytes)
}

/// Something that the request holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// Where.
    pub place: Selector,
    /// With this value; `None`: any.
    pub is: Option<String>,
}

/// A piece of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// The same in every answer.
    Text(String),
    /// A value of the request.
    Value(Selector),
    /// The hex HMAC-SHA256 of a value under the secret.
    HmacHex(Selector),
}

impl Handshake {
    /// Whether `request` is one.
    pub fn meant(&self, request: &SignedRequest<'_>) -> bool {
        let holds = |condition: &Condition| {
            let found = value(&condition.place, request, None);
            found.is_some_and(|found| condition.is.as_ref().is_none_or(|is| *is == found))
        };
        self.method.as_ref().is_none_or(|method| method == request.method) && self.when.iter().all(holds)
    }

    /// Whether the request names the trigger, where its sender was told its id.
    pub fn knows(&self, request: &SignedRequest<'_>, trigger: &str) -> bool {
        self.token.as_ref().is_none_or(|place| value(place, request, None).as_deref() == Some(trigger))
    }

    /// The answer. `None`: a value of it is missing or too long to be sent back, or a secret is needed and there is none.
    pub fn answer(&self, request: &SignedRequest<'_>, secret: Option<&Secret>) -> Option<Answered> {
        let mut body = String::new();
        for piece in &self.body {
            body.push_str(&self.written(piece, request, secret)?);
        }
        let mut headers = Vec::new();
        if !self.kind.is_empty() {
            headers.push((Cow::Borrowed("content-type"), Cow::Owned(self.kind.clone())));
        }
        if let Some(name) = &self.echo {
            let value = request.headers.text(name).filter(|value| value.len() <= MAX_CHALLENGE_BYTES)?;
            headers.push((Cow::Owned(name.clone()), Cow::Owned(value.to_owned())));
        }
        Some(Answered { status: self.status, headers, body: body.into(), ..Answered::default() })
    }

    fn written<'p>(
        &self,
        piece: &'p Piece,
        request: &SignedRequest<'p>,
        secret: Option<&Secret>,
    ) -> Option<Cow<'p, str>> {
        let found = |place| value(place, request, None).filter(|text| text.len() <= MAX_CHALLENGE_BYTES);
        match piece {
            Piece::Text(text) => Some(Cow::Borrowed(text)),
            Piece::Value(place) if self.kind.starts_with("application/json") => {
                let quoted = serde_json::to_string(&found(place)?).ok()?;
                Some(Cow::Owned(quoted.strip_prefix('"')?.strip_suffix('"')?.to_owned()))
            }
            Piece::Value(place) => found(place),
            Piece::HmacHex(place) => {
                let text = found(place)?;
                let digest = mac::digest(Algo::HmacSha256, secret?.expose().as_bytes(), [text.as_bytes()].into_iter());
                Some(Cow::Owned(hex::encode(digest)))
            }
        }
    }
}

impl Scheme {
    /// The handshake that `request` is, among those that are answered before the check or behind it.
    pub fn handshake(&self, request: &SignedRequest<'_>, verified: bool) -> Option<&Handshake> {
        self.handshakes.iter().find(|handshake| handshake.verify_first == verified && handshake.meant(request))
    }

    /// The handshake that `request` is, with the key that it brings. A signed request is none: it proves itself.
    pub fn brings_key(&self, request: &SignedRequest<'_>) -> Option<(&Handshake, Brought)> {
        let asked = self.learning().filter(|asked| asked.meant(request))?;
        let signed = self.signature.iter().any(|place| value(place, request, None).is_some());
        let place = asked.learn.as_ref().filter(|_| !signed)?;
        let key = Zeroizing::new(value(place, request, None)?.into_owned());
        let starred = starred(place, request, &key)?;
        Some((asked, Brought { key, starred }))
    }

    /// The handshake that brings this sender's key, where it brings one.
    pub fn learning(&self) -> Option<&Handshake> {
        self.handshakes.iter().find(|asked| asked.learn.is_some())
    }
}

/// The request without the key at `place`.
fn starred(place: &Selector, request: &SignedRequest<'_>, key: &str) -> Option<(Headers, Bytes)> {
    let mut headers = request.headers.clone();
    let body = match place {
        Selector::Header(name) => {
            let lines = headers.0.iter_mut().filter(|(own, _)| own.eq_ignore_ascii_case(name));
            lines.for_each(|(_, value)| *value = stars(key.len()).into());
            request.body.to_vec()
        }
        Selector::Json(pointer) => {
            let text = pointer::place(request.body, pointer)?;
            let mut body = request.body.to_vec();
            // Between its quotes.
            body.get_mut(text.start + 1..text.end - 1)?.fill(b'*');
            body
        }
        Selector::Sig(_) | Selector::Form(_) | Selector::Query(_) => return None,
    };
    Some((headers, body.into()))
}
