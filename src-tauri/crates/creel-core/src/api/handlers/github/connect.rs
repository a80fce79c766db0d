//! Connecting: the call is shown first; then the trigger, its secret and the wish for a hook are committed together, and the
//! hook is made.

use std::sync::Arc;

use super::choose::account;
use super::left::{left_at, slug};
use super::missed::check_asks_every;
use super::view::{shown, with_missed};
use crate::actions::{Action, CreateTask, Priority};
use crate::api::github::{GithubDraft, GithubHook, GithubPlan, GithubThen};
use crate::api::handlers::trigger_changes::put;
use crate::api::handlers::{apply, blank, check_trigger, given_or_made, vault};
use crate::api::triggers::TriggerDraft;
use crate::app::App;
use crate::error::{ApiError, ErrorCode};
use crate::events::Event;
use crate::github::{self, ApiBase, Calls, Hook, HookConfig, HookSent, PlaceKind, Wanted};
use crate::ids::{SecretId, TriggerId};
use crate::start::seal_new;
use crate::store::{StoreError, github as table, lists, secrets};
use crate::trigger::{Contract, Trigger};

/// Events of one hook: more than there are.
const EVENTS_MOST: usize = 100;

/// What connecting would do. The place's hooks are listed for it, which tells whether the token may.
pub async fn github_plan(app: &Arc<App>, input: GithubDraft) -> Result<GithubPlan, ApiError> {
    let (api, address) = check(app, &input).await?;
    let calls = Calls::open(app, api.clone()).await?;
    let left = left_at(app, &calls, &input.place).await?;
    let sent = HookSent {
        name: Some("web"),
        active: true,
        events: input.events.clone(),
        config: HookConfig {
            url: format!("{address}/hooks/{}", slug(app, &input.place, "…").await?),
            content_type: "json",
            secret: "(a new one of 32 random bytes)".to_owned(),
            insecure_ssl: "0",
        },
    };
    let body = serde_json::to_string_pretty(&sent).map_err(|e| ApiError::new(ErrorCode::Internal, e.to_string()))?;
    let headers = [
        ("Authorization", "Bearer (the token)"),
        ("Accept", "application/vnd.github+json"),
        ("X-GitHub-Api-Version", github::VERSION),
    ];
    Ok(GithubPlan {
        method: "POST".to_owned(),
        url: format!("{}{}", api.as_str(), input.place.hooks()),
        headers: headers.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec(),
        body,
        also: also(&input),
        left,
    })
}

fn also(input: &GithubDraft) -> Vec<String> {
    let task = match input.then {
        GithubThen::Task => "Each delivery makes a task in your first list.",
        GithubThen::Nothing => "Deliveries are kept in the inbox; give the trigger actions later.",
    };
    let proof = match input.asks_every {
        None => "GitHub sends a ping, which is verified here.".to_owned(),
        Some(seconds) => format!(
            "Nothing leads here, so GitHub's record is read every {seconds} seconds. GitHub's own list will show each \
             delivery as failed."
        ),
    };
    vec![
        format!("A trigger \"GitHub {}\" is made, with a secret of its own.", input.place.name),
        task.to_owned(),
        proof,
    ]
}

/// Makes the trigger, its secret and the hook.
pub async fn github_connect(app: &Arc<App>, input: GithubDraft) -> Result<GithubHook, ApiError> {
    let (api, _) = check(app, &input).await?;
    let random = app.ids.ksuid();
    let random = &random[random.len().saturating_sub(8)..];
    let trigger = trigger(app, &input, slug(app, &input.place, random).await?).await?;
    let secret = given_or_made(app, "secret", None, &trigger.scheme)?;
    let id = trigger.id.clone();
    let sealed = seal_new(vault(app)?, &secret, SecretId::new(app.ids.as_ref()), id.clone(), app.clock.now());
    let hook = Hook {
        trigger_id: id.clone(),
        api: api.as_str().to_owned(),
        place: input.place,
        path: trigger.path(),
        events: input.events,
        wanted: Wanted::Connected,
        known: None,
        rests: false,
        trouble: None,
        created_at: app.clock.now(),
        whole_until: None,
        always: false,
        asks_every: input.asks_every,
    };
    let wish = async {
        app.store
            .write(move |turn| {
                put(turn.db, &trigger)?;
                secrets::insert(turn.db, &sealed)?;
                table::insert(turn.db, &hook)
            })
            .await?;
        app.reload().await?;
        app.events.send(Event::Trigger(id.clone()));
        Ok(())
    };
    github::make(app, &id, wish).await?;
    hook_of(app, &id).await
}

