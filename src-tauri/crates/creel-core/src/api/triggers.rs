//! Commands about triggers: list, make, change, rotate, draft from a delivery.

use serde::{Deserialize, Serialize};

use crate::actions::Action;
use crate::answer_as::AnswerAs;
use crate::clock::UnixMs;
use crate::filter::Filter;
use crate::ids::{DeliveryId, SecretId, TriggerId};
use crate::learning::Learning;
use crate::trigger::{Contract, ContractSettings, Dedup, MissingPolicy, Rate, Reply, Trigger};

/// A trigger to make or what to make of one. A field that is missing keeps its value, or gets its default when it is new.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
#[ts(export, optional_fields)]
pub struct TriggerDraft {
    /// 1 to 200 characters.
    pub name: Option<String>,
    /// `creel` unless told otherwise; fixed once made.
    pub contract: Option<Contract>,
    /// What only this contract's triggers have.
    pub settings: Option<ContractSettings>,
    /// `[a-z0-9-]{1,64}`; made from the name when missing; not for `opengate`, whose address is its id.
    pub slug: Option<String>,
    /// Key of a scheme record or `none`.
    pub scheme: Option<String>,
    /// The sender's secret, where the sender decided it; else one is made. Never sent back.
    pub secret: Option<String>,
    /// Make a secret although the contract goes without one (Octipus and PromptRails make none by themselves).
    pub make_secret: Option<bool>,
    /// Take the secret of this trigger (also of the test endpoint, `trg_test`).
    pub secret_from: Option<TriggerId>,
    /// On or off.
    pub enabled: Option<bool>,
    /// Methods it takes; contract `creel` only.
    pub methods: Option<Vec<String>>,
    /// Addresses and CIDR ranges.
    pub ip_allowlist: Option<Vec<String>>,
    /// Deliveries a minute.
    pub rate: Option<Rate>,
    /// Which deliveries count as the same.
    pub dedup: Option<Dedup>,
    /// Its largest body in bytes, 1 KiB to 25 MiB; 0: as in Settings.
    pub max_body_bytes: Option<u32>,
    /// Which deliveries concern it.
    pub filter: Option<Filter>,
    /// What it does.
    pub actions: Option<Vec<Action>>,
    /// What a missing field becomes.
    pub missing: Option<MissingPolicy>,
    /// What it answers; contract `creel` only.
    pub reply: Option<Reply>,
    /// Plan outside effects, do not run them.
    pub capture_only: Option<bool>,
    /// How many of its executions run at once; 0: as many as Settings allow.
    pub at_once: Option<u32>,
}

/// Which trigger.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct TriggerRef {
    /// `trg_…`
    pub id: TriggerId,
}

/// A change to a trigger.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct TriggerChange {
    /// `trg_…`
    pub id: TriggerId,
    /// What changes.
    pub change: TriggerDraft,
}

/// A trigger as the list shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct TriggerRow {
    /// The trigger.
    pub trigger: Trigger,
    /// Its path: `/hooks/deploys`, `/api/webhooks/trigger/trg_…`.
    pub path: String,
    /// Its secrets, without their values; the current one first.
    pub secrets: Vec<SecretInfo>,
    /// When it last took a delivery.
    pub last_fired_at: Option<UnixMs>,
    /// Deliveries in the last 24 hours that it took.
    pub accepted_24h: i64,
    /// Deliveries in the last 24 hours at its address that were refused.
    pub refused_24h: i64,
    /// Executions in the last 24 hours that failed.
    pub failed_24h: i64,
    /// The fault that it answers in place of its work; `count` is what is left.
    pub answer_as: Option<AnswerAs>,
    /// How it stands with the key that its sender brings; `None`: nobody waited for one.
    pub learning: Option<Learning>,
}

/// Switch "answer as" on or off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export, optional_fields)]
pub struct AnswerAsChange {
    /// `trg_…`
    pub id: TriggerId,
    /// What to answer; missing: the trigger does its work again.
    #[serde(default)]
    pub answer_as: Option<AnswerAs>,
}

/// Which contract's faults.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct FaultsQuery {
    /// The contract.
    pub contract: Contract,
}

/// A stored secret without its value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct SecretInfo {
    /// `sec_…`
    pub id: SecretId,
    /// For people: `current`, `previous`, or the name it was given.
    pub name: String,
    /// Its length in bytes; under 16 is shown as weak.
    pub bytes: u32,
    /// When it was stored.
    pub created_at: UnixMs,
    /// When it stops working (a previous one); `None`: it does not.
    pub expires_at: Option<UnixMs>,
    /// When it last verified a delivery.
    pub last_used_at: Option<UnixMs>,
}

