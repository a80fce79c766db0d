//! What an action would do with a delivery, field by field, for the builder.

use crate::actions::{Action, CreateTask, Forward, ForwardBody};
use crate::api::preview::{ActionPreview, FieldPreview};
use crate::task::TaskList;
use crate::template::{self, Scope, Template};
use crate::trigger::Trigger;

/// The preview of one action.
pub fn preview_action(action: &Action, trigger: &Trigger, scope: &Scope<'_>, lists: &[TaskList]) -> ActionPreview {
    match action {
        Action::CreateTask(config) => preview_task(config, trigger, scope, lists),
        Action::Forward(config) => preview_forward(config, trigger, scope),
        Action::InstantiatePipeline(config) => {
            let name = |name: &str| format!("variables.{name}");
            let fields = config.variables.iter().map(|(n, text)| field(&name(n), text, trigger, scope)).collect();
            let words = format!("instantiates the pipeline {}", config.pipeline_id);
            ActionPreview { action: action.kind(), words, fields, problem: None }
        }
        Action::RunAgent(config) => {
            let fields =
                config.input.iter().map(|(name, text)| field(&format!("input.{name}"), text, trigger, scope)).collect();
            let words = format!("runs the agent {}", config.agent_id);
            ActionPreview { action: action.kind(), words, fields, problem: None }
        }
        Action::SpawnAgent(config) => {
            let fields = vec![field("prompt", &config.prompt, trigger, scope)];
            let words = format!("spawns an agent for {}", or(&config.topic, "any topic"));
            ActionPreview { action: action.kind(), words, fields, problem: None }
        }
        Action::Notify(config) => {
            let words = match (config.notify_owner, config.channels.as_slice()) {
                (true, _) => "notifies every verified channel".to_owned(),
                (false, channels) => format!("notifies {}", or(&channels.join(", "), "nobody")),
            };
            let problem = config.plan(scope, trigger.missing).err().map(|error| error.message);
            let problem = problem.or_else(|| config.nobody().map(str::to_owned));
            let fields = vec![field("message", &config.message, trigger, scope)];
            ActionPreview { action: action.kind(), words, fields, problem }
        }
        Action::ExecuteTool(config) => {
            let planned = config.validate().and_then(|()| config.plan(scope, trigger));
            let fields = config
                .params
                .iter()
                .filter_map(|(name, value)| Some(field(&format!("params.{name}"), value.as_str()?, trigger, scope)));
            ActionPreview {
                action: action.kind(),
                words: planned.as_ref().map_or_else(
                    |_| format!("runs the tool {} {}", config.tool, config.action),
                    |(_, summary)| summary.clone(),
                ),
                fields: fields.collect(),
                problem: planned.err().map(|error| error.message),
            }
        }
    }
}

fn or<'a>(text: &'a str, otherwise: &'a str) -> &'a str {
    if text.is_empty() { otherwise } else { text }
}

fn preview_task(config: &CreateTask, trigger: &Trigger, scope: &Scope<'_>, lists: &[TaskList]) -> ActionPreview {
    let list = lists.iter().find(|list| list.id == config.list_id);
    let plan = config.plan(scope, trigger.missing);
    let mut fields =
        vec![field("title", &config.title, trigger, scope), field("description", &config.description, trigger, scope)];
    fields.extend(each("assignees", &config.assignees, trigger, scope));
    fields.extend(each("tags", &config.tags, trigger, scope));
    let place = list.map_or_else(|| config.list_id.to_string(), |list| list.name.clone());
    ActionPreview {
        action: crate::actions::ActionKind::CreateTask,
        words: format!("creates the task \"{}\" in {place}", plan.title),
        fields,
        problem: list.is_none().then(|| format!("list {} does not exist", config.list_id)),
    }
}

fn preview_forward(config: &Forward, trigger: &Trigger, scope: &Scope<'_>) -> ActionPreview {
    let mut fields = vec![field("url", &config.url, trigger, scope)];
    fields.extend(config.headers.iter().map(|(name, value)| field(&format!("headers.{name}"), value, trigger, scope)));
    if let ForwardBody::Template(body) = &config.body {
        fields.push(field("body", body, trigger, scope));
    }
    let url = fields.first().map_or_else(String::new, |url| url.text.clone());
    let planned = config.validate().and_then(|()| config.plan(scope, trigger));
    ActionPreview {
        action: crate::actions::ActionKind::Forward,
        words: planned
            .as_ref()
            .map_or_else(|_| format!("sends {} {url}", config.method), |plan| format!("sends {}", plan.summary())),
        fields,
        problem: planned.err().map(|error| error.message),
    }
}

fn each<'a>(
    name: &'a str,
    templates: &'a [String],
    trigger: &'a Trigger,
    scope: &'a Scope<'_>,
) -> impl Iterator<Item = FieldPreview> + 'a {
    templates.iter().enumerate().map(move |(index, text)| field(&format!("{name}.{index}"), text, trigger, scope))
}

fn field(name: &str, text: &str, trigger: &Trigger, scope: &Scope<'_>) -> FieldPreview {
    template::preview(name, &Template::parse(text), scope, trigger.missing)
}
