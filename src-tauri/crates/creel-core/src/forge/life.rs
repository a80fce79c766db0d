//! The life of a hook. What it is to be stands in its row, committed before anything is asked; `settle` asks for
//! what is missing. Every step can be done again: one that a crash cut short is found by the address that only this hook
//! has, so the next start makes no second one and leaves none behind.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use url::Url;

use super::{Place, Sent, Told};
use crate::api::Nothing;
use crate::app::App;
use crate::clock::UnixMs;
use crate::error::{ApiError, ErrorCode};
use crate::events::Event;
use crate::github::{GithubPlace, public_address};
use crate::gitlab::GitlabPlace;
use crate::ids::{SecretId, TriggerId};
use crate::store::{forge_hooks, secrets, triggers};

/// What a hook is to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
#[ts(export)]
pub enum Wanted {
    /// There, and sending.
    Connected,
    /// There, and silent.
    Paused,
    /// Not there.
    Gone,
}

/// A hook as its sender last said it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known {
    /// Its number.
    pub hook_id: u64,
    /// Where it sends to; empty from before the sender is asked for a change until it says that it made it.
    pub url: String,
    /// Which of Creel's secrets it signs with.
    pub secret_id: SecretId,
    /// Whether it sends anything.
    pub active: bool,
    /// What it sends.
    pub events: Vec<String>,
}

/// A hook as Creel keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hook<P = GithubPlace> {
    /// Whose address it sends to.
    pub trigger_id: TriggerId,
    /// Where its sender's API is.
    pub api: String,
    /// The repository or organisation, project or group.
    pub place: P,
    /// The path of its address, which no other hook has.
    pub path: String,
    /// What it is to send.
    pub events: Vec<String>,
    /// What it is to be.
    pub wanted: Wanted,
    /// What it is; `None`: nothing is known of it.
    pub known: Option<Known>,
    /// It is silent or gone because Creel ended.
    pub rests: bool,
    /// Why it is not what it is to be.
    pub trouble: Option<ApiError>,
    /// When it was wanted first.
    pub created_at: UnixMs,
    /// Until when everything that GitHub sent is known to be here, by GitHub's clock; `None`: nobody looked yet.
    pub whole_until: Option<UnixMs>,
    /// What was missed is brought in without asking.
    pub always: bool,
    /// Without a public address GitHub is asked every so many seconds; `None`: it is not.
    pub asks_every: Option<u32>,
}

impl<P> Hook<P> {
    /// Whether the sender's hook sends to this one's address.
    fn is(&self, told: &Told) -> bool {
        Url::parse(&told.url).is_ok_and(|url| url.path().ends_with(&self.path))
    }
}

/// What the sender is to be told.
struct Aim {
    sent: Sent,
    secret_id: SecretId,
}

impl Aim {
    /// Everything that a hook of this trigger is to be; `None`: it is that already, or there is nothing to be.
    async fn of<P: Place>(app: &Arc<App>, hook: &Hook<P>, resting: bool) -> Result<Option<Self>, ApiError> {
        let Some(at) = app.registry.now().get(&hook.trigger_id) else { return Ok(None) };
        let Some(key) = at.keys.first().filter(|_| !at.locked) else {
            return Err(ApiError::new(ErrorCode::Unavailable, "the trigger's secret cannot be had")
                .hint("unlock the keychain, or give the trigger a secret"));
        };
        let known = hook.known.as_ref();
        let active = hook.wanted == Wanted::Connected && !resting;
        if known.is_none() && !active {
            return Ok(None);
        }
        let url = match (public_address(app).await?, known) {
            (Some(address), _) => format!("{address}{}", at.path()),
            (None, Some(known)) if !known.url.is_empty() => known.url.clone(),
            (None, Some(_) | None) if hook.asks_every.is_some() => format!("{NOBODYS}{}", at.path()),
            (None, Some(known)) if !hook.rests => told_url(app, hook, known.hook_id).await?,
            (None, Some(_) | None) => return Err(no_address(P::SENDER)),
        };
        let now = Known {
            hook_id: known.map_or(0, |known| known.hook_id),
            url,
            secret_id: key.id.clone(),
            active,
            events: hook.events.clone(),
        };
        if known == Some(&now) {
            return Ok(None);
        }
        let (secret, scheme) = (key.value.clone(), at.trigger.scheme.clone());
        let sent = Sent { url: now.url, secret, scheme, active, events: now.events };
        Ok(Some(Self { sent, secret_id: now.secret_id }))
    }

    /// What is known once the sender took it.
    fn known(&self, told: &Told) -> Known {
        Known {
            hook_id: told.id,
            url: self.sent.url.clone(),
            secret_id: self.secret_id.clone(),
            active: self.sent.active,
            events: self.sent.events.clone(),
        }
    }
}

