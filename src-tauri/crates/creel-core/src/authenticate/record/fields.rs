//! The fields of a record as they are written: in `schemes/records/`, in a user's file, and in the editor.

use serde::{Deserialize, Serialize};

use crate::api::triggers::{SchemeCertainty, SchemeGroup};
use crate::authenticate::scheme::{Algo, Encoding, KeyEncoding, Unit, UrlForm};

/// A scheme as it is written. What is left out is as in the record that `like` names, or the common case.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[ts(export, optional_fields)]
pub struct SchemeRecord {
    /// The key of a scheme of the user's: `acme`. That of a shipped one is its file's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scheme: Option<String>,
    /// The key of an earlier record; what is not said here is as there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub like: Option<String>,
    /// What people call it: `GitHub`.
    pub name: String,
    /// Where it is listed; one of the user's own is listed there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<SchemeGroup>,
    /// The rule in one line; made of the record where it is missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
    /// Where the rule comes from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// When the source was last read, `YYYY-MM-DD`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub checked: Option<String>,
    /// How sure the rule is; of the user's own it is their own word.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certainty: Option<SchemeCertainty>,
    /// What the sender's User-Agent begins with: a hint for suggestions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent: Option<String>,
    /// Headers that only this sender sends: hints as well.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub marks: Option<Vec<String>>,
    /// Whether the signature's header alone tells the sender; it does unless told otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub telling: Option<bool>,
    /// The arithmetic; `hmac-sha256` unless told otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub algo: Option<Algo>,
    /// How a secret's text becomes a key; its own bytes unless told otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<SchemeKey>,
    /// What is signed: `{timestamp}.{body}`; `{body}` unless told otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signed: Option<String>,
    /// Where the signature is: `header:X-Signature`; `A | B` the first that is there, `A & B` all of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signature: Option<String>,
    /// The form of its text: a prefix, or a list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub form: Option<SchemeForm>,
    /// How the digest is written; `hex` unless told otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encoding: Option<Encoding>,
    /// Headers that always say the same, name and value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fixed: Option<Vec<(String, String)>>,
    /// How the address is read where it is signed; `plain` unless told otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<UrlForm>,
    /// Where the time is and how old it may be; without one nothing ages.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timestamp: Option<SchemeTime>,
    /// Where the sender's id of the event is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<SchemeId>,
    /// Where the event's name is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event: Option<SchemeEvent>,
    /// Events that are answered and act on nothing: `ping`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub silent: Option<Vec<String>>,
    /// The sender takes no body in an answer, and 200 in place of 202.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bare: Option<bool>,
    /// Challenges that the sender wants answered before it sends events.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub handshakes: Option<Vec<SchemeHandshake>>,
}

/// How a secret's text becomes a key.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
#[ts(export)]
pub struct SchemeKey {
    /// How it is written.
    pub encoding: KeyEncoding,
    /// Prefixes taken off where they are there, one after the other.
    pub strip: Vec<String>,
}

/// The form of a signature's text: `prefix` and the digest, or with `pick` a list of `key<kv>value` items.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
#[ts(export, optional_fields)]
pub struct SchemeForm {
    /// What stands before the digest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prefix: Option<String>,
    /// The prefix's letters may have either case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub any_case: Option<bool>,
    /// Between the items of a list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub split: Option<String>,
    /// Between an item's key and its value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kv: Option<String>,
    /// The key whose values are signatures.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pick: Option<String>,
}

/// Where the time is and how far it may be from this clock.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[ts(export)]
pub struct SchemeTime {
    /// Where it is.
    pub from: String,
    /// How it is written.
    #[serde(default)]
    pub unit: Unit,
    /// Seconds that it may be behind.
    pub past: i64,
    /// Seconds that it may be ahead.
    pub future: i64,
}

/// Where the sender's id of an event is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[ts(export, optional_fields)]
pub struct SchemeId {
    /// Where it is.
    pub from: String,
    /// Without one the delivery is refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub required: Option<bool>,
    /// For how long the sender may send it again, in hours.
    pub hours: u32,
}

/// Where an event's name is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[ts(export, optional_fields)]
pub struct SchemeEvent {
    /// Where it is.
    pub from: String,
    /// Joined behind it with a dot where it is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub then: Option<String>,
}

/// A challenge and its answer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[ts(export, optional_fields)]
pub struct SchemeHandshake {
    /// Its method; missing: any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// What the request holds, all of it: `query:hub.mode=subscribe`.
    pub when: Vec<String>,
    /// Only a genuine request is answered.
    pub verify_first: bool,
    /// The answer's status.
    #[serde(default = "ok")]
    pub status: u16,
    /// Its media type.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Its body, with values of the request: `{query:hub.challenge}`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// A header of the request that is sent back as it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub echo: Option<String>,
    /// Where the request says the trigger's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// Where the key stands that later requests are signed with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub learn: Option<String>,
    /// What was learnt is shown once, because the user has to give it back to the sender.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub show: Option<bool>,
}

fn ok() -> u16 {
    200
}
