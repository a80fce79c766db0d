//! What `execute_tool` would run: the tool says it itself.

use super::{Targets, field};
use crate::actions::{ActionKind, ExecuteTool};
use crate::api::preview::{ActionPreview, FieldPreview};
use crate::template::Scope;
use crate::tools;
use crate::trigger::Trigger;

pub(super) fn preview(config: &ExecuteTool, trigger: &Trigger, scope: &Scope<'_>, targets: &Targets) -> ActionPreview {
    let fields = fields(config, trigger, scope);
    let planned = config.validate().and_then(|()| config.plan(scope, trigger));
    let found = tools::find(&config.tool, &config.action);
    match (found, planned) {
        (Ok(tool), Ok((plan, summary))) => {
            let nowhere = config.tool == "file" && targets.folder.is_empty();
            ActionPreview {
                parts: tool.shown(&plan.params, scope),
                approval: tool.command(&plan.params).map(|command| targets.approval(trigger, command)),
                problem: nowhere.then(|| "no folder is picked for the files of tools: pick one in Settings".to_owned()),
                ..ActionPreview::of(ActionKind::ExecuteTool, summary, fields)
            }
        }
        (Err(error), _) | (_, Err(error)) => {
            let words = format!("runs the tool {} {}", config.tool, config.action);
            ActionPreview { problem: Some(error.message), ..ActionPreview::of(ActionKind::ExecuteTool, words, fields) }
        }
    }
}

/// Every text among the parameters; those of an object by its name and theirs: `params.headers.X-Env`.
fn fields(config: &ExecuteTool, trigger: &Trigger, scope: &Scope<'_>) -> Vec<FieldPreview> {
    let mut fields = Vec::new();
    for (name, value) in &config.params {
        if let Some(text) = value.as_str() {
            let mut field = field(&format!("params.{name}"), text, trigger, scope);
            if config.tool == "shell" && name == "command" {
                mark_reread(&mut field, text);
            }
            fields.push(field);
        }
        let within = value.as_object().into_iter().flatten();
        let texts = within.filter_map(|(key, value)| Some((key, value.as_str()?)));
        fields.extend(texts.map(|(key, text)| field(&format!("params.{name}.{key}"), text, trigger, scope)));
    }
    fields
}

/// Says of each placeholder whose value something reads as code that it does.
fn mark_reread(field: &mut FieldPreview, command: &str) {
    for found in tools::reread(command) {
        if let Some(span) = field.spans.get_mut(found.span) {
            let note = span.note.take().map(|note| format!("{note}; "));
            span.note = Some(format!("{}{}", note.unwrap_or_default(), found.words));
        }
    }
}
