//! How it stands.

use std::sync::Arc;

use rusqlite::Connection;

use crate::api::Nothing;
use crate::api::github::{GithubAddress, GithubHook, GithubOnQuit, GithubView};
use crate::api::github_missed::GithubMissed;
use crate::app::App;
use crate::delivery::{Delivery, SignatureState};
use crate::error::ApiError;
use crate::events::Event;
use crate::forge::{self, Hook};
use crate::github::{self, ApiBase};
use crate::store::{StoreError, deliveries, github as table, triggers};

/// Deliveries that are looked at for the ping: it is the first one that a hook sends.
const LOOKED_AT: u32 = 200;

/// How it stands with GitHub.
pub async fn github_get(app: &Arc<App>, _: Nothing) -> Result<GithubView, ApiError> {
    let (accounts, hooks) = app
        .store
        .read(|db| {
            let hooks: Result<Vec<_>, StoreError> = table::all(db)?.into_iter().map(|hook| shown(db, hook)).collect();
            Ok((table::accounts(db)?, hooks?))
        })
        .await?;
    let mut told = Vec::new();
    for hook in hooks {
        told.push(with_missed(app, hook).await?);
    }
    let rate = accounts.first().and_then(|account| app.github.rates.of(&account.api).left(app.clock.now()));
    Ok(GithubView {
        host: ApiBase::read("")?.host(),
        accounts,
        hooks: told,
        address: github::public_address(app).await?,
        tunnel: github::by_tunnel(app).map(|tunnel| tunnel.name),
        on_quit: forge::on_quit(app).await?,
        rate,
        trouble: github::trouble(app.github.clock_off_ms()),
    })
}

/// A hook with what it missed, which is kept beside the store.
pub(super) async fn with_missed(app: &App, hook: GithubHook) -> Result<GithubHook, ApiError> {
    let GithubMissed { always, asks_every, .. } = hook.missed;
    github::explain_missed(app, &hook.trigger_id).await?;
    Ok(GithubHook { missed: app.github.missed.of(&hook.trigger_id, always, asks_every), ..hook })
}

/// A hook with what arrived from it; of what it missed the rules alone.
pub(super) fn shown(db: &Connection, hook: Hook) -> Result<GithubHook, StoreError> {
    let trigger = triggers::get(db, &hook.trigger_id)?;
    let arrived = deliveries::at_endpoint(db, &hook.trigger_id, LOOKED_AT)?;
    let verified = |one: &&Delivery| matches!(one.signature, SignatureState::Valid | SignatureState::Previous);
    let newest = arrived.iter().find(verified).cloned();
    let ping = arrived.iter().filter(verified).find(|one| one.event.as_deref() == Some("ping")).cloned();
    let known = hook.known;
    Ok(GithubHook {
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
        ping,
        newest,
        missed: GithubMissed { always: hook.always, asks_every: hook.asks_every, ..GithubMissed::default() },
    })
}

/// Keeps the public address that the user typed; the hooks follow.
pub async fn github_address(app: &Arc<App>, input: GithubAddress) -> Result<GithubView, ApiError> {
    github::set_public_address(app, &input.address).await?;
    app.events.send(Event::Github(Nothing {}));
    github_get(app, Nothing {}).await
}

/// Keeps what happens to hooks when Creel ends.
pub async fn github_on_quit(app: &Arc<App>, input: GithubOnQuit) -> Result<GithubView, ApiError> {
    forge::set_on_quit(app, input.on_quit).await?;
    github_get(app, Nothing {}).await
}
