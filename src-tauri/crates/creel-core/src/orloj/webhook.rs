//! `TaskWebhook`: which template, how a sender proves itself, what counts as the same, where the body goes.

use serde::{Deserialize, Serialize};

use super::manifest::{At, Maybe, RawAuth, RawIdempotency, RawSpec};
use super::manifest_error::ManifestError;
use super::resource::{ResourceKind, only};
use super::{Named, Reference, ResourceMetadata};

/// Longest skew: a day. What is older is no clock that is off.
const SKEW_MOST_S: u32 = 86_400;
/// Longest window: thirty days, as for every trigger.
const WINDOW_MOST_S: u32 = 30 * 86_400;
/// Characters of an input key and of a signature prefix.
const WORD_MOST: usize = 100;

/// A `TaskWebhook`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct TaskWebhookManifest {
    /// Its place: it makes the endpoint's id.
    pub metadata: ResourceMetadata,
    /// What it says, with every default filled in.
    pub spec: TaskWebhookSpec,
}

/// What a task webhook says. Whether it is suspended is the trigger's own switch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct TaskWebhookSpec {
    /// The template task: `name` or `namespace/name`.
    pub task_ref: String,
    /// It answers 409 to everything.
    #[serde(default)]
    pub suspend: bool,
    /// How a sender proves itself.
    pub auth: WebhookAuth,
    /// What counts as the same event.
    pub idempotency: WebhookIdempotency,
    /// Where the body goes.
    pub payload: WebhookPayload,
}

/// How a sender proves itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export, optional_fields)]
pub struct WebhookAuth {
    /// What is signed.
    pub profile: WebhookProfile,
    /// The Secret whose first key in order signs: `name` or `namespace/name`.
    pub secret_ref: String,
    /// Where the signature is.
    pub signature_header: String,
    /// What stands before its hex digits, in any case; may be empty.
    pub signature_prefix: String,
    /// Where the time is; profile `generic` only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timestamp_header: Option<String>,
    /// How far the time may be off, either way; profile `generic` only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_skew_seconds: Option<u32>,
}

/// What is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
#[ts(export)]
pub enum WebhookProfile {
    /// Time, a dot, and the body.
    Generic,
    /// The body.
    Github,
}

/// What counts as the same event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct WebhookIdempotency {
    /// Where the event's id is.
    pub event_id_header: String,
    /// For how long an id counts as seen.
    pub dedupe_window_seconds: u32,
}

/// Where the body goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct WebhookPayload {
    /// Always `raw`: the body as text.
    pub mode: String,
    /// The run task's input that gets it.
    pub input_key: String,
}

impl WebhookProfile {
    /// Its word, as `webhook_source` has it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Generic => "generic",
            Self::Github => "github",
        }
    }

    fn signature_header(self) -> &'static str {
        match self {
            Self::Generic => "X-Signature",
            Self::Github => "X-Hub-Signature-256",
        }
    }

    fn event_id_header(self) -> &'static str {
        match self {
            Self::Generic => "X-Event-Id",
            Self::Github => "X-GitHub-Delivery",
        }
    }

    /// 24 hours, and 72 for GitHub: there is no time in what it signs, and it tries again for three days (the guide).
    fn window_seconds(self) -> u32 {
        match self {
            Self::Generic => 86_400,
            Self::Github => 259_200,
        }
    }
}

impl TaskWebhookManifest {
    /// The template.
    pub fn template(&self) -> Named {
        Reference(self.spec.task_ref.clone()).from(&self.metadata.namespace)
    }

    /// The Secret.
    pub fn secret(&self) -> Named {
        Reference(self.spec.auth.secret_ref.clone()).from(&self.metadata.namespace)
    }

    pub(super) fn of(metadata: ResourceMetadata, spec: At<RawSpec>) -> Result<Self, ManifestError> {
        let raw = spec.value;
        only(&raw, ResourceKind::TaskWebhook, &["task_ref", "suspend", "auth", "idempotency", "payload"])?;
        let task_ref = reference("spec.task_ref", raw.task_ref, spec.referenced)?;
        let Some(auth) = raw.auth else {
            return Err(ManifestError::at(spec.referenced, "spec.auth.secret_ref is missing"));
        };
        let auth = auth_of(auth)?;
        let idempotency = idempotency_of(raw.idempotency.map(|raw| raw.value).unwrap_or_default(), auth.profile)?;
        let payload = raw.payload.map(|raw| raw.value).unwrap_or_default();
        if let Some(mode) = payload.mode.filter(|mode| !mode.value.eq_ignore_ascii_case("raw")) {
            let words = format!("spec.payload.mode is \"{}\"; use raw", mode.value);
            return Err(ManifestError::at(mode.referenced, words));
        }
        let input_key = word("spec.payload.input_key", payload.input_key, "webhook_payload")?;
        let payload = WebhookPayload { mode: "raw".to_owned(), input_key };
        let suspend = raw.suspend.is_some_and(|suspend| suspend.value);
        Ok(Self { metadata, spec: TaskWebhookSpec { task_ref, suspend, auth, idempotency, payload } })
    }
}

