//! Runs of Octipus hooks.

use std::sync::Arc;

use super::load;
use crate::api::hooks::{HookRun, HookRuns, HookRunsQuery};
use crate::app::App;
use crate::error::ApiError;
use crate::execution::Execution;
use crate::pipeline::scope_of;
use crate::store::{StoreError, executions, hooks, triggers};
use crate::trigger::Trigger;

const ROWS: u32 = 20;
const ROWS_MOST: u32 = 100;
/// Further back nobody pages; it bounds the rows that are passed over.
const OFFSET_MOST: u32 = 10_000;

/// Runs that ended, newest first.
pub async fn hook_runs(app: &Arc<App>, input: HookRunsQuery) -> Result<HookRuns, ApiError> {
    let limit = input.limit.unwrap_or(ROWS).clamp(1, ROWS_MOST);
    let offset = input.offset.unwrap_or(0).min(OFFSET_MOST);
    let found = app.store.read(move |db| {
        let (rows, total) = hooks::ended(db, input.hook.as_ref(), limit, offset)?;
        let all = triggers::all(db)?;
        let items = rows.into_iter().map(|execution| run(db, execution, &all)).collect::<Result<_, _>>()?;
        Ok(HookRuns { items, total })
    });
    Ok(found.await?)
}

fn run(db: &rusqlite::Connection, execution: Execution, all: &[Trigger]) -> Result<HookRun, StoreError> {
    let result = executions::plan_and_result(db, &execution.id)?.and_then(|(_, result)| result);
    let stored = load(db, &execution.delivery_id)?;
    let trigger = all.iter().find(|trigger| trigger.id == execution.trigger_id);
    let test = stored.as_ref().map_or(Ok(false), |stored| hooks::is_test(db, stored.delivery.seq))?;
    let context = stored.zip(trigger).map(|(stored, trigger)| {
        scope_of(&stored.delivery, &stored.contents.headers, &stored.body, trigger).context().to_string()
    });
    Ok(HookRun { execution, test, result, context })
}