/// The hook of a trigger, as it is shown.
pub(super) async fn hook_of(app: &App, id: &TriggerId) -> Result<GithubHook, ApiError> {
    let (id, named) = (id.clone(), id.clone());
    let found = app.store.read(move |db| table::get(db, &id)?.map(|hook| shown(db, hook)).transpose()).await?;
    match found {
        Some(hook) => with_missed(app, hook).await,
        None => Err(ApiError::not_found("hook at GitHub of trigger", named)),
    }
}

/// Everything that can be known to fail before GitHub is asked.
async fn check(app: &Arc<App>, input: &GithubDraft) -> Result<(ApiBase, String), ApiError> {
    input.place.check()?;
    check_events(&input.events, input.place.kind)?;
    let account = account(app, &input.api).await?;
    if let Some(error) = github::missing_for(input.place.kind, account.scopes.as_deref(), &account.host) {
        return Err(error);
    }
    let api = ApiBase::stored(&input.api);
    check_asks_every(input.asks_every)?;
    let nobodys = input.asks_every.map(|_| github::NOBODYS.to_owned());
    let address = github::public_address(app).await?.or(nobodys).ok_or_else(|| {
        ApiError::invalid("address", "there is no public address that GitHub could send to").hint(
            "start a tunnel, type the address under which the internet reaches this machine, or have GitHub asked",
        )
    })?;
    github::reachable(&api, &address)?;
    let there = app.store.read(table::all).await?;
    let same = |hook: &&Hook| hook.api == input.api && hook.place == input.place && hook.wanted != Wanted::Gone;
    if there.iter().any(|hook| same(&hook)) {
        return Err(ApiError::new(ErrorCode::Conflict, format!("the {} is connected already", input.place.words()))
            .hint("remove the hook first to choose other events"));
    }
    Ok((api, address))
}

fn check_events(events: &[String], kind: PlaceKind) -> Result<(), ApiError> {
    if events.is_empty() || events.len() > EVENTS_MOST {
        return Err(ApiError::invalid("events", format!("{} events; choose 1 to {EVENTS_MOST}", events.len())));
    }
    let known = github::known_events();
    let fits = |name: &String| known.iter().any(|event| event.name == *name && event.of.contains(&kind));
    match events.iter().find(|name| !fits(name)) {
        Some(name) => Err(ApiError::invalid("events", format!("\"{name}\" is no event that a hook there can be for"))),
        None => Ok(()),
    }
}

async fn trigger(app: &App, input: &GithubDraft, slug: String) -> Result<Trigger, ApiError> {
    let actions = match input.then {
        GithubThen::Nothing => Vec::new(),
        GithubThen::Task => vec![Action::CreateTask(CreateTask {
            list_id: first_list(app).await?,
            title: "{{event}} in {{payload.repository.full_name}}".to_owned(),
            description: String::new(),
            assignees: Vec::new(),
            priority: Priority::Normal,
            tags: vec!["github".to_owned()],
        })],
    };
    let draft = TriggerDraft {
        name: Some(format!("GitHub {}", input.place.name)),
        slug: Some(slug),
        scheme: Some("github".to_owned()),
        actions: Some(actions),
        ..TriggerDraft::default()
    };
    let new = blank(TriggerId::new(app.ids.as_ref()), Contract::Creel, app.clock.now());
    let routes = app.registry.now();
    let trigger = apply(new, draft, Some(routes.schemes()))?;
    check_trigger(&trigger, routes.schemes())?;
    Ok(trigger)
}

async fn first_list(app: &App) -> Result<crate::ids::ListId, ApiError> {
    let first = app.store.read(|db| Ok::<_, StoreError>(lists::all(db)?.into_iter().next())).await?;
    first.map(|list| list.id).ok_or_else(|| {
        ApiError::invalid("then", "there is no list that a task could go to").hint("make a list in Targets first")
    })
}
