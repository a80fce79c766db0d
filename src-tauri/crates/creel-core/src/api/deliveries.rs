//! Commands about deliveries: list, open, body, signature, pin, delete, copy as.

use serde::{Deserialize, Serialize};

use crate::api::page::Page;
use crate::clock::UnixMs;
use crate::delivery::Delivery;
use crate::execution::Execution;
use crate::filter::FilterVerdict;
use crate::ids::{DeliveryId, TriggerId};

/// Which deliveries to list.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[serde(default)]
#[ts(export, optional_fields)]
pub struct DeliveriesQuery {
    /// The search, as typed: `sig:bad source:github after:1h "disk full"`.
    pub q: Option<String>,
    /// Rows in the page, at most 500; 100 unless told otherwise.
    pub limit: Option<u32>,
    /// Only rows older than this `seq`.
    pub after: Option<i64>,
}

/// A page of deliveries and what the query means. A page may hold fewer rows than were asked for, or none, and still be
/// followed by another one: a search answers within a few hundredths of a second with what it has found by then.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct DeliveriesFound {
    /// The rows.
    pub page: Page<Delivery>,
    /// The query in words: `deliveries with a bad signature from github in the last hour`.
    pub meaning: String,
    /// The full-text search did not know the newest deliveries yet: so many are missing from the hits.
    pub search_lag: i64,
    /// Its time was up before the page was full: what was received since then was looked at; `page.next` goes on.
    pub searched_to: Option<UnixMs>,
}

/// Which delivery.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct DeliveryRef {
    /// `dlv_…`
    pub id: DeliveryId,
}

/// Everything about one delivery but its body.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct DeliveryDetail {
    /// The row.
    pub delivery: Delivery,
    /// One sentence: `Accepted. Signature valid. No trigger matched.`
    pub verdict: String,
    /// The target as sent, with its query.
    pub target: String,
    /// Header lines as received: order, case, repeats.
    pub headers: Vec<HeaderLine>,
    /// What was answered.
    pub answer: Answer,
    /// How the time was spent, in order.
    pub timings: Vec<Timing>,
    /// Per trigger that listened at the endpoint: what its filter said.
    pub filters: Vec<TriggerVerdict>,
    /// What ran or waits.
    pub executions: Vec<Execution>,
    /// Replays of this delivery, oldest first, and the one it replays.
    pub lineage: Vec<Delivery>,
    /// SHA-256 of the body, hex.
    pub body_sha256: String,
    /// The body's length in bytes; kept bytes may be fewer for a refused one (`body_kept`).
    pub body_bytes: i64,
    /// How many bytes of the body are kept.
    pub body_kept: i64,
    /// Whether the body is UTF-8 text.
    pub body_is_text: bool,
    /// Media type as sent.
    pub content_type: Option<String>,
    /// What the body is not, where it claims to be JSON: `line 3, column 7: expected a comma`.
    pub json_error: Option<String>,
}

/// One header line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct HeaderLine {
    /// As sent.
    pub name: String,
    /// As sent; bytes that are not UTF-8 as `\xNN`. Masked: `Bearer ••••`.
    pub value: String,
    /// The value is masked because the header carries a credential.
    pub masked: bool,
    /// What the header is, for known ones.
    pub about: Option<String>,
}

/// What was answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// Headers.
    #[schema(value_type = Vec<Vec<String>>)]
    pub headers: Vec<(String, String)>,
    /// The body as text, cut to 64 KiB.
    pub body: String,
}

/// One part of the way.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct Timing {
    /// `received`, `verified`, `filtered`, `rendered`, `committed`, `answered`, or the action's name.
    pub name: String,
    /// From the first byte, in microseconds.
    pub start_us: i64,
    /// In microseconds.
    pub duration_us: i64,
    /// Whether it went well.
    pub ok: bool,
}

/// What one trigger made of a delivery.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct TriggerVerdict {
    /// The trigger.
    pub trigger_id: TriggerId,
    /// Its name now.
    pub trigger_name: String,
    /// What its filter says, computed anew on the stored bytes with the trigger as it is now.
    pub verdict: FilterVerdict,
}

