//! Commands about GitHub: sign in, choose a place and events, see the call, connect; and what becomes of a hook.

use serde::{Deserialize, Serialize};

use crate::absences::Absence;
use crate::api::github_missed::GithubMissed;
use crate::delivery::Delivery;
use crate::error::ApiError;
use crate::forge::{OnQuit, RateLimit, Wanted};
use crate::github::{GithubAccount, GithubPlace};
use crate::ids::TriggerId;

/// How it stands with GitHub.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct GithubView {
    /// The GitHub that is offered where nobody is signed in: `github.com`.
    pub host: String,
    /// Who is signed in.
    pub accounts: Vec<GithubAccount>,
    /// The hooks that Creel made, oldest first.
    pub hooks: Vec<GithubHook>,
    /// The public address that hooks send to; `None`: there is none.
    pub address: Option<String>,
    /// The tunnel whose address it is; `None`: the user typed it.
    pub tunnel: Option<String>,
    /// What happens to hooks when Creel ends; `None`: nobody asked yet.
    pub on_quit: Option<OnQuit>,
    /// What is left of the limit at the first of the accounts; `None`: nothing was asked yet.
    pub rate: Option<RateLimit>,
    /// What is wrong on this side: the clock.
    pub trouble: Option<ApiError>,
}

/// A hook that Creel made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct GithubHook {
    /// Whose address it sends to.
    pub trigger_id: TriggerId,
    /// Its name; `None`: the trigger was deleted.
    pub trigger_name: Option<String>,
    /// `github.com`
    pub host: String,
    /// The repository or organisation.
    pub place: GithubPlace,
    /// What it sends.
    pub events: Vec<String>,
    /// What it is to be.
    pub wanted: Wanted,
    /// Its number at GitHub, once it is made.
    #[ts(type = "number | null")]
    pub hook_id: Option<u64>,
    /// Where it sends to, as GitHub last said; `None`: nobody knows at this moment.
    pub url: Option<String>,
    /// Whether GitHub sends.
    pub active: bool,
    /// Why it is not what it is to be.
    pub trouble: Option<ApiError>,
    /// Its newest `ping` that was verified.
    pub ping: Option<Delivery>,
    /// Its newest verified delivery.
    pub newest: Option<Delivery>,
    /// What GitHub sent in vain.
    pub missed: GithubMissed,
}

/// Sign in at a GitHub.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[serde(default)]
#[ts(export, optional_fields)]
pub struct GithubSignIn {
    /// `github.com` or the name of an Enterprise Server; missing: the one that is offered.
    pub host: Option<String>,
    /// A token; missing: `gh` is asked for its own. Kept sealed and never shown again.
    pub token: Option<String>,
}

/// The public address, typed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct GithubAddress {
    /// `https://hooks.example.com`; empty: there is none.
    pub address: String,
}

/// A repository or organisation that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct GithubPlaceFound {
    /// Which.
    pub place: GithubPlace,
    /// What its owner says of it.
    pub about: Option<String>,
    /// Not for everybody.
    pub private: bool,
    /// Why no hook can be made there, if that is known.
    pub refused: Option<String>,
}

/// A hook to make.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export, optional_fields)]
pub struct GithubDraft {
    /// Where, as an account has it.
    pub api: String,
    /// The repository or organisation.
    pub place: GithubPlace,
    /// What it is to send.
    pub events: Vec<String>,
    /// What the new trigger does with it.
    #[serde(default)]
    pub then: GithubThen,
    /// Without a public address GitHub is asked every so many seconds, 10 to 3,600, in place of being sent to.
    #[serde(default)]
    pub asks_every: Option<u32>,
}

/// What a new trigger does with what GitHub sends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
#[ts(export)]
pub enum GithubThen {
    /// A task of each.
    #[default]
    Task,
    /// Nothing yet: it is kept, and the trigger gets its actions later.
    Nothing,
}

/// A hook that nobody follows, to be removed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct GithubLeftRef {
    /// Where, as an account has it.
    pub api: String,
    /// The repository or organisation.
    pub place: GithubPlace,
    /// Its number.
    #[ts(type = "number")]
    pub hook_id: u64,
}

/// What happens to hooks when Creel ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct GithubOnQuit {
    /// What the user said.
    pub on_quit: OnQuit,
}

/// What GitHub says it sent by a hook.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export, optional_fields)]
pub struct GithubRecordQuery {
    /// Whose hook.
    pub trigger_id: TriggerId,
    /// Where the last page ended.
    #[serde(default)]
    pub after: Option<String>,
}

/// A page of what GitHub says it sent, newest first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct GithubRecord {
    /// The deliveries.
    pub items: Vec<GithubSent>,
    /// Where the next page begins; `None`: this is the last.
    pub next: Option<String>,
}

/// A delivery as GitHub has it, and as it is here.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct GithubSent {
    /// GitHub's number of this attempt, as text: it is longer than a number of JavaScript can be.
    pub id: String,
    /// GitHub's id of the delivery, `X-GitHub-Delivery`; the same for every attempt.
    pub guid: String,
    /// When, as GitHub says it.
    pub at: String,
    /// It was sent again by hand.
    pub redelivery: bool,
    /// `push`, `pull_request.opened`
    pub event: String,
    /// The status that GitHub got.
    pub status: u16,
    /// How long GitHub waited for it.
    pub seconds: f64,
    /// Whether both sides tell the same.
    pub side: GithubSide,
    /// That in one sentence.
    pub words: String,
    /// What kept this attempt from arriving; `None`: it arrived, or nothing is known of it.
    pub away: Option<Absence>,
    /// The delivery here.
    pub here: Option<Delivery>,
}

/// Whether GitHub and Creel tell the same of a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum GithubSide {
    /// GitHub got what Creel answered.
    Same,
    /// GitHub got something else.
    Otherwise,
    /// Creel never saw this attempt, and has the delivery by another one.
    OtherAttempt,
    /// Creel never saw it, and the user brought it in from GitHub's record.
    BroughtIn,
    /// Creel never saw it.
    NeverArrived,
}

/// A delivery that GitHub is to send again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct GithubAgain {
    /// Whose hook.
    pub trigger_id: TriggerId,
    /// GitHub's number of the attempt.
    pub id: String,
}
