//! GitHub's own shapes, as far as they are used.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::clock::UnixMs;

/// A hook as it is sent to GitHub. The configuration goes whole: what is left out of it GitHub forgets, the secret too.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HookSent {
    /// `web`, where a hook is made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<&'static str>,
    /// Whether it sends anything.
    pub active: bool,
    /// What it sends.
    pub events: Vec<String>,
    /// Where to, and signed with what.
    pub config: HookConfig,
}

/// Where a hook sends to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HookConfig {
    /// The address.
    pub url: String,
    /// `json`
    pub content_type: &'static str,
    /// What it signs with.
    pub secret: String,
    /// `0`: certificates are checked.
    pub insecure_ssl: &'static str,
}

/// A hook as GitHub tells it.
#[derive(Clone, Debug, Deserialize)]
pub struct HookTold {
    /// Its number.
    pub id: u64,
    /// Whether it sends anything.
    pub active: bool,
    /// What it sends.
    #[serde(default)]
    pub events: Vec<String>,
    /// Where to.
    #[serde(default)]
    pub config: ConfigTold,
    /// When it was made.
    #[serde(default)]
    pub created_at: String,
}

/// Where a hook sends to, as GitHub tells it: the secret is never told.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct ConfigTold {
    /// The address.
    #[serde(default)]
    pub url: String,
}

/// A user.
#[derive(Debug, Deserialize)]
pub struct UserTold {
    /// The name.
    pub login: String,
}

/// A repository in a list.
#[derive(Debug, Deserialize)]
pub struct RepositoryTold {
    /// `octocat/hello-world`
    pub full_name: String,
    /// Not for everybody.
    #[serde(default)]
    pub private: bool,
    /// What its owner says of it.
    pub description: Option<String>,
    /// What the user may do there; missing: not told.
    pub permissions: Option<PermissionsTold>,
}

/// What the user may do in a repository.
#[derive(Debug, Deserialize)]
pub struct PermissionsTold {
    /// Everything, hooks too.
    #[serde(default)]
    pub admin: bool,
}

/// Repositories that were searched for.
#[derive(Debug, Deserialize)]
pub struct FoundTold {
    /// The best first.
    pub items: Vec<RepositoryTold>,
}

/// An organisation in a list.
#[derive(Debug, Deserialize)]
pub struct OrganisationTold {
    /// Its name.
    pub login: String,
    /// What it says of itself.
    pub description: Option<String>,
}

/// An attempt in GitHub's record of a hook.
#[derive(Clone, Debug, Deserialize)]
pub struct DeliveryTold {
    /// Its number.
    pub id: u64,
    /// `X-GitHub-Delivery`
    pub guid: String,
    /// When.
    pub delivered_at: String,
    /// Sent again by hand.
    pub redelivery: bool,
    /// Seconds until there was an answer.
    pub duration: f64,
    /// In GitHub's words: `OK`, `failed to connect to host`.
    pub status: String,
    /// What GitHub got; 502 where it got nothing.
    pub status_code: i64,
    /// `push`
    pub event: String,
    /// `opened`
    pub action: Option<String>,
}

/// An attempt with what was sent.
#[derive(Debug, Deserialize)]
pub struct SentTold {
    /// `X-GitHub-Delivery`
    pub guid: String,
    /// What GitHub sent.
    pub request: RequestTold,
}

/// What GitHub sent, as it tells it.
#[derive(Debug, Deserialize)]
pub struct RequestTold {
    /// Its header lines.
    pub headers: Option<Map<String, Value>>,
    /// Its body, as the text that stands in the answer; `None`: GitHub does not have it any more.
    pub payload: Option<Box<RawValue>>,
}

impl DeliveryTold {
    /// When it was, by GitHub's clock.
    pub fn at(&self) -> UnixMs {
        let at = self.delivered_at.parse::<jiff::Timestamp>();
        UnixMs(at.map(jiff::Timestamp::as_millisecond).unwrap_or_default())
    }

    /// The status that GitHub got.
    pub fn status(&self) -> u16 {
        u16::try_from(self.status_code).unwrap_or_default()
    }
}
