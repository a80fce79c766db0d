//! A new token for a trigger that is selected by one.

use std::sync::Arc;

use super::secrets::{grace, vault};
use crate::api::triggers::{RotateToken, TokenRotated};
use crate::app::App;
use crate::authenticate::Secret;
use crate::error::{ApiError, ErrorCode};
use crate::events::Event;
use crate::ids::SecretId;
use crate::start::seal_new;
use crate::store::{secrets, triggers};
use crate::trigger::ContractSettings;

/// A new token; the old one selects the trigger until its grace ends.
pub async fn trigger_rotate_token(app: &Arc<App>, input: RotateToken) -> Result<TokenRotated, ApiError> {
    let (hours, ends) = grace(app, input.grace_hours)?;
    let before = super::trigger_get(app, crate::api::triggers::TriggerRef { id: input.id.clone() }).await?.trigger;
    let ContractSettings::Promptrails(kept) = &before.settings else {
        return Err(ApiError::new(ErrorCode::Conflict, format!("trigger {} has no token", input.id))
            .hint("only PromptRails triggers are selected by a token"));
    };
    let (token, kept) = kept.rotated(ends);
    let mut trigger = before;
    trigger.settings = ContractSettings::Promptrails(kept);
    trigger.updated_at = app.clock.now();
    let secret = Secret::new(token.clone()).map_err(|error| ApiError::new(ErrorCode::Internal, error.to_string()))?;
    let owner = secrets::token_owner(&input.id);
    let sealed = seal_new(vault(app)?, &secret, SecretId::new(app.ids.as_ref()), owner, app.clock.now());
    app.store
        .write(move |turn| {
            triggers::put(turn.db, &trigger)?;
            secrets::delete_of(turn.db, &sealed.owner)?;
            secrets::insert(turn.db, &sealed)
        })
        .await?;
    app.reload().await?;
    app.events.send(Event::Trigger(input.id));
    Ok(TokenRotated { token, old_token_expires_at: ends.rfc3339(), grace_period_hours: hours })
}
