//! Connecting: the call is shown first, then made. A GitLab that can sign is asked to.

use std::sync::Arc;

use super::choose::account;
use super::view::shown;
use crate::api::forge::HookPlan;
use crate::api::gitlab::{GitlabDraft, GitlabHook};
use crate::api::handlers::forge::{NewTrigger, check_events, check_free, connect};
use crate::app::App;
use crate::authenticate::Secret;
use crate::error::{ApiError, ErrorCode};
use crate::forge::{self, Hook, Sent, Wanted};
use crate::github::{public_address, reachable_from};
use crate::gitlab::{self, ApiBase, GitlabPlace};
use crate::ids::TriggerId;
use crate::store::forge_hooks;

/// What connecting would do. The place's hooks are listed for it, which tells whether the token may.
pub async fn gitlab_plan(app: &Arc<App>, input: GitlabDraft) -> Result<HookPlan, ApiError> {
    let (scheme, address) = check(app, &input).await?;
    let left = forge::left_at(app, &input.api, &input.place).await?;
    let slug = forge::slug(app, &input.place.path, "…").await?;
    let secret = Secret::new("(a new one of 32 random bytes)")
        .map_err(|error| ApiError::new(ErrorCode::Internal, error.to_string()))?;
    let url = format!("{address}/hooks/{slug}");
    let sent = Sent { url, secret, scheme: scheme.to_owned(), active: true, events: input.events.clone() };
    let body = gitlab::body(&input.place, &sent);
    let body = serde_json::to_string_pretty(&body).map_err(|e| ApiError::new(ErrorCode::Internal, e.to_string()))?;
    let headers = [("Authorization", "Bearer (the token)"), ("Accept", "application/json")];
    Ok(HookPlan {
        method: "POST".to_owned(),
        url: format!("{}{}", input.api, input.place.hooks()),
        headers: headers.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec(),
        body,
        also: also(&input, scheme),
        left,
    })
}

fn also(input: &GitlabDraft, scheme: &str) -> Vec<String> {
    let task = match input.task {
        true => "Each delivery makes a task in your first list.",
        false => "Deliveries are kept in the inbox; give the trigger actions later.",
    };
    let proof = match scheme {
        "gitlab-signing" => "GitLab signs what it sends with that secret.",
        _ => "GitLab says that secret with what it sends: whoever reads one request has it.",
    };
    vec![
        format!("A trigger \"GitLab {}\" is made, with a secret of its own.", input.place.path),
        proof.to_owned(),
        task.to_owned(),
    ]
}

/// Makes the trigger, its secret and the hook.
pub async fn gitlab_connect(app: &Arc<App>, input: GitlabDraft) -> Result<GitlabHook, ApiError> {
    let (scheme, _) = check(app, &input).await?;
    let new = NewTrigger {
        name: format!("GitLab {}", input.place.path),
        place: input.place.path.clone(),
        scheme,
        task: input.task.then_some(("{{event}} in {{payload.project.path_with_namespace}}", "gitlab")),
    };
    let now = app.clock.now();
    let id = connect(app, new, |trigger| Hook {
        trigger_id: trigger.id.clone(),
        api: input.api,
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
        asks_every: None,
    })
    .await?;
    hook_of(app, &id).await
}

/// The hook of a trigger, as it is shown.
pub(super) async fn hook_of(app: &App, id: &TriggerId) -> Result<GitlabHook, ApiError> {
    let (id, named) = (id.clone(), id.clone());
    let found = app
        .store
        .read(move |db| forge_hooks::get::<GitlabPlace>(db, &id)?.map(|hook| shown(db, hook)).transpose())
        .await?;
    found.ok_or_else(|| ApiError::not_found("hook at GitLab of trigger", named))
}

/// Everything that can be known to fail before GitLab is asked; the scheme and the public address.
async fn check(app: &Arc<App>, input: &GitlabDraft) -> Result<(&'static str, String), ApiError> {
    let known = gitlab::known_events();
    let fits = |name: &str| known.iter().any(|event| event.name == name && event.of.contains(&input.place.kind));
    check_events(&input.events, fits)?;
    let account = account(app, &input.api).await?;
    if let Some(error) = gitlab::missing_scope(&account) {
        return Err(error);
    }
    let api = ApiBase::stored(&input.api);
    let address = public_address(app).await?.ok_or_else(|| {
        ApiError::invalid("address", "there is no public address that GitLab could send to")
            .hint("start a tunnel, or type the address under which the internet reaches this machine")
    })?;
    if api.is_outside() {
        reachable_from(&api.host(), &address)?;
    }
    check_free(app, &input.api, &input.place, input.place.words()).await?;
    let scheme = if account.signs && !input.plain { "gitlab-signing" } else { "gitlab-token" };
    Ok((scheme, address))
}
