//! Saved views and what the search box offers.

use std::sync::Arc;

use super::name;
use crate::api::Nothing;
use crate::api::search::{SaveView, SuggestQuery, Suggestions, View, ViewRef};
use crate::app::App;
use crate::error::{ApiError, ErrorCode};
use crate::ids::ViewId;
use crate::search;
use crate::store::{Captured, views};

const NAME_MOST: usize = 60;

/// The views that Creel ships: id, name, query.
const SHIPPED: &[(&str, &str, &str)] = &[
    ("viw_all", "All", ""),
    ("viw_rejected", "Rejected", "outcome:rejected"),
    ("viw_filtered", "Filtered", "outcome:filtered"),
    ("viw_duplicates", "Duplicates", "outcome:duplicate"),
    ("viw_replays", "Replays", "is:replay"),
    ("viw_unmatched", "Unmatched", "outcome:unmatched"),
];

/// Saved views, shipped ones first.
pub async fn views_list(app: &Arc<App>, _: Nothing) -> Result<Vec<View>, ApiError> {
    let own = app.store.read(views::all).await?;
    let shipped = SHIPPED.iter().map(|(id, name, q)| View {
        id: (*id).into(),
        name: (*name).to_owned(),
        q: (*q).to_owned(),
        shipped: true,
    });
    Ok(shipped.chain(own).collect())
}

/// Saves a view.
pub async fn view_save(app: &Arc<App>, input: SaveView) -> Result<View, ApiError> {
    let name = name("name", &input.name, NAME_MOST)?;
    if SHIPPED.iter().any(|(_, shipped, _)| shipped.eq_ignore_ascii_case(&name)) {
        let words = format!("\"{name}\" is a view of Creel's own");
        return Err(ApiError { field: Some("name".to_owned()), ..ApiError::new(ErrorCode::Conflict, words) });
    }
    search::parse(&input.q, app.clock.now()).map_err(bad_query)?;
    let mut view = View { id: ViewId::new(app.ids.as_ref()), name, q: input.q, shipped: false };
    let put = view.clone();
    view.id = app.store.write(move |turn| views::put(turn.db, &put)).await?;
    Ok(view)
}

/// Deletes a saved view.
pub async fn view_delete(app: &Arc<App>, input: ViewRef) -> Result<Nothing, ApiError> {
    if SHIPPED.iter().any(|(id, ..)| *id == input.id.as_str()) {
        return Err(ApiError::new(ErrorCode::Conflict, "a view of Creel's own cannot be deleted"));
    }
    let id = input.id.clone();
    match app.store.write(move |turn| views::delete(turn.db, &id)).await? {
        true => Ok(Nothing {}),
        false => Err(ApiError::not_found("view", &input.id)),
    }
}

/// What a query means and what could come next.
pub async fn search_suggest(app: &Arc<App>, input: SuggestQuery) -> Result<Suggestions, ApiError> {
    let now = app.clock.now();
    Ok(app.store.read(move |db| Ok(search::suggest(&input.q, input.caret, now, &Captured(db)))).await?)
}

/// A query's error as it crosses the seam.
pub fn bad_query(error: crate::api::search::QueryError) -> ApiError {
    ApiError { hint: error.hint, field: Some("q".to_owned()), ..ApiError::new(ErrorCode::BadQuery, error.message) }
}
