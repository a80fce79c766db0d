//! The life of a hook, in GitHub's calls.

use std::sync::Arc;

use super::wire::{HookConfig, HookSent, HookTold};
use super::{ApiBase, Calls, GithubPlace, token};
use crate::app::App;
use crate::error::ApiError;
use crate::forge::{Place, Sent, Told};

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
        calls.hook_make(self, &HookSent { name: Some("web"), ..sent(hook) }).await.map(told)
    }

    async fn change(&self, app: &Arc<App>, api: &str, id: u64, hook: &Sent) -> Result<Told, ApiError> {
        let calls = Calls::open(app, ApiBase::stored(api)).await?;
        calls.hook_change(self, id, &sent(hook)).await.map(told)
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

fn told(hook: HookTold) -> Told {
    Told { id: hook.id, url: hook.config.url, active: hook.active, created_at: hook.created_at }
}
