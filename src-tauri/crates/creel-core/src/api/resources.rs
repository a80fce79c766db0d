//! Commands about Orloj's resources. Manifests cross the seam as text: JSON out, YAML or JSON in.

use serde::{Deserialize, Serialize};

use crate::ids::DeliveryId;
use crate::orloj::{ResourceKind, TaskMode};

/// Manifests to apply.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[ts(export, optional_fields)]
pub struct ApplyResources {
    /// YAML in one or several documents, or JSON; at most 1 MiB.
    pub text: String,
    /// The only kind that is taken, and the kind of a document without one.
    #[serde(default)]
    pub kind: Option<ResourceKind>,
    /// The namespace of documents that name none; one that names another is refused.
    #[serde(default)]
    pub namespace: Option<String>,
    /// The name of the one resource, whatever its document says.
    #[serde(default)]
    pub name: Option<String>,
    /// Say what would change, and change nothing.
    #[serde(default)]
    pub dry_run: bool,
}

/// What became of one manifest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct Applied {
    /// Which kind.
    pub kind: ResourceKind,
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// What it did.
    pub change: Change,
    /// Field by field: `+ spec.suspend: true`, `- …`, `~ spec.priority: normal -> high`. A Secret's values are not shown.
    pub difference: Vec<String>,
}

/// What applying a manifest does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
#[ts(export)]
pub enum Change {
    /// It was not there.
    Created,
    /// It said something else.
    Configured,
    /// It said the same.
    Unchanged,
}

/// Which resources to list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export, optional_fields)]
pub struct ResourcesQuery {
    /// Of which kind.
    pub kind: ResourceKind,
    /// Only of this namespace.
    #[serde(default)]
    pub namespace: Option<String>,
    /// Only tasks of this mode; other kinds have none.
    #[serde(default)]
    pub mode: Option<TaskMode>,
    /// Rows in the page, at most 500; 100 unless told otherwise.
    #[serde(default)]
    pub limit: Option<u32>,
    /// Only those before this one; the `next` of the page before.
    #[serde(default)]
    pub after: Option<i64>,
}

/// Which resource.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct ResourceRef {
    /// Of which kind.
    pub kind: ResourceKind,
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
}

/// A resource as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct ResourceRow {
    /// Of which kind.
    pub kind: ResourceKind,
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// Position among its kind; the cursor of lists.
    pub seq: i64,
    /// `apiVersion`, `kind`, `metadata`, `spec`, `status` as JSON text. A Secret's values read `***`.
    pub manifest: String,
    /// The delivery that made it; `None`: it was applied.
    pub source_delivery: Option<DeliveryId>,
}
