//! Task lists.

use std::sync::Arc;

use super::name;
use crate::api::Nothing;
use crate::api::tasks::{ListChange, ListDraft, ListRef};
use crate::app::App;
use crate::error::{ApiError, ErrorCode};
use crate::events::Event;
use crate::ids::ListId;
use crate::store::lists;
use crate::task::TaskList;

const NAME_MOST: usize = 100;

/// The lists with their counts.
pub async fn lists_list(app: &Arc<App>, _: Nothing) -> Result<Vec<TaskList>, ApiError> {
    Ok(app.store.read(lists::all).await?)
}

/// Makes a list.
pub async fn list_create(app: &Arc<App>, input: ListDraft) -> Result<TaskList, ApiError> {
    let name = name("name", &input.name, NAME_MOST)?;
    let id = ListId::new(app.ids.as_ref());
    put(app, id, name, true).await
}

/// Renames a list.
pub async fn list_rename(app: &Arc<App>, input: ListChange) -> Result<TaskList, ApiError> {
    let name = name("name", &input.name, NAME_MOST)?;
    put(app, input.id, name, false).await
}

async fn put(app: &Arc<App>, id: ListId, name: String, new: bool) -> Result<TaskList, ApiError> {
    let list = app
        .store
        .write(move |turn| {
            if lists::name_taken(turn.db, &name, Some(&id))? {
                let words = format!("there is a list named \"{name}\" already");
                return Err(
                    ApiError { field: Some("name".to_owned()), ..ApiError::new(ErrorCode::Conflict, words) }.into()
                );
            }
            match new {
                true => lists::insert(turn.db, &id, &name, turn.now)?,
                false => lists::rename(turn.db, &id, &name)?,
            }
            lists::get(turn.db, &id)?.ok_or_else(|| ApiError::not_found("list", &id).into())
        })
        .await?;
    app.events.send(Event::List(list.id.clone()));
    Ok(list)
}

/// Deletes a list with its tasks.
pub async fn list_delete(app: &Arc<App>, input: ListRef) -> Result<Nothing, ApiError> {
    let id = input.id.clone();
    app.store
        .write(move |turn| {
            if !lists::delete(turn.db, &id)? {
                return Err(ApiError::not_found("list", &id).into());
            }
            Ok(())
        })
        .await?;
    app.events.send(Event::List(input.id));
    Ok(Nothing {})
}
