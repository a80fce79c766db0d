//! A delivery as it is listed, searched and shown. One vocabulary: the database and the screen use these words.

use serde::{Deserialize, Serialize};

use crate::clock::UnixMs;
use crate::ids::{DeliveryId, SecretId, TriggerId};
use crate::trigger::Contract;

/// What became of a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
#[ts(export)]
pub enum Outcome {
    /// Taken; its actions are done or queued.
    Accepted,
    /// Genuine, but no trigger's filter let it through.
    Filtered,
    /// Seen before within the window.
    Duplicate,
    /// Not genuine, not allowed, or not readable.
    Rejected,
    /// No trigger at this address.
    Unmatched,
    /// Over the rate limit.
    Limited,
    /// The trigger is switched off.
    Disabled,
}

/// What the signature check said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
#[ts(export)]
pub enum SignatureState {
    /// Valid under the current secret.
    Valid,
    /// Valid under the previous secret, within its grace.
    Previous,
    /// There is one and it does not fit, or it is stale.
    Bad,
    /// The scheme wants one and there is none.
    Missing,
    /// The endpoint checks none (scheme `none`).
    Unsigned,
    /// It was refused before the check, or nobody listens there.
    Unchecked,
}

/// Why a delivery was not accepted. Each reason has one sentence (`Reason::words`) and belongs to one outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum ReasonCode {
    /// No trigger at this address.
    NoSuchEndpoint,
    /// The trigger does not take this method.
    MethodNotAllowed,
    /// The trigger is switched off.
    TriggerDisabled,
    /// "Stop answering" is on.
    Paused,
    /// The caller's address is not on the allowlist.
    AddressNotAllowed,
    /// The allowlist cannot be checked: the tunnel tells no address.
    AddressUnknown,
    /// Over the trigger's own rate.
    RateLimited,
    /// A browser page sent it (`Origin` header).
    FromBrowser,
    /// The request is ambiguous or malformed HTTP.
    MalformedHttp,
    /// A header that must occur once occurs more than once.
    RepeatedHeader,
    /// The body is larger than the limit.
    BodyTooLarge,
    /// The body did not arrive in time.
    BodyTooSlow,
    /// There was no memory or no time for it: Creel's own trouble, answered 503.
    Overloaded,
    /// A content coding that the endpoint does not take.
    UnsupportedEncoding,
    /// The signature header is missing or empty.
    SignatureMissing,
    /// The signature header does not have the scheme's form.
    SignatureMalformed,
    /// The signature does not fit the body under any secret of the trigger.
    SignatureMismatch,
    /// The timestamp is missing or is no time.
    TimestampInvalid,
    /// The timestamp is outside the tolerance.
    TimestampOutsideWindow,
    /// The scheme wants an event id and there is none.
    EventIdMissing,
    /// The secret cannot be read (keychain locked): Creel's own trouble, answered 503.
    SecretUnavailable,
    /// The body is not JSON and the contract wants JSON.
    InvalidJson,
    /// A value of the body is not what the contract allows; the words name the field and the limit.
    InvalidInput,
    /// The token is missing, malformed or belongs to no trigger (contracts whose token selects the trigger).
    TokenUnknown,
    /// The endpoint has no secret, and its contract refuses to go without.
    SecretMissing,
    /// More runs wait than the contract allows: come again later.
    QueueFull,
    /// The contract's quota is used up.
    QuotaExhausted,
    /// The same event id within the window.
    DuplicateId,
    /// The same body under another event id within the window.
    DuplicateBody,
    /// The filter did not let it through.
    FilterNotMet,
    /// The trigger fired a short while ago and is cooling down.
    CooledDown,
    /// The trigger has run as often as it may.
    RunsUsedUp,
    /// An action could not be prepared: an unknown list, a template error.
    ActionFailed,
    /// "Answer as" is on: a fault is answered in place of the work.
    AnsweredAs,
    /// A sender asked whether this address is the user's, before it signs anything; it was answered and does nothing.
    Handshake,
    /// A sender brought its key while nobody waited for one: it was not taken.
    HandshakeRefused,
    /// It was imported, and what its signature was made of is not known: it is kept, and nothing runs until the user says.
    NotCheckable,
}

