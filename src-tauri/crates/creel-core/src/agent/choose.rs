//! Which agent a topic means, and which one the orchestrator named.

use super::Agent;

/// The topic of the agent that picks among the others.
pub const ORCHESTRATOR: &str = "orchestrator";

/// The agent for a topic: the first whose topic it is, else the first of that name, else, where no topic is given, the
/// first of all. The orchestrator is nobody's topic but its own.
pub fn by_topic<'a>(agents: &'a [Agent], topic: &str) -> Option<&'a Agent> {
    let topic = topic.trim();
    let mut workers = agents.iter().filter(|agent| !is_orchestrator(agent));
    if topic.is_empty() {
        return workers.next();
    }
    let named = agents.iter().find(|agent| agent.topic.eq_ignore_ascii_case(topic));
    named.or_else(|| workers.find(|agent| agent.name.eq_ignore_ascii_case(topic)))
}

/// The agent that picks among the others.
pub fn orchestrator(agents: &[Agent]) -> Option<&Agent> {
    agents.iter().find(|agent| is_orchestrator(agent))
}

fn is_orchestrator(agent: &Agent) -> bool {
    agent.topic.eq_ignore_ascii_case(ORCHESTRATOR)
}

/// The roles to pick from: the name that picks it, and what is said of it.
pub fn roles(agents: &[Agent]) -> Vec<(String, String)> {
    let workers = agents.iter().filter(|agent| !is_orchestrator(agent));
    workers.map(|agent| (role(agent).to_owned(), agent.description.clone())).collect()
}

/// What an agent is called among the roles.
pub fn role(agent: &Agent) -> &str {
    if agent.topic.is_empty() { &agent.name } else { &agent.topic }
}

/// Whom the orchestrator's answer names: the answer itself, or the only role in it. Two are no answer.
pub fn named<'a>(agents: &'a [Agent], answer: &str) -> Option<&'a Agent> {
    let answer = answer.trim().trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    let workers = || agents.iter().filter(|agent| !is_orchestrator(agent));
    if let Some(exact) = workers().find(|agent| role(agent).to_lowercase() == answer) {
        return Some(exact);
    }
    let mut within = workers().filter(|agent| has_word(&answer, &role(agent).to_lowercase()));
    let first = within.next()?;
    within.next().is_none().then_some(first)
}

fn has_word(text: &str, word: &str) -> bool {
    let edge = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
    !word.is_empty()
        && text
            .match_indices(word)
            .any(|(at, _)| edge(text[..at].chars().next_back()) && edge(text[at + word.len()..].chars().next()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agent::{AgentLimits, Backend};
    use crate::clock::UnixMs;
    use crate::ids::AgentId;

    fn agent(name: &str, topic: &str) -> Agent {
        Agent {
            id: AgentId::from(name),
            name: name.to_owned(),
            kind: "simple".to_owned(),
            description: String::new(),
            input_schema: None,
            topic: topic.to_owned(),
            instructions: String::new(),
            backend: Backend::Echo,
            limits: AgentLimits::default(),
            created_at: UnixMs(0),
            updated_at: UnixMs(0),
        }
    }

    #[test]
    fn a_topic_finds_its_agent_and_an_unknown_one_finds_nobody() {
        let agents = [agent("Boss", "orchestrator"), agent("Olga", "DevOps"), agent("Writer", "")];
        let found = |topic: &str| by_topic(&agents, topic).map(|agent| agent.name.as_str());
        assert_eq!((found("devops"), found("writer"), found("law")), (Some("Olga"), Some("Writer"), None));
        assert_eq!(found(""), Some("Olga"), "no topic is not the orchestrator's");
        assert_eq!(orchestrator(&agents).map(|agent| agent.name.as_str()), Some("Boss"));
    }

    #[test]
    fn an_orchestrators_answer_names_one_or_nobody() {
        let agents = [agent("Boss", "orchestrator"), agent("Olga", "devops"), agent("Kim", "dev")];
        let found = |answer: &str| named(&agents, answer).map(|agent| agent.name.as_str());
        assert_eq!(found(" \"DevOps\".\n"), Some("Olga"));
        assert_eq!(found("I would hand this to the dev role."), Some("Kim"), "devops is not dev");
        assert_eq!(found("dev or devops"), None);
        assert_eq!(found("orchestrator"), None);
        assert_eq!(found("nobody"), None);
    }
}
