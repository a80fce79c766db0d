//! The calls of GitHub's API that Creel makes, each with its shapes.

use std::sync::Arc;

use http::header::{ETAG, HeaderMap, LINK};
use http::{Method, StatusCode};
use url::{Url, form_urlencoded};

use super::client::Client;
use super::wire::{DeliveryTold, FoundTold, HookSent, HookTold, OrganisationTold, RepositoryTold, SentTold, UserTold};
use super::{ApiBase, GithubAccount, GithubPlace, TokenSource, token};
use crate::app::App;
use crate::authenticate::Secret;
use crate::error::ApiError;
use crate::store::github;

/// Rows of one page: the most that GitHub gives.
const PAGE: usize = 100;
/// Pages of hooks that are read: GitHub allows 20 an event, so this is more than there can be.
const HOOK_PAGES: usize = 10;
/// Organisations whose repositories are searched: a query has at most 256 characters.
const OWNERS_MOST: usize = 6;
/// Repositories that a search shows.
const FOUND_MOST: usize = 30;
/// No body.
const NONE: Option<&()> = None;

/// GitHub's API for the user who is signed in.
pub struct Calls<'a>(Client<'a>);

impl<'a> Calls<'a> {
    /// With the kept token.
    pub async fn open(app: &'a Arc<App>, api: ApiBase) -> Result<Self, ApiError> {
        let token = token::kept(app, &api).await?;
        let known = api.as_str().to_owned();
        let accounts = app.store.read(github::accounts).await?;
        let expires = accounts.into_iter().find(|account| account.api == known).and_then(|account| account.expires);
        Ok(Self(Client::new(app, api, token).expiring(expires)))
    }

    /// With a token that is tried.
    pub fn trying(app: &'a Arc<App>, api: ApiBase, token: Secret) -> Self {
        Self(Client::new(app, api, token))
    }

    /// Whose API it is.
    pub fn api(&self) -> &ApiBase {
        self.0.api()
    }

    /// Whose token it is and what it may do.
    pub async fn account(&self, app: &App, source: TokenSource) -> Result<GithubAccount, ApiError> {
        let answer = self.0.get("/user").await?;
        let header = |name: &str| answer.headers.get(name).and_then(|value| value.to_str().ok());
        let scopes = header("x-oauth-scopes").map(|list| {
            list.split(',').map(str::trim).filter(|scope| !scope.is_empty()).map(str::to_owned).collect::<Vec<_>>()
        });
        Ok(GithubAccount {
            api: self.api().as_str().to_owned(),
            host: self.api().host(),
            login: answer.json::<UserTold>("GitHub")?.login,
            source,
            scopes,
            expires: header("github-authentication-token-expiration").map(str::to_owned),
            checked_at: app.clock.now(),
        })
    }

    /// The user's repositories, the ones pushed to last first.
    pub async fn repositories(&self) -> Result<Vec<RepositoryTold>, ApiError> {
        self.0.get(&format!("/user/repos?sort=pushed&per_page={PAGE}")).await?.json("GitHub")
    }

    /// The user's organisations.
    pub async fn organisations(&self) -> Result<Vec<OrganisationTold>, ApiError> {
        self.0.get(&format!("/user/orgs?per_page={PAGE}")).await?.json("GitHub")
    }

    /// Repositories of these owners whose name has `words` in it.
    pub async fn search(&self, words: &str, owners: &[String]) -> Result<Vec<RepositoryTold>, ApiError> {
        let mut q = format!("{} in:name fork:true", words.replace([':', '"'], " "));
        for (index, owner) in owners.iter().take(OWNERS_MOST).enumerate() {
            let kind = if index == 0 { "user" } else { "org" };
            q.push_str(&format!(" {kind}:{owner}"));
        }
        let q: String = form_urlencoded::byte_serialize(q.as_bytes()).collect();
        let found = self.0.get(&format!("/search/repositories?q={q}&per_page={FOUND_MOST}")).await?;
        Ok(found.json::<FoundTold>("GitHub")?.items)
    }

    /// The hooks of a place.
    pub async fn hooks(&self, place: &GithubPlace) -> Result<Vec<HookTold>, ApiError> {
        let mut all = Vec::new();
        for page in 1..=HOOK_PAGES {
            let path = format!("{}?per_page={PAGE}&page={page}", place.hooks());
            let found: Vec<HookTold> = self.0.get(&path).await?.json("GitHub")?;
            let last = found.len() < PAGE;
            all.extend(found);
            if last {
                break;
            }
        }
        Ok(all)
    }

