//! Challenges that a sender wants answered before it sends events, as data (`providers.md` §5).

use std::borrow::Cow;

use super::mac;
use super::read::value;
use super::scheme::{Algo, Scheme, Selector};
use super::secret::Secret;
use super::verify::SignedRequest;
use crate::receive::Answered;

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
}
