//! A sender's token: sealed as every secret is, kept and forgotten together with whose it is.

use std::sync::Arc;

use rusqlite::Connection;

use crate::api::handlers::vault;
use crate::app::App;
use crate::authenticate::Secret;
use crate::error::{ApiError, ErrorCode};
use crate::ids::{SecretId, TriggerId};
use crate::start::seal_new;
use crate::store::{StoreError, secrets};

/// Keeps a token that its sender took, in the row of `owner`; `account` writes whose it is in the same transaction.
pub async fn keep<A>(app: &Arc<App>, owner: TriggerId, token: &Secret, account: A) -> Result<(), ApiError>
where
    A: FnOnce(&Connection) -> Result<(), StoreError> + Send + 'static,
{
    let sealed = seal_new(vault(app)?, token, SecretId::new(app.ids.as_ref()), owner, app.clock.now());
    app.store
        .write(move |turn| {
            secrets::delete_of(turn.db, &sealed.owner)?;
            secrets::insert(turn.db, &sealed)?;
            account(turn.db)
        })
        .await?;
    app.forge.look();
    Ok(())
}

/// Forgets a token; `account` removes whose it was in the same transaction.
pub async fn forget<A>(app: &Arc<App>, owner: TriggerId, account: A) -> Result<(), ApiError>
where
    A: FnOnce(&Connection) -> Result<(), StoreError> + Send + 'static,
{
    app.store
        .write(move |turn| {
            secrets::delete_of(turn.db, &owner)?;
            account(turn.db)
        })
        .await?;
    Ok(())
}

/// The kept token; `None`: there is none.
pub async fn kept(app: &App, owner: TriggerId) -> Result<Option<Secret>, ApiError> {
    let found = app.store.read(move |db| secrets::of(db, &owner)).await?;
    let Some(sealed) = found.first() else { return Ok(None) };
    let opened = vault(app)?.open(&sealed.id, &sealed.sealed).map_err(|error| {
        ApiError::new(ErrorCode::Unavailable, error.to_string()).hint("sign in again on the Connect screen")
    })?;
    Ok(Some(opened))
}
