//! Hooks that earlier runs left behind: known by their address, which begins with `creel-` and the mark of a data folder.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use url::Url;

use super::Place;
use crate::api::handlers::slug_from;
use crate::app::App;
use crate::error::{ApiError, ErrorCode};
use crate::store::{forge_hooks, meta};

/// What every address of a hook's trigger begins with.
const MARK: &str = "creel";
/// Under which the data folder's own mark is kept.
const KEY: &str = "github_mark";
/// Letters and digits of that mark.
const OWN: usize = 8;
/// Of the place's name as much as an address has room for.
const NAME_MOST: usize = 32;

/// A hook that an earlier Creel made and nobody follows any more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct HookLeft {
    /// Its number.
    #[ts(type = "number")]
    pub hook_id: u64,
    /// Where it sends to.
    pub url: String,
    /// Whether it still sends.
    pub active: bool,
    /// It was made from this data folder; otherwise another Creel may still follow it.
    pub own: bool,
    /// When it was made, as the sender says it.
    pub created_at: String,
}

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

/// The slug of a new trigger for a place of this name.
pub async fn slug(app: &App, name: &str, random: &str) -> Result<String, ApiError> {
    let name: String = slug_from(name).chars().take(NAME_MOST).collect();
    Ok(format!("{MARK}-{}-{}-{}", own_mark(app).await?, name.trim_end_matches('-'), random.to_lowercase()))
}

/// The hooks of a place that a Creel made and this one does not follow.
pub async fn left_at<P: Place>(app: &Arc<App>, api: &str, place: &P) -> Result<Vec<HookLeft>, ApiError> {
    let own = format!("{MARK}-{}-", own_mark(app).await?);
    let followed = app.store.read(forge_hooks::all::<P>).await?;
    let mut left = Vec::new();
    for told in place.hooks(app, api).await? {
        let path = Url::parse(&told.url).map(|url| url.path().to_owned()).unwrap_or_default();
        let Some((_, slug)) = path.rsplit_once("/hooks/") else { continue };
        let mine = followed.iter().any(|hook| path.ends_with(&hook.path));
        if slug.starts_with(&format!("{MARK}-")) && !mine {
            left.push(HookLeft {
                hook_id: told.id,
                own: slug.starts_with(&own),
                url: told.url,
                active: told.active,
                created_at: told.created_at,
            });
        }
    }
    Ok(left)
}

/// Removes one of them.
pub async fn left_remove<P: Place>(app: &Arc<App>, api: &str, place: &P, hook_id: u64) -> Result<(), ApiError> {
    let left = left_at(app, api, place).await?;
    if !left.iter().any(|one| one.hook_id == hook_id) {
        let words = format!("hook {hook_id} is not one that an earlier Creel left");
        return Err(ApiError::new(ErrorCode::NotFound, words).hint(format!("look at the hooks in {}", P::SENDER)));
    }
    place.remove(app, api, hook_id).await
}
