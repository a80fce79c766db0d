//! The signature doctor: why a delivery's signature does not fit, and what can be done about it.

use serde::{Deserialize, Serialize};

use crate::ids::{DeliveryId, SecretId, TriggerId};

/// What the doctor found. Computed on asking from the stored bytes; never told to the sender.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct Diagnosis {
    /// Whether there is something to find: a valid or unchecked delivery has none.
    pub needed: bool,
    /// The cause in one sentence, or honestly that none was found.
    pub sentence: String,
    /// The causes, the best one first.
    pub causes: Vec<Cause>,
    /// What was tried, in a few words: `12 secrets, 15 ways to read them, 31 forms of the body`.
    pub tried: String,
    /// Everything was tried; else the time was up.
    pub complete: bool,
    /// How long it took, in microseconds.
    pub took_us: i64,
}

/// One cause.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct Cause {
    /// What the sender, or something between, did otherwise; usually one thing.
    pub mistakes: Vec<Mistake>,
    /// A digest came out, or it is plain to see; else it is a guess.
    pub certain: bool,
    /// In one sentence.
    pub words: String,
    /// What shows it: which bytes, which secret by its name. Never a secret, never a whole expected signature.
    pub evidence: Vec<String>,
    /// What can be done.
    pub fixes: Vec<Fix>,
}

/// What was done otherwise than the scheme says.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Mistake {
    /// There is no signature.
    SignatureMissing,
    /// A header of the proof came twice.
    HeaderRepeated,
    /// The secret itself was sent.
    PlainSecret,
    /// Signed with an old secret of the same trigger.
    OldSecret,
    /// Signed with another stored secret.
    OtherSecret,
    /// Signed by another scheme's rule.
    OtherScheme,
    /// The clocks differ, or it was sent late.
    ClockSkew,
    /// The time is written in another unit.
    TimestampUnit,
    /// The event id is missing.
    EventIdMissing,
    /// Another hash.
    Algorithm,
    /// Hex in place of base64 or the other way round.
    Encoding,
    /// Nothing stands before the digest.
    PrefixMissing,
    /// Something else stands before the digest.
    PrefixWrong,
    /// The digest stands in quotes.
    Quoted,
    /// It stands in another header.
    OtherHeader,
    /// The signature was cut.
    SignatureTruncated,
    /// Another string was signed: without the time, with another separator.
    SignedString,
    /// Another address was signed.
    Address,
    /// The stored secret has spaces around it, the sender's has none.
    SecretTrimmed,
    /// The sender's secret ends with a line end.
    SecretWithNewline,
    /// The sender's secret has a space beside it.
    SecretWithSpace,
    /// The secret's text was used where its decoded bytes are the key.
    SecretNotDecoded,
    /// The decoded bytes were used where the text is the key.
    SecretDecoded,
    /// The secret was used without its prefix.
    SecretWithoutPrefix,
    /// The secret was used with quotes.
    SecretInQuotes,
    /// The secret was encoded once more.
    SecretEncoded,
    /// The secret's letters have another case.
    SecretCase,
    /// The sender signs with an empty secret.
    SecretEmpty,
    /// The body's JSON was read and written anew.
    BodyRewritten,
    /// A line end was added behind the body.
    LineEndAdded,
    /// The line end behind the body was lost.
    LineEndRemoved,
    /// The line ends inside the body were changed.
    LineEnds,
    /// A byte order mark was added or lost.
    ByteOrderMark,
    /// A form was signed where its JSON came, or the other way round.
    FormDecoded,
    /// The body was packed after it was signed.
    BodyPacked,
    /// The body was not signed.
    BodyNotSigned,
    /// The body ends early.
    BodyTruncated,
}

/// Something that can be done about a cause.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Fix {
    /// Let this secret verify here too, for some hours (`trigger_accept_secret`).
    UseSecret(UseSecret),
    /// Give the trigger this scheme (`trigger_update`).
    ChangeScheme(String),
    /// Give the hook at GitHub the trigger's current secret (`github_hook_secret`).
    UpdateHook(TriggerId),
    /// What the user can do elsewhere.
    Advice(String),
}

/// A secret that could be used here as well.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct UseSecret {
    /// The trigger that would take it.
    pub trigger_id: TriggerId,
    /// The secret.
    pub secret_id: SecretId,
    /// What it is called.
    pub name: String,
}

/// Lets another stored secret verify a trigger's deliveries for a while.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export, optional_fields)]
pub struct AcceptSecret {
    /// The trigger.
    pub id: TriggerId,
    /// The secret: another trigger's, a named one, or an old one of its own.
    pub secret_id: SecretId,
    /// For how long, 1 to 720; 24 unless told otherwise.
    #[serde(default)]
    pub hours: Option<u32>,
}

/// Which delivery to look at.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct DoctorQuery {
    /// `dlv_…`
    pub id: DeliveryId,
}
