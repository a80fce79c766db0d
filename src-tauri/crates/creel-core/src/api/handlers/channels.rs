//! Channels: linking, the code that is sent there, and the code that is typed back.

use std::sync::Arc;

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::name;
use super::secrets::{typed, vault};
use crate::api::Nothing;
use crate::api::channels::*;
use crate::app::App;
use crate::channels::{Channel, Notifier};
use crate::error::{ApiError, ErrorCode};
use crate::ids::{ChannelId, SecretId, TriggerId};
use crate::queue;
use crate::start::seal_new;
use crate::store::secrets::{self, SealedSecret, Slot};
use crate::store::{StoreError, channels};

const NAME_MOST: usize = 100;
/// How long a code counts: time to switch windows, not to guess.
const CODE_FOR_MS: i64 = 15 * 60_000;
/// Wrong codes until a new one has to be sent: five in a million are no way in.
const TRIES_MOST: u32 = 5;
/// Codes have six digits.
const CODES: u32 = 1_000_000;

/// All channels by name, without their addresses.
pub async fn channels_list(app: &Arc<App>, _: Nothing) -> Result<Vec<Channel>, ApiError> {
    Ok(app.store.read(channels::all).await?)
}

/// Links a channel and sends it its code.
pub async fn channel_link(app: &Arc<App>, input: ChannelDraft) -> Result<Channel, ApiError> {
    let id = ChannelId::new(app.ids.as_ref());
    let channel = Channel {
        name: name("name", &input.name, NAME_MOST)?,
        kind: input.kind,
        secret: SecretId::new(app.ids.as_ref()),
        verified_at: None,
        severities: input.severities,
        quiet: input.quiet,
        created_at: app.clock.now(),
        id,
    };
    keep(app, &channel, Some(input.secret)).await?;
    send_code(app, &channel).await?;
    Ok(channel)
}

/// Changes a channel. Another end has to be verified anew.
pub async fn channel_update(app: &Arc<App>, input: ChannelChange) -> Result<Channel, ApiError> {
    let before = found(app, &input.id).await?;
    let kind = input.kind.unwrap_or_else(|| before.kind.clone());
    let other_end = input.secret.is_some() || kind != before.kind;
    let quiet = match input.quiet {
        Some(quiet) => Some(quiet).filter(|quiet| quiet.from != quiet.to),
        None => before.quiet,
    };
    let channel = Channel {
        name: input.name.map_or(Ok(before.name), |text| name("name", &text, NAME_MOST))?,
        kind,
        secret: if input.secret.is_some() { SecretId::new(app.ids.as_ref()) } else { before.secret },
        verified_at: before.verified_at.filter(|_| !other_end),
        severities: input.severities.unwrap_or(before.severities),
        quiet,
        created_at: before.created_at,
        id: before.id,
    };
    keep(app, &channel, input.secret).await?;
    if other_end {
        send_code(app, &channel).await?;
    }
    Ok(channel)
}

/// Sends another code there; the one before counts no more.
pub async fn channel_send_code(app: &Arc<App>, input: ChannelRef) -> Result<Nothing, ApiError> {
    send_code(app, &found(app, &input.id).await?).await?;
    Ok(Nothing {})
}

/// The code was typed back: from now on the channel gets messages.
pub async fn channel_verify(app: &Arc<App>, input: ChannelCode) -> Result<Channel, ApiError> {
    let channel = found(app, &input.id).await?;
    let (id, hash, now) = (channel.id.clone(), hashed(&channel.id, input.code.trim()), app.clock.now());
    let verified = Channel { verified_at: Some(now), ..channel };
    let row = verified.clone();
    let judged = app.store.write(move |turn| {
        let Some(code) = channels::code(turn.db, &id)? else {
            return Ok(Err(wrong("no code waits for this channel")));
        };
        if code.tries >= TRIES_MOST || code.until < now {
            return Ok(Err(wrong("the code counts no more")));
        }
        if !bool::from(code.hash.ct_eq(&hash)) {
            channels::wrong_code(turn.db, &id)?;
            return Ok(Err(ApiError::invalid("code", "this is not the code that was sent there")));
        }
        channels::clear_code(turn.db, &id)?;
        channels::put(turn.db, &row)?;
        Ok(Ok(()))
    });
    judged.await??;
    Ok(verified)
}

fn wrong(words: &str) -> ApiError {
    ApiError::invalid("code", words).hint("send another one there")
}

/// Unlinks a channel with its address.
pub async fn channel_unlink(app: &Arc<App>, input: ChannelRef) -> Result<Nothing, ApiError> {
    let id = input.id.clone();
    let missing = move || StoreError::from(ApiError::not_found("channel", &input.id));
    app.store
        .write(move |turn| {
            secrets::delete_of(turn.db, &owner(&id))?;
            if channels::delete(turn.db, &id)? { Ok(()) } else { Err(missing()) }
        })
        .await?;
    app.reload().await?;
    Ok(Nothing {})
}

async fn found(app: &Arc<App>, id: &ChannelId) -> Result<Channel, ApiError> {
    let wanted = id.clone();
    let channel = app.store.read(move |db| channels::get(db, &wanted)).await?;
    channel.ok_or_else(|| ApiError::not_found("channel", id))
}

/// Whose secret a channel's address is.
fn owner(id: &ChannelId) -> TriggerId {
    TriggerId(id.0.clone())
}

/// Writes it, with its address where that is new.
async fn keep(app: &Arc<App>, channel: &Channel, secret: Option<String>) -> Result<(), ApiError> {
    channel.validate()?;
    let sealed = match secret {
        None => None,
        Some(text) => {
            let secret = typed("secret", text)?;
            channel.check_secret(&secret)?;
            let sealed = seal_new(vault(app)?, &secret, channel.secret.clone(), owner(&channel.id), app.clock.now());
            Some(SealedSecret { slot: Slot::Named, name: channel.name.clone(), ..sealed })
        }
    };
    let row = channel.clone();
    app.store
        .write(move |turn| {
            if channels::name_taken(turn.db, &row.name, &row.id)? {
                let words = format!("another channel is called {}", row.name);
                let taken = ApiError::new(ErrorCode::Conflict, words);
                return Err(ApiError { field: Some("name".to_owned()), ..taken }.into());
            }
            if let Some(sealed) = &sealed {
                secrets::delete_of(turn.db, &sealed.owner)?;
                secrets::insert(turn.db, sealed)?;
            }
            channels::put(turn.db, &row)
        })
        .await?;
    app.reload().await
}

/// Sends a new code. What the other end says against it is the answer.
async fn send_code(app: &Arc<App>, channel: &Channel) -> Result<(), ApiError> {
    let drawn = getrandom::u32().map_err(|error| ApiError::new(ErrorCode::Unavailable, error.to_string()))?;
    let code = format!("{:06}", drawn % CODES);
    let (id, hash, until) = (channel.id.clone(), hashed(&channel.id, &code), app.clock.now().plus_ms(CODE_FOR_MS));
    app.store.write(move |turn| channels::set_code(turn.db, &id, &hash, until)).await?;
    let text = format!("Creel: the code of this channel is {code}. Type it into Creel within 15 minutes.");
    let forwarder = queue::forwarder(app);
    let sent = Notifier { forwarder: &forwarder }.deliver(channel, &format!("code-{}", channel.id), &text).await;
    sent.map_err(|(error, _)| error)
}

fn hashed(id: &ChannelId, code: &str) -> Vec<u8> {
    Sha256::digest(format!("{id}/{code}")).to_vec()
}
