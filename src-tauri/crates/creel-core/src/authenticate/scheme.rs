//! The record: everything that sets one sender's proof apart from another's, as data.

use serde::{Deserialize, Serialize};

use super::asymmetric;
use super::handshake::Handshake;
use super::mac::CannotReadSecret;
use super::secret::Secret;
use crate::api::triggers::{SchemeCertainty, SchemeGroup, SchemeInfo};

/// How a sender proves itself. One record serves both ways: to verify and to sign.
#[derive(Clone, Debug)]
pub struct Scheme {
    /// What triggers and the database call it: `github`.
    pub key: String,
    /// What people call it: `GitHub`.
    pub name: String,
    /// The rule in one line: `X-Hub-Signature-256: sha256=<hex HMAC-SHA256 of the raw body>`.
    pub words: String,
    /// Where the builder lists it.
    pub group: SchemeGroup,
    /// Where the rule comes from: the provider's own document.
    pub source: String,
    /// When the source was last read, `YYYY-MM-DD`.
    pub checked: String,
    /// How sure the rule is.
    pub certainty: SchemeCertainty,
    /// What the sender's User-Agent begins with, where it is known; a hint for suggestions, never a proof.
    pub agent: Option<String>,
    /// Headers that only this sender sends; hints as well.
    pub marks: Vec<String>,
    /// Whether the signature's header alone tells this sender. Others are suggested only with their agent or a mark.
    pub telling: bool,
    /// The arithmetic.
    pub algo: Algo,
    /// How a secret's text becomes a key.
    pub key_reading: KeyReading,
    /// What is signed, in order.
    pub signed: Vec<Part>,
    /// Where the signature is; the first one present counts.
    pub signature: Vec<Selector>,
    /// Every place that is there counts, and any signature that fits is enough: Box's two, DocuSign's many.
    pub every: bool,
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
    /// Headers that always say the same, and are written when signing: Box's version and algorithm.
    pub fixed: Vec<(String, String)>,
    /// How the address is read, where it is signed.
    pub url: UrlForm,
    /// The sender takes no body in an answer, and 200 in place of 202: Xero.
    pub bare: bool,
    /// Challenges that the sender wants answered before it sends events.
    pub handshakes: Vec<Handshake>,
}

/// The arithmetic of a scheme. It comes from the configuration, never from the request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
#[ts(export, rename = "SchemeAlgo")]
#[schema(as = SchemeAlgo)]
pub enum Algo {
    /// HMAC with SHA-1: 20 bytes. Weak.
    HmacSha1,
    /// HMAC with SHA-256: 32 bytes.
    #[default]
    HmacSha256,
    /// HMAC with SHA-512: 64 bytes.
    HmacSha512,
    /// SHA-256 over a text that holds the secret: HubSpot's older versions.
    Sha256,
    /// The secret itself is sent. Weak.
    Token,
    /// `user:password` in base64. Weak.
    Basic,
    /// A public key verifies; the sender keeps the private one.
    Ed25519,
    /// ECDSA over P-256 with SHA-256, as DER.
    EcdsaP256,
    /// RSA (PKCS #1 v1.5) with SHA-256; the secret is a certificate, a public key or a private key in PEM.
    RsaSha256,
    /// The same with SHA-1: checked, and never signed. Weak.
    RsaSha1,
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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
#[ts(export, rename = "SchemeKeyEncoding")]
#[schema(as = SchemeKeyEncoding)]
pub enum KeyEncoding {
    /// Its bytes are the key.
    #[default]
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
    /// A form's field `payload`, decoded; of anything else the body: Gitea signs what it meant, not how it was sent.
    Payload,
    /// A form's fields by name, name and value one after the other; nothing for another body: Twilio's rule.
    FormSorted,
    /// The secret's own text.
    Secret,
    /// A value of the JSON body; nothing where it is missing.
    Json(String),
    /// These fields of the JSON body as far as they are there, each as name, line end, value, line end: Amazon SNS.
    Fields(Vec<String>),
    /// The CRC-32 of the body in decimal: PayPal.
    Crc32,
    /// What stands before the PEM in the secret: PayPal's webhook id.
    Label,
}

/// How the address that a sender has on file is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
#[ts(export, rename = "SchemeUrlForm")]
#[schema(as = SchemeUrlForm)]
pub enum UrlForm {
    /// As it is.
    #[default]
    Plain,
    /// With and without the port, and a body that is no form is bound by `bodySHA256` in the query: Twilio.
    Twilio,
    /// Some percent escapes are read: HubSpot.
    Hubspot,
}

/// Where in a request something is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selector {
    /// A header, by name without case.
    Header(String),
    /// A named item of the signature header's list: Stripe's `t`.
    Sig(String),
    /// A value of the JSON body, by JSON pointer: `/event/type`. A segment `*` stands for every element of an array.
    Json(String),
    /// A field of a form body.
    Form(String),
    /// A parameter of the query.
    Query(String),
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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
#[ts(export, rename = "SchemeEncoding")]
#[schema(as = SchemeEncoding)]
pub enum Encoding {
    /// Hex digits of either case; written in lower case.
    #[default]
    Hex,
    /// Standard base64 with padding.
    Base64,
    /// URL-safe base64 without padding.
    #[serde(rename = "base64url-nopad")]
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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export, rename = "SchemeTimeUnit")]
#[schema(as = SchemeTimeUnit)]
pub enum Unit {
    /// Seconds since 1970, ASCII digits.
    #[default]
    #[serde(rename = "s")]
    Seconds,
    /// Milliseconds since 1970, ASCII digits.
    #[serde(rename = "ms")]
    Milliseconds,
    /// RFC 3339 with an offset.
    #[serde(rename = "rfc3339")]
    Rfc3339,
    /// Either of the three; a number above 10^12 is milliseconds. Written in seconds.
    #[serde(rename = "any")]
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

impl Scheme {
    /// The headers that carry the proof: signature, timestamp, id. A replay removes them before it signs anew.
    pub fn headers(&self) -> Vec<&str> {
        let id = self.id.iter().flat_map(|rule| &rule.from);
        let selectors = self.signature.iter().chain(self.timestamp.iter().flat_map(|rule| &rule.from)).chain(id);
        let fixed = self.fixed.iter().map(|(name, _)| name.as_str());
        let mut names: Vec<&str> = selectors.filter_map(Selector::header).chain(fixed).collect();
        names.dedup();
        names
    }

