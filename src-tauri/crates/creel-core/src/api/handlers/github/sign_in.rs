//! Signing in: the token is tried before it is kept.

use std::sync::Arc;

use crate::api::Nothing;
use crate::api::forge::HookApiRef;
use crate::api::github::GithubSignIn;
use crate::api::handlers::typed;
use crate::app::App;
use crate::error::ApiError;
use crate::events::Event;
use crate::github::{self, ApiBase, Calls, GithubAccount, PlaceKind, TokenSource};

/// Tries a token and keeps it, sealed.
pub async fn github_sign_in(app: &Arc<App>, input: GithubSignIn) -> Result<GithubAccount, ApiError> {
    let api = ApiBase::read(&input.host.unwrap_or_default())?;
    let (token, source) = match input.token {
        Some(token) => (typed("token", token.trim().to_owned())?, TokenSource::Pasted),
        None => (github::from_gh(&api).await?, TokenSource::Gh),
    };
    let calls = Calls::trying(app, api.clone(), token.clone());
    let account = calls.account(app, source).await?;
    let scopes = account.scopes.as_deref();
    let organisations_too = github::missing_for(PlaceKind::Organisation, scopes, &account.host);
    if let (Some(error), Some(_)) =
        (github::missing_for(PlaceKind::Repository, scopes, &account.host), organisations_too)
    {
        return Err(error);
    }
    github::keep(app, &api, &token, account.clone()).await?;
    app.events.send(Event::Github(Nothing {}));
    Ok(account)
}

/// Forgets a token. Hooks that are there stay; they are not followed until somebody signs in again.
pub async fn github_sign_out(app: &Arc<App>, input: HookApiRef) -> Result<Nothing, ApiError> {
    github::forget(app, &ApiBase::stored(&input.api)).await?;
    app.events.send(Event::Github(Nothing {}));
    Ok(Nothing {})
}
