//! Tasks.

use std::sync::Arc;

use super::{before, name, page, page_size};
use crate::actions::Priority;
use crate::api::Nothing;
use crate::api::page::Page;
use crate::api::tasks::{TaskChange, TaskDraft, TaskRef, TasksQuery};
use crate::app::App;
use crate::clock::UnixMs;
use crate::error::ApiError;
use crate::events::Event;
use crate::ids::{ListId, TaskId};
use crate::store::{StoreError, lists, tasks};
use crate::task::{Task, TaskStatus};

const TITLE_MOST: usize = 500;
/// Texts beyond this are no description.
const DESCRIPTION_MOST: usize = 64 * 1024;

/// Tasks, newest first.
pub async fn tasks_list(app: &Arc<App>, input: TasksQuery) -> Result<Page<Task>, ApiError> {
    let size = page_size(input.limit);
    let rows = app
        .store
        .read(move |db| tasks::page(db, input.list_id.as_ref(), input.status, before(input.after), size + 1))
        .await?;
    Ok(page(rows, size, |task| task.seq))
}

/// One task.
pub async fn task_get(app: &Arc<App>, input: TaskRef) -> Result<Task, ApiError> {
    let id = input.id.clone();
    app.store.read(move |db| tasks::get(db, &id)).await?.ok_or_else(|| ApiError::not_found("task", &input.id))
}

/// Makes a task by hand.
pub async fn task_create(app: &Arc<App>, input: TaskDraft) -> Result<Task, ApiError> {
    let id = TaskId::new(app.ids.as_ref());
    if input.title.is_none() {
        return Err(ApiError::invalid("title", "title is missing"));
    }
    put(app, move |turn| {
        let list = match &input.list_id {
            Some(list) => list.clone(),
            None => first_list(turn.db)?,
        };
        let blank = Task {
            id,
            seq: turn.next.take_task(),
            list_id: list,
            title: String::new(),
            description: String::new(),
            assignees: Vec::new(),
            priority: Priority::Normal,
            tags: Vec::new(),
            status: TaskStatus::Open,
            source_delivery: None,
            created_at: turn.now,
            updated_at: turn.now,
        };
        Ok(changed(blank, input, turn.now)?)
    })
    .await
}

/// Changes a task.
pub async fn task_update(app: &Arc<App>, input: TaskChange) -> Result<Task, ApiError> {
    put(app, move |turn| {
        let task = tasks::get(turn.db, &input.id)?.ok_or_else(|| ApiError::not_found("task", &input.id))?;
        Ok(changed(task, input.change, turn.now)?)
    })
    .await
}

/// Deletes a task.
pub async fn task_delete(app: &Arc<App>, input: TaskRef) -> Result<Nothing, ApiError> {
    let id = input.id.clone();
    app.store
        .write(move |turn| {
            if !tasks::delete(turn.db, &id)? {
                return Err(ApiError::not_found("task", &id).into());
            }
            Ok(())
        })
        .await?;
    app.events.send(Event::Task(input.id));
    Ok(Nothing {})
}

async fn put<F>(app: &Arc<App>, make: F) -> Result<Task, ApiError>
where
    F: FnOnce(&mut crate::store::Turn<'_>) -> Result<Task, StoreError> + Send + 'static,
{
    let task = app
        .store
        .write(move |turn| {
            let task = make(turn)?;
            if !lists::exists(turn.db, &task.list_id)? {
                return Err(ApiError::invalid("list_id", format!("list {} does not exist", task.list_id)).into());
            }
            tasks::put(turn.db, &task)?;
            Ok(task)
        })
        .await?;
    app.events.send(Event::Task(task.id.clone()));
    Ok(task)
}

fn first_list(db: &rusqlite::Connection) -> Result<ListId, StoreError> {
    let first = lists::all(db)?.into_iter().next();
    Ok(first
        .map(|list| list.id)
        .ok_or_else(|| ApiError::invalid("list_id", "there is no list yet").hint("make a list first"))?)
}

fn changed(task: Task, draft: TaskDraft, now: UnixMs) -> Result<Task, ApiError> {
    let description = draft.description.unwrap_or(task.description);
    if description.len() > DESCRIPTION_MOST {
        return Err(ApiError::invalid("description", format!("description has more than {DESCRIPTION_MOST} bytes")));
    }
    Ok(Task {
        list_id: draft.list_id.unwrap_or(task.list_id),
        title: draft.title.map_or(Ok(task.title), |title| name("title", &title, TITLE_MOST))?,
        description,
        assignees: draft.assignees.unwrap_or(task.assignees),
        priority: draft.priority.unwrap_or(task.priority),
        tags: draft.tags.unwrap_or(task.tags),
        status: draft.status.unwrap_or(task.status),
        updated_at: now,
        id: task.id,
        seq: task.seq,
        source_delivery: task.source_delivery,
        created_at: task.created_at,
    })
}
