//! Secrets: sealing new ones, rotation, named ones.

use std::sync::Arc;

use super::name;
use crate::api::Nothing;
use crate::api::triggers::{KeepSecret, RotateSecret, SecretInfo, SecretRotated};
use crate::app::App;
use crate::authenticate::Secret;
use crate::clock::UnixMs;
use crate::error::{ApiError, ErrorCode};
use crate::events::Event;
use crate::ids::{SecretId, TriggerId};
use crate::registry::require;
use crate::secrets::{Vault, fresh};
use crate::start::seal_new;
use crate::store::learning;
use crate::store::secrets::{self, SealedSecret, Slot};
use crate::trigger::Contract;

/// The grace of a rotation unless told otherwise: OpenGate's document says 24 hours.
pub const GRACE_HOURS: u32 = 24;
/// The longest grace.
const GRACE_MOST: u32 = 720;
const NAME_MOST: usize = 100;
const HOUR_MS: i64 = 3_600_000;

/// The vault, or the error that says why no secret can be stored now.
pub fn vault(app: &App) -> Result<&Vault, ApiError> {
    app.vault.as_ref().ok_or_else(|| {
        ApiError::new(ErrorCode::Unavailable, "the key to the secrets cannot be had")
            .hint("unlock the keychain, then start Creel again")
    })
}

/// A secret as the user typed it.
pub fn typed(field: &str, text: String) -> Result<Secret, ApiError> {
    Secret::new(text).map_err(|refused| {
        ApiError::invalid(field, refused.to_string())
            .hint("paste the secret as the sender shows it, or leave it out to have one made")
    })
}

/// The given secret, or a new one that fits the scheme.
pub fn given_or_made(app: &App, field: &str, given: Option<String>, scheme: &str) -> Result<Secret, ApiError> {
    let record = app
        .registry
        .now()
        .schemes()
        .find(scheme)
        .ok_or_else(|| ApiError::invalid("scheme", format!("scheme \"{scheme}\" has no secret")))?;
    match given {
        Some(text) => {
            let secret = typed(field, text)?;
            record.check_secret(&secret).map_err(|error| ApiError::invalid(field, error.to_string()))?;
            Ok(secret)
        }
        None if !record.makes_secret() => {
            Err(ApiError::invalid(field, format!("{} is checked with its certificate, which is missing", record.name))
                .hint("paste the certificate as PEM, or a private key of your own to try it"))
        }
        None => Ok(fresh(record)),
    }
}

/// A new secret; the old one keeps working until its grace ends.
pub async fn trigger_rotate_secret(app: &Arc<App>, input: RotateSecret) -> Result<SecretRotated, ApiError> {
    let listening = require(&app.registry.now(), &input.id)?;
    let trigger = &listening.trigger;
    if trigger.contract == Contract::Orloj {
        return Err(ApiError::new(ErrorCode::Conflict, "an Orloj webhook's secret is its Secret's")
            .hint("apply the Secret with another value; the webhook stays as it is"));
    }
    let owner = trigger.contract.face().secret_owner(trigger);
    let rotated = rotate(app, owner, &trigger.scheme, input.secret, input.grace_hours).await?;
    app.events.send(Event::Trigger(input.id));
    Ok(rotated)
}

/// Gives `owner` a new secret; its old one keeps working for `grace` hours.
pub async fn rotate(
    app: &Arc<App>,
    owner: TriggerId,
    scheme: &str,
    given: Option<String>,
    grace: Option<u32>,
) -> Result<SecretRotated, ApiError> {
    let (hours, ends) = self::grace(app, grace)?;
    let secret = given_or_made(app, "secret", given, scheme)?;
    let now = app.clock.now();
    let sealed = seal_new(vault(app)?, &secret, SecretId::new(app.ids.as_ref()), owner, now);
    app.store
        .write(move |turn| {
            secrets::retire(turn.db, &sealed.owner, ends)?;
            learning::delete(turn.db, &sealed.owner)?;
            secrets::insert(turn.db, &sealed)
        })
        .await?;
    app.reload().await?;
    Ok(SecretRotated {
        secret: secret.expose().to_owned(),
        old_secret_expires_at: ends.rfc3339(),
        grace_period_hours: hours,
    })
}

/// The grace as asked, in hours, and when it ends.
pub fn grace(app: &App, asked: Option<u32>) -> Result<(u32, UnixMs), ApiError> {
    let hours = asked.unwrap_or(GRACE_HOURS);
    if hours > GRACE_MOST {
        return Err(ApiError::invalid("grace_hours", format!("{hours} hours; at most {GRACE_MOST}")));
    }
    Ok((hours, app.clock.now().plus_ms(i64::from(hours) * HOUR_MS)))
}

/// Keeps a named secret for signing forwards.
pub async fn secret_keep(app: &Arc<App>, input: KeepSecret) -> Result<SecretInfo, ApiError> {
    let name = name("name", &input.name, NAME_MOST)?;
    let secret = typed("value", input.value)?;
    let id = SecretId::new(app.ids.as_ref());
    let sealed = seal_new(vault(app)?, &secret, id, TriggerId(String::new()), app.clock.now());
    let sealed = SealedSecret { slot: Slot::Named, name, ..sealed };
    let row = info(&sealed);
    app.store.write(move |turn| secrets::insert(turn.db, &sealed)).await?;
    app.reload().await?;
    Ok(row)
}

/// Named secrets, without values.
pub async fn secrets_list(app: &Arc<App>, _: Nothing) -> Result<Vec<SecretInfo>, ApiError> {
    let all = app.store.read(secrets::all).await?;
    Ok(all.iter().filter(|secret| secret.slot == Slot::Named && secret.owner.as_str().is_empty()).map(info).collect())
}

/// A secret without its value.
pub fn info(secret: &SealedSecret) -> SecretInfo {
    SecretInfo {
        id: secret.id.clone(),
        name: secret.name.clone(),
        bytes: secret.bytes,
        created_at: secret.created_at,
        expires_at: secret.expires_at,
        last_used_at: secret.last_used_at,
    }
}
