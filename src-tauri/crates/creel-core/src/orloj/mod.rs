//! Orloj's resources as Creel keeps them: task templates and run tasks, secrets, task webhooks.
//!
//! A manifest is read with its places ([`read`]), checked ([`resource`]), and kept; a task webhook is a trigger of contract
//! `orloj`, whose delivery makes a run task out of a template ([`run`]).

mod manifest;
mod manifest_error;
mod metadata;
mod names;
mod read;
mod reasons;
mod resource;
mod run;
mod webhook;

pub use manifest_error::ManifestError;
pub use metadata::{DEFAULT_NAMESPACE, Named, Reference, ResourceMetadata};
pub use names::{endpoint_id, run_name};
pub use read::read;
pub use reasons::rejection;
pub use resource::{Resource, ResourceKind, SecretManifest, TaskManifest, TaskMode, TaskRetry, TaskSpec};
pub use run::{CannotRun, RunTask, run_task, same_run};
pub use webhook::{
    TaskWebhookManifest, TaskWebhookSpec, WebhookAuth, WebhookIdempotency, WebhookPayload, WebhookProfile,
};

/// The one version there is.
pub const API_VERSION: &str = "orloj.dev/v1";

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