/// A new trigger and, once, its secret.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct TriggerMade {
    /// The trigger.
    pub row: TriggerRow,
    /// The secret in clear, this one time; `None` for scheme `none`.
    pub secret: Option<String>,
    /// The token in clear, this one time, where the contract's tokens select triggers.
    pub token: Option<String>,
    /// What the user should know: `the secret is shorter than 16 bytes`.
    pub warnings: Vec<String>,
}

/// Rotate a trigger's secret.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export, optional_fields)]
pub struct RotateSecret {
    /// `trg_…`
    pub id: TriggerId,
    /// The new secret; made when missing.
    #[serde(default)]
    pub secret: Option<String>,
    /// How long the old one still works, in hours, 0 to 720; 24 unless told otherwise.
    #[serde(default)]
    pub grace_hours: Option<u32>,
}

/// The new secret, this one time. OpenGate's document prints these three fields.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct SecretRotated {
    /// The new secret in clear.
    pub secret: String,
    /// When the old one stops working, RFC 3339 UTC.
    pub old_secret_expires_at: String,
    /// How long it still works, in hours.
    pub grace_period_hours: u32,
}

/// Rotate a trigger's token.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export, optional_fields)]
pub struct RotateToken {
    /// `trg_…`
    pub id: TriggerId,
    /// How long the old one still works, in hours, 0 to 720; 24 unless told otherwise.
    #[serde(default)]
    pub grace_hours: Option<u32>,
}

/// The new token, this one time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct TokenRotated {
    /// The new token in clear.
    pub token: String,
    /// When the old one stops working, RFC 3339 UTC.
    pub old_token_expires_at: String,
    /// How long it still works, in hours.
    pub grace_period_hours: u32,
}

/// Wait for the request that brings a trigger's key, or wait no longer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct LearnKey {
    /// `trg_…`
    pub id: TriggerId,
    /// Wait: ten minutes from now, also where it waits already. Else nobody waits any more.
    pub wait: bool,
}

/// A key that was learnt, this one time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct LearntKey {
    /// The key in clear.
    pub secret: String,
}

/// A named secret to keep, for signing forwards.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct KeepSecret {
    /// 1 to 100 characters.
    pub name: String,
    /// The value; not blank.
    pub value: String,
}

/// What to make a trigger from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct DraftFrom {
    /// The delivery.
    pub delivery_id: DeliveryId,
}

/// A suggestion for a trigger, not saved.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct Drafted {
    /// The draft, complete.
    pub draft: TriggerDraft,
    /// The delivery that serves as its sample; it is pinned now.
    pub sample: DeliveryId,
    /// Why the scheme was chosen: `the header X-Hub-Signature-256 and the User-Agent GitHub-Hookshot`.
    pub why: String,
}

/// A scheme as the builder lists it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct SchemeInfo {
    /// `github`
    pub key: String,
    /// `GitHub`
    pub name: String,
    /// `X-Hub-Signature-256: sha256=<hex HMAC-SHA256 of the raw body>`
    pub words: String,
    /// Proves little: a plain token, SHA-1.
    pub weak: bool,
    /// It checks a timestamp.
    pub has_timestamp: bool,
    /// A secret can be made here; else it is the sender's certificate, which has to be pasted.
    pub makes_secret: bool,
    /// The sender brings its key in its first request, which the trigger has to wait for.
    pub learns: bool,
    /// That key has to be pasted at the sender, so it is shown once.
    pub shows_key: bool,
    /// Where the rule comes from.
    pub source: String,
    /// When the source was last read, `YYYY-MM-DD`.
    pub checked: String,
    /// How sure the rule is.
    pub certainty: SchemeCertainty,
    /// Where it is listed; `own`: the user made it.
    pub group: SchemeGroup,
    /// Where the signature is, the first place that is looked at: `X-Hub-Signature-256`.
    pub place: String,
}

/// How sure a scheme's rule is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
#[ts(export)]
pub enum SchemeCertainty {
    /// A value that the provider published, or its library made, came out.
    Reproduced,
    /// The provider's own document says so.
    Documented,
    /// The provider's own library does so.
    Sdk,
    /// Others say so, citing the provider.
    Secondary,
    /// The user wrote it.
    Own,
}

/// Which kind of sender a scheme is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
#[ts(export)]
pub enum SchemeGroup {
    /// The five services whose faces Creel shows.
    Contract,
    /// Developer platforms, CI, monitoring.
    Platform,
    /// Schemes that many senders share.
    Generic,
    /// Business services.
    Business,
    /// The user's own.
    Own,
}
