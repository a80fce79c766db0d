//! The tunnel: what there is, what it exposes, start and stop, and what only the user can say.

use std::collections::HashSet;
use std::sync::Arc;

use super::secrets::{typed, vault};
use crate::api::Nothing;
use crate::api::tunnels::*;
use crate::app::App;
use crate::authenticate::Secret;
use crate::error::{ApiError, ErrorCode};
use crate::ids::{SecretId, TriggerId};
use crate::registry::require;
use crate::start::seal_new;
use crate::store::{meta, secrets};
use crate::tunnel::kinds::{self, TunnelCard};
use crate::tunnel::{Exposure, Tells, TunnelChoice, exposure, trust_key};

/// Where the last choice is kept.
const KEPT: &str = "tunnel";
/// Whose secret ngrok's token is.
const TOKEN_OWNER: &str = "tunnel#ngrok";
/// How long a tunnel may be asked to stand until it switches itself off: a week.
const HOURS: std::ops::RangeInclusive<u32> = 1..=168;

/// All kinds with what they need.
pub async fn tunnels_list(app: &Arc<App>, _: Nothing) -> Result<Vec<TunnelCard>, ApiError> {
    Ok(kinds::cards(has_token(app).await?).await)
}

/// The tunnel as it stands.
pub async fn tunnel_get(app: &Arc<App>, _: Nothing) -> Result<TunnelView, ApiError> {
    let running = app.tunnel.choice().map(|choice| with_those_there(app, choice));
    let kept = kept_choice(app).await?;
    let shown = running.as_ref().or(kept.as_ref());
    let exposure = shown.map_or_else(|| of(app, &[], Tells::Nothing), |choice| planned(app, choice));
    Ok(TunnelView { now: app.tunnel.board.now(), running, kept, exposure })
}

/// Who could reach what.
pub async fn tunnel_plan(app: &Arc<App>, input: TunnelChoice) -> Result<Exposure, ApiError> {
    Ok(planned(app, &input))
}

/// Starts a tunnel in place of the one that runs, and keeps the choice.
pub async fn tunnel_start(app: &Arc<App>, input: TunnelChoice) -> Result<TunnelView, ApiError> {
    if let Some(hours) = input.off_after_hours.filter(|hours| !HOURS.contains(hours)) {
        return Err(ApiError::invalid("off_after_hours", format!("{hours} hours is not between 1 and 168")));
    }
    known(app, &input.ticked)?;
    app.tunnel.start(app, input.clone()).await?;
    keep(app, &input).await?;
    tunnel_get(app, Nothing {}).await
}

/// Stops it.
pub async fn tunnel_stop(app: &Arc<App>, _: Nothing) -> Result<TunnelView, ApiError> {
    app.tunnel.stop(app).await;
    tunnel_get(app, Nothing {}).await
}

/// Asks through the public address now; starts it now where it waits.
pub async fn tunnel_check(app: &Arc<App>, _: Nothing) -> Result<TunnelView, ApiError> {
    if app.tunnel.choice().is_none() {
        return Err(ApiError::new(ErrorCode::Conflict, "no tunnel runs").hint("start one first"));
    }
    app.tunnel.look();
    tunnel_get(app, Nothing {}).await
}

/// Exposes exactly these triggers that check no signature.
pub async fn tunnel_tick(app: &Arc<App>, input: TunnelTicks) -> Result<TunnelView, ApiError> {
    known(app, &input.ticked)?;
    let running = app.tunnel.tick(&input.ticked);
    if let Some(choice) = running.or(kept_choice(app).await?) {
        keep(app, &TunnelChoice { ticked: input.ticked, ..choice }).await?;
    }
    tunnel_get(app, Nothing {}).await
}

