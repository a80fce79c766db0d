//! Where a hook can be: a project or a group.

use serde::{Deserialize, Serialize};

/// What a hook belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
#[ts(export)]
pub enum GitlabPlaceKind {
    /// One project.
    Project,
    /// All projects of a group, where GitLab's plan has group hooks.
    Group,
}

/// A project or a group at GitLab. Its number stays when it is renamed or moved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct GitlabPlace {
    /// Which of the two.
    pub kind: GitlabPlaceKind,
    /// Its number.
    #[ts(type = "number")]
    pub id: u64,
    /// `group/subgroup/project`, as it was when it was chosen.
    pub path: String,
}

impl GitlabPlace {
    /// It in the API: `/projects/42`.
    pub fn at(&self) -> String {
        match self.kind {
            GitlabPlaceKind::Project => format!("/projects/{}", self.id),
            GitlabPlaceKind::Group => format!("/groups/{}", self.id),
        }
    }

    /// Its hooks in the API: `/projects/42/hooks`.
    pub fn hooks(&self) -> String {
        format!("{}/hooks", self.at())
    }

    /// What it is in a sentence: `project group/name`.
    pub fn words(&self) -> String {
        match self.kind {
            GitlabPlaceKind::Project => format!("project {}", self.path),
            GitlabPlaceKind::Group => format!("group {}", self.path),
        }
    }
}
