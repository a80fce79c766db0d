//! Hooks that earlier runs left behind: known by their address, which begins with `creel-` and the mark of a data folder.

use std::sync::Arc;

use url::Url;

use crate::api::Nothing;
use crate::api::github::{GithubLeft, GithubLeftRef};
use crate::api::handlers::slug_from;
use crate::app::App;
use crate::error::{ApiError, ErrorCode};
use crate::github::{ApiBase, Calls, GithubPlace};
use crate::store::{github as table, meta};

/// What every address of a hook's trigger begins with.
const MARK: &str = "creel";
/// Under which the data folder's own mark is kept.
const KEY: &str = "github_mark";
/// Letters and digits of that mark.
const OWN: usize = 8;
/// Of the place's name as much as an address has room for.
const NAME_MOST: usize = 32;

/// The data folder's mark; made when it is first asked for.
async fn own_mark(app: &App) -> Result<String, ApiError> {
    let new = app.ids.ksuid().to_lowercase();
    let new = new[new.len().saturating_sub(OWN)..].to_owned();
    let kept = app
        .store
        .write(move |turn| match meta::text(turn.db, KEY)? {
            Some(kept) => Ok(kept),
            None => {
                meta::set_text(turn.db, KEY, &new)?;
                Ok(new)
            }
        })
        .await?;
    Ok(kept)
}

/// The slug of a new trigger for a place.
pub(super) async fn slug(app: &App, place: &GithubPlace, random: &str) -> Result<String, ApiError> {
    let name: String = slug_from(&place.name).chars().take(NAME_MOST).collect();
    Ok(format!("{MARK}-{}-{}-{}", own_mark(app).await?, name.trim_end_matches('-'), random.to_lowercase()))
}

/// The hooks of a place that a Creel made and this one does not follow.
pub(super) async fn left_at(app: &App, calls: &Calls<'_>, place: &GithubPlace) -> Result<Vec<GithubLeft>, ApiError> {
    let own = format!("{MARK}-{}-", own_mark(app).await?);
    let followed = app.store.read(table::all).await?;
    let mut left = Vec::new();
    for told in calls.hooks(place).await? {
        let path = Url::parse(&told.config.url).map(|url| url.path().to_owned()).unwrap_or_default();
        let Some((_, slug)) = path.rsplit_once("/hooks/") else { continue };
        let mine = followed.iter().any(|hook| path.ends_with(&hook.path));
        if slug.starts_with(&format!("{MARK}-")) && !mine {
            left.push(GithubLeft {
                hook_id: told.id,
                own: slug.starts_with(&own),
                url: told.config.url,
                active: told.active,
                created_at: told.created_at,
            });
        }
    }
    Ok(left)
}

/// Removes one of them.
pub async fn github_left_remove(app: &Arc<App>, input: GithubLeftRef) -> Result<Nothing, ApiError> {
    input.place.check()?;
    let calls = Calls::open(app, ApiBase::stored(&input.api)).await?;
    let left = left_at(app, &calls, &input.place).await?;
    if !left.iter().any(|one| one.hook_id == input.hook_id) {
        let words = format!("hook {} is not one that an earlier Creel left", input.hook_id);
        return Err(ApiError::new(ErrorCode::NotFound, words).hint("look at the hooks in the repository's settings"));
    }
    calls.hook_remove(&input.place, input.hook_id).await?;
    Ok(Nothing {})
}
