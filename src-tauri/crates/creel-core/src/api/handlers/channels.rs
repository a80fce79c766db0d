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
use crate::events::Event;
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
    let secret = input.secret.filter(|text| !text.is_empty());
    let channel = Channel {
        id: ChannelId::new(app.ids.as_ref()),
        name: name("name", &input.name, NAME_MOST)?,
        kind: input.kind,
        secret: secret.is_some().then(|| SecretId::new(app.ids.as_ref())),
        verified_at: None,
        owner: input.owner.unwrap_or(true),
        severities: input.severities,
        quiet: input.quiet,
        created_at: app.clock.now(),
    };
    keep(app, &channel, secret).await?;
    send_code(app, &channel).await?;
    Ok(channel)
}

/// Changes a channel. Another end has to be verified anew.
pub async fn channel_update(app: &Arc<App>, input: ChannelChange) -> Result<Channel, ApiError> {
    let before = found(app, &input.id).await?;
    let secret = input.secret.filter(|text| !text.is_empty());
    let kind = input.kind.unwrap_or_else(|| before.kind.clone());
    let other_end = secret.is_some() || kind != before.kind;
    let quiet = match input.quiet {
        Some(quiet) => Some(quiet).filter(|quiet| quiet.from != quiet.to),
        None => before.quiet,
    };
    let kept = before.secret.filter(|_| kind.wants().is_some() && before.kind.keeps_secret(&kind));
    let channel = Channel {
        id: before.id,
        name: input.name.map_or(Ok(before.name), |text| name("name", &text, NAME_MOST))?,
        secret: if secret.is_some() { Some(SecretId::new(app.ids.as_ref())) } else { kept },
        kind,
        verified_at: before.verified_at.filter(|_| !other_end),
        owner: input.owner.unwrap_or(before.owner),
        severities: input.severities.unwrap_or(before.severities),
        quiet,
        created_at: before.created_at,
    };
    keep(app, &channel, secret).await?;
    if other_end {
        send_code(app, &channel).await?;
    }
    Ok(channel)
}

/// Sends a message that says that it is a test, now.
pub async fn channel_test(app: &Arc<App>, input: ChannelRef) -> Result<Nothing, ApiError> {
    let channel = found(app, &input.id).await?;
    if channel.verified_at.is_none() {
        let words = format!("channel {} is not verified", channel.name);
        return Err(ApiError::new(ErrorCode::Conflict, words).hint("type back the code that was sent there first"));
    }
    let text = format!("Creel: a test of the channel {}. Messages arrive here.", channel.name);
    let message = format!("test-{}", app.ids.ksuid());
    let forwarder = queue::forwarder(app);
    let sent = Notifier { forwarder: &forwarder }.deliver(&channel, &message, &text).await;
    sent.map(|()| Nothing {}).map_err(|(error, _)| error)
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
    app.events.send(Event::Channel(verified.id.clone()));
    Ok(verified)
}

fn wrong(words: &str) -> ApiError {
    ApiError::invalid("code", words).hint("send another one there")
}

/// Unlinks a channel with its address.
pub async fn channel_unlink(app: &Arc<App>, input: ChannelRef) -> Result<Nothing, ApiError> {
    let (id, told) = (input.id.clone(), Event::Channel(input.id.clone()));
    let missing = move || StoreError::from(ApiError::not_found("channel", &input.id));
    app.store
        .write(move |turn| {
            secrets::delete_of(turn.db, &owner(&id))?;
            if channels::delete(turn.db, &id)? { Ok(()) } else { Err(missing()) }
        })
        .await?;
    app.reload().await?;
    app.events.send(told);
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

/// Its new secret, sealed. A kind that needs one has one.
fn sealed(app: &Arc<App>, channel: &Channel, typed_in: Option<String>) -> Result<Option<SealedSecret>, ApiError> {
    match (typed_in, &channel.secret, channel.kind.wants()) {
        (Some(text), Some(id), _) => {
            let secret = typed("secret", text)?;
            channel.kind.check_secret(&secret)?;
            let sealed = seal_new(vault(app)?, &secret, id.clone(), owner(&channel.id), app.clock.now());
            Ok(Some(SealedSecret { slot: Slot::Named, name: channel.name.clone(), ..sealed }))
        }
        (_, None, Some(what)) => Err(ApiError::invalid("secret", format!("it needs the {what}"))
            .hint("what was typed for one server is not sent to another one")),
        _ => Ok(None),
    }
}

/// Writes it, with its secret where that is new.
async fn keep(app: &Arc<App>, channel: &Channel, typed_in: Option<String>) -> Result<(), ApiError> {
    channel.validate()?;
    let sealed = sealed(app, channel, typed_in)?;
    let row = channel.clone();
    app.store
        .write(move |turn| {
            if channels::name_taken(turn.db, &row.name, &row.id)? {
                let words = format!("another channel is called {}", row.name);
                let taken = ApiError::new(ErrorCode::Conflict, words);
                return Err(ApiError { field: Some("name".to_owned()), ..taken }.into());
            }
            if sealed.is_some() || row.secret.is_none() {
                secrets::delete_of(turn.db, &owner(&row.id))?;
            }
            sealed.iter().try_for_each(|sealed| secrets::insert(turn.db, sealed))?;
            channels::put(turn.db, &row)
        })
        .await?;
    app.reload().await?;
    app.events.send(Event::Channel(channel.id.clone()));
    Ok(())
}

/// Sends a new code. What the other end says against it is the answer.
async fn send_code(app: &Arc<App>, channel: &Channel) -> Result<(), ApiError> {
    let code = format!("{:06}", app.ids.number(CODES));
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