    /// Makes a hook.
    pub async fn hook_make(&self, place: &GithubPlace, hook: &HookSent) -> Result<HookTold, ApiError> {
        self.0.ask(Method::POST, &place.hooks(), Some(hook)).await?.json("GitHub")
    }

    /// Makes a hook what it is to be.
    pub async fn hook_change(&self, place: &GithubPlace, id: u64, hook: &HookSent) -> Result<HookTold, ApiError> {
        self.0.ask(Method::PATCH, &format!("{}/{id}", place.hooks()), Some(hook)).await?.json("GitHub")
    }

    /// Removes a hook.
    pub async fn hook_remove(&self, place: &GithubPlace, id: u64) -> Result<(), ApiError> {
        self.0.ask(Method::DELETE, &format!("{}/{id}", place.hooks()), NONE).await.map(|_| ())
    }

    /// Has a hook send its `ping` once more.
    pub async fn hook_ping(&self, place: &GithubPlace, id: u64) -> Result<(), ApiError> {
        self.0.ask(Method::POST, &format!("{}/{id}/pings", place.hooks()), NONE).await.map(|_| ())
    }

    /// A page of a hook's record with so many rows at most, newest first, and where the next one begins.
    pub async fn deliveries(
        &self,
        place: &GithubPlace,
        id: u64,
        after: Option<&str>,
        rows: usize,
    ) -> Result<(Vec<DeliveryTold>, Option<String>), ApiError> {
        let cursor: String =
            after.map(|after| form_urlencoded::byte_serialize(after.as_bytes()).collect()).unwrap_or_default();
        let cursor = if cursor.is_empty() { cursor } else { format!("&cursor={cursor}") };
        let answer = self.0.get(&format!("{}/{id}/deliveries?per_page={rows}{cursor}", place.hooks())).await?;
        Ok((answer.json("GitHub")?, next_cursor(&answer.headers)))
    }

    /// The first page of a hook's record, unless it is still the one that had this tag: then the question costs nothing of
    /// the limit (GitHub's document "Best practices for using the REST API").
    pub async fn record(
        &self,
        place: &GithubPlace,
        id: u64,
        tag: Option<&str>,
    ) -> Result<Option<RecordPage>, ApiError> {
        let path = format!("{}/{id}/deliveries?per_page={PAGE}", place.hooks());
        let answer = self.0.get_unless(&path, tag).await?;
        if answer.status == StatusCode::NOT_MODIFIED {
            return Ok(None);
        }
        let tag = answer.headers.get(ETAG).and_then(|tag| tag.to_str().ok()).map(str::to_owned);
        Ok(Some(RecordPage { items: answer.json("GitHub")?, next: next_cursor(&answer.headers), tag }))
    }

    /// One attempt with what GitHub sent.
    pub async fn delivery(&self, place: &GithubPlace, id: u64, delivery: &str) -> Result<SentTold, ApiError> {
        self.0.get(&format!("{}/{id}/deliveries/{delivery}", place.hooks())).await?.json("GitHub")
    }

    /// Has GitHub send a delivery again.
    pub async fn send_again(&self, place: &GithubPlace, id: u64, delivery: &str) -> Result<(), ApiError> {
        let path = format!("{}/{id}/deliveries/{delivery}/attempts", place.hooks());
        self.0.ask(Method::POST, &path, NONE).await.map(|_| ())
    }
}

/// The first page of a hook's record.
pub struct RecordPage {
    /// Newest first.
    pub items: Vec<DeliveryTold>,
    /// Where the next page begins.
    pub next: Option<String>,
    /// By which GitHub knows the page again.
    pub tag: Option<String>,
}

/// The cursor of the next page in a `Link` header.
fn next_cursor(headers: &HeaderMap) -> Option<String> {
    let links = headers.get(LINK)?.to_str().ok()?;
    let next = links.split(',').find(|link| link.contains("rel=\"next\""))?;
    let (_, address) = next.split_once('<')?;
    let url = Url::parse(address.split_once('>')?.0).ok()?;
    url.query_pairs().find(|(name, _)| name == "cursor").map(|(_, cursor)| cursor.into_owned())
}
