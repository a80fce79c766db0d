//! The record: everything that sets one sender's proof apart from another's, as data.

use super::mac::CannotReadSecret;
use super::secret::Secret;
use crate::api::triggers::SchemeInfo;

/// How a sender proves itself. One record serves both ways: to verify and to sign.
#[derive(Clone, Debug)]
pub struct Scheme {
    /// What triggers and the database call it: `github`.
    pub key: String,
    /// What people call it: `GitHub`.
    pub name: String,
    /// The rule in one line: `X-Hub-Signature-256: sha256=<hex HMAC-SHA256 of the raw body>`.
    pub words: String,
    /// It proves little: a plain token, SHA-1.
    pub weak: bool,
    /// Where the rule comes from: the provider's own document.
    pub source: String,
    /// When the source was last read, `YYYY-MM-DD`.
    pub checked: String,
    /// What the sender's User-Agent begins with, where it is known; a hint for suggestions, never a proof.
    pub agent: Option<String>,
    /// The arithmetic.
    pub algo: Algo,
    /// How a secret's text becomes a key.
    pub key_reading: KeyReading,
    /// What is signed, in order.
    pub signed: Vec<Part>,
    /// Where the signature is; the first one present counts.
    pub signature: Vec<Selector>,
    /// The form of the signature's text.
    pub parse: Parse,
    /// How the digest is written.
    pub encoding: Encoding,
    /// Where the time is; `None`: nothing ages.
    pub timestamp: Option<TimestampRule>,
    /// Where the sender's id of the event is.
    pub id: Option<IdRule>,
    /// Where the event's name is.
    pub event: EventRule,
    /// Events that are answered and act on nothing: GitHub's `ping`.
    pub silent: Vec<String>,
    /// A challenge that the sender wants back before it sends events.
    pub handshake: Option<Handshake>,
}

/// The arithmetic of a scheme. It comes from the configuration, never from the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algo {
    /// HMAC with SHA-1: 20 bytes. Weak.
    HmacSha1,
    /// HMAC with SHA-256: 32 bytes.
    HmacSha256,
    /// HMAC with SHA-512: 64 bytes.
    HmacSha512,
    /// The secret itself is sent. Weak.
    Token,
}

/// How a secret's text becomes key bytes.
#[derive(Clone, Debug)]
pub struct KeyReading {
    /// How what is left after `strip` is read.
    pub encoding: KeyEncoding,
    /// Prefixes taken off one after the other where they are there: `v1,` then `whsec_`.
    pub strip: Vec<String>,
}

impl KeyReading {
    /// The text's own bytes.
    pub fn raw() -> Self {
        Self { encoding: KeyEncoding::Utf8, strip: Vec::new() }
    }
}

/// How a secret is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyEncoding {
    /// Its bytes are the key.
    Utf8,
    /// Standard base64, with or without padding.
    Base64,
    /// Hex digits.
    Hex,
}

/// One part of what is signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// The same text in every request.
    Text(String),
    /// The body as received.
    Body,
    /// The timestamp exactly as it was sent, never printed anew.
    Timestamp,
    /// The event id exactly as it was sent.
    Id,
    /// The method, upper case.
    Method,
    /// The address that the sender has on file.
    Url,
}

/// Where in a request something is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selector {
    /// A header, by name without case.
    Header(String),
    /// A named item of the signature header's list: Stripe's `t`.
    Sig(String),
    /// A value of the JSON body, by JSON pointer: `/event/type`.
    Json(String),
}

/// The form of a signature's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Parse {
    /// One signature behind a fixed prefix, which may be empty.
    Prefix(String),
    /// One signature behind a prefix whose letters may have either case; written as it stands here.
    AnyCasePrefix(String),
    /// A list of `key<kv>value` items.
    List {
        /// Between items.
        split: char,
        /// Between an item's key and its value.
        kv: char,
        /// The key whose values are signatures; others are passed over.
        pick: String,
    },
}

/// How a digest is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// Hex digits of either case; written in lower case.
    Hex,
    /// Standard base64 with padding.
    Base64,
    /// URL-safe base64 without padding.
    Base64UrlNoPad,
}

