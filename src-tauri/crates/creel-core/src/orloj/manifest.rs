//! A manifest as it is written, every value with its line and column: of all kinds at once, so that a mistake has a place.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_saphyr::{Location, Spanned};

/// A value with its place.
pub(super) type At<T> = Spanned<T>;
/// A value that may be left out.
pub(super) type Maybe<T> = Option<At<T>>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Manifest {
    #[serde(rename = "apiVersion", default)]
    pub api_version: Maybe<String>,
    #[serde(default)]
    pub kind: Maybe<String>,
    pub metadata: At<RawMetadata>,
    pub spec: At<RawSpec>,
    /// What `get` printed may be applied again; its status is not the user's.
    #[serde(default, rename = "status")]
    _status: IgnoredAny,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawMetadata {
    pub name: At<String>,
    #[serde(default)]
    pub namespace: Maybe<String>,
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
    #[serde(default, rename = "annotations")]
    _annotations: IgnoredAny,
    #[serde(default, rename = "resourceVersion")]
    _resource_version: IgnoredAny,
    #[serde(default, rename = "generation")]
    _generation: IgnoredAny,
    #[serde(default, rename = "createdAt")]
    _created_at: IgnoredAny,
}

/// The fields of every kind's `spec`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawSpec {
    #[serde(default)]
    pub mode: Maybe<String>,
    #[serde(default)]
    pub system: Maybe<String>,
    #[serde(default)]
    pub input: Maybe<BTreeMap<String, String>>,
    #[serde(default)]
    pub priority: Maybe<String>,
    #[serde(default)]
    pub retry: Maybe<RawRetry>,
    #[serde(default)]
    pub data: Maybe<BTreeMap<String, At<String>>>,
    #[serde(default, rename = "stringData")]
    pub string_data: Maybe<BTreeMap<String, At<String>>>,
    #[serde(default)]
    pub task_ref: Maybe<String>,
    #[serde(default)]
    pub suspend: Maybe<bool>,
    #[serde(default)]
    pub auth: Maybe<RawAuth>,
    #[serde(default)]
    pub idempotency: Maybe<RawIdempotency>,
    #[serde(default)]
    pub payload: Maybe<RawPayload>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawRetry {
    #[serde(default)]
    pub max_attempts: Option<u32>,
    #[serde(default)]
    pub backoff: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawAuth {
    #[serde(default)]
    pub profile: Maybe<String>,
    #[serde(default)]
    pub secret_ref: Maybe<String>,
    #[serde(default)]
    pub signature_header: Maybe<String>,
    #[serde(default)]
    pub signature_prefix: Maybe<String>,
    #[serde(default)]
    pub timestamp_header: Maybe<String>,
    #[serde(default)]
    pub max_skew_seconds: Maybe<u32>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawIdempotency {
    #[serde(default)]
    pub event_id_header: Maybe<String>,
    #[serde(default)]
    pub dedupe_window_seconds: Maybe<u32>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawPayload {
    #[serde(default)]
    pub mode: Maybe<String>,
    #[serde(default)]
    pub input_key: Maybe<String>,
}

impl RawSpec {
    /// The first field that is there and not among `known`, with its place.
    pub fn stranger(&self, known: &[&str]) -> Option<(&'static str, Location)> {
        fn at<T>(field: &Maybe<T>) -> Option<Location> {
            field.as_ref().map(|value| value.referenced)
        }
        let fields = [
            ("mode", at(&self.mode)),
            ("system", at(&self.system)),
            ("input", at(&self.input)),
            ("priority", at(&self.priority)),
            ("retry", at(&self.retry)),
            ("data", at(&self.data)),
            ("stringData", at(&self.string_data)),
            ("task_ref", at(&self.task_ref)),
            ("suspend", at(&self.suspend)),
            ("auth", at(&self.auth)),
            ("idempotency", at(&self.idempotency)),
            ("payload", at(&self.payload)),
        ];
        fields.into_iter().find_map(|(name, place)| Some((name, place?)).filter(|_| !known.contains(&name)))
    }
}
