//! The three kinds, checked and with their defaults. Creel knows Orloj's fields that its guide and reference name; an
//! unknown one is refused where it stands.

use std::collections::BTreeMap;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde::{Deserialize, Serialize};

use super::manifest::{At, Manifest, Maybe, RawMetadata, RawSpec};
use super::manifest_error::ManifestError;
use super::metadata::{DEFAULT_NAMESPACE, name_trouble};
use super::{API_VERSION, ResourceMetadata, TaskWebhookManifest};
use crate::authenticate::Secret;

/// Keys of one Secret.
const KEYS_MOST: usize = 50;

/// Which kind of resource.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema,
)]
#[ts(export)]
pub enum ResourceKind {
    /// A template, or a run made from one.
    Task,
    /// Values that sign.
    Secret,
    /// An endpoint.
    TaskWebhook,
}

impl ResourceKind {
    /// Its name in a manifest.
    pub fn name(self) -> &'static str {
        match self {
            Self::Task => "Task",
            Self::Secret => "Secret",
            Self::TaskWebhook => "TaskWebhook",
        }
    }
}

/// A resource as a manifest describes it.
#[derive(Clone, Debug)]
pub enum Resource {
    /// A task.
    Task(TaskManifest),
    /// A secret with its values.
    Secret(SecretManifest),
    /// A webhook.
    TaskWebhook(TaskWebhookManifest),
}

/// A `Task`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskManifest {
    /// Its place.
    pub metadata: ResourceMetadata,
    /// What it says.
    pub spec: TaskSpec,
}

/// What a task says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export, optional_fields)]
pub struct TaskSpec {
    /// A template waits for triggers, a run is to be run.
    pub mode: TaskMode,
    /// The agent system that runs it.
    pub system: String,
    /// What it is run with.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub input: BTreeMap<String, String>,
    /// In the system's own words; `normal` unless told otherwise.
    pub priority: String,
    /// How failures are met.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry: Option<TaskRetry>,
}

/// What a task is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
#[ts(export)]
pub enum TaskMode {
    /// Runs are made from it.
    Template,
    /// It is one.
    Run,
}

/// How failures are met.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export, optional_fields)]
pub struct TaskRetry {
    /// Runs at the most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_attempts: Option<u32>,
    /// A duration as Go writes it: `5s`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backoff: Option<String>,
}

/// A `Secret` with its values in clear; they are sealed before anything is kept.
#[derive(Clone, Debug)]
pub struct SecretManifest {
    /// Its place.
    pub metadata: ResourceMetadata,
    /// Values by key, in the keys' order: the first one signs.
    pub values: BTreeMap<String, Secret>,
}

impl Resource {
    /// Its kind.
    pub fn kind(&self) -> ResourceKind {
        match self {
            Self::Task(_) => ResourceKind::Task,
            Self::Secret(_) => ResourceKind::Secret,
            Self::TaskWebhook(_) => ResourceKind::TaskWebhook,
        }
    }

    /// Its place.
    pub fn metadata(&self) -> &ResourceMetadata {
        match self {
            Self::Task(task) => &task.metadata,
            Self::Secret(secret) => &secret.metadata,
            Self::TaskWebhook(hook) => &hook.metadata,
        }
    }

    /// Its place, to be changed: an address can name the namespace.
    pub fn metadata_mut(&mut self) -> &mut ResourceMetadata {
        match self {
            Self::Task(task) => &mut task.metadata,
            Self::Secret(secret) => &mut secret.metadata,
            Self::TaskWebhook(hook) => &mut hook.metadata,
        }
    }

    pub(super) fn of(manifest: Manifest, expected: Option<ResourceKind>) -> Result<Self, ManifestError> {
        if let Some(version) = manifest.api_version.as_ref().filter(|version| version.value != API_VERSION) {
            let words = format!("apiVersion is \"{}\"; use {API_VERSION}", version.value);
            return Err(ManifestError::at(version.referenced, words));
        }
        let kind = kind_of(&manifest, expected)?;
        Self::of_kind(kind, manifest).map_err(|error| error.of(kind))
    }

    fn of_kind(kind: ResourceKind, manifest: Manifest) -> Result<Self, ManifestError> {
        let metadata = metadata_of(manifest.metadata.value)?;
        let spec = manifest.spec;
        match kind {
            ResourceKind::Task => Ok(Self::Task(TaskManifest { metadata, spec: task(spec)? })),
            ResourceKind::Secret => Ok(Self::Secret(SecretManifest { metadata, values: values(spec)? })),
            ResourceKind::TaskWebhook => TaskWebhookManifest::of(metadata, spec).map(Self::TaskWebhook),
        }
    }
}

