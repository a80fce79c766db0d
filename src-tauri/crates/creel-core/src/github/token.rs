//! The token: asked of `gh` when the user clicks, or pasted. Kept sealed, never shown, and sent to nobody but its GitHub.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::ApiBase;
use crate::api::handlers::typed;
use crate::app::App;
use crate::authenticate::Secret;
use crate::clock::UnixMs;
use crate::error::{ApiError, ErrorCode};
use crate::forge;
use crate::ids::TriggerId;
use crate::process::{How, ProcessError, Work, run};
use crate::store::github;

/// `gh` reads a file or asks the keychain.
const PATIENCE: Duration = Duration::from_secs(15);
/// What `gh` needs besides what every program gets, to find its own settings and the keychain.
const FOR_GH: [&str; 7] = [
    "GH_CONFIG_DIR",
    "XDG_CONFIG_HOME",
    "XDG_DATA_HOME",
    "DBUS_SESSION_BUS_ADDRESS",
    "XDG_RUNTIME_DIR",
    "APPDATA",
    "LOCALAPPDATA",
];

/// Where a token came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
#[ts(export)]
pub enum TokenSource {
    /// `gh auth token` said it.
    Gh,
    /// The user pasted it.
    Pasted,
}

/// Who is signed in at one GitHub. Without the token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct GithubAccount {
    /// `https://api.github.com`
    pub api: String,
    /// `github.com`
    pub host: String,
    /// The user's name there.
    pub login: String,
    /// Where the token came from.
    pub source: TokenSource,
    /// A classic token's scopes; `None`: the token does not say (a fine-grained one, or an app's).
    pub scopes: Option<Vec<String>>,
    /// When the token expires, as GitHub says it; `None`: never, or it does not say.
    pub expires: Option<String>,
    /// When GitHub last took it.
    pub checked_at: UnixMs,
}

/// Whose row holds the token.
fn owner(api: &ApiBase) -> TriggerId {
    TriggerId(format!("github#{}", api.as_str()))
}

/// What `gh` gets of this process's environment, to find its settings, its extensions and the keychain.
pub(super) fn gh_environment() -> Vec<(String, String)> {
    FOR_GH.iter().filter_map(|name| Some(((*name).to_owned(), std::env::var(name).ok()?))).collect()
}

/// Asks `gh` for its token.
pub async fn from_gh(api: &ApiBase) -> Result<Secret, ApiError> {
    let host = api.host();
    let arguments = ["auth", "token", "--hostname", &host].map(str::to_owned).to_vec();
    let work = Work {
        program: "gh".to_owned(),
        arguments,
        environment: gh_environment(),
        input: Bytes::new(),
        folder: None,
        timeout: PATIENCE,
    };
    let again = format!("run `gh auth login --hostname {host} --scopes admin:repo_hook`, or paste a token");
    let failed = |words: String| ApiError::new(ErrorCode::Unavailable, words).hint(again.clone());
    let ended = run(work, |_| {}).await.map_err(|error| match error {
        ProcessError::NotFound(_) => ApiError::new(ErrorCode::Unavailable, "GitHub's program gh is not installed here")
            .hint("install it from cli.github.com, or paste a token"),
        other => failed(other.to_string()),
    })?;
    let token = ended.out.text().trim().to_owned();
    match ended.how {
        How::Exited(0) if !token.is_empty() => typed("token", token),
        How::TimedOut => Err(failed(format!("gh did not answer within {} s", PATIENCE.as_secs()))),
        How::Exited(_) | How::Signalled(_) => Err(failed(format!("gh is not signed in to {host}"))),
    }
}

/// Keeps a token that GitHub took, with whose it is.
pub async fn keep(app: &Arc<App>, api: &ApiBase, token: &Secret, account: GithubAccount) -> Result<(), ApiError> {
    forge::token::keep(app, owner(api), token, move |db| github::put_account(db, &account)).await
}

/// Forgets the token and whose it was.
pub async fn forget(app: &Arc<App>, api: &ApiBase) -> Result<(), ApiError> {
    let place = api.as_str().to_owned();
    forge::token::forget(app, owner(api), move |db| github::delete_account(db, &place)).await
}

/// The kept token.
pub async fn kept(app: &App, api: &ApiBase) -> Result<Secret, ApiError> {
    forge::token::kept(app, owner(api)).await?.ok_or_else(|| {
        ApiError::new(ErrorCode::Unauthorized, format!("there is no token for {}", api.host()))
            .hint("sign in on the Connect screen: with gh's token, or by pasting one")
    })
}
