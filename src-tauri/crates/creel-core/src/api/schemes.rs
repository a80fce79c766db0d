//! Commands about schemes: list, read, make, change, try on a delivery.

use serde::{Deserialize, Serialize};

use crate::api::deliveries::SignatureReport;
use crate::api::triggers::SchemeInfo;
use crate::authenticate::record::SchemeRecord;
use crate::error::ApiError;
use crate::ids::{DeliveryId, TriggerId};

/// Which scheme.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct SchemeRef {
    /// `github`, or the key of one of the user's own.
    pub key: String,
}

/// A scheme to make, as YAML or as fields; exactly one of them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
#[ts(export, optional_fields)]
pub struct SchemeDraft {
    /// The record as YAML, at most 64 KiB.
    pub text: Option<String>,
    /// The record's fields.
    pub record: Option<SchemeRecord>,
}

/// What to make of a scheme of the user's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[ts(export)]
pub struct SchemeChange {
    /// Its key, which stays.
    pub key: String,
    /// The record from now on.
    pub draft: SchemeDraft,
}

/// A scheme with its record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct SchemeDetail {
    /// As the list shows it.
    pub info: SchemeInfo,
    /// Its record, complete.
    pub record: SchemeRecord,
    /// The same as YAML: what is exported.
    pub text: String,
    /// Names of what uses it: triggers that verify by it or forward with it, pipelines with such a step.
    pub used_by: Vec<String>,
    /// What its user should know.
    pub warnings: Vec<String>,
}

/// A draft that was looked at; nothing is saved.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct SchemeRead {
    /// Its fields, where the text can be read.
    pub record: Option<SchemeRecord>,
    /// Its YAML.
    pub text: String,
    /// The rule in one line, where it can be told.
    pub words: Option<String>,
    /// What is wrong; `field` is the record's.
    pub problems: Vec<ApiError>,
    /// What its user should know.
    pub warnings: Vec<String>,
}

/// What a delivery seems to be signed with; a suggestion, never a proof.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct SchemeSuggested {
    /// Key of the scheme; `None`: nothing of it looks like a signature that is known.
    pub key: Option<String>,
    /// Why: `the header X-Hub-Signature-256 and the User-Agent GitHub-Hookshot`.
    pub why: String,
}

/// Try a draft on a delivery that was captured. Nothing is saved.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[ts(export, optional_fields)]
pub struct SchemeTry {
    /// The draft.
    pub draft: SchemeDraft,
    /// The delivery.
    pub delivery_id: DeliveryId,
    /// A secret to check with. It is not kept.
    #[serde(default)]
    pub secret: Option<String>,
    /// Check with this trigger's secrets; without either, with those of the trigger that the delivery came to.
    #[serde(default)]
    pub secret_from: Option<TriggerId>,
}

/// What a draft made of a delivery.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct SchemeTrial {
    /// The nine steps, as on the Signature tab; the first three are not the scheme's. Missing: the draft cannot be read.
    pub report: Option<SignatureReport>,
    /// Where it looked, and what stood there.
    pub places: Vec<PlaceFound>,
    /// What is wrong with the draft.
    pub problems: Vec<ApiError>,
}

/// A place that a scheme looks at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct PlaceFound {
    /// What it is for: `signature`, `time`, `event id`, `event`, `signed value`.
    pub what: String,
    /// `header:X-Signature`
    pub place: String,
    /// What stands there, cut to 120 characters, and dots for a secret; `None`: nothing.
    pub value: Option<String>,
}
