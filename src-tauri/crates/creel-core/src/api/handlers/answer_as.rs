//! "Answer as": switched on and off, and what there is to choose from.

use std::sync::Arc;

use super::trigger_get;
use super::triggers::row;
use crate::answer_as::{Fault, checked};
use crate::api::triggers::{AnswerAsChange, FaultsQuery, TriggerRef, TriggerRow};
use crate::app::App;
use crate::error::ApiError;
use crate::events::Event;
use crate::store::answer_as;

/// Answers a fault in place of the trigger's work, or works again.
pub async fn trigger_answer_as(app: &Arc<App>, input: AnswerAsChange) -> Result<TriggerRow, ApiError> {
    let AnswerAsChange { id, answer_as: asked } = input;
    let trigger = trigger_get(app, TriggerRef { id: id.clone() }).await?.trigger;
    let asked = asked.map(|asked| checked(&trigger, asked)).transpose()?;
    let row = app
        .store
        .write(move |turn| {
            match asked {
                Some(asked) => answer_as::put(turn.db, &trigger.id, &asked, turn.now)?,
                None => answer_as::delete(turn.db, &trigger.id)?,
            }
            row(turn.db, trigger, turn.now)
        })
        .await?;
    app.reload().await?;
    app.events.send(Event::Trigger(id));
    Ok(row)
}

/// The faults that a contract documents.
pub async fn faults_list(_: &Arc<App>, input: FaultsQuery) -> Result<Vec<Fault>, ApiError> {
    Ok(input.contract.face().faults().into_iter().map(|(fault, _)| fault).collect())
}
