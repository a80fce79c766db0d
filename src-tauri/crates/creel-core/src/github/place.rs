//! Where a hook can be: a repository or an organisation.

use serde::{Deserialize, Serialize};

use crate::error::ApiError;

/// What a hook belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
#[ts(export)]
pub enum PlaceKind {
    /// One repository.
    Repository,
    /// All repositories of an organisation.
    Organisation,
}

/// A repository or an organisation at GitHub.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct GithubPlace {
    /// Which of the two.
    pub kind: PlaceKind,
    /// `octocat/hello-world`, or `octo-org`.
    pub name: String,
}

impl GithubPlace {
    /// Refuses a name that would lead to another place of the API.
    pub fn check(&self) -> Result<(), ApiError> {
        let part = |text: &str| {
            let fits = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
            !text.is_empty() && text.len() <= 100 && text.bytes().all(fits) && text != "." && text != ".."
        };
        let good = match self.kind {
            PlaceKind::Repository => self.name.split_once('/').is_some_and(|(owner, name)| part(owner) && part(name)),
            PlaceKind::Organisation => part(&self.name),
        };
        if good {
            return Ok(());
        }
        let form = match self.kind {
            PlaceKind::Repository => "OWNER/NAME",
            PlaceKind::Organisation => "NAME",
        };
        Err(ApiError::invalid("place.name", format!("\"{}\" is not of the form {form}", self.name)))
    }

    /// Its hooks in the API: `/repos/octocat/hello-world/hooks`.
    pub fn hooks(&self) -> String {
        match self.kind {
            PlaceKind::Repository => format!("/repos/{}/hooks", self.name),
            PlaceKind::Organisation => format!("/orgs/{}/hooks", self.name),
        }
    }

    /// What it is in a sentence: `repository octocat/hello-world`.
    pub fn words(&self) -> String {
        match self.kind {
            PlaceKind::Repository => format!("repository {}", self.name),
            PlaceKind::Organisation => format!("organisation {}", self.name),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_name_leads_nowhere_else() {
        let place = |kind, name: &str| GithubPlace { kind, name: name.to_owned() };
        for name in ["octocat/Hello-World", "a/b.c_d"] {
            place(PlaceKind::Repository, name).check().unwrap();
        }
        for name in ["octocat", "a/b/c", "a/..", "../b", "a/b?x", "a/", "/b", "a/b c", ""] {
            assert!(place(PlaceKind::Repository, name).check().is_err(), "{name}");
        }
        assert!(place(PlaceKind::Organisation, "octo-org").check().is_ok());
        assert!(place(PlaceKind::Organisation, "octo/org").check().is_err());
    }
}
