//! GitLab's own shapes, as far as they are used.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

/// A hook as GitLab tells it. Its secrets are never told.
#[derive(Clone, Debug, Deserialize)]
pub struct HookTold {
    /// Its number.
    pub id: u64,
    /// Where it sends to.
    pub url: String,
    /// When it was made.
    #[serde(default)]
    pub created_at: String,
    /// `executable`, `temporarily_disabled`, or `disabled`: GitLab stopped sending after failures.
    #[serde(default)]
    pub alert_status: Option<String>,
    /// Until when it does not send.
    #[serde(default)]
    pub disabled_until: Option<String>,
    /// Whether it signs (GitLab 19 and later).
    #[serde(default)]
    pub signing_token_present: bool,
    /// Everything else; what it sends is among it, as `push_events: true`.
    #[serde(skip)]
    pub events: Vec<String>,
}

impl HookTold {
    /// Reads a hook with what it sends: numbers stay as they are, so no flattening.
    pub fn read(json: Value) -> Result<Self, serde_json::Error> {
        let fields = json.as_object().into_iter().flatten();
        let on = fields.filter(|(name, value)| name.ends_with("_events") && value.as_bool() == Some(true));
        let events = on.map(|(name, _)| name.clone()).collect();
        Ok(Self { events, ..serde_json::from_value(json)? })
    }
}

/// A user.
#[derive(Debug, Deserialize)]
pub struct UserTold {
    /// The name.
    pub username: String,
}

/// The token that was asked with.
#[derive(Debug, Deserialize)]
pub struct TokenTold {
    /// What it may do.
    pub scopes: Vec<String>,
    /// The day it expires, `2026-12-31`.
    pub expires_at: Option<String>,
}

/// A server's version.
#[derive(Debug, Deserialize)]
pub struct VersionTold {
    /// `19.1.0-ee`
    pub version: String,
}

/// A project in a list.
#[derive(Debug, Deserialize)]
pub struct ProjectTold {
    /// Its number.
    pub id: u64,
    /// `group/project`
    pub path_with_namespace: String,
    /// What its owner says of it.
    pub description: Option<String>,
    /// `private`, `internal`, `public`
    #[serde(default)]
    pub visibility: String,
    /// What the user may do there; missing: not told.
    pub permissions: Option<PermissionsTold>,
}

/// What the user may do in a project, by itself and by its group.
#[derive(Debug, Deserialize)]
pub struct PermissionsTold {
    project_access: Option<AccessTold>,
    group_access: Option<AccessTold>,
}

impl PermissionsTold {
    /// The higher of the two: 40 is a Maintainer.
    pub fn level(&self) -> u32 {
        let level = |access: &Option<AccessTold>| access.as_ref().map_or(0, |access| access.access_level);
        level(&self.project_access).max(level(&self.group_access))
    }
}

#[derive(Debug, Deserialize)]
struct AccessTold {
    access_level: u32,
}

/// A group in a list.
#[derive(Debug, Deserialize)]
pub struct GroupTold {
    /// Its number.
    pub id: u64,
    /// `group/subgroup`
    pub full_path: String,
    /// What it says of itself.
    pub description: Option<String>,
    /// `private`, `internal`, `public`
    #[serde(default)]
    pub visibility: String,
}

/// What GitLab's record of a hook says it sent.
#[derive(Clone, Debug, Deserialize)]
pub struct EventTold {
    /// Its number.
    pub id: u64,
    /// `push_hooks`
    pub trigger: String,
    /// What it sent in its headers; secrets are left out.
    #[serde(default)]
    pub request_headers: BTreeMap<String, Value>,
    /// What it got: a status as text, or `internal error` where there was no answer.
    pub response_status: Option<String>,
    /// Seconds until there was an answer (GitLab's document "Project webhooks API", its example of 1.09 read on 2026-11-22).
    pub execution_duration: Option<f64>,
}

impl EventTold {
    /// A header that was sent, in whatever case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.request_headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name))?.1.as_str()
    }
}
