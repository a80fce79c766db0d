//! Executions: list, open, retry, cancel.

use std::sync::Arc;

use super::{before, page, page_size};
use crate::api::executions::{ExecutionRef, ExecutionsQuery};
use crate::api::page::Page;
use crate::app::App;
use crate::error::ApiError;
use crate::execution::{Execution, ExecutionDetail};
use crate::store::executions::{self, Wanted};
use crate::store::steps;

/// Executions, newest first.
pub async fn executions_list(app: &Arc<App>, input: ExecutionsQuery) -> Result<Page<Execution>, ApiError> {
    let size = page_size(input.limit);
    let wanted = Wanted { status: input.status.unwrap_or_default(), delivery: input.delivery, trigger: input.trigger };
    let rows = app.store.read(move |db| executions::page(db, &wanted, before(input.after), size + 1)).await?;
    Ok(page(rows, size, |execution| execution.seq))
}

/// One execution with its log.
pub async fn execution_get(app: &Arc<App>, input: ExecutionRef) -> Result<ExecutionDetail, ApiError> {
    let id = input.id.clone();
    let found = app
        .store
        .read(move |db| {
            let Some(execution) = executions::get(db, &id)? else { return Ok(None) };
            let steps = steps::of(db, execution.seq)?;
            Ok(executions::plan_and_result(db, &id)?.map(|(plan, result)| ExecutionDetail {
                execution,
                steps,
                plan,
                result,
                live: None,
            }))
        })
        .await?;
    let detail = found.ok_or_else(|| ApiError::not_found("execution", &input.id))?;
    Ok(ExecutionDetail { live: app.live.of(&input.id), ..detail })
}

/// Runs it again: a fresh set of attempts.
pub async fn execution_retry(app: &Arc<App>, input: ExecutionRef) -> Result<Execution, ApiError> {
    app.executor()?.retry(&input.id).await
}

/// Stops it, or takes it out of the queue.
pub async fn execution_cancel(app: &Arc<App>, input: ExecutionRef) -> Result<Execution, ApiError> {
    app.executor()?.cancel(&input.id).await
}
