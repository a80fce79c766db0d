//! The task that `create_task` would make: its templates say it all.

use super::{Targets, each, field};
use crate::actions::{ActionKind, CreateTask};
use crate::api::preview::ActionPreview;
use crate::template::Scope;
use crate::trigger::Trigger;

pub(super) fn preview(config: &CreateTask, trigger: &Trigger, scope: &Scope<'_>, targets: &Targets) -> ActionPreview {
    let list = targets.lists.iter().find(|list| list.id == config.list_id);
    let plan = config.plan(scope, trigger.missing);
    let mut fields =
        vec![field("title", &config.title, trigger, scope), field("description", &config.description, trigger, scope)];
    fields.extend(each("assignees", &config.assignees, trigger, scope));
    fields.extend(each("tags", &config.tags, trigger, scope));
    let place = list.map_or_else(|| config.list_id.to_string(), |list| list.name.clone());
    let words = format!("creates the task \"{}\" in {place}", plan.title);
    let problem = list.is_none().then(|| format!("list {} does not exist", config.list_id));
    ActionPreview { problem, ..ActionPreview::of(ActionKind::CreateTask, words, fields) }
}
