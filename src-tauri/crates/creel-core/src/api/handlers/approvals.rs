//! Approvals: the user's word that a command may run for a trigger.

use std::sync::Arc;

use crate::api::Nothing;
use crate::api::approvals::{Approval, ApprovalRef};
use crate::app::App;
use crate::error::ApiError;
use crate::registry::require;
use crate::store::approvals;

/// Longest command: more than a person reads before agreeing to it.
const COMMAND_MOST: usize = 16 * 1024;

/// All, those that wait first.
pub async fn approvals_list(app: &Arc<App>, _: Nothing) -> Result<Vec<Approval>, ApiError> {
    Ok(app.store.read(approvals::all).await?)
}

/// Approves a command for a trigger; one that is changed by a letter is another one.
pub async fn approval_give(app: &Arc<App>, input: ApprovalRef) -> Result<Nothing, ApiError> {
    require(&app.registry.now(), &input.trigger_id)?;
    match input.command.len() {
        0 => return Err(ApiError::invalid("command", "the command is empty")),
        n if n > COMMAND_MOST => {
            return Err(ApiError::invalid("command", format!("the command has {n} bytes; at most {COMMAND_MOST}")));
        }
        _ => {}
    }
    app.store.write(move |turn| approvals::give(turn.db, &input.trigger_id, &input.command, turn.now)).await?;
    Ok(Nothing {})
}

/// Takes an approval back, or forgets a command that waits.
pub async fn approval_take_back(app: &Arc<App>, input: ApprovalRef) -> Result<Nothing, ApiError> {
    let wanted = input.clone();
    let gone = app.store.write(move |turn| approvals::take_back(turn.db, &wanted.trigger_id, &wanted.command)).await?;
    if gone { Ok(Nothing {}) } else { Err(ApiError::not_found("approval of the command", &input.command)) }
}
