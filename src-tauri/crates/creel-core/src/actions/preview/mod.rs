//! What an action would do with a delivery: its templates field by field, and the very request, prompt, command or
//! message that would come of them. For the builder and for plans of replays; made by the functions that run it.
//!
//! To add an action: its file here, its line in [`preview_action`].

mod agent;
mod pipeline;
mod request;
mod task;
mod tell;
mod tool;

use rusqlite::Connection;

use crate::actions::Action;
use crate::agent::Agent;
use crate::api::approvals::Approval;
use crate::api::preview::{ActionPreview, FieldPreview, PreviewApproval};
use crate::channels::Channel;
use crate::pipelines::Pipeline;
use crate::settings::Settings;
use crate::store::{StoreError, agents, approvals, channels, lists, pipelines};
use crate::task::TaskList;
use crate::template::{self, Scope, Template};
use crate::trigger::Trigger;

pub(crate) use request::request_text;

/// What actions act on, as it is now.
#[derive(Debug)]
pub struct Targets {
    lists: Vec<TaskList>,
    agents: Vec<Agent>,
    pipelines: Vec<Pipeline>,
    channels: Vec<Channel>,
    approvals: Vec<Approval>,
    /// Where tools may write files; empty: nowhere.
    folder: String,
}

impl Targets {
    /// All of them: each is as many as a person made.
    pub fn load(db: &Connection, settings: &Settings) -> Result<Self, StoreError> {
        Ok(Self {
            lists: lists::all(db)?,
            agents: agents::all(db)?,
            pipelines: pipelines::all(db)?,
            channels: channels::all(db)?,
            approvals: approvals::all(db)?,
            folder: settings.tool_folder.clone(),
        })
    }

    /// A command as it is approved, or not, for this trigger.
    fn approval(&self, trigger: &Trigger, command: String) -> PreviewApproval {
        let given = self
            .approvals
            .iter()
            .any(|one| one.trigger_id == trigger.id && one.command == command && one.approved_at.is_some());
        PreviewApproval { command, given }
    }
}

/// The preview of one action.
pub fn preview_action(action: &Action, trigger: &Trigger, scope: &Scope<'_>, targets: &Targets) -> ActionPreview {
    match action {
        Action::CreateTask(config) => task::preview(config, trigger, scope, targets),
        Action::Forward(config) => request::preview(config, trigger, scope),
        Action::InstantiatePipeline(config) => pipeline::preview(config, trigger, scope, targets),
        Action::RunAgent(config) => agent::preview_bound(config, trigger, scope, targets),
        Action::SpawnAgent(config) => agent::preview_spawned(config, trigger, scope, targets),
        Action::Notify(config) => tell::preview(config, trigger, scope, targets),
        Action::ExecuteTool(config) => tool::preview(config, trigger, scope, targets),
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

fn or<'a>(text: &'a str, otherwise: &'a str) -> &'a str {
    if text.is_empty() { otherwise } else { text }
}