impl ReasonCode {
    /// The outcome that it belongs to.
    pub fn outcome(self) -> Outcome {
        match self {
            Self::NoSuchEndpoint => Outcome::Unmatched,
            Self::TriggerDisabled => Outcome::Disabled,
            Self::RateLimited | Self::QuotaExhausted => Outcome::Limited,
            Self::DuplicateId | Self::DuplicateBody => Outcome::Duplicate,
            Self::FilterNotMet | Self::CooledDown | Self::RunsUsedUp => Outcome::Filtered,
            Self::ActionFailed | Self::Handshake => Outcome::Accepted,
            Self::MethodNotAllowed
            | Self::Paused
            | Self::AddressNotAllowed
            | Self::AddressUnknown
            | Self::FromBrowser
            | Self::MalformedHttp
            | Self::RepeatedHeader
            | Self::BodyTooLarge
            | Self::BodyTooSlow
            | Self::Overloaded
            | Self::UnsupportedEncoding
            | Self::SignatureMissing
            | Self::SignatureMalformed
            | Self::SignatureMismatch
            | Self::TimestampInvalid
            | Self::TimestampOutsideWindow
            | Self::EventIdMissing
            | Self::SecretUnavailable
            | Self::InvalidJson
            | Self::InvalidInput
            | Self::TokenUnknown
            | Self::SecretMissing
            | Self::QueueFull
            | Self::HandshakeRefused
            | Self::NotCheckable
            | Self::AnsweredAs => Outcome::Rejected,
        }
    }

    /// The stage that ends with this reason, as the waterfall names it; `None`: it is no stage of its own, or the
    /// request was refused while it was still being received.
    pub fn stage(self) -> Option<&'static str> {
        match self {
            Self::NoSuchEndpoint => Some("routed"),
            Self::MethodNotAllowed
            | Self::TriggerDisabled
            | Self::Paused
            | Self::AddressNotAllowed
            | Self::AddressUnknown
            | Self::RateLimited
            | Self::QueueFull
            | Self::QuotaExhausted
            | Self::CooledDown
            | Self::RunsUsedUp
            | Self::AnsweredAs => Some("admitted"),
            Self::SignatureMissing
            | Self::SignatureMalformed
            | Self::SignatureMismatch
            | Self::TimestampInvalid
            | Self::TimestampOutsideWindow
            | Self::EventIdMissing
            | Self::SecretUnavailable
            | Self::TokenUnknown
            | Self::SecretMissing
            | Self::Handshake
            | Self::HandshakeRefused
            | Self::NotCheckable => Some("verified"),
            Self::InvalidJson | Self::InvalidInput => Some("parsed"),
            _ => None,
        }
    }
}

/// One delivery as a row of the inbox.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct Delivery {
    /// `dlv_…`
    pub id: DeliveryId,
    /// Position in the store; the cursor of every list. Newer is larger.
    pub seq: i64,
    /// When the last byte was there.
    pub received_at: UnixMs,
    /// As sent.
    pub method: String,
    /// The path as sent, not decoded, cut to 2,048 characters.
    pub path: String,
    /// The contract that answered; `None` for an unmatched one.
    pub contract: Option<Contract>,
    /// The triggers that took it, in order of their run.
    pub trigger_ids: Vec<TriggerId>,
    /// The endpoint's trigger, also when it refused.
    pub endpoint: Option<TriggerId>,
    /// Where it came from: the scheme's name (`github`), else the User-Agent's first word.
    pub source: String,
    /// What it is: `push`, `pull_request.opened`.
    pub event: Option<String>,
    /// The sender's id of it.
    pub event_id: Option<String>,
    /// The caller's address, if known.
    pub peer: Option<String>,
    /// The status that was answered.
    pub answer_status: u16,
    /// What became of it.
    pub outcome: Outcome,
    /// What the signature check said.
    pub signature: SignatureState,
    /// Why it was not accepted, in code.
    pub reason_code: Option<ReasonCode>,
    /// Why, in one sentence with the values.
    pub reason: Option<String>,
    /// What the signature doctor found when it came, in one sentence; `None`: nothing, or nobody looked.
    pub cause: Option<String>,
    /// The secret that it was proved with.
    pub key_id: Option<SecretId>,
    /// Length of the body in bytes as received.
    pub bytes: i64,
    /// From the first byte of the head to the answer, in microseconds.
    pub duration_us: i64,
    /// The same body came before within 72 hours.
    pub identical_body: bool,
    /// The same event id came before with another body.
    pub conflict: bool,
    /// Kept by retention.
    pub pinned: bool,
    /// The delivery that this one is a replay of.
    pub replay_of: Option<DeliveryId>,
    /// Nobody sent it here: its payload was fetched from the sender's own record. `received_at` is when that was, and
    /// `answer_status` what the sender would have got.
    #[serde(default)]
    pub imported: bool,
}