fn kind_of(manifest: &Manifest, expected: Option<ResourceKind>) -> Result<ResourceKind, ManifestError> {
    let Some(kind) = &manifest.kind else {
        return expected.ok_or_else(|| ManifestError::at(manifest.metadata.referenced, "kind is missing"));
    };
    let kinds = [ResourceKind::Task, ResourceKind::Secret, ResourceKind::TaskWebhook];
    let known = kinds.into_iter().find(|known| known.name().eq_ignore_ascii_case(&kind.value));
    match known.filter(|known| expected.is_none_or(|expected| expected == *known)) {
        Some(kind) => Ok(kind),
        None => {
            let wanted = expected.map_or("Task, Secret or TaskWebhook", ResourceKind::name);
            Err(ManifestError::at(kind.referenced, format!("kind is \"{}\"; use {wanted}", kind.value)))
        }
    }
}

fn metadata_of(raw: RawMetadata) -> Result<ResourceMetadata, ManifestError> {
    let checked = |field: &str, text: &At<String>| match name_trouble(&text.value) {
        Some(trouble) => Err(ManifestError::at(text.referenced, format!("metadata.{field} {trouble}"))),
        None => Ok(text.value.clone()),
    };
    let namespace = raw.namespace.filter(|namespace| !namespace.value.is_empty());
    Ok(ResourceMetadata {
        name: checked("name", &raw.name)?,
        namespace: namespace.map_or(Ok(DEFAULT_NAMESPACE.to_owned()), |text| checked("namespace", &text))?,
        labels: raw.labels,
    })
}

/// The fields of `spec` that belong to its kind and no others.
pub(super) fn only(spec: &RawSpec, kind: ResourceKind, known: &[&str]) -> Result<(), ManifestError> {
    match spec.stranger(known) {
        Some((name, place)) => Err(ManifestError::at(place, format!("spec.{name} is no field of a {}", kind.name()))),
        None => Ok(()),
    }
}

fn task(spec: At<RawSpec>) -> Result<TaskSpec, ManifestError> {
    let raw = spec.value;
    only(&raw, ResourceKind::Task, &["mode", "system", "input", "priority", "retry"])?;
    let system = raw.system.as_ref().map_or("", |system| system.value.trim());
    if system.is_empty() {
        let place = raw.system.as_ref().map_or(spec.referenced, |system| system.referenced);
        return Err(ManifestError::at(place, "spec.system is missing"));
    }
    Ok(TaskSpec {
        mode: mode(raw.mode.as_ref())?,
        system: system.to_owned(),
        input: raw.input.map(|input| input.value).unwrap_or_default(),
        priority: raw.priority.map_or_else(|| "normal".to_owned(), |priority| priority.value),
        retry: raw
            .retry
            .map(|retry| TaskRetry { max_attempts: retry.value.max_attempts, backoff: retry.value.backoff }),
    })
}

fn mode(raw: Option<&At<String>>) -> Result<TaskMode, ManifestError> {
    match raw.map(|mode| (mode.value.to_ascii_lowercase(), mode)) {
        None => Ok(TaskMode::Run),
        Some((word, _)) if word == "template" => Ok(TaskMode::Template),
        Some((word, _)) if word == "run" => Ok(TaskMode::Run),
        Some((_, mode)) => {
            let words = format!("spec.mode is \"{}\"; use template or run", mode.value);
            Err(ManifestError::at(mode.referenced, words))
        }
    }
}

fn values(spec: At<RawSpec>) -> Result<BTreeMap<String, Secret>, ManifestError> {
    only(&spec.value, ResourceKind::Secret, &["data", "stringData"])?;
    let mut values = BTreeMap::new();
    for (key, text) in entries(spec.value.data) {
        let name = format!("spec.data.{key}");
        let bytes = BASE64_STANDARD.decode(text.value.trim());
        let bytes = bytes.map_err(|_| ManifestError::at(text.referenced, format!("{name} is not base64")))?;
        let clear = String::from_utf8(bytes)
            .map_err(|_| ManifestError::at(text.referenced, format!("{name} is base64 of bytes that are no text")))?;
        values.insert(key, secret(&name, clear, &text)?);
    }
    // Kubernetes' rule, from where the form comes: stringData wins over data.
    for (key, text) in entries(spec.value.string_data) {
        let clear = text.value.clone();
        let value = secret(&format!("spec.stringData.{key}"), clear, &text)?;
        values.insert(key, value);
    }
    match values.len() {
        0 => Err(ManifestError::at(spec.referenced, "a Secret has spec.data or spec.stringData with at least one key")),
        n if n > KEYS_MOST => Err(ManifestError::at(spec.referenced, format!("{n} keys; at most {KEYS_MOST}"))),
        _ => Ok(values),
    }
}

fn entries(map: Maybe<BTreeMap<String, At<String>>>) -> impl Iterator<Item = (String, At<String>)> {
    map.map(|map| map.value).unwrap_or_default().into_iter()
}

fn secret(name: &str, clear: String, at: &At<String>) -> Result<Secret, ManifestError> {
    Secret::new(clear).map_err(|refused| ManifestError::at(at.referenced, format!("{name}: {refused}")))
}
