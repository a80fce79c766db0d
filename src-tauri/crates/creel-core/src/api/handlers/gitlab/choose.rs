//! Choosing: the project or group, and the events.

use std::sync::Arc;

use crate::api::Nothing;
use crate::api::forge::HookPlacesQuery;
use crate::api::gitlab::GitlabPlaceFound;
use crate::app::App;
use crate::error::ApiError;
use crate::gitlab::{self, ApiBase, Calls, GitlabAccount, GitlabEvent, GitlabPlace, GitlabPlaceKind};
use crate::store::gitlab as table;

/// Longest search: longer than any name.
const Q_MOST: usize = 200;
/// The role that makes a project's hooks: Maintainer.
const MAINTAINER: u32 = 40;
/// Fewer letters GitLab does not search for.
const Q_LEAST: usize = 3;

/// The account at this API.
pub(super) async fn account(app: &App, api: &str) -> Result<GitlabAccount, ApiError> {
    let accounts = app.store.read(table::accounts).await?;
    accounts.into_iter().find(|account| account.api == api).ok_or_else(|| {
        ApiError::not_found("account at", ApiBase::stored(api).host()).hint("sign in on the Connect screen")
    })
}

/// Projects of the user and groups that the user owns: those with a part of this name.
pub async fn gitlab_places(app: &Arc<App>, input: HookPlacesQuery) -> Result<Vec<GitlabPlaceFound>, ApiError> {
    let q: String = input.q.trim().chars().take(Q_MOST).collect();
    account(app, &input.api).await?;
    let calls = Calls::open(app, ApiBase::stored(&input.api)).await?;
    let asked = if q.chars().count() < Q_LEAST { "" } else { q.as_str() };
    let named = |path: &str| path.to_lowercase().contains(&q.to_lowercase());
    let projects = calls.projects(asked).await?.into_iter().filter(|one| named(&one.path_with_namespace));
    let projects = projects.map(|one| GitlabPlaceFound {
        refused: match one.permissions {
            Some(may) if may.level() < MAINTAINER => {
                Some("only its Maintainers and Owners can make hooks there".to_owned())
            }
            Some(_) | None => None,
        },
        place: GitlabPlace { kind: GitlabPlaceKind::Project, id: one.id, path: one.path_with_namespace },
        about: one.description,
        private: one.visibility != "public",
    });
    let groups = calls.groups(asked).await?.into_iter().filter(|one| named(&one.full_path));
    let groups = groups.map(|one| GitlabPlaceFound {
        place: GitlabPlace { kind: GitlabPlaceKind::Group, id: one.id, path: one.full_path },
        about: one.description,
        private: one.visibility != "public",
        refused: None,
    });
    Ok(projects.chain(groups).collect())
}

/// The events that a hook can be for.
pub async fn gitlab_events(_: &Arc<App>, _: Nothing) -> Result<Vec<GitlabEvent>, ApiError> {
    Ok(gitlab::known_events())
}
