//! How it stands.

use std::sync::Arc;

use rusqlite::Connection;

use crate::api::Nothing;
use crate::api::gitlab::{GitlabHook, GitlabView};
use crate::app::App;
use crate::delivery::{Delivery, SignatureState};
use crate::error::ApiError;
use crate::forge::{self, Hook};
use crate::github;
use crate::gitlab::{ApiBase, GitlabPlace};
use crate::store::{StoreError, deliveries, forge_hooks, gitlab as table, triggers};

/// Deliveries of a hook that are looked at for a verified one.
const LOOKED_AT: u32 = 50;

/// How it stands with GitLab.
pub async fn gitlab_get(app: &Arc<App>, _: Nothing) -> Result<GitlabView, ApiError> {
    let (accounts, hooks) = app
        .store
        .read(|db| {
            let hooks = forge_hooks::all::<GitlabPlace>(db)?.into_iter();
            let hooks: Result<Vec<_>, StoreError> = hooks.map(|hook| shown(db, hook)).collect();
            Ok((table::accounts(db)?, hooks?))
        })
        .await?;
    let rate = accounts.first().and_then(|account| app.gitlab.of(&account.api).left(app.clock.now()));
    Ok(GitlabView {
        host: ApiBase::read("")?.host(),
        accounts,
        hooks,
        address: github::public_address(app).await?,
        on_quit: forge::on_quit(app).await?,
        rate,
    })
}

/// A hook with what arrived from it.
pub(super) fn shown(db: &Connection, hook: Hook<GitlabPlace>) -> Result<GitlabHook, StoreError> {
    let trigger = triggers::get(db, &hook.trigger_id)?;
    let arrived = deliveries::at_endpoint(db, &hook.trigger_id, LOOKED_AT)?;
    let verified = |one: &&Delivery| matches!(one.signature, SignatureState::Valid | SignatureState::Previous);
    let newest = arrived.iter().find(verified).cloned();
    let known = hook.known;
    Ok(GitlabHook {
        signs: trigger.as_ref().is_some_and(|trigger| trigger.scheme == "gitlab-signing"),
        trigger_id: hook.trigger_id,
        trigger_name: trigger.map(|trigger| trigger.name),
        host: ApiBase::stored(&hook.api).host(),
        place: hook.place,
        events: hook.events,
        wanted: hook.wanted,
        hook_id: known.as_ref().map(|known| known.hook_id),
        active: known.as_ref().is_some_and(|known| known.active),
        url: known.map(|known| known.url).filter(|url| !url.is_empty()),
        trouble: hook.trouble,
        newest,
    })
}