/// A slice of a body.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export, optional_fields)]
pub struct BodyQuery {
    /// `dlv_…`
    pub id: String,
    /// First byte; 0 unless told otherwise.
    #[serde(default)]
    pub offset: Option<i64>,
    /// Bytes, at most 262,144, which is also the default.
    #[serde(default)]
    pub limit: Option<i64>,
}

/// A slice of a body.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct BodySlice {
    /// The bytes, standard base64.
    pub base64: String,
    /// First byte.
    pub offset: i64,
    /// Bytes kept in all.
    pub total: i64,
}

/// Which delivery's signature to explain, and with which secret to try.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export, optional_fields)]
pub struct SignatureQuery {
    /// `dlv_…`
    pub id: DeliveryId,
    /// Try this secret instead of the stored ones. It is not kept.
    #[serde(default)]
    pub try_secret: Option<String>,
    /// Try this scheme instead of the trigger's.
    #[serde(default)]
    pub try_scheme: Option<String>,
}

/// The nine steps of the signature check, computed anew on the stored bytes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct SignatureReport {
    /// Key of the scheme.
    pub scheme: String,
    /// The scheme in words: `GitHub: X-Hub-Signature-256, sha256=hex over the raw body`.
    pub scheme_words: String,
    /// The nine steps.
    pub steps: Vec<CheckStep>,
    /// The bytes that are signed, as text cut to 4 KiB (not UTF-8: as hex).
    pub signed_string: Option<String>,
    /// How many bytes are signed.
    pub signed_bytes: Option<i64>,
    /// One sentence.
    pub conclusion: String,
    /// Whether the signature is valid as computed now (with the time of receipt).
    pub valid: bool,
    /// A shell line that computes the signature from `$SECRET` and a saved body.
    pub reproduce: String,
}

/// One of the nine steps.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct CheckStep {
    /// 1 to 9.
    pub number: u8,
    /// `Endpoint`, `Rate`, `Address`, `Token`, `Header`, `Format`, `Signed string`, `Signature`, `Freshness and duplicate`.
    pub name: String,
    /// How it went.
    pub state: CheckState,
    /// What was compared, in one sentence with the values.
    pub words: String,
}

/// How a step of the check went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum CheckState {
    /// It holds.
    Pass,
    /// It does not hold; the check ended here.
    Fail,
    /// The scheme has no such step.
    NotUsed,
    /// An earlier step failed.
    NotReached,
}

/// Pin or unpin.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct PinDelivery {
    /// `dlv_…`
    pub id: DeliveryId,
    /// Pinned ones are kept by retention.
    pub pinned: bool,
}

/// Delete deliveries for good, with their bodies and executions. Pinned ones too.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct DeleteDeliveries {
    /// At most 500.
    pub ids: Vec<DeliveryId>,
}

/// How many were touched.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct Touched {
    /// Rows.
    pub count: i64,
}

/// A delivery as a command or code that sends it again, signed from `$SECRET`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct SnippetQuery {
    /// `dlv_…`
    pub id: DeliveryId,
    /// In which language.
    pub language: SnippetLanguage,
}

/// A request that a trigger takes, as a command or code that sends it, signed from `$SECRET`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct TriggerSnippetQuery {
    /// `trg_…`
    pub id: TriggerId,
    /// In which language.
    pub language: SnippetLanguage,
}

/// Languages of snippets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
#[ts(export)]
pub enum SnippetLanguage {
    /// Shell with curl and openssl.
    Curl,
    /// Shell with HTTPie and openssl.
    Httpie,
    /// JavaScript, fetch.
    Fetch,
    /// Python, urllib.
    Python,
}

/// Text to copy.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct Snippet {
    /// The text.
    pub text: String,
}

/// Which time the sparkline covers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct ActivityQuery {
    /// Minutes back from now, 1 to 1,440.
    pub minutes: u32,
}

/// Deliveries over time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct Activity {
    /// Minute by minute, oldest first.
    pub buckets: Vec<ActivityBucket>,
    /// Sum.
    pub total: i64,
    /// Of them rejected, as in the buckets.
    pub rejected: i64,
}

/// Deliveries of one minute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct ActivityBucket {
    /// When the minute began.
    pub at: UnixMs,
    /// All.
    pub total: i64,
    /// Of them rejected, limited or for a trigger that is off. Unmatched ones are none of these.
    pub rejected: i64,
}
