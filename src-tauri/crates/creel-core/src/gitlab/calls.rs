//! The calls of GitLab's API that Creel makes, each with its shapes.

use std::sync::Arc;

use http::Method;
use serde_json::Value;
use url::form_urlencoded;

use super::client::Client;
use super::wire::{EventTold, GroupTold, HookTold, ProjectTold, TokenTold, UserTold, VersionTold};
use super::{ApiBase, GitlabAccount, GitlabPlace, account};
use crate::app::App;
use crate::authenticate::Secret;
use crate::error::{ApiError, ErrorCode};

/// Rows of one page: the most that GitLab gives.
const PAGE: usize = 100;
/// Rows of a page of a hook's record: a screen.
const RECORD_PAGE: usize = 20;
/// Pages of hooks that are read: GitLab.com allows 100 in a project, a server of one's own may allow more.
const HOOK_PAGES: usize = 10;
/// Projects that a search shows.
const FOUND_MOST: usize = 30;
/// The first GitLab that takes a signing token by its API (its `lib/api/project_hooks.rb`: "introduced in GitLab 19.0", merge
/// request 231325, read on 2026-11-22). A server can have it switched off; then the hook says so.
const SIGNS_FROM: u32 = 19;
/// The role of somebody who may make a group's hooks: Owner.
const OWNER: u32 = 50;
const SENDER: &str = "GitLab";

/// GitLab's API for the user who is signed in.
pub struct Calls<'a>(Client<'a>);

impl<'a> Calls<'a> {
    /// With the kept token.
    pub async fn open(app: &'a Arc<App>, api: ApiBase) -> Result<Self, ApiError> {
        let token = account::kept(app, &api).await?;
        Ok(Self(Client::new(app, api, token)))
    }

    /// With a token that is tried.
    pub fn trying(app: &'a Arc<App>, api: ApiBase, token: Secret) -> Self {
        Self(Client::new(app, api, token))
    }

    /// Whose token it is and what it may do.
    pub async fn account(&self, app: &App) -> Result<GitlabAccount, ApiError> {
        let user: UserTold = self.0.get("/user").await?.json(SENDER)?;
        // An application's token knows nothing of itself.
        let token = match self.0.get("/personal_access_tokens/self").await {
            Err(error) if error.code == ErrorCode::NotFound => None,
            told => Some(told?.json::<TokenTold>(SENDER)?),
        };
        let version: VersionTold = self.0.get("/version").await?.json(SENDER)?;
        let major = version.version.split('.').next().and_then(|major| major.parse::<u32>().ok());
        Ok(GitlabAccount {
            api: self.0.api().as_str().to_owned(),
            host: self.0.api().host(),
            login: user.username,
            expires: token.as_ref().and_then(|token| token.expires_at.clone()),
            scopes: token.map(|token| token.scopes),
            signs: major.is_some_and(|major| major >= SIGNS_FROM),
            checked_at: app.clock.now(),
        })
    }

    /// The user's projects with these words in their names, the ones where something happened last first.
    pub async fn projects(&self, words: &str) -> Result<Vec<ProjectTold>, ApiError> {
        let q = query(words);
        let path = format!(
            "/projects?membership=true&archived=false&order_by=last_activity_at&search_namespaces=true&per_page={FOUND_MOST}{q}"
        );
        self.0.get(&path).await?.json(SENDER)
    }

    /// The groups that the user owns.
    pub async fn groups(&self, words: &str) -> Result<Vec<GroupTold>, ApiError> {
        let path = format!("/groups?min_access_level={OWNER}&per_page={FOUND_MOST}{}", query(words));
        self.0.get(&path).await?.json(SENDER)
    }

    /// The hooks of a place.
    pub async fn hooks(&self, place: &GitlabPlace) -> Result<Vec<HookTold>, ApiError> {
        let mut all = Vec::new();
        for page in 1..=HOOK_PAGES {
            let path = format!("{}?per_page={PAGE}&page={page}", place.hooks());
            let found: Vec<Value> = self.0.get(&path).await?.json(SENDER)?;
            let last = found.len() < PAGE;
            for json in found {
                all.push(hook(json)?);
            }
            if last {
                break;
            }
        }
        Ok(all)
    }

    /// One hook.
    pub async fn hook(&self, place: &GitlabPlace, id: u64) -> Result<HookTold, ApiError> {
        hook(self.0.get(&format!("{}/{id}", place.hooks())).await?.json(SENDER)?)
    }

    /// Makes a hook.
    pub async fn hook_make(&self, place: &GitlabPlace, body: &Value) -> Result<HookTold, ApiError> {
        hook(self.0.ask(Method::POST, &place.hooks(), Some(body)).await?.json(SENDER)?)
    }

    /// Makes a hook what it is to be.
    pub async fn hook_change(&self, place: &GitlabPlace, id: u64, body: &Value) -> Result<HookTold, ApiError> {
        hook(self.0.ask(Method::PUT, &format!("{}/{id}", place.hooks()), Some(body)).await?.json(SENDER)?)
    }

    /// Removes a hook.
    pub async fn hook_remove(&self, place: &GitlabPlace, id: u64) -> Result<(), ApiError> {
        self.0.ask(Method::DELETE, &format!("{}/{id}", place.hooks()), None).await.map(|_| ())
    }

    /// Has a hook send a test of an event, such as `push_events`. A hook that GitLab stopped sends again once that arrived.
    pub async fn hook_test(&self, place: &GitlabPlace, id: u64, event: &str) -> Result<(), ApiError> {
        self.0.ask(Method::POST, &format!("{}/{id}/test/{event}", place.hooks()), None).await.map(|_| ())
    }

    /// What GitLab says it sent in the last seven days, newest first; `page` counts from 1.
    pub async fn events(&self, place: &GitlabPlace, id: u64, page: u32) -> Result<Vec<EventTold>, ApiError> {
        let path = format!("{}/{id}/events?per_page={RECORD_PAGE}&page={page}", place.hooks());
        self.0.get(&path).await?.json(SENDER)
    }

    /// Whether a page of the record has another one behind it.
    pub fn is_full(events: &[EventTold]) -> bool {
        events.len() >= RECORD_PAGE
    }

    /// Has GitLab send one again.
    pub async fn send_again(&self, place: &GitlabPlace, id: u64, event: u64) -> Result<(), ApiError> {
        self.0.ask(Method::POST, &format!("{}/{id}/events/{event}/resend", place.hooks()), None).await.map(|_| ())
    }
}

fn hook(json: Value) -> Result<HookTold, ApiError> {
    HookTold::read(json).map_err(|error| {
        ApiError::new(ErrorCode::Upstream, format!("GitLab's answer cannot be read: {error}"))
            .hint("is the address really that of a GitLab?")
    })
}

fn query(words: &str) -> String {
    if words.is_empty() {
        return String::new();
    }
    format!("&search={}", form_urlencoded::byte_serialize(words.as_bytes()).collect::<String>())
}
