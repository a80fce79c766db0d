//! Who is signed in: the token is pasted, kept sealed, never shown, and sent to nobody but its GitLab.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::ApiBase;
use crate::app::App;
use crate::authenticate::Secret;
use crate::clock::UnixMs;
use crate::error::{ApiError, ErrorCode};
use crate::forge;
use crate::ids::TriggerId;
use crate::store::gitlab;

/// What a token needs to make a hook: GitLab has no narrower scope for it.
const SCOPE: &str = "api";

/// Who is signed in at one GitLab. Without the token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct GitlabAccount {
    /// `https://gitlab.com/api/v4`
    pub api: String,
    /// `gitlab.com`
    pub host: String,
    /// The user's name there; of a project's or a group's token that of its own user.
    pub login: String,
    /// What the token may do; `None`: it does not say.
    pub scopes: Option<Vec<String>>,
    /// The day the token expires, `2026-12-31`; `None`: never, or it does not say.
    pub expires: Option<String>,
    /// Its hooks can sign what they send, as GitLab 19 and later do.
    pub signs: bool,
    /// When GitLab last took it.
    pub checked_at: UnixMs,
}

/// The error of a token whose scopes are not enough.
pub fn missing_scope(account: &GitlabAccount) -> Option<ApiError> {
    let scopes = account.scopes.as_ref()?;
    if scopes.iter().any(|scope| scope == SCOPE) {
        return None;
    }
    let has = if scopes.is_empty() { "none".to_owned() } else { scopes.join(", ") };
    let words = format!("the token has not the scope {SCOPE}; it has {has}");
    let hint = "make one with the scope api in GitLab under Preferences → Access tokens, or in the project's settings";
    Some(ApiError::new(ErrorCode::Forbidden, words).hint(hint))
}

/// Whose row holds the token.
fn owner(api: &ApiBase) -> TriggerId {
    TriggerId(format!("gitlab#{}", api.as_str()))
}

/// Keeps a token that GitLab took, with whose it is.
pub async fn keep(app: &Arc<App>, api: &ApiBase, token: &Secret, account: GitlabAccount) -> Result<(), ApiError> {
    forge::token::keep(app, owner(api), token, move |db| gitlab::put_account(db, &account)).await
}

/// Forgets the token and whose it was.
pub async fn forget(app: &Arc<App>, api: &ApiBase) -> Result<(), ApiError> {
    let place = api.as_str().to_owned();
    forge::token::forget(app, owner(api), move |db| gitlab::delete_account(db, &place)).await
}

/// The kept token.
pub async fn kept(app: &App, api: &ApiBase) -> Result<Secret, ApiError> {
    forge::token::kept(app, owner(api)).await?.ok_or_else(|| {
        ApiError::new(ErrorCode::Unauthorized, format!("there is no token for {}", api.host()))
            .hint("sign in on the Connect screen by pasting one")
    })
}