/// Where the time is and how old it may be.
#[derive(Clone, Debug)]
pub struct TimestampRule {
    /// Where it is; the first one present counts.
    pub from: Vec<Selector>,
    /// How it is written.
    pub unit: Unit,
    /// How far it may be from the receiver's clock.
    pub tolerance: Tolerance,
}

/// How a time is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Seconds since 1970, ASCII digits.
    Seconds,
    /// Milliseconds since 1970, ASCII digits.
    Milliseconds,
    /// RFC 3339 with an offset.
    Rfc3339,
    /// Either of the three; a number above 10^12 is milliseconds. Written in seconds.
    AnyOfThree,
}

/// How far a time may be from the receiver's clock, in seconds; the bound itself is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tolerance {
    /// Behind it.
    pub past: i64,
    /// Before it.
    pub future: i64,
}

impl Tolerance {
    /// Five minutes either way: what Stripe's, Slack's and the Standard Webhooks libraries use (`trust.md` 5.2).
    pub const FIVE_MINUTES: Self = Self { past: 300, future: 300 };
}

/// Where the sender's id of an event is.
#[derive(Clone, Debug)]
pub struct IdRule {
    /// Where it is; the first one present counts.
    pub from: Vec<Selector>,
    /// Without one the delivery is refused.
    pub required: bool,
    /// For how long the sender may send it again, in hours.
    pub window_hours: u32,
}

/// Where an event's name is.
#[derive(Clone, Debug, Default)]
pub struct EventRule {
    /// The first one present counts.
    pub from: Vec<Selector>,
    /// Joined behind it with a dot where it is there: GitHub's `action`.
    pub then: Option<Selector>,
}

/// A signed request that only asks for its challenge back.
#[derive(Clone, Debug)]
pub struct Handshake {
    /// Where the request says that it is one …
    pub when: Selector,
    /// … with this value.
    pub equals: String,
    /// What is answered, as `text/plain`.
    pub answer: Selector,
}

impl Scheme {
    /// The headers that carry the proof: signature, timestamp, id. A replay removes them before it signs anew.
    pub fn headers(&self) -> Vec<&str> {
        let id = self.id.iter().flat_map(|rule| &rule.from);
        let selectors = self.signature.iter().chain(self.timestamp.iter().flat_map(|rule| &rule.from)).chain(id);
        let mut names: Vec<&str> = selectors.filter_map(Selector::header).collect();
        names.dedup();
        names
    }

    /// Whether a secret can be read as this scheme reads it. Ask before storing one.
    pub fn check_secret(&self, secret: &Secret) -> Result<(), CannotReadSecret> {
        super::mac::key_bytes(&self.key_reading, secret).map(|_| ())
    }

    /// A new secret in the form that this scheme's senders expect. `entropy`: 32 bytes from the system's random source.
    pub fn new_secret(&self, entropy: &[u8; 32]) -> Secret {
        Secret::from_entropy(self.key_reading.encoding, entropy)
    }

    /// The record as the builder lists it.
    pub fn info(&self) -> SchemeInfo {
        SchemeInfo {
            key: self.key.clone(),
            name: self.name.clone(),
            words: self.words.clone(),
            weak: self.weak,
            has_timestamp: self.timestamp.is_some(),
            source: self.source.clone(),
        }
    }

    /// The first place where the signature may be, for messages: `X-Hub-Signature-256`.
    pub(super) fn signature_name(&self) -> &str {
        self.signature.first().map_or("signature", Selector::name)
    }
}

impl Selector {
    /// The header's name, where it is a header.
    pub fn header(&self) -> Option<&str> {
        match self {
            Self::Header(name) => Some(name),
            Self::Sig(_) | Self::Json(_) => None,
        }
    }

    /// What a message calls the place.
    pub(super) fn name(&self) -> &str {
        match self {
            Self::Header(name) => name,
            Self::Sig(key) => key,
            Self::Json(pointer) => pointer,
        }
    }
}

impl Algo {
    /// Length of a digest in bytes; `None`: a token of any length.
    pub(super) fn digest_bytes(self) -> Option<usize> {
        match self {
            Self::HmacSha1 => Some(20),
            Self::HmacSha256 => Some(32),
            Self::HmacSha512 => Some(64),
            Self::Token => None,
        }
    }
}
