//! Whom `run_agent` and `spawn_agent` would ask, and the very prompt.

use super::{Targets, field, or};
use crate::actions::{ActionKind, RunAgent, SpawnAgent};
use crate::agent::{Agent, Backend, Prompt, by_topic, orchestrator};
use crate::api::preview::{ActionPreview, PreviewPart};
use crate::template::Scope;
use crate::trigger::Trigger;

pub(super) fn preview_bound(
    config: &RunAgent,
    trigger: &Trigger,
    scope: &Scope<'_>,
    targets: &Targets,
) -> ActionPreview {
    let fields =
        config.input.iter().map(|(name, text)| field(&format!("input.{name}"), text, trigger, scope)).collect();
    match targets.agents.iter().find(|agent| agent.id == config.agent_id) {
        Some(agent) => {
            let prompt = Prompt::input(agent, &config.input(scope, trigger.missing).value());
            let words = format!("runs the agent {}", agent.name);
            asked(ActionPreview::of(ActionKind::RunAgent, words, fields), agent, "", &prompt, trigger, targets)
        }
        None if config.agent_id.as_str().is_empty() => {
            ActionPreview::of(ActionKind::RunAgent, "runs the agent that is made with the trigger".to_owned(), fields)
        }
        None => {
            let problem = Some(format!("agent {} does not exist", config.agent_id));
            let words = "runs an agent".to_owned();
            ActionPreview { problem, ..ActionPreview::of(ActionKind::RunAgent, words, fields) }
        }
    }
}

pub(super) fn preview_spawned(
    config: &SpawnAgent,
    trigger: &Trigger,
    scope: &Scope<'_>,
    targets: &Targets,
) -> ActionPreview {
    let fields = vec![field("prompt", &config.prompt, trigger, scope)];
    let begun = |words: String| ActionPreview::of(ActionKind::SpawnAgent, words, fields);
    let Some(agent) = by_topic(&targets.agents, &config.topic) else {
        let problem = match config.topic.trim() {
            "" => "there is no agent".to_owned(),
            topic => format!("there is no agent for the topic \"{topic}\""),
        };
        let words = format!("spawns an agent for {}", or(&config.topic, "any topic"));
        return ActionPreview { problem: Some(problem), ..begun(words) };
    };
    let words = match orchestrator(&targets.agents).filter(|_| config.orchestrated) {
        Some(first) => format!("asks {} who is to handle it; {} does where no role is named", first.name, agent.name),
        None => format!("asks the agent {}", agent.name),
    };
    let prompt = Prompt::spawned(agent, &config.plan(scope, trigger.missing).prompt);
    let mut preview = asked(begun(words), agent, &config.model, &prompt, trigger, targets);
    if config.notify_owner {
        preview.parts.push(PreviewPart::new("its answer goes to", &owner(targets)));
    }
    preview.problem = config.validate().err().map(|error| error.message);
    preview
}

/// The channels that the owner verified, one a line.
fn owner(targets: &Targets) -> String {
    let verified = targets.channels.iter().filter(|channel| channel.is_owners());
    let names: Vec<&str> = verified.map(|channel| channel.name.as_str()).collect();
    if names.is_empty() { "nobody: no channel is verified".to_owned() } else { names.join("\n") }
}

fn asked(
    begun: ActionPreview,
    agent: &Agent,
    model: &str,
    prompt: &Prompt,
    trigger: &Trigger,
    targets: &Targets,
) -> ActionPreview {
    let backend = match &agent.backend {
        Backend::Echo => "echo: the prompt itself is the answer".to_owned(),
        Backend::Command(command) => format!("the program {}, prompt on its input", command.shown()),
        Backend::Chat(server) => format!("{} at {}", or(model, &server.model), server.base_url),
    };
    let parts = vec![
        PreviewPart::new("who answers", &backend),
        PreviewPart::new("instructions", &prompt.system),
        PreviewPart::new("prompt", &prompt.user),
    ];
    let approval = match &agent.backend {
        Backend::Command(command) => Some(targets.approval(trigger, command.shown())),
        Backend::Echo | Backend::Chat(_) => None,
    };
    ActionPreview { parts, approval, ..begun }
}