/// Where a hook sends to whose deliveries are read from GitHub's record: a name that nobody can have (RFC 2606), so what it
/// sends reaches nobody. GitHub is known to refuse `localhost` and private addresses as ones that the public internet does not
/// reach (groups of issues of other projects, 2020 to 2026: ultralisp 75, kodus-ai 1967); of names that no server answers
/// for nothing is written. Should it refuse this one, `github/hooks.rs` says what else there is: no other address is
/// nobody's, and what a private repository sends is for nobody else.
pub const NOBODYS: &str = "https://creel.invalid";

/// Where the sender says that the hook sends to, while nobody here knows and no address leads here: it can be switched off all
/// the same. A hook that is not there any more has an address that nobody has.
async fn told_url<P: Place>(app: &Arc<App>, hook: &Hook<P>, id: u64) -> Result<String, ApiError> {
    let there = hook.place.hooks(app, &hook.api).await?.into_iter().find(|told| told.id == id);
    Ok(there.map_or_else(|| format!("{NOBODYS}{}", hook.path), |told| told.url))
}

fn no_address(sender: &str) -> ApiError {
    ApiError::new(ErrorCode::Invalid, format!("there is no public address that {sender} could send to"))
        .hint("start a tunnel, or type the address under which the internet reaches this machine")
}

/// Brings every hook to where it is to be. The first trouble that time may mend comes back; each stands in its row.
pub async fn settle(app: &Arc<App>) -> Result<Option<ApiError>, ApiError> {
    let github = settle_at::<GithubPlace>(app).await?;
    let gitlab = settle_at::<GitlabPlace>(app).await?;
    Ok(github.or(gitlab))
}

async fn settle_at<P: Place>(app: &Arc<App>) -> Result<Option<ApiError>, ApiError> {
    let mut again = None;
    for hook in app.store.read(forge_hooks::all::<P>).await? {
        if let Err(error) = once::<P>(app, &hook.trigger_id).await
            && matches!(error.code, ErrorCode::Upstream | ErrorCode::RateLimited | ErrorCode::Unavailable)
        {
            again.get_or_insert(error);
        }
    }
    Ok(again)
}

/// Brings one hook to where it is to be, and notes why it is not if that fails.
pub async fn once<P: Place>(app: &Arc<App>, trigger: &TriggerId) -> Result<(), ApiError> {
    let _turn = app.forge.turn().await;
    attempt::<P>(app, trigger).await
}

/// The same by somebody whose turn it is.
async fn attempt<P: Place>(app: &Arc<App>, trigger: &TriggerId) -> Result<(), ApiError> {
    let id = trigger.clone();
    let Some(hook) = app.store.read(move |db| forge_hooks::get::<P>(db, &id)).await? else { return Ok(()) };
    if app.forge.is_leaving() {
        return Ok(());
    }
    let settled = step(app, &hook).await;
    let trouble = settled.as_ref().err().cloned();
    // What is neither there nor to be sent to was not asked for: why it is gone stays said.
    let unasked = settled.is_ok() && hook.known.is_none() && hook.wanted == Wanted::Paused;
    if hook.trouble != trouble && !unasked {
        let id = hook.trigger_id.clone();
        app.store.write(move |turn| forge_hooks::note_trouble::<P>(turn.db, &id, trouble.as_ref())).await?;
        app.events.send(Event::Github(Nothing {}));
    }
    settled
}

/// What the hook signs with is not known any more: the next look gives it the current secret.
pub async fn forget_secret<P: Place>(app: &Arc<App>, trigger: &TriggerId) -> Result<(), ApiError> {
    let _turn = app.forge.turn().await;
    let id = trigger.clone();
    let Some(hook) = app.store.read(move |db| forge_hooks::get::<P>(db, &id)).await? else { return Ok(()) };
    doubt(app, &hook, hook.rests).await
}

/// Makes a hook that `wish` commits. If the sender refuses, nothing is left of it; if nobody knows whether it was made, it
/// is looked for and removed later.
pub async fn make<P: Place>(
    app: &Arc<App>,
    trigger: &TriggerId,
    wish: impl Future<Output = Result<(), ApiError>>,
) -> Result<(), ApiError> {
    // From before it is wanted until nothing of it is wanted any more nobody else may try it.
    let turn = app.forge.turn().await;
    wish.await?;
    let Err(error) = attempt::<P>(app, trigger).await else { return Ok(()) };
    let unknown = matches!(error.code, ErrorCode::Upstream | ErrorCode::Unavailable | ErrorCode::Internal);
    let id = trigger.clone();
    app.store
        .write(move |turn| {
            triggers::delete(turn.db, &id)?;
            secrets::delete_of(turn.db, &id)?;
            match unknown {
                true => forge_hooks::want::<P>(turn.db, &id, Wanted::Gone),
                false => forge_hooks::delete::<P>(turn.db, &id),
            }
        })
        .await?;
    drop(turn);
    app.reload().await?;
    app.events.send(Event::Trigger(trigger.clone()));
    app.forge.look();
    Err(error)
}

