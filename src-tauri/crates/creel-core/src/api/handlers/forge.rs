//! Connecting, for every sender with an API: the trigger, its secret and the wish for a hook are committed together, and the
//! hook is made. And what becomes of it.

use std::sync::Arc;

use super::trigger_changes::put;
use super::{apply, blank, check_trigger, given_or_made, vault};
use crate::actions::{Action, CreateTask, Priority};
use crate::api::Nothing;
use crate::api::forge::HookChange;
use crate::api::triggers::TriggerDraft;
use crate::app::App;
use crate::error::{ApiError, ErrorCode};
use crate::events::Event;
use crate::forge::{self, Hook, Place, Wanted};
use crate::ids::{ListId, SecretId, TriggerId};
use crate::start::seal_new;
use crate::store::{StoreError, forge_hooks, lists, secrets};
use crate::trigger::{Contract, Trigger};

/// Events of one hook: more than there are.
const EVENTS_MOST: usize = 100;

/// The trigger of a new hook.
pub(super) struct NewTrigger {
    /// Its name.
    pub name: String,
    /// Its place's name, for its address.
    pub place: String,
    /// By which scheme it checks.
    pub scheme: &'static str,
    /// The title and the tag of the task that each delivery makes; `None`: it does nothing yet.
    pub task: Option<(&'static str, &'static str)>,
}

/// Commits the trigger, its secret and the hook that is wanted, then has the hook made.
pub(super) async fn connect<P: Place>(
    app: &Arc<App>,
    new: NewTrigger,
    hook: impl FnOnce(&Trigger) -> Hook<P>,
) -> Result<TriggerId, ApiError> {
    let random = app.ids.ksuid();
    let slug = forge::slug(app, &new.place, &random[random.len().saturating_sub(8)..]).await?;
    let trigger = trigger(app, new, slug).await?;
    let secret = given_or_made(app, "secret", None, &trigger.scheme)?;
    let id = trigger.id.clone();
    let sealed = seal_new(vault(app)?, &secret, SecretId::new(app.ids.as_ref()), id.clone(), app.clock.now());
    let hook = hook(&trigger);
    let wish = async {
        app.store
            .write(move |turn| {
                put(turn.db, &trigger)?;
                secrets::insert(turn.db, &sealed)?;
                forge_hooks::insert(turn.db, &hook)
            })
            .await?;
        app.reload().await?;
        app.events.send(Event::Trigger(id.clone()));
        Ok(())
    };
    forge::make::<P>(app, &id, wish).await?;
    Ok(id)
}

async fn trigger(app: &App, new: NewTrigger, slug: String) -> Result<Trigger, ApiError> {
    let actions = match new.task {
        None => Vec::new(),
        Some((title, tag)) => vec![Action::CreateTask(CreateTask {
            list_id: first_list(app).await?,
            title: title.to_owned(),
            description: String::new(),
            assignees: Vec::new(),
            priority: Priority::Normal,
            tags: vec![tag.to_owned()],
        })],
    };
    let draft = TriggerDraft {
        name: Some(new.name),
        slug: Some(slug),
        scheme: Some(new.scheme.to_owned()),
        actions: Some(actions),
        ..TriggerDraft::default()
    };
    let blank = blank(TriggerId::new(app.ids.as_ref()), Contract::Creel, app.clock.now());
    let routes = app.registry.now();
    let trigger = apply(blank, draft, Some(routes.schemes()))?;
    check_trigger(&trigger, routes.schemes())?;
    Ok(trigger)
}

async fn first_list(app: &App) -> Result<ListId, ApiError> {
    let first = app.store.read(|db| Ok::<_, StoreError>(lists::all(db)?.into_iter().next())).await?;
    first.map(|list| list.id).ok_or_else(|| {
        ApiError::invalid("then", "there is no list that a task could go to").hint("make a list in Targets first")
    })
}

/// Refuses a place that has a hook of Creel's already; `words` says which it is.
pub(super) async fn check_free<P: Place>(app: &App, api: &str, place: &P, words: String) -> Result<(), ApiError> {
    let there = app.store.read(forge_hooks::all::<P>).await?;
    if there.iter().any(|hook| hook.api == api && hook.place == *place && hook.wanted != Wanted::Gone) {
        return Err(ApiError::new(ErrorCode::Conflict, format!("the {words} is connected already"))
            .hint("remove the hook first to choose other events"));
    }
    Ok(())
}

/// Refuses no events, too many, and those that a hook there cannot be for.
pub(super) fn check_events(events: &[String], fits: impl Fn(&str) -> bool) -> Result<(), ApiError> {
    if events.is_empty() || events.len() > EVENTS_MOST {
        return Err(ApiError::invalid("events", format!("{} events; choose 1 to {EVENTS_MOST}", events.len())));
    }
    match events.iter().find(|name| !fits(name)) {
        Some(name) => Err(ApiError::invalid("events", format!("\"{name}\" is no event that a hook there can be for"))),
        None => Ok(()),
    }
}

/// The hook of a trigger.
async fn hook<P: Place>(app: &App, trigger: &TriggerId) -> Result<Hook<P>, ApiError> {
    let id = trigger.clone();
    let found = app.store.read(move |db| forge_hooks::get::<P>(db, &id)).await?;
    found.ok_or_else(|| ApiError::not_found(&format!("hook at {} of trigger", P::SENDER), trigger))
}

/// The hook of a trigger with its number, once it is made.
pub(super) async fn made<P: Place>(app: &App, trigger: &TriggerId) -> Result<(Hook<P>, u64), ApiError> {
    let hook = hook::<P>(app, trigger).await?;
    match hook.known.as_ref().map(|known| known.hook_id) {
        Some(number) => Ok((hook, number)),
        None => Err(ApiError::new(ErrorCode::Conflict, "the hook is not there yet")
            .hint(format!("it is made as soon as {} answers; look at what it says", P::SENDER))),
    }
}

/// What a hook is to be is committed, then its sender is asked. If that cannot be asked now, it is done later; why stands with
/// the hook.
pub(super) async fn set<P: Place>(app: &Arc<App>, change: HookChange) -> Result<(), ApiError> {
    let HookChange { trigger_id, wanted } = change;
    hook::<P>(app, &trigger_id).await?;
    let id = trigger_id.clone();
    app.store.write(move |turn| forge_hooks::want::<P>(turn.db, &id, wanted)).await?;
    app.events.send(Event::Github(Nothing {}));
    if forge::once::<P>(app, &trigger_id).await.is_err() {
        app.forge.look();
    }
    Ok(())
}