/// Trusts the key that the user was asked about, and starts the tunnel again.
pub async fn tunnel_trust_key(app: &Arc<App>, input: TrustHostKey) -> Result<TunnelView, ApiError> {
    let asked = app.tunnel.board.now().host_key;
    let asked = asked.filter(|key| key.host == input.host && key.fingerprint == input.fingerprint);
    let Some(key) = asked else {
        return Err(ApiError::not_found("question about the key", &input.fingerprint)
            .hint("start the tunnel again, and compare what is shown then"));
    };
    let folder = app.store.path().to_owned();
    let trusted = tokio::task::spawn_blocking(move || trust_key(&folder, &key)).await;
    if let Err(error) = trusted.map_err(std::io::Error::other).flatten() {
        return Err(ApiError::new(ErrorCode::Unavailable, format!("the key cannot be written down: {error}")));
    }
    match kept_choice(app).await? {
        Some(choice) => tunnel_start(app, choice).await,
        None => tunnel_get(app, Nothing {}).await,
    }
}

/// Keeps ngrok's authtoken, or deletes it.
pub async fn tunnel_token(app: &Arc<App>, input: TunnelToken) -> Result<Nothing, ApiError> {
    let owner = TriggerId::from(TOKEN_OWNER);
    let token = input.token.map(|token| token.trim().to_owned()).filter(|token| !token.is_empty());
    let sealed = match token {
        Some(token) => {
            let id = SecretId::new(app.ids.as_ref());
            Some(seal_new(vault(app)?, &typed("token", token)?, id, owner.clone(), app.clock.now()))
        }
        None => None,
    };
    app.store
        .write(move |turn| {
            secrets::delete_of(turn.db, &owner)?;
            sealed.iter().try_for_each(|sealed| secrets::insert(turn.db, sealed))
        })
        .await?;
    Ok(Nothing {})
}

/// ngrok's authtoken, where one is kept.
pub(crate) async fn tunnel_token_of(app: &App) -> Result<Option<Secret>, ApiError> {
    let owner = TriggerId::from(TOKEN_OWNER);
    let Some(sealed) = app.store.read(move |db| Ok(secrets::of(db, &owner)?.pop())).await? else { return Ok(None) };
    let open = vault(app)?.open(&sealed.id, &sealed.sealed);
    open.map(Some).map_err(|error| ApiError::new(ErrorCode::Unavailable, error.to_string()))
}

async fn has_token(app: &App) -> Result<bool, ApiError> {
    let owner = TriggerId::from(TOKEN_OWNER);
    Ok(app.store.read(move |db| secrets::has_current(db, &owner)).await?)
}

/// What was started last. One that a newer Creel wrote is none.
pub(crate) async fn kept_choice(app: &App) -> Result<Option<TunnelChoice>, ApiError> {
    let text = app.store.read(|db| Ok(meta::text(db, KEPT)?)).await?;
    let kept = text.and_then(|text| {
        let read = serde_json::from_str(&text);
        read.inspect_err(|error| tracing::warn!(%error, "the kept tunnel is unreadable")).ok()
    });
    Ok(kept.map(|choice| with_those_there(app, choice)))
}

/// Without the ticks of triggers that were deleted since: what offers the choice again could not be started with them.
fn with_those_there(app: &App, choice: TunnelChoice) -> TunnelChoice {
    let routes = app.registry.now();
    let ticked = choice.ticked.into_iter().filter(|id| routes.get(id).is_some()).collect();
    TunnelChoice { ticked, ..choice }
}

async fn keep(app: &App, choice: &TunnelChoice) -> Result<(), ApiError> {
    let text = serde_json::to_string(choice).map_err(|error| ApiError::new(ErrorCode::Internal, error.to_string()))?;
    Ok(app.store.write(move |turn| Ok(meta::set_text(turn.db, KEPT, &text)?)).await?)
}

fn known(app: &App, ticked: &[TriggerId]) -> Result<(), ApiError> {
    let routes = app.registry.now();
    ticked.iter().try_for_each(|id| require(&routes, id).map(drop))
}

fn planned(app: &App, choice: &TunnelChoice) -> Exposure {
    of(app, &choice.ticked, kinds::tells(&choice.kind))
}

fn of(app: &App, ticked: &[TriggerId], tells: Tells) -> Exposure {
    let ticked: HashSet<_> = ticked.iter().cloned().collect();
    exposure(&app.registry.now(), &ticked, tells)
}
