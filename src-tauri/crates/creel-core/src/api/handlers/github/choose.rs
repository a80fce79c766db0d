//! Choosing: the repository or organisation, and the events.

use std::sync::Arc;

use crate::api::Nothing;
use crate::api::forge::HookPlacesQuery;
use crate::api::github::GithubPlaceFound;
use crate::app::App;
use crate::error::ApiError;
use crate::github::{self, ApiBase, Calls, GithubAccount, GithubEvent, GithubPlace, PlaceKind};
use crate::store::github as table;

/// Longest search: longer than any name.
const Q_MOST: usize = 200;

/// The account at this API.
pub(super) async fn account(app: &App, api: &str) -> Result<GithubAccount, ApiError> {
    let accounts = app.store.read(table::accounts).await?;
    accounts.into_iter().find(|account| account.api == api).ok_or_else(|| {
        ApiError::not_found("account at", ApiBase::stored(api).host()).hint("sign in on the Connect screen")
    })
}

/// Repositories and organisations of the user: the ones pushed to last, or those with a part of this name.
pub async fn github_places(app: &Arc<App>, input: HookPlacesQuery) -> Result<Vec<GithubPlaceFound>, ApiError> {
    let q: String = input.q.trim().chars().take(Q_MOST).collect();
    let account = account(app, &input.api).await?;
    let calls = Calls::open(app, ApiBase::stored(&input.api)).await?;
    let organisations = calls.organisations().await?;
    let found = if q.is_empty() {
        calls.repositories().await?
    } else {
        let owners: Vec<_> = std::iter::once(account.login.clone())
            .chain(organisations.iter().map(|organisation| organisation.login.clone()))
            .collect();
        let name = q.rsplit('/').next().unwrap_or_default();
        calls.search(name, &owners).await?
    };
    let refused = |kind| github::missing_for(kind, account.scopes.as_deref(), &account.host).map(|error| error.message);
    let repositories = found.into_iter().map(|one| GithubPlaceFound {
        refused: match one.permissions {
            Some(may) if !may.admin => Some("only its administrators can make hooks there".to_owned()),
            Some(_) | None => refused(PlaceKind::Repository),
        },
        place: GithubPlace { kind: PlaceKind::Repository, name: one.full_name },
        about: one.description,
        private: one.private,
    });
    let named = |login: &str| login.to_lowercase().contains(&q.to_lowercase());
    let organisations = organisations.into_iter().filter(|one| named(&one.login)).map(|one| GithubPlaceFound {
        place: GithubPlace { kind: PlaceKind::Organisation, name: one.login },
        about: one.description,
        private: false,
        refused: refused(PlaceKind::Organisation),
    });
    Ok(repositories.chain(organisations).collect())
}

/// The events that a hook can be for.
pub async fn github_events(_: &Arc<App>, _: Nothing) -> Result<Vec<GithubEvent>, ApiError> {
    Ok(github::known_events())
}
