//! The life of a hook, in GitHub's calls.

use std::sync::Arc;

use super::wire::{HookConfig, HookSent, HookTold};
use super::{ApiBase, Calls, GithubPlace, token};
use crate::app::App;
use crate::error::{ApiError, ErrorCode};
use crate::forge::{NOBODYS, Place, Sent, Told};

impl Place for GithubPlace {
    const TABLE: &'static str = "github_hooks";
    const SENDER: &'static str = "GitHub";

    fn name(&self) -> &str {
        &self.name
    }

    async fn ready(app: &Arc<App>, api: &str) -> Result<(), ApiError> {
        token::kept(app, &ApiBase::stored(api)).await.map(|_| ())
    }

    async fn hooks(&self, app: &Arc<App>, api: &str) -> Result<Vec<Told>, ApiError> {
        let calls = Calls::open(app, ApiBase::stored(api)).await?;
        Ok(calls.hooks(self).await?.into_iter().map(told).collect())
    }

    async fn make(&self, app: &Arc<App>, api: &str, hook: &Sent) -> Result<Told, ApiError> {
        let calls = Calls::open(app, ApiBase::stored(api)).await?;
        let made = calls.hook_make(self, &HookSent { name: Some("web"), ..sent(hook) }).await;
        made.map(told).map_err(|error| refused(hook, error))
    }

    async fn change(&self, app: &Arc<App>, api: &str, id: u64, hook: &Sent) -> Result<Told, ApiError> {
        let calls = Calls::open(app, ApiBase::stored(api)).await?;
        calls.hook_change(self, id, &sent(hook)).await.map(told).map_err(|error| refused(hook, error))
    }

    async fn remove(&self, app: &Arc<App>, api: &str, id: u64) -> Result<(), ApiError> {
        Calls::open(app, ApiBase::stored(api)).await?.hook_remove(self, id).await
    }
}

fn sent(hook: &Sent) -> HookSent {
    let secret = hook.secret.expose().to_owned();
    let config = HookConfig { url: hook.url.clone(), content_type: "json", secret, insecure_ssl: "0" };
    HookSent { name: None, active: hook.active, events: hook.events.clone(), config }
}

/// Why GitHub does not take the hook, where its address is one that nobody has: no tunnel is missing that the user wanted.
fn refused(hook: &Sent, error: ApiError) -> ApiError {
    if error.code != ErrorCode::Invalid || !hook.url.starts_with(NOBODYS) {
        return error;
    }
    let words = format!(
        "GitHub takes no hook without a public address, and so cannot be asked for what it sends: {}",
        error.message
    );
    ApiError::new(ErrorCode::Invalid, words).hint(
        "start a tunnel, connect, then stop it: the hook keeps that address, and GitHub can be asked from then on; or use \
         `gh webhook forward`",
    )
}

fn told(hook: HookTold) -> Told {
    Told { id: hook.id, url: hook.config.url, active: hook.active, created_at: hook.created_at }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::authenticate::Secret;

    #[test]
    fn a_github_that_takes_no_address_of_nobodys_says_what_else_there_is() {
        let hook = |url: &str| Sent {
            url: url.to_owned(),
            secret: Secret::new("x".repeat(32)).unwrap(),
            scheme: "github".to_owned(),
            active: true,
            events: Vec::new(),
        };
        let said = ApiError::new(ErrorCode::Invalid, "url is not supported").hint("start a tunnel");
        let told = refused(&hook(&format!("{NOBODYS}/hooks/x")), said.clone());
        assert!(told.message.contains("without a public address") && told.message.ends_with("url is not supported"));
        assert!(told.hint.unwrap().contains("gh webhook forward"));
        assert_eq!(refused(&hook("https://hooks.example.com/hooks/x"), said.clone()), said);
        let down = ApiError::new(ErrorCode::Upstream, "github.com is not well");
        assert_eq!(refused(&hook(NOBODYS), down.clone()), down, "that it is down has nothing to do with it");
    }
}
