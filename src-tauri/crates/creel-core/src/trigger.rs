//! A trigger: endpoint + scheme + admission + filter + actions.

use serde::{Deserialize, Serialize};

use crate::actions::Action;
use crate::alerts::OpshiftSettings;
use crate::clock::UnixMs;
use crate::contracts::octipus::OctipusHook;
use crate::contracts::promptrails::PromptrailsTrigger;
use crate::filter::Filter;
use crate::ids::TriggerId;
use crate::orloj::TaskWebhookManifest;
use crate::receive::{Endpoint, path_to};

/// The one project there is; OpenGate's routes carry it.
pub const PROJECT: &str = "local";

/// The scheme of a trigger that checks nothing.
pub const NO_SCHEME: &str = "none";

/// The face an endpoint shows its sender. To add one: a variant here, a file in `contracts/` with its [`Face`] and a line in
/// [`Contract::face`], a route in `receive/routes.rs`, and, where it has settings of its own, a variant of [`ContractSettings`].
///
/// [`Face`]: crate::contracts::Face
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
#[serde(rename_all = "lowercase")]
pub enum Contract {
    /// Creel's own: `/hooks/{slug}`, any scheme, a reply of the user's choice.
    Creel,
    /// OpenGate: `POST /api/webhooks/trigger/{id}`.
    Opengate,
    /// Octipus: `POST /api/webhooks/{path}`; several hooks may share a path.
    Octipus,
    /// Orloj: `POST /v1/webhook-deliveries/{endpoint id}`.
    Orloj,
    /// PromptRails: `POST /api/v1/webhook/trigger`; the token selects the trigger.
    Promptrails,
    /// OpShift: `POST /api/alerts/trigger/{slug}`.
    Opshift,
}

/// What only one contract's triggers have.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
#[serde(rename_all = "lowercase")]
pub enum ContractSettings {
    /// Nothing: contracts `creel` and `opengate`.
    #[default]
    None,
    /// An Octipus hook's.
    Octipus(OctipusHook),
    /// Contract `orloj`: the TaskWebhook.
    Orloj(TaskWebhookManifest),
    /// A PromptRails trigger's.
    Promptrails(PromptrailsTrigger),
    /// Contract `opshift`.
    Opshift(OpshiftSettings),
}

/// A trigger as it is stored and shown. Its secrets are elsewhere (`store/secrets.rs`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct Trigger {
    /// `trg_…`
    pub id: TriggerId,
    /// Always `local` today; OpenGate's routes carry a project.
    pub project_id: String,
    /// For people; 1 to 200 characters.
    pub name: String,
    /// The face it shows.
    pub contract: Contract,
    /// What only this contract's triggers have.
    #[serde(default)]
    pub settings: ContractSettings,
    /// What its address ends with: `/hooks/{slug}`, or the id for `opengate`. `[a-z0-9-]{1,64}`; for `opengate` equal to the id.
    pub slug: String,
    /// Key of the scheme record (`authenticate/schemes/`), or `none`: capture only, no outside effects.
    pub scheme: String,
    /// A disabled trigger refuses as its contract says.
    pub enabled: bool,
    /// Methods it takes; contract `creel` only. `["POST"]` unless told otherwise.
    pub methods: Vec<String>,
    /// Single addresses and CIDR ranges, v4 and v6. Empty: everyone.
    pub ip_allowlist: Vec<String>,
    /// How many deliveries a minute.
    pub rate: Rate,
    /// Which deliveries count as the same.
    pub dedup: Dedup,
    /// Its largest body in bytes, 1 KiB to 25 MiB; 0: as in Settings. Where several triggers share an address the
    /// largest counts, because a body is refused before it is read. A contract's own bound stays.
    #[serde(default)]
    pub max_body_bytes: u32,
    /// Which deliveries concern it.
    pub filter: Filter,
    /// What it does, in order.
    pub actions: Vec<Action>,
    /// What a missing field becomes in its templates.
    pub missing: MissingPolicy,
    /// What it answers; contract `creel` only.
    pub reply: Reply,
    /// Outside effects are planned and shown, not run.
    pub capture_only: bool,
    /// How many of its executions run at once; 0: as many as Settings allow.
    #[serde(default)]
    pub at_once: u32,
    /// When it was made.
    pub created_at: UnixMs,
    /// When it was last changed.
    pub updated_at: UnixMs,
}

impl Trigger {
    /// The endpoint it listens at.
    pub fn endpoint(&self) -> Endpoint {
        Endpoint::At { contract: self.contract, name: self.contract.face().address(self).to_owned() }
    }

    /// The path it listens at.
    pub fn path(&self) -> String {
        path_to(self.contract, self.contract.face().address(self))
    }
}

/// How many deliveries a trigger takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct Rate {
    /// Deliveries a minute over time; 0 means no limit.
    pub per_minute: u32,
    /// How many may come at once; at least 1.
    pub burst: u32,
}

impl Default for Rate {
    /// No limit of the trigger's own: a developer's burst of test events must not be lost. Tunnels have the overall limit.
    fn default() -> Self {
        Self { per_minute: 0, burst: 60 }
    }
}

/// Which deliveries count as the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct Dedup {
    /// Whether a repeated event id is answered as a duplicate and runs nothing.
    pub by_event_id: bool,
    /// Whether the same body under another event id does as well (`trust.md` T05).
    pub by_body: bool,
    /// For how long, in hours, 1 to 720.
    pub window_hours: u32,
}

impl Default for Dedup {
    fn default() -> Self {
        Self { by_event_id: true, by_body: true, window_hours: 72 }
    }
}

/// What a missing field becomes in a template.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum MissingPolicy {
    /// An empty string (OpenGate).
    #[default]
    Empty,
    /// The placeholder stays as it stands (Octipus).
    Keep,
}

/// What a trigger of contract `creel` answers once the delivery is committed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct Reply {
    /// 200 to 599.
    pub status: u16,
    /// Extra headers, name and value.
    pub headers: Vec<(String, String)>,
    /// The body; `None`: `{"delivery":"dlv_…","duplicate":false}`.
    pub body: Option<String>,
    /// Waited before the answer, in milliseconds, at most 30,000.
    pub delay_ms: u32,
}

impl Default for Reply {
    fn default() -> Self {
        Self { status: 202, headers: Vec::new(), body: None, delay_ms: 0 }
    }
}
