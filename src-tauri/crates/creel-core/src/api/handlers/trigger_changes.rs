//! Making, changing and deleting triggers: everything is checked before anything is written.

use std::sync::Arc;

use super::secrets::{given_or_made, vault};
use super::settings::check_body_bound;
use super::triggers::{row, slug_from};
use super::{name, trigger_get};
use crate::actions::Action;
use crate::admit::Allowlist;
use crate::api::triggers::{TriggerChange, TriggerDraft, TriggerMade, TriggerRef, TriggerRow};
use crate::app::App;
use crate::authenticate::{Catalogue, Secret, schemes};
use crate::clock::UnixMs;
use crate::contracts::OwnSecret;
use crate::error::{ApiError, ErrorCode};
use crate::events::Event;
use crate::filter;
use crate::ids::{SecretId, TriggerId};
use crate::registry::require;
use crate::start::seal_new;
use crate::store::secrets::SealedSecret;
use crate::store::{StoreError, agents, learning, lists, own_schemes, pipelines, secrets, triggers};
use crate::trigger::{Contract, Dedup, NO_SCHEME, PROJECT, Reply, Trigger};

const NAME_MOST: usize = 200;
/// Actions of one trigger: more than a person oversees.
const ACTIONS_MOST: usize = 20;
const METHODS: &[&str] = &["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];
/// Longest delay of a reply.
const DELAY_MOST_MS: u32 = 30_000;

/// Makes a trigger.
pub async fn trigger_create(app: &Arc<App>, mut input: TriggerDraft) -> Result<TriggerMade, ApiError> {
    let schemes = app.registry.now().schemes().clone();
    let id = TriggerId::new(app.ids.as_ref());
    let origin = Origin::of(&mut input);
    let mut trigger =
        apply(blank(id.clone(), input.contract.unwrap_or(Contract::Creel), app.clock.now()), input, Some(&schemes))?;
    let token = trigger.contract.face().token(&mut trigger);
    check_trigger(&trigger, &schemes)?;
    let owner = owner_of_secret(&trigger, origin != Origin::Unsaid)?;
    let secret = secret_for(app, &trigger, origin)?;
    let sealed = match &secret {
        Some(secret) => Some(seal_new(vault(app)?, secret, SecretId::new(app.ids.as_ref()), owner, app.clock.now())),
        None => None,
    };
    let kept = token.as_ref().and_then(|token| sealed_token(app, &trigger.id, token));
    let (row, is_new) = app
        .store
        .write(move |turn| {
            put(turn.db, &trigger)?;
            kept.map_or(Ok(()), |token| secrets::insert(turn.db, &token))?;
            let is_new = sealed.map_or(Ok(false), |sealed| secrets::insert_first(turn.db, &sealed))?;
            Ok((row(turn.db, trigger, turn.now)?, is_new))
        })
        .await?;
    let secret = secret.filter(|_| is_new);
    app.reload().await?;
    app.events.send(Event::Trigger(row.trigger.id.clone()));
    let warnings = warnings(&row.trigger, secret.as_ref(), &schemes);
    Ok(TriggerMade { row, secret: secret.map(|secret| secret.expose().to_owned()), token, warnings })
}

/// Changes a trigger.
pub async fn trigger_update(app: &Arc<App>, input: TriggerChange) -> Result<TriggerRow, ApiError> {
    let TriggerChange { id, mut change } = input;
    let before = trigger_get(app, TriggerRef { id: id.clone() }).await?.trigger;
    let origin = Origin::of(&mut change);
    let contract = before.contract;
    if change.contract.is_some_and(|asked| asked != contract) {
        return Err(
            ApiError::invalid("contract", "the contract of a trigger does not change").hint("make a new trigger")
        );
    }
    let owner = owner_of_secret(&before, origin != Origin::Unsaid)?;
    let has_secret = require(&app.registry.now(), &id)?.current().is_some();
    let mut after = Trigger { updated_at: app.clock.now(), ..apply(before.clone(), change, None)? };
    after.contract.face().carry(&before, &mut after);
    check_trigger(&after, app.registry.now().schemes())?;
    let secret = if !has_secret || origin != Origin::Unsaid { secret_for(app, &after, origin)? } else { None };
    let sealed = match &secret {
        Some(secret) => Some(seal_new(vault(app)?, secret, SecretId::new(app.ids.as_ref()), owner, app.clock.now())),
        None => None,
    };
    let row = app
        .store
        .write(move |turn| {
            put(turn.db, &after)?;
            if after.scheme != before.scheme || sealed.is_some() {
                learning::delete(turn.db, &after.id)?;
            }
            if let Some(sealed) = &sealed {
                secrets::delete_of(turn.db, &sealed.owner)?;
                secrets::insert(turn.db, sealed)?;
            }
            row(turn.db, after, turn.now)
        })
        .await?;
    app.reload().await?;
    app.events.send(Event::Trigger(id));
    Ok(row)
}

/// The trigger that a draft describes, over `trigger`; for the preview too, so it is not checked yet. `new`: it gets what
/// a new one begins with, which its scheme among these decides.
pub fn apply(trigger: Trigger, draft: TriggerDraft, new: Option<&Catalogue>) -> Result<Trigger, ApiError> {
    let title = match draft.name {
        Some(text) => name("name", &text, NAME_MOST)?,
        None if new.is_some() => return Err(ApiError::invalid("name", "name is missing")),
        None => trigger.name,
    };
    let face = trigger.contract.face();
    let slug = match draft.slug {
        Some(slug) if face.chooses_slug() => slug,
        None if face.chooses_slug() && new.is_some() => slug_from(&title),
        Some(_) | None => trigger.slug,
    };
    let scheme = draft.scheme.unwrap_or(trigger.scheme);
    let dedup = draft.dedup.unwrap_or_else(|| new.map_or(trigger.dedup, |known| face.dedup(known.find(&scheme))));
    Ok(Trigger {
        name: title,
        slug,
        scheme,
        dedup,
        enabled: draft.enabled.unwrap_or(trigger.enabled),
        methods: draft.methods.unwrap_or(trigger.methods),
        ip_allowlist: draft.ip_allowlist.unwrap_or(trigger.ip_allowlist),
        rate: draft.rate.unwrap_or(trigger.rate),
        max_body_bytes: draft.max_body_bytes.unwrap_or(trigger.max_body_bytes),
        filter: draft.filter.unwrap_or(trigger.filter),
        actions: draft.actions.unwrap_or(trigger.actions),
        missing: draft.missing.unwrap_or(trigger.missing),
        reply: draft.reply.unwrap_or(trigger.reply),
        capture_only: draft.capture_only.unwrap_or(trigger.capture_only),
        at_once: draft.at_once.unwrap_or(trigger.at_once),
        settings: draft.settings.unwrap_or(trigger.settings),
        id: trigger.id,
        project_id: trigger.project_id,
        contract: trigger.contract,
        created_at: trigger.created_at,
        updated_at: trigger.updated_at,
    })
}

/// A trigger with nothing decided yet.
pub fn blank(id: TriggerId, contract: Contract, now: UnixMs) -> Trigger {
    Trigger {
        slug: contract.face().first_slug(&id),
        scheme: contract.face().scheme().to_owned(),
        settings: contract.face().settings(),
        id,
        project_id: PROJECT.to_owned(),
        name: String::new(),
        contract,
        enabled: true,
        methods: vec!["POST".to_owned()],
        ip_allowlist: Vec::new(),
        rate: contract.face().rate(),
        dedup: Dedup::default(),
        max_body_bytes: 0,
        filter: filter::Filter::default(),
        actions: Vec::new(),
        missing: contract.face().missing(),
        reply: Reply::default(),
        capture_only: false,
        at_once: 0,
        created_at: now,
        updated_at: now,
    }
}

/// Everything about a trigger that can be wrong without looking at the others.
pub fn check_trigger(trigger: &Trigger, schemes: &Catalogue) -> Result<(), ApiError> {
    if trigger.scheme != NO_SCHEME && schemes.find(&trigger.scheme).is_none() {
        let known: Vec<_> = schemes.all().map(|scheme| scheme.key.as_str()).collect();
        return Err(ApiError::invalid("scheme", format!("there is no scheme \"{}\"", trigger.scheme))
            .hint(format!("one of {}, none", known.join(", "))));
    }
    trigger.contract.face().check(trigger)?;
    if let Some(method) = trigger.methods.iter().find(|method| !METHODS.contains(&method.as_str())) {
        return Err(ApiError::invalid("methods", format!("\"{method}\" is not one of {}", METHODS.join(", "))));
    }
    if trigger.methods.is_empty() {
        return Err(ApiError::invalid("methods", "no method: the trigger would take nothing"));
    }
    Allowlist::read(&trigger.ip_allowlist).map_err(|bad| {
        ApiError::invalid("ip_allowlist", bad.to_string()).hint("write 203.0.113.7, 203.0.113.0/24 or 2001:db8::/32")
    })?;
    if !(1..=720).contains(&trigger.dedup.window_hours) {
        return Err(ApiError::invalid(
            "dedup.window_hours",
            format!("{} hours is not between 1 and 720", trigger.dedup.window_hours),
        ));
    }
    if trigger.max_body_bytes != 0 {
        check_body_bound(trigger.max_body_bytes)?;
    }
    if trigger.at_once > AT_ONCE_MOST {
        let words = format!("{} at once; at most {AT_ONCE_MOST}, or 0 for no bound of its own", trigger.at_once);
        return Err(ApiError::invalid("at_once", words));
    }
    check_reply(&trigger.reply)?;
    filter::validate(&trigger.filter, "filter")?;
    check_actions(&trigger.actions, schemes)
}

/// As many as Settings can allow in all.
const AT_ONCE_MOST: u32 = 64;

fn check_reply(reply: &Reply) -> Result<(), ApiError> {
    if !(200..=599).contains(&reply.status) {
        return Err(ApiError::invalid("reply.status", format!("{} is not between 200 and 599", reply.status)));
    }
    if reply.delay_ms > DELAY_MOST_MS {
        return Err(ApiError::invalid("reply.delay_ms", format!("{} ms; at most {DELAY_MOST_MS}", reply.delay_ms)));
    }
    for (name, value) in &reply.headers {
        let bad = http::HeaderName::from_bytes(name.as_bytes()).is_err() || http::HeaderValue::from_str(value).is_err();
        if bad {
            return Err(ApiError::invalid("reply.headers", format!("\"{name}\" cannot be sent as a header")));
        }
    }
    Ok(())
}

fn check_actions(actions: &[Action], schemes: &Catalogue) -> Result<(), ApiError> {
    if actions.len() > ACTIONS_MOST {
        return Err(ApiError::invalid("actions", format!("{} actions; at most {ACTIONS_MOST}", actions.len())));
    }
    for (position, action) in actions.iter().enumerate() {
        action.validate().and_then(|()| action.check_scheme(schemes)).map_err(|error| ApiError {
            field: Some(format!("actions.{position}.{}", error.field.as_deref().unwrap_or_default())),
            ..error
        })?;
    }
    Ok(())
}

/// Writes the trigger, unless its address or one of its targets is not to be had.
pub(super) fn put(db: &rusqlite::Connection, trigger: &Trigger) -> Result<(), StoreError> {
    if triggers::address_taken(db, trigger.contract, &trigger.slug, &trigger.id)? {
        let words = format!("another trigger has the address \"{}\"", trigger.slug);
        return Err(ApiError { field: Some("slug".to_owned()), ..ApiError::new(ErrorCode::Conflict, words) }.into());
    }
    still_there(db, &trigger.scheme, "scheme")?;
    for (position, action) in trigger.actions.iter().enumerate() {
        still_there(db, action.signs_with().unwrap_or(NO_SCHEME), &format!("actions.{position}.sign.scheme"))?;
        match action {
            Action::CreateTask(config) if !lists::exists(db, &config.list_id)? => {
                let field = format!("actions.{position}.list_id");
                return Err(ApiError::invalid(&field, format!("list {} does not exist", config.list_id)).into());
            }
            Action::InstantiatePipeline(config) if pipelines::get(db, &config.pipeline_id)?.is_none() => {
                let field = format!("actions.{position}.pipeline_id");
                return Err(ApiError::invalid(&field, format!("pipeline {} does not exist", config.pipeline_id)).into());
            }
            Action::RunAgent(config) if !agents::exists(db, &config.agent_id)? => {
                let field = format!("actions.{position}.agent_id");
                return Err(ApiError::invalid(&field, format!("agent {} does not exist", config.agent_id)).into());
            }
            Action::CreateTask(_)
            | Action::InstantiatePipeline(_)
            | Action::RunAgent(_)
            | Action::Forward(_)
            | Action::SpawnAgent(_)
            | Action::Notify(_)
            | Action::ExecuteTool(_) => {}
        }
    }
    triggers::put(db, trigger)
}

/// A scheme of the user's was not deleted meanwhile: who deletes one looks at the triggers in the same way.
fn still_there(db: &rusqlite::Connection, scheme: &str, field: &str) -> Result<(), StoreError> {
    let ships = scheme == NO_SCHEME || schemes::find(scheme).is_some();
    if !ships && own_schemes::get(db, scheme)?.is_none() {
        return Err(ApiError::invalid(field, format!("there is no scheme \"{scheme}\" any more")).into());
    }
    Ok(())
}

/// Whose secret it is. One that several triggers share is not set through one of them.
fn owner_of_secret(trigger: &Trigger, given: bool) -> Result<TriggerId, ApiError> {
    let owner = trigger.contract.face().secret_owner(trigger);
    if given && owner != trigger.id {
        return Err(ApiError::invalid("secret", "this contract's triggers share one secret")
            .hint("rotate it instead; every trigger of the contract gets the new one"));
    }
    Ok(owner)
}

/// A trigger's token as a row. Without the key to the secrets it is not kept: senders are let in by its hash, and only
/// Creel's own tests of the trigger go without.
fn sealed_token(app: &App, trigger: &TriggerId, token: &str) -> Option<SealedSecret> {
    let secret = Secret::new(token).ok()?;
    let owner = secrets::token_owner(trigger);
    Some(seal_new(app.vault.as_ref()?, &secret, SecretId::new(app.ids.as_ref()), owner, app.clock.now()))
}

/// Where a draft says that the secret comes from.
#[derive(Debug, PartialEq, Eq)]
enum Origin {
    Unsaid,
    Given(String),
    Taken(TriggerId),
    Made,
}

impl Origin {
    fn of(draft: &mut TriggerDraft) -> Self {
        match (draft.secret_from.take(), draft.secret.take(), draft.make_secret.take()) {
            (Some(other), ..) => Self::Taken(other),
            (None, Some(text), _) => Self::Given(text),
            (None, None, Some(true)) => Self::Made,
            (None, None, Some(false) | None) => Self::Unsaid,
        }
    }
}

/// The secret a trigger starts with; none for scheme `none`, and none that nobody asked for where its contract goes
/// without.
fn secret_for(app: &App, trigger: &Trigger, origin: Origin) -> Result<Option<Secret>, ApiError> {
    if trigger.scheme == NO_SCHEME {
        return Ok(None);
    }
    match origin {
        Origin::Unsaid if trigger.contract.face().own_secret() != OwnSecret::Needed => Ok(None),
        Origin::Unsaid | Origin::Made => given_or_made(app, "secret", None, &trigger.scheme).map(Some),
        Origin::Given(text) => given_or_made(app, "secret", Some(text), &trigger.scheme).map(Some),
        Origin::Taken(other) => {
            let listening = require(&app.registry.now(), &other)?;
            let secret = listening.current().cloned();
            secret.map(Some).ok_or_else(|| ApiError::invalid("secret_from", format!("trigger {other} has no secret")))
        }
    }
}

fn warnings(trigger: &Trigger, secret: Option<&Secret>, schemes: &Catalogue) -> Vec<String> {
    let mut warnings = Vec::new();
    if secret.is_some_and(Secret::weak) {
        warnings.push("the secret is shorter than 16 bytes: it can be guessed".to_owned());
    }
    if trigger.scheme == NO_SCHEME {
        warnings.push(
            "no signature is checked: anyone who knows the address can send, and outside effects do not run".to_owned(),
        );
    } else if schemes.find(&trigger.scheme).is_some_and(crate::authenticate::Scheme::weak) {
        warnings.push("this scheme proves little: the secret itself is sent".to_owned());
    }
    warnings
}
