//! Commands about GitLab: sign in, choose a project and events, see the call, connect; and what becomes of a hook.

use serde::{Deserialize, Serialize};

use crate::delivery::Delivery;
use crate::error::ApiError;
use crate::forge::{OnQuit, RateLimit, Wanted};
use crate::gitlab::{GitlabAccount, GitlabPlace};
use crate::ids::TriggerId;

/// How it stands with GitLab.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct GitlabView {
    /// The GitLab that is offered where nobody is signed in: `gitlab.com`.
    pub host: String,
    /// Who is signed in.
    pub accounts: Vec<GitlabAccount>,
    /// The hooks that Creel made, oldest first.
    pub hooks: Vec<GitlabHook>,
    /// The public address that hooks send to; `None`: there is none.
    pub address: Option<String>,
    /// What happens to hooks when Creel ends, GitHub's too; `None`: nobody asked yet.
    pub on_quit: Option<OnQuit>,
    /// What is left of the limit at the first of the accounts; `None`: it did not say.
    pub rate: Option<RateLimit>,
}

/// A hook that Creel made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct GitlabHook {
    /// Whose address it sends to.
    pub trigger_id: TriggerId,
    /// Its name; `None`: the trigger was deleted.
    pub trigger_name: Option<String>,
    /// `gitlab.com`
    pub host: String,
    /// The project or group.
    pub place: GitlabPlace,
    /// What it sends.
    pub events: Vec<String>,
    /// It signs what it sends; otherwise it says the secret as it is.
    pub signs: bool,
    /// What it is to be.
    pub wanted: Wanted,
    /// Its number at GitLab, once it is made.
    #[ts(type = "number | null")]
    pub hook_id: Option<u64>,
    /// Where it sends to, as GitLab last said; `None`: nobody knows at this moment.
    pub url: Option<String>,
    /// Whether it sends.
    pub active: bool,
    /// Why it is not what it is to be.
    pub trouble: Option<ApiError>,
    /// Its newest verified delivery.
    pub newest: Option<Delivery>,
}

/// Sign in at a GitLab.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export, optional_fields)]
pub struct GitlabSignIn {
    /// `gitlab.com` or where a server of one's own stands; missing: the one that is offered.
    #[serde(default)]
    pub host: Option<String>,
    /// A personal, project or group access token. Kept sealed and never shown again.
    pub token: String,
}

/// A project or group that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct GitlabPlaceFound {
    /// Which.
    pub place: GitlabPlace,
    /// What its owner says of it.
    pub about: Option<String>,
    /// Not for everybody.
    pub private: bool,
    /// Why no hook can be made there, if that is known.
    pub refused: Option<String>,
}

/// A hook to make.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct GitlabDraft {
    /// Where, as an account has it.
    pub api: String,
    /// The project or group.
    pub place: GitlabPlace,
    /// What it is to send.
    pub events: Vec<String>,
    /// Each delivery makes a task; otherwise the trigger gets its actions later.
    #[serde(default)]
    pub task: bool,
    /// The secret is said as it is, also where GitLab could sign.
    #[serde(default)]
    pub plain: bool,
}

/// A hook that nobody follows, to be removed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct GitlabLeftRef {
    /// Where, as an account has it.
    pub api: String,
    /// The project or group.
    pub place: GitlabPlace,
    /// Its number.
    #[ts(type = "number")]
    pub hook_id: u64,
}

/// What GitLab says it sent by a hook.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export, optional_fields)]
pub struct GitlabRecordQuery {
    /// Whose hook.
    pub trigger_id: TriggerId,
    /// Which page, from 1; missing: the first.
    #[serde(default)]
    pub page: Option<u32>,
}

/// How GitLab treats a hook, and a page of what it says it sent in the last seven days, newest first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct GitlabRecord {
    /// GitLab stopped sending after failures: why and what to do; `None`: it sends.
    pub stopped: Option<String>,
    /// What it sent.
    pub items: Vec<GitlabSent>,
    /// The next page; `None`: this is the last.
    pub next: Option<u32>,
}

/// What GitLab says it sent, and as it is here.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct GitlabSent {
    /// GitLab's number of it.
    #[ts(type = "number")]
    pub id: u64,
    /// `Push Hook`
    pub event: String,
    /// The status that GitLab got; `None`: it got no answer.
    pub status: Option<u16>,
    /// How long it waited.
    pub seconds: f64,
    /// Whether both sides tell the same, in one sentence.
    pub words: String,
    /// GitLab got a success.
    pub arrived: bool,
    /// The delivery here.
    pub here: Option<Delivery>,
}

/// What GitLab is to send again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct GitlabAgain {
    /// Whose hook.
    pub trigger_id: TriggerId,
    /// GitLab's number of it.
    #[ts(type = "number")]
    pub id: u64,
}
