//! Signing in: the token is tried before it is kept.

use std::sync::Arc;

use crate::api::Nothing;
use crate::api::forge::HookApiRef;
use crate::api::gitlab::GitlabSignIn;
use crate::api::handlers::typed;
use crate::app::App;
use crate::error::ApiError;
use crate::events::Event;
use crate::gitlab::{self, ApiBase, Calls, GitlabAccount};

/// Tries a token and keeps it, sealed.
pub async fn gitlab_sign_in(app: &Arc<App>, input: GitlabSignIn) -> Result<GitlabAccount, ApiError> {
    let api = ApiBase::read(&input.host.unwrap_or_default())?;
    let token = typed("token", input.token.trim().to_owned())?;
    let account = Calls::trying(app, api.clone(), token.clone()).account(app).await?;
    if let Some(error) = gitlab::missing_scope(&account) {
        return Err(error);
    }
    gitlab::keep(app, &api, &token, account.clone()).await?;
    app.events.send(Event::Github(Nothing {}));
    Ok(account)
}

/// Forgets a token. Hooks that are there stay; they are not followed until somebody signs in again.
pub async fn gitlab_sign_out(app: &Arc<App>, input: HookApiRef) -> Result<Nothing, ApiError> {
    gitlab::forget(app, &ApiBase::stored(&input.api)).await?;
    app.events.send(Event::Github(Nothing {}));
    Ok(Nothing {})
}
