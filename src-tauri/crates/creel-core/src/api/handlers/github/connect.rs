//! Connecting: the call is shown first; then the trigger, its secret and the wish for a hook are committed together, and the
//! hook is made.

use std::sync::Arc;

use super::choose::account;
use super::missed::check_asks_every;
use super::view::{shown, with_missed};
use crate::api::forge::HookPlan;
use crate::api::github::{GithubDraft, GithubHook, GithubThen};
use crate::api::handlers::forge::{NewTrigger, check_events, check_free, connect};
use crate::app::App;
use crate::error::{ApiError, ErrorCode};
use crate::forge::{self, Hook, Wanted};
use crate::github::{self, ApiBase, HookConfig, HookSent};
use crate::ids::TriggerId;
use crate::store::github as table;

/// What connecting would do. The place's hooks are listed for it, which tells whether the token may.
pub async fn github_plan(app: &Arc<App>, input: GithubDraft) -> Result<HookPlan, ApiError> {
    let (api, address) = check(app, &input).await?;
    let left = forge::left_at(app, &input.api, &input.place).await?;
    let sent = HookSent {
        name: Some("web"),
        active: true,
        events: input.events.clone(),
        config: HookConfig {
            url: format!("{address}/hooks/{}", forge::slug(app, &input.place.name, "…").await?),
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
    Ok(HookPlan {
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
    let new = NewTrigger {
        name: format!("GitHub {}", input.place.name),
        place: input.place.name.clone(),
        scheme: "github",
        task: match input.then {
            GithubThen::Task => Some(("{{event}} in {{payload.repository.full_name}}", "github")),
            GithubThen::Nothing => None,
        },
    };
    let now = app.clock.now();
    let id = connect(app, new, |trigger| Hook {
        trigger_id: trigger.id.clone(),
        api: api.as_str().to_owned(),
        place: input.place,
        path: trigger.path(),
        events: input.events,
        wanted: Wanted::Connected,
        known: None,
        rests: false,
        trouble: None,
        created_at: now,
        whole_until: None,
        always: false,
        asks_every: input.asks_every,
    })
    .await?;
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
    let known = github::known_events();
    let fits = |name: &str| known.iter().any(|event| event.name == name && event.of.contains(&input.place.kind));
    check_events(&input.events, fits)?;
    let account = account(app, &input.api).await?;
    if let Some(error) = github::missing_for(input.place.kind, account.scopes.as_deref(), &account.host) {
        return Err(error);
    }
    let api = ApiBase::stored(&input.api);
    check_asks_every(input.asks_every)?;
    let nobodys = input.asks_every.map(|_| forge::NOBODYS.to_owned());
    let address = github::public_address(app).await?.or(nobodys).ok_or_else(|| {
        ApiError::invalid("address", "there is no public address that GitHub could send to").hint(
            "start a tunnel, type the address under which the internet reaches this machine, or have GitHub asked",
        )
    })?;
    github::reachable(&api, &address)?;
    check_free(app, &input.api, &input.place, input.place.words()).await?;
    Ok((api, address))
}