fn auth_of(auth: At<RawAuth>) -> Result<WebhookAuth, ManifestError> {
    let place = auth.referenced;
    let raw = auth.value;
    let profile = match raw.profile.as_ref().map(|profile| (profile.value.to_ascii_lowercase(), profile)) {
        None => WebhookProfile::Generic,
        Some((word, _)) if word == "generic" => WebhookProfile::Generic,
        Some((word, _)) if word == "github" => WebhookProfile::Github,
        Some((_, profile)) => {
            let words = format!("spec.auth.profile is \"{}\"; use generic or github", profile.value);
            return Err(ManifestError::at(profile.referenced, words));
        }
    };
    let timed = profile == WebhookProfile::Generic;
    let timestamp = header("spec.auth.timestamp_header", raw.timestamp_header, "X-Timestamp")?;
    let skew = seconds("spec.auth.max_skew_seconds", raw.max_skew_seconds, 300, SKEW_MOST_S)?;
    Ok(WebhookAuth {
        profile,
        secret_ref: reference("spec.auth.secret_ref", raw.secret_ref, place)?,
        signature_header: header("spec.auth.signature_header", raw.signature_header, profile.signature_header())?,
        signature_prefix: prefix(raw.signature_prefix)?,
        timestamp_header: timed.then_some(timestamp),
        max_skew_seconds: timed.then_some(skew),
    })
}

fn idempotency_of(raw: RawIdempotency, profile: WebhookProfile) -> Result<WebhookIdempotency, ManifestError> {
    let field = "spec.idempotency.dedupe_window_seconds";
    Ok(WebhookIdempotency {
        event_id_header: header("spec.idempotency.event_id_header", raw.event_id_header, profile.event_id_header())?,
        dedupe_window_seconds: seconds(field, raw.dedupe_window_seconds, profile.window_seconds(), WINDOW_MOST_S)?,
    })
}

fn reference(field: &str, raw: Maybe<String>, place: serde_saphyr::Location) -> Result<String, ManifestError> {
    let Some(text) = raw else { return Err(ManifestError::at(place, format!("{field} is missing"))) };
    let parts: Vec<&str> = text.value.split('/').map(str::trim).collect();
    if parts.len() > 2 || parts.iter().any(|part| part.is_empty()) {
        let words = format!("{field} is \"{}\"; use name or namespace/name", text.value);
        return Err(ManifestError::at(text.referenced, words));
    }
    Ok(parts.join("/"))
}

fn header(field: &str, raw: Maybe<String>, default: &str) -> Result<String, ManifestError> {
    let Some(text) = raw else { return Ok(default.to_owned()) };
    let name = text.value.trim();
    match http::HeaderName::from_bytes(name.as_bytes()) {
        Ok(_) => Ok(name.to_owned()),
        Err(_) => Err(ManifestError::at(text.referenced, format!("{field} is \"{name}\", which is no header name"))),
    }
}

fn prefix(raw: Maybe<String>) -> Result<String, ManifestError> {
    match raw {
        Some(text) if text.value.is_empty() => Ok(String::new()),
        raw => word("spec.auth.signature_prefix", raw, "sha256="),
    }
}

fn word(field: &str, raw: Maybe<String>, default: &str) -> Result<String, ManifestError> {
    let Some(text) = raw else { return Ok(default.to_owned()) };
    let word = text.value.trim();
    if word.is_empty() || word.chars().count() > WORD_MOST {
        return Err(ManifestError::at(text.referenced, format!("{field} has 1 to {WORD_MOST} characters")));
    }
    Ok(word.to_owned())
}

fn seconds(field: &str, raw: Maybe<u32>, default: u32, most: u32) -> Result<u32, ManifestError> {
    match raw {
        // Orloj reads 0 as "not said".
        None => Ok(default),
        Some(given) if given.value == 0 => Ok(default),
        Some(given) if given.value > most => {
            let words = format!("{field} is {}; at most {most}", given.value);
            Err(ManifestError::at(given.referenced, words))
        }
        Some(given) => Ok(given.value),
    }
}