    /// Whether a secret can be read as this scheme reads it. Ask before storing one.
    pub fn check_secret(&self, secret: &Secret) -> Result<(), CannotReadSecret> {
        let key = super::mac::key_bytes(&self.key_reading, secret)?;
        asymmetric::check(self.algo, &key)
    }

    /// A new secret in the form that this scheme's senders expect; where a public key verifies, a key pair of one's own,
    /// for tests and replays. `entropy`: 32 bytes from the system's random source.
    pub fn new_secret(&self, entropy: &[u8; 32]) -> Secret {
        match asymmetric::new_pair(self.algo, entropy) {
            Some(pair) => Secret::of_pair(self.key_reading.encoding, self.key_reading.strip.last(), &pair),
            None if self.algo == Algo::Basic => Secret::of_pair(KeyEncoding::Hex, Some(&"creel:".to_owned()), entropy),
            None if self.key_reading.encoding == KeyEncoding::Base64 && self.key_reading.strip.is_empty() => {
                Secret::of_pair(KeyEncoding::Base64, None, entropy)
            }
            None => Secret::from_entropy(self.key_reading.encoding, entropy),
        }
    }

    /// It proves little: a plain token or password, SHA-1.
    pub fn weak(&self) -> bool {
        matches!(self.algo, Algo::Token | Algo::Basic | Algo::HmacSha1 | Algo::RsaSha1)
    }

    /// The secret verifies and cannot sign unless it is a pair of one's own.
    pub fn has_public_key(&self) -> bool {
        matches!(self.algo, Algo::Ed25519 | Algo::EcdsaP256 | Algo::RsaSha256 | Algo::RsaSha1)
    }

    /// A secret can be made here. Of RSA schemes it is the sender's certificate, or a key of one's own that other tools make.
    pub fn makes_secret(&self) -> bool {
        !matches!(self.algo, Algo::RsaSha256 | Algo::RsaSha1)
    }

    /// The secret itself is what is sent.
    pub fn sends_secret(&self) -> bool {
        matches!(self.algo, Algo::Token | Algo::Basic)
    }

    /// Whether the address is part of what is signed.
    pub fn signs_url(&self) -> bool {
        self.signed.contains(&Part::Url)
    }

    /// Whether the whole body is part of what is signed.
    pub fn signs_body(&self) -> bool {
        self.signed.iter().any(|part| matches!(part, Part::Body | Part::Payload | Part::FormSorted | Part::Crc32))
    }

    /// The record as the builder lists it.
    pub fn info(&self) -> SchemeInfo {
        SchemeInfo {
            key: self.key.clone(),
            name: self.name.clone(),
            words: self.words.clone(),
            weak: self.weak(),
            has_timestamp: self.timestamp.is_some(),
            makes_secret: self.makes_secret(),
            learns: self.learning().is_some(),
            shows_key: self.learning().is_some_and(|asked| asked.show),
            source: self.source.clone(),
            checked: self.checked.clone(),
            certainty: self.certainty,
            group: self.group,
            place: self.signature_name().to_owned(),
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
            Self::Sig(_) | Self::Json(_) | Self::Form(_) | Self::Query(_) => None,
        }
    }

    /// What a message calls the place.
    pub(super) fn name(&self) -> &str {
        match self {
            Self::Header(name) => name,
            Self::Sig(name) | Self::Json(name) | Self::Form(name) | Self::Query(name) => name,
        }
    }
}

impl Algo {
    /// Length of a digest in bytes; `None`: it is of any length.
    pub(super) fn digest_bytes(self) -> Option<usize> {
        match self {
            Self::HmacSha1 => Some(20),
            Self::HmacSha256 | Self::Sha256 => Some(32),
            Self::HmacSha512 | Self::Ed25519 => Some(64),
            Self::Token | Self::Basic | Self::EcdsaP256 | Self::RsaSha256 | Self::RsaSha1 => None,
        }
    }
}
