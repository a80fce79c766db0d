//! Commands of the replay composer: plan, send; and the shipped samples.

use serde::{Deserialize, Serialize};

use crate::api::deliveries::{Answer, HeaderLine};
use crate::delivery::Delivery;
use crate::ids::{DeliveryId, ReplayId, TriggerId};

/// A replay as composed. The plan shows what it would do; sending does it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[ts(export, optional_fields)]
pub struct ReplayDraft {
    /// The delivery that is fired again; `None`: a shipped sample, see `sample`, or what the draft itself spells out.
    #[serde(default)]
    pub delivery_id: Option<DeliveryId>,
    /// A shipped sample instead: `github/push`.
    #[serde(default)]
    pub sample: Option<String>,
    /// Where it goes.
    pub target: ReplayTarget,
    /// Another method.
    #[serde(default)]
    pub method: Option<String>,
    /// Other headers, all of them, in order; missing: as received. Signature, timestamp, id, Host and length are recomputed.
    #[serde(default)]
    #[schema(value_type = Option<Vec<Vec<String>>>)]
    pub headers: Option<Vec<(String, String)>>,
    /// Another body, as text.
    #[serde(default)]
    pub body: Option<String>,
    /// Another body, as standard base64.
    #[serde(default)]
    pub body_base64: Option<String>,
    /// How it is signed.
    #[serde(default)]
    pub signing: Signing,
    /// The signature's time, Unix seconds; missing: now.
    #[serde(default)]
    pub at: Option<i64>,
    /// A new event id instead of the same one.
    #[serde(default)]
    pub new_event_id: bool,
    /// Broken on purpose.
    #[serde(default)]
    pub broken: Option<Broken>,
    /// How often, 1 to 100, one after the other.
    #[serde(default)]
    pub times: Option<u32>,
    /// Run outside effects too, or plan and show them only; local effects always happen. Missing: what is sent anew acts
    /// like any sender's webhook, and they run; a delivery that is fired again had its effects, and they do not.
    #[serde(default)]
    pub outside_effects: Option<bool>,
    /// Answer at once with the id; `replay_progress` tells how it goes on. Not unless told so.
    #[serde(default)]
    pub in_background: Option<bool>,
}

impl ReplayDraft {
    /// Whether outside effects run: the one rule for everything that Creel itself sends.
    pub fn runs_outside_effects(&self) -> bool {
        self.outside_effects.unwrap_or(self.delivery_id.is_none())
    }
}

/// Where a replay goes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum ReplayTarget {
    /// The path it came to, on this Creel.
    Original,
    /// Another trigger of this Creel.
    Trigger(TriggerId),
    /// Any http or https address.
    Url(String),
}

/// How a replay is signed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Signing {
    /// By the target trigger's scheme and current secret (a URL: the original's).
    #[default]
    Target,
    /// The headers as they are: exact bytes, old signature.
    AsReceived,
    /// Not at all: signature headers removed.
    Unsigned,
    /// By this scheme with this secret, which is not kept.
    With {
        /// Key of the scheme.
        scheme: String,
        /// The secret.
        secret: String,
    },
}

/// Broken on purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Broken {
    /// Signed with a secret that nobody has.
    WrongSecret,
    /// Signed with a time one hour ago (schemes with a timestamp).
    StaleTime,
    /// One byte of the body is changed after signing.
    AlteredByte,
}

/// What a replay would send and set off.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct ReplayPlan {
    /// The method.
    pub method: String,
    /// The address in full.
    pub url: String,
    /// The headers, secrets masked, signature cut.
    pub headers: Vec<HeaderLine>,
    /// Names of the headers that are recomputed.
    pub recomputed: Vec<String>,
    /// The body's length in bytes.
    pub body_bytes: i64,
    /// The scheme it is signed with; `None`: as received or unsigned.
    pub scheme: Option<String>,
    /// What it sets off here, action by action, in words; empty for a URL elsewhere.
    pub effects: Vec<PlannedEffect>,
    /// What to know: `the same event id: Creel answers "duplicate" within 72 hours`.
    pub warnings: Vec<String>,
}

/// One effect that a replay would have.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct PlannedEffect {
    /// In one sentence.
    pub words: String,
    /// It leaves Creel.
    pub outside: bool,
    /// It will run as the draft stands.
    pub runs: bool,
}

/// A replay: how far it is, one row a sending.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct ReplaySent {
    /// For `replay_progress` and `replay_stop`.
    pub id: ReplayId,
    /// How often it was to be sent.
    pub times: u32,
    /// What came of each sending so far, in their order.
    pub results: Vec<ReplayResult>,
    /// Nothing more will be sent: it is through, or was stopped, or could not go on (the last result says why).
    pub ended: bool,
}

/// A replay that was sent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct ReplayRef {
    /// `rpl_…`
    pub id: ReplayId,
}

/// How a replay goes on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export, optional_fields)]
pub struct ReplayProgress {
    /// `rpl_…`
    pub id: ReplayId,
    /// How many results are known: the answer waits for more than that, or for the end, at most 20 seconds.
    #[serde(default)]
    pub seen: Option<u32>,
}

/// What came of one sending.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct ReplayResult {
    /// The answer; `None`: none came, see `error`.
    pub answer: Option<Answer>,
    /// Why no answer came.
    pub error: Option<String>,
    /// How long it took, in microseconds.
    pub duration_us: i64,
    /// The new delivery, when it came back to this Creel.
    pub delivery: Option<Delivery>,
    /// How it differs from the original, in words: `answered 202, the original 401`.
    pub differences: Vec<String>,
}

/// A shipped sample.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct SampleInfo {
    /// `github/push`
    pub key: String,
    /// Who sends it: `GitHub`
    pub sender: String,
    /// Key of the scheme that signs it.
    pub scheme: String,
    /// Keys of schemes that may sign it instead.
    pub also: Vec<String>,
    /// `push`: as the delivery shows it; where the scheme names no event, what the sender calls it.
    pub event: String,
    /// `Push to a repository`
    pub about: String,
    /// It asks or greets: whether the address is yours. Creel answers, and no action runs.
    pub asks: bool,
}

/// A shipped sample, by its key.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct SampleRef {
    /// `github/push`
    pub key: String,
}

/// What a shipped sample sends, before it is signed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct SampleContents {
    /// Its key, sender, scheme and event.
    pub info: SampleInfo,
    /// The method.
    pub method: String,
    /// What is put behind the address where it has no query of its own.
    pub query: Option<String>,
    /// Header lines in the sender's order, without those that signing makes.
    #[schema(value_type = Vec<Vec<String>>)]
    pub headers: Vec<(String, String)>,
    /// The body; every shipped one is text.
    pub body: String,
}

/// Send a test webhook: a shipped sample, signed, through the socket.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[serde(default)]
#[ts(export, optional_fields)]
pub struct SendTest {
    /// To this trigger; missing: to the test endpoint.
    pub trigger_id: Option<TriggerId>,
    /// Which sample; missing: one that fits the trigger's scheme (`github/push` for the test endpoint).
    pub sample: Option<String>,
    /// Run outside effects too; missing: they run, as for any sender's webhook.
    pub outside_effects: Option<bool>,
}
