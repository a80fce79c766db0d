//! `spawn_agent` (Octipus): an agent gets a prompt with the payload behind it. An outside effect.

use serde::{Deserialize, Serialize};

use crate::actions::run_agent::AGENTS_LANE;
use crate::agent::PAYLOAD_MARK;
use crate::error::ApiError;
use crate::template::{Scope, Template};
use crate::trigger::MissingPolicy;

/// Settings of `spawn_agent`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct SpawnAgent {
    /// Template; the payload is put behind it.
    pub prompt: String,
    /// What the agent is good at: `communication`, `devops`.
    #[serde(default)]
    pub topic: String,
    /// Which model; empty: the agent's own.
    #[serde(default)]
    pub model: String,
    /// The orchestrator picks role and tools first; else one agent runs directly.
    #[serde(default)]
    pub orchestrated: bool,
    /// What it says goes to every verified channel of the owner.
    #[serde(default)]
    pub notify_owner: bool,
}

/// The run for one delivery.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpawnAgentPlan {
    /// The whole prompt, payload and event type included.
    pub prompt: String,
    /// As set.
    pub topic: String,
    /// As set.
    pub model: String,
    /// As set.
    pub orchestrated: bool,
    /// As set.
    pub notify_owner: bool,
    /// Its lane in the queue.
    pub host: String,
}

impl SpawnAgent {
    /// What is wrong with the settings.
    pub fn validate(&self) -> Result<(), ApiError> {
        match self.prompt.trim() {
            "" => Err(ApiError::invalid("prompt", "the prompt is empty")),
            _ => Ok(()),
        }
    }

    /// The run for one delivery: the prompt, a blank line, the payload under its heading, and the event's type where a
    /// header names one (Octipus, "Webhook Context in Agent Prompts").
    pub fn plan(&self, scope: &Scope<'_>, missing: MissingPolicy) -> SpawnAgentPlan {
        let mut prompt = Template::parse(&self.prompt).render(scope, missing).text;
        prompt.push_str(&format!("\n\n{PAYLOAD_MARK}\n"));
        prompt.push_str(&scope.payload().to_string());
        let headers = ["headers.x-github-event", "headers.x-gitlab-event"];
        if let Some(event) = headers.into_iter().find_map(|path| scope.look(path)) {
            prompt.push_str(&format!("\nEvent type: {}", crate::template::text_of(&event)));
        }
        SpawnAgentPlan {
            prompt,
            topic: self.topic.clone(),
            model: self.model.clone(),
            orchestrated: self.orchestrated,
            notify_owner: self.notify_owner,
            host: AGENTS_LANE.to_owned(),
        }
    }
}