async fn step<P: Place>(app: &Arc<App>, hook: &Hook<P>) -> Result<(), ApiError> {
    if hook.wanted == Wanted::Gone {
        remove(app, hook).await?;
        let id = hook.trigger_id.clone();
        app.store.write(move |turn| forge_hooks::delete::<P>(turn.db, &id)).await?;
        app.events.send(Event::Github(Nothing {}));
        return Ok(());
    }
    let Some(aim) = Aim::of(app, hook, false).await? else { return Ok(()) };
    P::ready(app, &hook.api).await?;
    doubt(app, hook, hook.rests).await?;
    match bring(app, hook, &aim).await? {
        Some(told) => note(app, hook, Some(aim.known(&told)), false).await,
        None => {
            let (id, wanted) = (hook.trigger_id.clone(), hook.wanted);
            app.store
                .write(move |turn| {
                    forge_hooks::lost::<P>(turn.db, &id, wanted)?;
                    forge_hooks::note::<P>(turn.db, &id, None, false)
                })
                .await?;
            Err(ApiError::new(ErrorCode::NotFound, format!("somebody deleted the hook at {}", P::SENDER))
                .hint("switch it on again to have a new one made, or remove it here too"))
        }
    }
}

/// From now until the sender says so nobody knows what the hook is: a crash in between must not let it pass for what it was.
async fn doubt<P: Place>(app: &Arc<App>, hook: &Hook<P>, rests: bool) -> Result<(), ApiError> {
    let known = hook.known.clone().map(|known| Known { url: String::new(), ..known });
    let id = hook.trigger_id.clone();
    Ok(app.store.write(move |turn| forge_hooks::note::<P>(turn.db, &id, known.as_ref(), rests)).await?)
}

async fn note<P: Place>(app: &Arc<App>, hook: &Hook<P>, known: Option<Known>, rests: bool) -> Result<(), ApiError> {
    let id = hook.trigger_id.clone();
    app.store.write(move |turn| forge_hooks::note::<P>(turn.db, &id, known.as_ref(), rests)).await?;
    app.events.send(Event::Github(Nothing {}));
    Ok(())
}

/// Changes the hook, or makes it. `None`: it was there, and somebody deleted it.
async fn bring<P: Place>(app: &Arc<App>, hook: &Hook<P>, aim: &Aim) -> Result<Option<Told>, ApiError> {
    let mut lost = false;
    if let Some(known) = &hook.known {
        match hook.place.change(app, &hook.api, known.hook_id, &aim.sent).await {
            Err(error) if error.code == ErrorCode::NotFound => lost = true,
            changed => return changed.map(Some),
        }
    }
    // An earlier run may have made it and not lived to note it.
    let there = hook.place.hooks(app, &hook.api).await?;
    let mine: Vec<_> = there.into_iter().filter(|told| hook.is(told)).collect();
    if let Some((first, others)) = mine.split_first() {
        for other in others {
            absent(hook.place.remove(app, &hook.api, other.id).await)?;
        }
        return hook.place.change(app, &hook.api, first.id, &aim.sent).await.map(Some);
    }
    if lost && !hook.rests {
        return Ok(None);
    }
    hook.place.make(app, &hook.api, &aim.sent).await.map(Some)
}

/// Removes the hook, and whatever else sends to its address.
async fn remove<P: Place>(app: &Arc<App>, hook: &Hook<P>) -> Result<(), ApiError> {
    if let Some(known) = &hook.known {
        return absent(hook.place.remove(app, &hook.api, known.hook_id).await);
    }
    let found = match hook.place.hooks(app, &hook.api).await {
        // With its place the hook is gone too.
        Err(error) if error.code == ErrorCode::NotFound => return Ok(()),
        found => found?,
    };
    for told in found.iter().filter(|told| hook.is(told)) {
        absent(hook.place.remove(app, &hook.api, told.id).await)?;
    }
    Ok(())
}

/// What is not there any more need not be removed.
fn absent(removed: Result<(), ApiError>) -> Result<(), ApiError> {
    match removed {
        Err(error) if error.code == ErrorCode::NotFound => Ok(()),
        other => other,
    }
}

/// Creel ends: a hook that sends is switched off, or removed. The next start brings it back.
pub async fn rest<P: Place>(app: &Arc<App>, hook: &Hook<P>, how: Leave) -> Result<(), ApiError> {
    doubt(app, hook, true).await?;
    match how {
        Leave::Removed => {
            remove(app, hook).await?;
            note(app, hook, None, true).await
        }
        Leave::Silent => {
            let Some(aim) = Aim::of(app, hook, true).await? else { return Ok(()) };
            let Some(known) = &hook.known else { return Ok(()) };
            let told = hook.place.change(app, &hook.api, known.hook_id, &aim.sent).await?;
            note(app, hook, Some(aim.known(&told)), true).await
        }
    }
}

/// How a hook is left when Creel ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leave {
    /// There, and switched off.
    Silent,
    /// Not there.
    Removed,
}
